"use strict";
// Axes, panels, marks, tooltips and legends: what all pictures share.

REPORT.axis = (grid, position, extent, label, more = {}) => ({
  gridIndex: grid,
  type: "value",
  position,
  min: extent.min,
  max: extent.max,
  axisLine: { show: false },
  axisTick: { show: false, customValues: extent.ticks },
  axisLabel: {
    color: REPORT.css("--muted"),
    fontSize: 11,
    hideOverlap: true,
    formatter: label,
    customValues: extent.ticks,
  },
  splitLine: { show: true, lineStyle: { color: REPORT.css("--line"), width: 1 } },
  ...more,
});

// Panels side by side, as many as fit, the rest below. -> [{ left, top, width, height, first }]
REPORT.panels = (
  count,
  width,
  { label, least, height, top = 26, bottom = 26, gap = 22, right = 14 },
) => {
  const fitting = Math.max(
    1,
    Math.min(count, Math.floor((width - label - right + gap) / (least + gap))),
  );
  const columns = Math.ceil(count / Math.ceil(count / fitting));
  const wide = (width - label - right - gap * (columns - 1)) / columns;
  const found = [];
  for (let i = 0; i < count; i++) {
    const column = i % columns,
      row = Math.floor(i / columns);
    found.push({
      left: label + column * (wide + gap),
      top: row * (height + top + bottom) + top,
      width: wide,
      height,
      first: column === 0,
    });
  }
  found.total = Math.ceil(count / columns) * (height + top + bottom);
  return found;
};

REPORT.heading = (panel, text, below) => ({
  left: panel.left,
  top: panel.top - 24,
  text,
  padding: 0,
  itemGap: 2,
  subtext: below,
  textStyle: {
    fontSize: 12,
    fontWeight: 600,
    color: REPORT.css("--text"),
    width: panel.width,
    overflow: "truncate",
  },
  subtextStyle: { fontSize: 11, color: REPORT.css("--muted") },
});

// A mark of an engine's shape, as an element of a custom series.
REPORT.mark = (shape, x, y, r, style) => {
  const points = {
    square: [
      [-0.88, -0.88],
      [0.88, -0.88],
      [0.88, 0.88],
      [-0.88, 0.88],
    ],
    triangle: [
      [0, -1.15],
      [1.1, 0.85],
      [-1.1, 0.85],
    ],
    down: [
      [0, 1.15],
      [1.1, -0.85],
      [-1.1, -0.85],
    ],
    diamond: [
      [0, -1.25],
      [1.25, 0],
      [0, 1.25],
      [-1.25, 0],
    ],
  }[shape];
  if (!points) return { type: "circle", shape: { cx: x, cy: y, r }, style };
  return {
    type: "polygon",
    shape: { points: points.map(([a, b]) => [x + a * r, y + b * r]) },
    style,
  };
};

REPORT.symbols = {
  circle: "circle",
  square: "rect",
  triangle: "triangle",
  diamond: "diamond",
  down: "path://M0 0 L10 0 L5 10 Z",
};

REPORT.whisker = (x0, x1, y, colour, cap = 3) => ({
  type: "path",
  silent: true,
  shape: {
    pathData: `M${x0} ${y}L${x1} ${y}M${x0} ${y - cap}L${x0} ${y + cap}M${x1} ${y - cap}L${x1} ${y + cap}`,
  },
  style: { fill: "none", stroke: colour, lineWidth: 1.2 },
});

// The picture of facets, each in its panel under its title: axes and series are still to be added.
REPORT.panelled = (panels, facets) => ({
  title: facets.map((facet, i) => REPORT.heading(panels[i], facet.title)),
  grid: facets.map((_, i) => panels[i]),
  xAxis: [],
  yAxis: [],
  series: [],
  tooltip: REPORT.tooltip(),
});

REPORT.rowAxis = (grid, rows, show, width) => ({
  gridIndex: grid,
  type: "category",
  data: rows,
  inverse: true,
  axisTick: { show: false },
  axisLine: { show: false },
  splitArea: { show: true, areaStyle: { color: ["transparent", REPORT.css("--panel")] } },
  axisLabel: {
    show,
    interval: 0,
    fontSize: 12,
    color: REPORT.css("--text"),
    width: width - 14,
    overflow: "truncate",
  },
});

REPORT.tooltip = () => ({
  confine: true,
  className: "tip",
  backgroundColor: REPORT.css("--page"),
  borderColor: REPORT.css("--line"),
  textStyle: { color: REPORT.css("--text"), fontSize: 13 },
  formatter: p => (p.data && p.data.tip) || "",
});

// One builder a kind of picture: (data, width, hidden) -> { height, option, legend }.
// `hidden` is the set of series that the reader has switched off in the legend.
REPORT.build = {};

// As wide as the longest name needs, within limits.
const rowLabels = (rows, width) =>
  Math.round(
    Math.min(7 * Math.max(...rows.map(row => row.length)) + 18, Math.max(110, width * 0.3)),
  );

const legendOf = series => {
  const seen = new Map();
  for (const each of series) if (!seen.has(each.name)) seen.set(each.name, each.key);
  return seen.size > 1 ? [...seen].map(([name, key]) => ({ name, key })) : [];
};
