"use strict";

// Lines with bands; a panel a facet. x and y tell name, unit and scale; a facet may tell its own unit.
REPORT.build.curves = (data, width, hidden) => {
  // Many alike curves are told apart by names at their ends instead of a legend.
  const named = data.legend === false && data.plain;
  const longest = Math.max(...data.facets.flatMap(f => f.series.map(s => s.name.length)));
  const label = 64,
    height = data.height || 240,
    right = named ? Math.min(6.4 * longest + 14, width * 0.3) : 14;
  const panels = REPORT.panels(data.facets.length, width, {
    label,
    least: Math.min(named ? 280 : 340, width - label - right),
    height,
    top: 28,
    bottom: 44,
    gap: label + right,
    right,
  });
  const option = { ...REPORT.panelled(panels, data.facets), graphic: [] };
  data.facets.forEach((facet, i) => {
    const shown = facet.series.filter(s => !hidden.has(s.name));
    option.xAxis.push(curveX(data, facet, i, panels[i]));
    option.yAxis.push(curveY(data, facet, i, panels[i]));
    shown.forEach(series => option.series.push(...curveSeries(data, facet, series, i)));
    if (named) option.graphic.push(...endNames(data, shown, option.yAxis[i], panels[i]));
  });
  const legend = data.legend === false ? [] : legendOf(data.facets.flatMap(f => f.series));
  return { height: panels.total, option, legend };
};

// Names at the curves' ends, moved apart where they would overlap.
function endNames(data, series, axis, panel) {
  const to = REPORT.scales[data.y.scale].to;
  const names = series
    .filter(s => s.points.length)
    .map(s => {
      const share = (to(s.points[s.points.length - 1][1]) - axis.min) / (axis.max - axis.min);
      return { y: panel.top + panel.height * (1 - share), series: s };
    })
    .sort((a, b) => b.y - a.y);
  names.forEach((name, i) => {
    if (i) name.y = Math.min(name.y, names[i - 1].y - 12.5);
  });
  return names.map(({ y, series: s }) => ({
    type: "text",
    silent: true,
    x: panel.left + panel.width + 5,
    y,
    style: {
      text: s.name,
      fill: REPORT.look(s.key).colour,
      font: "11px sans-serif",
      verticalAlign: "middle",
    },
  }));
}

function curveX(data, facet, index, panel) {
  const scale = data.x.scale,
    from = REPORT.scales[scale].from;
  // Percentiles have one axis in all panels, so that curves compare.
  const shown = scale === "percentile" ? data.facets : [facet];
  const values = shown.flatMap(f => f.series.flatMap(s => s.points.map(p => p[0])));
  const ticks =
    scale === "percentile"
      ? [50, 90, 99, 99.9]
      : scale === "category"
        ? data.x.names.map((_, i) => i)
        : null;
  if (scale === "percentile") values.push(0, Math.max(90, ...values));
  if (scale === "category") values.push(-0.3, data.x.names.length - 0.7);
  const count = Math.max(2, panel.width / 60);
  const extent = REPORT.extent(values, scale, count, {
    room: scale === "percentile" ? 0.01 : 0.04,
    ticks,
  });
  const show = v =>
    scale === "category"
      ? data.x.names[v]
      : scale === "percentile"
        ? `p${REPORT.short(from(v))}`
        : REPORT.short(from(v));
  const axis = REPORT.axis(index, "bottom", extent, show, {
    name: data.x.name,
    nameLocation: "middle",
    nameGap: 26,
    nameTextStyle: { color: REPORT.css("--muted"), fontSize: 11 },
  });
  if (scale === "category") {
    Object.assign(axis.axisLabel, {
      width: panel.width / data.x.names.length,
      overflow: "truncate",
      hideOverlap: false,
    });
  }
  return axis;
}

function curveY(data, facet, index, panel) {
  const scale = data.y.scale,
    from = REPORT.scales[scale].from,
    unit = facet.unit || data.y.unit;
  const line = facet.line || data.y.line;
  const values = facet.series.flatMap(s => s.points.flatMap(p => p.slice(1)));
  const extent = REPORT.extent(line ? [...values, line] : values, scale, panel.height / 38, {
    room: 0.08,
    unit,
  });
  return REPORT.axis(index, "left", extent, v => REPORT.quantity(from(v), unit, REPORT.short));
}

function curveSeries(data, facet, series, index) {
  const look = REPORT.look(series.key),
    unit = facet.unit || data.y.unit;
  const toX = REPORT.scales[data.x.scale].to,
    toY = REPORT.scales[data.y.scale].to;
  const items = series.points.map(([x, ...values]) => ({
    value: [toX(x), toY(values[0])],
    tip: curveTip(data, facet, series, x, values, unit),
  }));
  const line = {
    type: series.dots ? "scatter" : "line",
    name: series.name,
    xAxisIndex: index,
    yAxisIndex: index,
    data: items,
    symbol: REPORT.symbols[look.shape],
    symbolSize: series.dots ? 4 : data.plain ? 4 : 8,
    itemStyle: { color: look.colour },
    lineStyle: { color: look.colour, width: 2 },
    clip: false,
  };
  const at = facet.line || data.y.line;
  if (at) {
    line.markLine = {
      silent: true,
      symbol: "none",
      label: { show: false },
      data: [{ yAxis: toY(at) }],
      lineStyle: { color: REPORT.css("--text"), type: "solid", width: 1 },
    };
  }
  const banded = series.points.length && series.points.every(p => p.length > 2) && !series.dots;
  return banded ? [band(series, index, toX, toY, look.colour), line] : [line];
}

function curveTip(data, facet, series, x, values, unit) {
  const where =
    data.x.scale === "category"
      ? data.x.names[x]
      : data.x.scale === "percentile"
        ? `p${REPORT.short(x)}`
        : `${data.x.name} ${REPORT.short(x)}`;
  const told =
    values.length > 1
      ? REPORT.withInterval(values, unit)
      : `<b>${REPORT.quantity(values[0], unit)}</b>`;
  return (
    `${facet.title ? REPORT.escape(facet.title) + "<br>" : ""}${REPORT.escape(series.name)}, ` +
    `${REPORT.escape(where)}: ${told}${series.note ? `<br>fit: ${REPORT.escape(series.note)}` : ""}`
  );
}

const band = (series, index, toX, toY, colour) => ({
  type: "custom",
  silent: true,
  xAxisIndex: index,
  yAxisIndex: index,
  data: [[toX(series.points[0][0]), toY(series.points[0][1])]],
  renderItem: (_, api) => ({
    type: "polygon",
    style: { fill: colour, opacity: 0.16 },
    shape: {
      points: [
        ...series.points.map(([x, , low]) => api.coord([toX(x), toY(low)])),
        ...series.points.map(([x, , , high]) => api.coord([toX(x), toY(high)])).reverse(),
      ],
    },
  }),
});
