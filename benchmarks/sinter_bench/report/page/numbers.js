"use strict";
// Numbers as people read them, and the round ones among them that axes show.

REPORT.escape = text => String(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);

REPORT.digits = (value, count = 3) => {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(count - 1);
  // The exponent after rounding: 0.9999 is 1.00, not 1.000.
  const exponent = Number(size.toExponential(count - 1).split("e")[1]);
  const decimals = Math.max(0, count - 1 - exponent);
  return value.toLocaleString("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
};
// Thousandths around 1, where they matter.
REPORT.ratio = value => (value >= 0.1 && value < 10 ? value.toFixed(3) : REPORT.digits(value));
// As on an axis: no zeros that say nothing.
REPORT.short = value => {
  const text = REPORT.digits(value, 3);
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
};

const STEPS = {
  ns: [
    [1e9, "s"],
    [1e6, "ms"],
    [1e3, "µs"],
    [1, "ns"],
  ],
  bytes: [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
    [1, "B"],
  ],
  rate: [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
    [1, ""],
  ],
};
REPORT.quantity = (value, unit, format = REPORT.digits) => {
  if (value === 0) return "0";
  if (unit === "ratio" && format === REPORT.digits) return REPORT.ratio(value);
  if (unit === "s") return REPORT.quantity(value * 1e9, "ns", format);
  const steps = STEPS[unit] || (/^(FLOP|OP|B)\/s$/.test(unit) ? STEPS.rate : null);
  if (!steps) return unit && unit !== "ratio" ? `${format(value)} ${unit}` : format(value);
  const [size, name] =
    steps.find(step => Math.abs(value) >= step[0] * 0.99999) || steps[steps.length - 1];
  return `${format(value / size)} ${name}${steps === STEPS.rate ? unit : ""}`;
};
REPORT.withInterval = (values, unit) =>
  `<b>${REPORT.quantity(values[0], unit)}</b> [${REPORT.quantity(values[1], unit)}, ${REPORT.quantity(values[2], unit)}]`;

// Powers of two read well as bytes.
REPORT.byteTicks = (low, high, count) => {
  const step = Math.max(1, Math.ceil(Math.log2(high / low) / count)),
    found = [];
  for (let p = Math.ceil(Math.log2(low) / step) * step; p <= Math.log2(high); p += step)
    found.push(2 ** p);
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(high) / 10));
  return found.length > 1
    ? found
    : REPORT.logTicks(low / unit, high / unit, count).map(v => v * unit);
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
  let min = Math.min(...at),
    max = Math.max(...at);
  const least = scale === "log" ? 0.02 : Math.max(1e-9, Math.abs(max) * 0.02);
  if (max - min < least) {
    min -= least / 2;
    max += least / 2;
  }
  const pad = (max - min) * room;
  min -= pad;
  max += pad;
  const make =
    scale !== "log" ? REPORT.linearTicks : unit === "bytes" ? REPORT.byteTicks : REPORT.logTicks;
  const found = (ticks || make(from(min), from(max), count)).map(to);
  return { min, max, ticks: found.filter(tick => tick >= min && tick <= max) };
};
