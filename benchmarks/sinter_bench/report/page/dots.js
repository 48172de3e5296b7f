"use strict";

// Marks with whiskers, a row a workload; every panel has its own axis.
REPORT.build.dots = (data, width, hidden) => {
  const label = rowLabels(data.rows, width);
  const most = Math.max(...data.facets.map(f => f.series.length));
  const tall = Math.max(20, 9 * most + 6);
  const panels = REPORT.panels(data.facets.length, width, {
    label,
    least: 200,
    height: data.rows.length * tall,
    top: 28,
  });
  const option = REPORT.panelled(panels, data.facets);
  data.facets.forEach((facet, i) => {
    const scale = facet.log ? "log" : "linear",
      lines = facet.lines || [];
    const extent = REPORT.extent(
      [
        ...facet.series.flatMap(s => s.points.flatMap(p => p.slice(1))),
        ...lines.map(line => line.at),
      ],
      scale,
      panels[i].width / 62,
      { unit: facet.unit, room: 0.07 },
    );
    const from = REPORT.scales[scale].from;
    option.xAxis.push(
      REPORT.axis(i, "bottom", extent, v => REPORT.quantity(from(v), facet.unit, REPORT.short)),
    );
    option.yAxis.push(REPORT.rowAxis(i, data.rows, panels[i].first, label));
    facet.series.forEach((series, place) => {
      if (hidden.has(series.name)) return;
      const shift = (place - (facet.series.length - 1) / 2) * 8.5;
      option.series.push(dotSeries(data.rows, facet, series, i, shift, scale));
    });
    option.series.push(
      markLines(
        lines.map(line => ({ xAxis: REPORT.scales[scale].to(line.at) })),
        i,
      ),
    );
  });
  return { height: panels.total, option, legend: legendOf(data.facets.flatMap(f => f.series)) };
};

const markLines = (lines, index) => ({
  type: "line",
  data: [],
  xAxisIndex: index,
  yAxisIndex: index,
  markLine: {
    silent: true,
    symbol: "none",
    label: { show: false },
    data: lines,
    lineStyle: { color: REPORT.css("--text"), type: [4, 3], width: 1 },
  },
});

function dotSeries(rows, facet, series, index, shift, scale) {
  const look = REPORT.look(series.key),
    to = REPORT.scales[scale].to;
  const items = series.points.map(([row, ...values]) => ({
    value: [to(values[0]), row],
    tip:
      `${REPORT.escape(rows[row])}<br>${REPORT.escape(series.name)}, ${REPORT.escape(facet.title)}: ` +
      REPORT.withInterval(values, facet.unit),
  }));
  return {
    type: "custom",
    xAxisIndex: index,
    yAxisIndex: index,
    data: items,
    clip: true,
    renderItem: (params, api) => {
      const [row, at, low, high] = series.points[params.dataIndex];
      const [x, y] = api.coord([to(at), row]);
      const ends = [low, high].map(value => api.coord([to(value), row])[0]);
      return {
        type: "group",
        children: [
          REPORT.whisker(ends[0], ends[1], y + shift, look.colour, 2),
          REPORT.mark(look.shape, x, y + shift, 4.2, { fill: look.colour }),
        ],
      };
    },
  };
}
