"use strict";

// What is further from 1 than this would press all else together: such bars leave the panel.
const FURTHEST = 10;

// Bars from 1 on a logarithmic axis: a panel a peer, a row a workload, the mean last.
REPORT.build.ratios = (data, width) => {
  const hasMean = data.rows.length > 1;
  const rows = hasMean ? [...data.rows, "geometric mean"] : data.rows;
  const label = rowLabels(rows, width);
  const panels = REPORT.panels(data.facets.length, width, {
    label,
    least: 190,
    height: rows.length * 20,
    top: 28,
  });
  const values = data.facets
    .flatMap(f => [...f.cells, hasMean ? meanCell(f) : null])
    .flatMap(cell => (cell && cell.ratio ? cell.ratio : []))
    .map(v => Math.min(FURTHEST, Math.max(1 / FURTHEST, v)));
  const extent = REPORT.extent([...values, 1], "log", Math.min(10, panels[0].width / 44), {
    room: 0.06,
  });
  roomAtOne(extent, Math.min(0.3, 50 / panels[0].width));
  const option = REPORT.panelled(panels, data.facets);
  data.facets.forEach((facet, i) => {
    option.xAxis.push(REPORT.axis(i, "bottom", extent, v => REPORT.short(10 ** v)));
    option.yAxis.push(REPORT.rowAxis(i, rows, panels[i].first, label));
    option.series.push(ratioSeries(data.rows, facet, i, hasMean, extent));
  });
  return { height: panels.total, option, legend: [] };
};

const meanCell = facet =>
  facet.mean.ratio === null
    ? null
    : {
        ratio: [facet.mean.ratio, ...(facet.mean.ci || [facet.mean.ratio, facet.mean.ratio])],
        mean: true,
        count: facet.mean.count,
      };

// Numbers stand at the side of the line at 1 that their bar leaves free: both sides need room.
function roomAtOne(extent, share) {
  const rest = share / (1 - share);
  extent.min = Math.min(extent.min, -rest * extent.max);
  extent.max = Math.max(extent.max, -rest * extent.min);
}

function ratioSeries(names, facet, index, hasMean, extent) {
  const look = REPORT.look(facet.engine);
  const cells = hasMean ? [...facet.cells, meanCell(facet)] : facet.cells;
  const found = cells.map((cell, row) => ({ cell, row })).filter(each => each.cell);
  const items = found.map(({ cell, row }) => ({
    value: [cell.ratio ? Math.log10(cell.ratio[0]) : 0, row],
    tip: ratioTip(names[row], facet, cell),
  }));
  return {
    type: "custom",
    xAxisIndex: index,
    yAxisIndex: index,
    data: items,
    clip: true,
    markLine: {
      silent: true,
      symbol: "none",
      label: { show: false },
      data: [{ xAxis: 0 }],
      lineStyle: { color: REPORT.css("--text"), type: "solid", width: 1 },
    },
    renderItem: (params, api) => {
      const { cell, row } = found[params.dataIndex];
      const [one, y] = api.coord([0, row]);
      return cell.ratio ? ratioBar(api, cell, one, y, look.colour, extent) : absent(cell, one, y);
    },
  };
}

function ratioTip(name, facet, cell) {
  const title = `${REPORT.escape(name || "geometric mean")}<br>${REPORT.escape(facet.title)}: `;
  if (cell.ratio) {
    return (
      title +
      REPORT.withInterval(cell.ratio, "ratio") +
      (cell.count ? `<br>${cell.count} workloads` : "")
    );
  }
  return `${title}${REPORT.escape(cell.engine)} ${REPORT.escape(cell.status)}<br>${REPORT.escape(cell.error || "")}`;
}

function ratioBar(api, cell, one, y, colour, { min, max }) {
  const [at, low, high] = cell.ratio.map(
    value => api.coord([Math.min(max, Math.max(min, Math.log10(value))), 0])[0],
  );
  const beyond = Math.log10(cell.ratio[0]) < min ? 1 : Math.log10(cell.ratio[0]) > max ? -1 : 0;
  const arrow = {
    type: "polyline",
    silent: true,
    style: { fill: "none", stroke: REPORT.css("--page"), lineWidth: 2 },
    shape: {
      points: [
        [at + 8 * beyond, y - 3.5],
        [at + 3 * beyond, y],
        [at + 8 * beyond, y + 3.5],
      ],
    },
  };
  const unsure = cell.ratio[1] <= 1 && cell.ratio[2] >= 1;
  const tall = cell.mean ? 12 : 9;
  // The number stands at the free side of the line at 1, or behind the bar where a whisker is there.
  const edge = api.coord([max, 0])[0],
    start = api.coord([min, 0])[0];
  const right =
    cell.ratio[0] < 1 ? Math.max(one, high) + 42 < edge : Math.min(one, low) - 42 < start;
  const label = right ? Math.max(one, high) + 6 : Math.min(one, low) - 6;
  return {
    type: "group",
    children: [
      {
        type: "rect",
        shape: { x: Math.min(one, at), y: y - tall / 2, width: Math.abs(at - one), height: tall },
        style: { fill: colour, opacity: unsure ? 0.4 : cell.mean ? 1 : 0.85 },
      },
      beyond ? arrow : REPORT.whisker(low, high, y, REPORT.css("--text")),
      {
        type: "text",
        silent: true,
        style: {
          text: REPORT.ratio(cell.ratio[0]),
          y,
          verticalAlign: "middle",
          x: label,
          textAlign: right ? "left" : "right",
          fill: REPORT.css("--text"),
          font: `${cell.mean ? "bold " : ""}11px sans-serif`,
        },
      },
    ],
  };
}

const absent = (cell, one, y) => ({
  type: "text",
  style: {
    text: cell.status,
    x: one + 6,
    y,
    verticalAlign: "middle",
    fill: REPORT.css("--muted"),
    font: "italic 11px sans-serif",
  },
});
