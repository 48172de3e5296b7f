"use strict";
// Colours, numbers, axes and the placing of panels: what all pictures share.

const REPORT = {};

// Distinct for the common kinds of colour blindness, at least 3:1 against the page; [light, dark].
// Engines also differ by shape.
REPORT.engines = {
  sinter: { colour: ["#0060a8", "#5cb3ff"], shape: "circle" },
  onnxruntime: { colour: ["#c34d00", "#ff8a4c"], shape: "square" },
  openvino: { colour: ["#00856b", "#33ae79"], shape: "triangle" },
  iree: { colour: ["#a8488a", "#f09bd0"], shape: "diamond" },
  tvm: { colour: ["#754101", "#f3ca47"], shape: "down" },
  onednn: { colour: ["#2c90ca", "#9adcff"], shape: "square" },
  "buildbox-casd": { colour: ["#5f7000", "#c3d35a"], shape: "square" },
  openblas: { colour: ["#785245", "#cdbaa5"], shape: "triangle" },
};
REPORT.neutral = [["#6e6e6e", "#b0b0b0"], ["#2f3a45", "#dfe6ee"]];
REPORT.shapes = ["circle", "square", "triangle", "diamond", "down"];
// For series that are no engines: scenarios, families, stages.
REPORT.categories = [["#0060a8", "#5cb3ff"], ["#c34d00", "#ff8a4c"], ["#00856b", "#33ae79"],
  ["#a8488a", "#f09bd0"], ["#754101", "#f3ca47"], ["#2c90ca", "#9adcff"], ["#785245", "#cdbaa5"],
  ["#4d5866", "#b7c2ce"], ["#7d6bc4", "#b9aaff"], ["#a83232", "#ff8f8f"]];
// For ordered series: the darker (on dark pages: lighter), the further.
REPORT.shades = [["#6fa8d6", "#3c6f9e"], ["#3583bf", "#5597cf"], ["#0060a8", "#86c1f5"],
  ["#003a69", "#cfe7ff"]];

REPORT.isDark = () => document.documentElement.dataset.scheme === "dark";
REPORT.css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// key: an engine's name, "category:N", "shade:N", "mode:NAME" -> { colour, shape }.
REPORT.look = key => {
  const dark = REPORT.isDark() ? 1 : 0;
  const [kind, rest] = key.split(":");
  if (REPORT.engines[key]) {
    return { colour: REPORT.engines[key].colour[dark], shape: REPORT.engines[key].shape };
  }
  if (kind === "category" || kind === "shade" || kind === "mode") {
    const list = kind === "category" ? REPORT.categories : REPORT.shades;
    const place = kind === "mode" ? { cold: 3, warm: 1, hit: 0 }[rest] : Number(rest);
    return { colour: list[place % list.length][dark], shape: REPORT.shapes[place % 5] };
  }
  const place = key === "self" ? 0 : 1;
  return { colour: REPORT.neutral[place][dark], shape: place ? "diamond" : "circle" };
};

REPORT.escape = text => String(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);

REPORT.digits = (value, count = 3) => {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(count - 1);
  // The exponent after rounding: 0.9999 is 1.00, not 1.000.
  const exponent = Number(size.toExponential(count - 1).split("e")[1]);
  const decimals = Math.max(0, count - 1 - exponent);
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
};
// Thousandths around 1, where they matter.
REPORT.ratio = value => value >= 0.1 && value < 10 ? value.toFixed(3) : REPORT.digits(value);
// As on an axis: no zeros that say nothing.
REPORT.short = value => {
  const text = REPORT.digits(value, 3);
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
};

const STEPS = {
  ns: [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]],
  bytes: [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]],
  rate: [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]],
};
REPORT.quantity = (value, unit, format = REPORT.digits) => {
  if (value === 0) return "0";
  if (unit === "ratio" && format === REPORT.digits) return REPORT.ratio(value);
  if (unit === "s") return REPORT.quantity(value * 1e9, "ns", format);
  const steps = STEPS[unit] || (/^(FLOP|OP|B)\/s$/.test(unit) ? STEPS.rate : null);
  if (!steps) return unit && unit !== "ratio" ? `${format(value)} ${unit}` : format(value);
  const [size, name] = steps.find(step => Math.abs(value) >= step[0] * 0.99999) || steps[steps.length - 1];
  return `${format(value / size)} ${name}${steps === STEPS.rate ? unit : ""}`;
};
REPORT.withInterval = (values, unit) =>
  `<b>${REPORT.quantity(values[0], unit)}</b> [${REPORT.quantity(values[1], unit)}, ${REPORT.quantity(values[2], unit)}]`;

// Powers of two read well as bytes.
REPORT.byteTicks = (low, high, count) => {
  const step = Math.max(1, Math.ceil(Math.log2(high / low) / count)), found = [];
  for (let p = Math.ceil(Math.log2(low) / step) * step; p <= Math.log2(high); p += step) found.push(2 ** p);
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(high) / 10));
  return found.length > 1 ? found : REPORT.logTicks(low / unit, high / unit, count).map(v => v * unit);
};

// Positions on an axis: values are drawn at to(value); axes are linear in that.
REPORT.scales = {
  linear: { to: v => v, from: v => v },
  category: { to: v => v, from: v => v },
  log: { to: Math.log10, from: v => 10 ** v },
  percentile: { to: v => -Math.log10(1 - v / 100), from: v => 100 * (1 - 10 ** -v) },
};

// Round values between low and high, at most `count` of them, that read well on a logarithmic axis.
REPORT.logTicks = (low, high, count) => {
  const decades = Math.log10(high / low);
  if (decades < 0.7) return REPORT.linearTicks(low, high, count);
  const sets = [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];
  for (const set of sets) {
    const found = REPORT.powers(low, high, set, 1);
    if (found.length <= count && found.length > 1) return found;
  }
  return REPORT.powers(low, high, [1], Math.max(1, Math.ceil(decades / count)));
};
REPORT.powers = (low, high, set, step) => {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    if (power % step) continue;
    for (const factor of set) {
      const value = factor * 10 ** power;
      if (value >= low * 0.9999 && value <= high * 1.0001) found.push(Number(value.toPrecision(6)));
    }
  }
  return found;
};
REPORT.linearTicks = (low, high, count) => {
  const raw = (high - low) / Math.max(1, count - 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(f => f * power).find(each => each >= raw * 0.999);
  const found = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) {
    found.push(Number(v.toPrecision(10)));
  }
  return found;
};

// An axis from values: { min, max, ticks } in drawn positions; `room` is a share left at both ends.
REPORT.extent = (values, scale, count, { room = 0.04, ticks = null, unit = "" } = {}) => {
  const { to, from } = REPORT.scales[scale];
  const at = values.filter(v => Number.isFinite(v) && (scale !== "log" || v > 0)).map(to);
  let min = Math.min(...at), max = Math.max(...at);
  const least = scale === "log" ? 0.02 : Math.max(1e-9, Math.abs(max) * 0.02);
  if (max - min < least) { min -= least / 2; max += least / 2; }
  const pad = (max - min) * room;
  min -= pad; max += pad;
  const make = scale !== "log" ? REPORT.linearTicks : unit === "bytes" ? REPORT.byteTicks : REPORT.logTicks;
  return { min, max, ticks: (ticks || make(from(min), from(max), count)).map(to) };
};

REPORT.axis = (grid, position, extent, label, more = {}) => ({
  gridIndex: grid, type: "value", position, min: extent.min, max: extent.max,
  axisLine: { show: false }, axisTick: { show: false, customValues: extent.ticks },
  axisLabel: { color: REPORT.css("--muted"), fontSize: 11, hideOverlap: true, formatter: label,
    customValues: extent.ticks },
  splitLine: { show: true, lineStyle: { color: REPORT.css("--line"), width: 1 } },
  ...more,
});

// Panels side by side, as many as fit, the rest below. -> [{ left, top, width, height, first }]
REPORT.panels = (count, width, { label, least, height, top = 26, bottom = 26, gap = 22, right = 14 }) => {
  const fitting = Math.max(1, Math.min(count, Math.floor((width - label - right + gap) / (least + gap))));
  const columns = Math.ceil(count / Math.ceil(count / fitting));
  const wide = (width - label - right - gap * (columns - 1)) / columns;
  const found = [];
  for (let i = 0; i < count; i++) {
    const column = i % columns, row = Math.floor(i / columns);
    found.push({ left: label + column * (wide + gap), top: row * (height + top + bottom) + top,
      width: wide, height, first: column === 0 });
  }
  found.total = Math.ceil(count / columns) * (height + top + bottom);
  return found;
};

REPORT.heading = (panel, text, below) => ({
  left: panel.left, top: panel.top - 24, text, padding: 0, itemGap: 2, subtext: below,
  textStyle: { fontSize: 12, fontWeight: 600, color: REPORT.css("--text"), width: panel.width, overflow: "truncate" },
  subtextStyle: { fontSize: 11, color: REPORT.css("--muted") },
});

// A mark of an engine's shape, as an element of a custom series.
REPORT.mark = (shape, x, y, r, style) => {
  const points = {
    square: [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]],
    triangle: [[0, -1.15], [1.1, 0.85], [-1.1, 0.85]],
    down: [[0, 1.15], [1.1, -0.85], [-1.1, -0.85]],
    diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
  }[shape];
  if (!points) return { type: "circle", shape: { cx: x, cy: y, r }, style };
  return { type: "polygon", shape: { points: points.map(([a, b]) => [x + a * r, y + b * r]) }, style };
};

REPORT.symbols = { circle: "circle", square: "rect", triangle: "triangle", diamond: "diamond",
  down: "path://M0 0 L10 0 L5 10 Z" };

REPORT.whisker = (x0, x1, y, colour, cap = 3) => ({ type: "path", silent: true,
  shape: { pathData: `M${x0} ${y}L${x1} ${y}M${x0} ${y - cap}L${x0} ${y + cap}M${x1} ${y - cap}L${x1} ${y + cap}` },
  style: { fill: "none", stroke: colour, lineWidth: 1.2 } });

REPORT.rowAxis = (grid, rows, show, width) => ({
  gridIndex: grid, type: "category", data: rows, inverse: true, axisTick: { show: false },
  axisLine: { show: false }, splitArea: { show: true, areaStyle: { color: ["transparent", REPORT.css("--panel")] } },
  axisLabel: { show, interval: 0, fontSize: 12, color: REPORT.css("--text"), width: width - 14, overflow: "truncate" },
});

REPORT.tooltip = () => ({ confine: true, className: "tip", backgroundColor: REPORT.css("--page"),
  borderColor: REPORT.css("--line"), textStyle: { color: REPORT.css("--text"), fontSize: 13 },
  formatter: p => (p.data && p.data.tip) || "" });
