"use strict";
// One builder a kind of picture: (data, width, hidden) -> { height, option, legend }.
// `hidden` is the set of series that the reader has switched off in the legend.

REPORT.build = {};

// As wide as the longest name needs, within limits.
const rowLabels = (rows, width) =>
  Math.round(Math.min(7 * Math.max(...rows.map(row => row.length)) + 18, Math.max(110, width * 0.3)));

// What is further from 1 than this would press all else together: such bars leave the panel.
const FURTHEST = 10;

// Bars from 1 on a logarithmic axis: a panel a peer, a row a workload, the mean last.
REPORT.build.ratios = (data, width) => {
  const hasMean = data.rows.length > 1;
  const rows = hasMean ? [...data.rows, "geometric mean"] : data.rows;
  const label = rowLabels(rows, width);
  const panels = REPORT.panels(data.facets.length, width,
    { label, least: 190, height: rows.length * 20, top: 28 });
  const values = data.facets.flatMap(f => [...f.cells, hasMean ? meanCell(f) : null])
    .flatMap(cell => cell && cell.ratio ? cell.ratio : []).map(v => Math.min(FURTHEST, Math.max(1 / FURTHEST, v)));
  const extent = REPORT.extent([...values, 1], "log", Math.min(10, panels[0].width / 44), { room: 0.06 });
  roomAtOne(extent, 0.16);
  const option = { title: [], grid: [], xAxis: [], yAxis: [], series: [], tooltip: REPORT.tooltip() };
  data.facets.forEach((facet, i) => {
    option.title.push(REPORT.heading(panels[i], facet.title));
    option.grid.push(panels[i]);
    option.xAxis.push(REPORT.axis(i, "bottom", extent, v => REPORT.short(10 ** v)));
    option.yAxis.push(REPORT.rowAxis(i, rows, panels[i].first, label));
    option.series.push(ratioSeries(data.rows, facet, i, hasMean, extent));
  });
  return { height: panels.total, option, legend: [] };
};

const meanCell = facet => facet.mean.ratio === null ? null
  : { ratio: [facet.mean.ratio, ...(facet.mean.ci || [facet.mean.ratio, facet.mean.ratio])], mean: true,
    count: facet.mean.count };

// Numbers stand at the side of the line at 1 that their bar leaves free: both sides need room.
function roomAtOne(extent, share) {
  const span = extent.max - extent.min;
  extent.min = Math.min(extent.min, -share * span);
  extent.max = Math.max(extent.max, share * span);
}

function ratioSeries(names, facet, index, hasMean, extent) {
  const look = REPORT.look(facet.engine);
  const cells = hasMean ? [...facet.cells, meanCell(facet)] : facet.cells;
  const found = cells.map((cell, row) => ({ cell, row })).filter(each => each.cell);
  const items = found.map(({ cell, row }) => ({
    value: [cell.ratio ? Math.log10(cell.ratio[0]) : 0, row], tip: ratioTip(names[row], facet, cell) }));
  return { type: "custom", xAxisIndex: index, yAxisIndex: index, data: items, clip: true,
    markLine: { silent: true, symbol: "none", label: { show: false }, data: [{ xAxis: 0 }],
      lineStyle: { color: REPORT.css("--text"), type: "solid", width: 1 } },
    renderItem: (params, api) => {
      const { cell, row } = found[params.dataIndex];
      const [one, y] = api.coord([0, row]);
      return cell.ratio ? ratioBar(api, cell, one, y, look.colour, extent) : absent(cell, one, y);
    } };
}

function ratioTip(name, facet, cell) {
  const title = `${REPORT.escape(name || "geometric mean")}<br>${REPORT.escape(facet.title)}: `;
  if (cell.ratio) {
    return title + REPORT.withInterval(cell.ratio, "ratio") + (cell.count ? `<br>${cell.count} workloads` : "");
  }
  return `${title}${REPORT.escape(cell.engine)} ${REPORT.escape(cell.status)}<br>${REPORT.escape(cell.error || "")}`;
}

function ratioBar(api, cell, one, y, colour, { min, max }) {
  const [at, low, high] = cell.ratio.map(value => api.coord([Math.min(max, Math.max(min, Math.log10(value))), 0])[0]);
  const beyond = Math.log10(cell.ratio[0]) < min ? 1 : Math.log10(cell.ratio[0]) > max ? -1 : 0;
  const arrow = { type: "polyline", silent: true, style: { fill: "none", stroke: REPORT.css("--page"), lineWidth: 2 },
    shape: { points: [[at + 8 * beyond, y - 3.5], [at + 3 * beyond, y], [at + 8 * beyond, y + 3.5]] } };
  const unsure = cell.ratio[1] <= 1 && cell.ratio[2] >= 1;
  const tall = cell.mean ? 12 : 9;
  // The number stands at the free side of the line at 1, or behind the bar where a whisker is there.
  const edge = api.coord([max, 0])[0], start = api.coord([min, 0])[0];
  const right = cell.ratio[0] < 1 ? Math.max(one, high) + 42 < edge : Math.min(one, low) - 42 < start;
  const label = right ? Math.max(one, high) + 6 : Math.min(one, low) - 6;
  return { type: "group", children: [
    { type: "rect", shape: { x: Math.min(one, at), y: y - tall / 2, width: Math.abs(at - one), height: tall },
      style: { fill: colour, opacity: unsure ? 0.4 : cell.mean ? 1 : 0.85 } },
    beyond ? arrow : REPORT.whisker(low, high, y, REPORT.css("--text")),
    { type: "text", silent: true, style: { text: REPORT.ratio(cell.ratio[0]), y, verticalAlign: "middle",
      x: label, textAlign: right ? "left" : "right",
      fill: REPORT.css("--text"), font: `${cell.mean ? "bold " : ""}11px sans-serif` } }] };
}

const absent = (cell, one, y) => ({ type: "text", style: { text: cell.status, x: one + 6, y,
  verticalAlign: "middle", fill: REPORT.css("--muted"), font: "italic 11px sans-serif" } });

const legendOf = series => {
  const seen = new Map();
  for (const each of series) if (!seen.has(each.name)) seen.set(each.name, each.key);
  return seen.size > 1 ? [...seen].map(([name, key]) => ({ name, key })) : [];
};

// Marks with whiskers, a row a workload; every panel has its own axis.
REPORT.build.dots = (data, width, hidden) => {
  const label = rowLabels(data.rows, width);
  const most = Math.max(...data.facets.map(f => f.series.length));
  const tall = Math.max(20, 9 * most + 6);
  const panels = REPORT.panels(data.facets.length, width,
    { label, least: 200, height: data.rows.length * tall, top: 28 });
  const option = { title: [], grid: [], xAxis: [], yAxis: [], series: [], tooltip: REPORT.tooltip() };
  data.facets.forEach((facet, i) => {
    const scale = facet.log ? "log" : "linear", lines = facet.lines || [];
    const extent = REPORT.extent([...facet.series.flatMap(s => s.points.flatMap(p => p.slice(1))),
      ...lines.map(line => line.at)], scale, panels[i].width / 62, { unit: facet.unit });
    const from = REPORT.scales[scale].from;
    option.title.push(REPORT.heading(panels[i], facet.title));
    option.grid.push(panels[i]);
    option.xAxis.push(REPORT.axis(i, "bottom", extent, v => REPORT.quantity(from(v), facet.unit, REPORT.short)));
    option.yAxis.push(REPORT.rowAxis(i, data.rows, panels[i].first, label));
    facet.series.forEach((series, place) => {
      if (hidden.has(series.name)) return;
      const shift = (place - (facet.series.length - 1) / 2) * 8.5;
      option.series.push(dotSeries(data.rows, facet, series, i, shift, scale));
    });
    option.series.push(markLines(lines.map(line => ({ xAxis: REPORT.scales[scale].to(line.at) })), i));
  });
  return { height: panels.total, option, legend: legendOf(data.facets.flatMap(f => f.series)) };
};

const markLines = (lines, index) => ({ type: "line", data: [], xAxisIndex: index, yAxisIndex: index,
  markLine: { silent: true, symbol: "none", label: { show: false }, data: lines,
    lineStyle: { color: REPORT.css("--text"), type: [4, 3], width: 1 } } });

function dotSeries(rows, facet, series, index, shift, scale) {
  const look = REPORT.look(series.key), to = REPORT.scales[scale].to;
  const items = series.points.map(([row, ...values]) => ({ value: [to(values[0]), row],
    tip: `${REPORT.escape(rows[row])}<br>${REPORT.escape(series.name)}, ${REPORT.escape(facet.title)}: `
      + REPORT.withInterval(values, facet.unit) }));
  return { type: "custom", xAxisIndex: index, yAxisIndex: index, data: items, clip: true,
    renderItem: (params, api) => {
      const [row, at, low, high] = series.points[params.dataIndex];
      const [x, y] = api.coord([to(at), row]);
      const ends = [low, high].map(value => api.coord([to(value), row])[0]);
      return { type: "group", children: [
        REPORT.whisker(ends[0], ends[1], y + shift, look.colour, 2),
        REPORT.mark(look.shape, x, y + shift, 4.2, { fill: look.colour })] };
    } };
}

// Lines with bands; a panel a facet. x and y tell name, unit and scale; a facet may tell its own unit.
REPORT.build.curves = (data, width, hidden) => {
  // Many alike curves are told apart by names at their ends instead of a legend.
  const named = data.legend === false && data.plain;
  const longest = Math.max(...data.facets.flatMap(f => f.series.map(s => s.name.length)));
  const label = 64, height = data.height || 240, right = named ? Math.min(6.4 * longest + 14, width * 0.3) : 14;
  const panels = REPORT.panels(data.facets.length, width,
    { label, least: Math.min(named ? 280 : 340, width - label - right), height, top: 28, bottom: 44, gap: label + right, right });
  const option = { title: [], grid: [], xAxis: [], yAxis: [], series: [], graphic: [], tooltip: REPORT.tooltip() };
  data.facets.forEach((facet, i) => {
    const shown = facet.series.filter(s => !hidden.has(s.name));
    option.title.push(REPORT.heading(panels[i], facet.title));
    option.grid.push(panels[i]);
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
  const names = series.filter(s => s.points.length).map(s => {
    const share = (to(s.points[s.points.length - 1][1]) - axis.min) / (axis.max - axis.min);
    return { y: panel.top + panel.height * (1 - share), series: s };
  }).sort((a, b) => b.y - a.y);
  names.forEach((name, i) => { if (i) name.y = Math.min(name.y, names[i - 1].y - 12.5); });
  return names.map(({ y, series: s }) => ({ type: "text", silent: true, x: panel.left + panel.width + 5, y,
    style: { text: s.name, fill: REPORT.look(s.key).colour, font: "11px sans-serif", verticalAlign: "middle" } }));
}

function curveX(data, facet, index, panel) {
  const scale = data.x.scale, from = REPORT.scales[scale].from;
  const values = facet.series.flatMap(s => s.points.map(p => p[0]));
  const ticks = scale === "percentile" ? [50, 90, 99, 99.9]
    : scale === "category" ? data.x.names.map((_, i) => i) : null;
  if (scale === "percentile") values.push(0, Math.max(90, ...values));
  if (scale === "category") values.push(-0.3, data.x.names.length - 0.7);
  const count = Math.max(2, panel.width / 60);
  const extent = REPORT.extent(values, scale, count, { room: scale === "percentile" ? 0.01 : 0.04, ticks });
  const show = v => scale === "category" ? data.x.names[v]
    : scale === "percentile" ? `p${REPORT.short(from(v))}` : REPORT.short(from(v));
  const axis = REPORT.axis(index, "bottom", extent, show, { name: data.x.name, nameLocation: "middle",
    nameGap: 26, nameTextStyle: { color: REPORT.css("--muted"), fontSize: 11 } });
  if (scale === "category") {
    Object.assign(axis.axisLabel, { width: panel.width / data.x.names.length, overflow: "truncate", hideOverlap: false });
  }
  return axis;
}

function curveY(data, facet, index, panel) {
  const scale = data.y.scale, from = REPORT.scales[scale].from, unit = facet.unit || data.y.unit;
  const line = facet.line || data.y.line;
  const values = facet.series.flatMap(s => s.points.flatMap(p => p.slice(1)));
  const extent = REPORT.extent(line ? [...values, line] : values, scale, panel.height / 38, { room: 0.08, unit });
  return REPORT.axis(index, "left", extent, v => REPORT.quantity(from(v), unit, REPORT.short));
}

function curveSeries(data, facet, series, index) {
  const look = REPORT.look(series.key), unit = facet.unit || data.y.unit;
  const toX = REPORT.scales[data.x.scale].to, toY = REPORT.scales[data.y.scale].to;
  const items = series.points.map(([x, ...values]) => ({ value: [toX(x), toY(values[0])],
    tip: curveTip(data, facet, series, x, values, unit) }));
  const line = { type: series.dots ? "scatter" : "line", name: series.name, xAxisIndex: index, yAxisIndex: index,
    data: items, symbol: REPORT.symbols[look.shape], symbolSize: series.dots ? 4 : data.plain ? 4 : 8,
    itemStyle: { color: look.colour }, lineStyle: { color: look.colour, width: 2 }, clip: false };
  const at = facet.line || data.y.line;
  if (at) {
    line.markLine = { silent: true, symbol: "none", label: { show: false }, data: [{ yAxis: toY(at) }],
      lineStyle: { color: REPORT.css("--text"), type: "solid", width: 1 } };
  }
  const banded = series.points.length && series.points.every(p => p.length > 2) && !series.dots;
  return banded ? [band(series, index, toX, toY, look.colour), line] : [line];
}

function curveTip(data, facet, series, x, values, unit) {
  const where = data.x.scale === "category" ? data.x.names[x]
    : data.x.scale === "percentile" ? `p${REPORT.short(x)}` : `${data.x.name} ${REPORT.short(x)}`;
  const told = values.length > 1 ? REPORT.withInterval(values, unit) : `<b>${REPORT.quantity(values[0], unit)}</b>`;
  return `${facet.title ? REPORT.escape(facet.title) + "<br>" : ""}${REPORT.escape(series.name)}, `
    + `${REPORT.escape(where)}: ${told}${series.note ? `<br>fit: ${REPORT.escape(series.note)}` : ""}`;
}

const band = (series, index, toX, toY, colour) => ({ type: "custom", silent: true, xAxisIndex: index, yAxisIndex: index,
  data: [[toX(series.points[0][0]), toY(series.points[0][1])]],
  renderItem: (_, api) => ({ type: "polygon", style: { fill: colour, opacity: 0.16 }, shape: { points: [
    ...series.points.map(([x, , low]) => api.coord([toX(x), toY(low)])),
    ...series.points.map(([x, , , high]) => api.coord([toX(x), toY(high)])).reverse()] } }) });

// Bars of parts: a row a model.
REPORT.build.stack = (data, width, hidden) => {
  const label = rowLabels(data.rows, width);
  const [panel] = REPORT.panels(1, width, { label, least: 200, height: data.rows.length * 26, top: 6, right: 56 });
  const shown = data.stages.map((name, i) => ({ name, i })).filter(each => !hidden.has(each.name));
  const sums = data.values.map(row => shown.reduce((sum, { i }) => sum + row[i], 0));
  const extent = REPORT.extent([0, ...sums], "linear", panel.width / 70, { room: 0 });
  const series = shown.map(({ name, i }) => ({ type: "bar", stack: "all", name, barWidth: 14,
    itemStyle: { color: REPORT.look(`category:${i}`).colour, borderColor: REPORT.css("--page"), borderWidth: 1 },
    data: data.values.map((row, at) => ({ value: row[i], tip: `${REPORT.escape(data.rows[at])}<br>${REPORT.escape(name)}: `
      + `<b>${REPORT.quantity(row[i], data.unit)}</b>, ${REPORT.short(100 * row[i] / sums[at])} %` })) }));
  const last = series[series.length - 1];
  if (last) {
    last.label = { show: true, position: "right", color: REPORT.css("--muted"), fontSize: 11,
      formatter: p => REPORT.quantity(sums[p.dataIndex], data.unit) };
  }
  return { height: panel.top + panel.height + 26, legend: data.stages.map((name, i) => ({ name, key: `category:${i}` })),
    option: { tooltip: REPORT.tooltip(), grid: [panel], series, yAxis: [REPORT.rowAxis(0, data.rows, true, label)],
      xAxis: [REPORT.axis(0, "bottom", extent, v => REPORT.quantity(v, data.unit, REPORT.short))] } };
};

// Measured roofs, and what workloads reach below them.
REPORT.build.roofline = (data, width, hidden) => {
  const label = 84, panel = { left: label, top: 12, width: width - label - 16, height: Math.min(460, width * 0.62) };
  const xs = data.points.map(p => p.x), ys = data.points.flatMap(p => p.y);
  const best = Math.max(...data.peaks.map(p => p.value), ...ys);
  const ridge = data.peaks.length && data.bandwidths.length
    ? best / Math.min(...data.bandwidths.map(b => b.value)) : Math.max(...xs);
  const least = Math.min(...data.peaks.map(p => p.value)) / Math.max(...data.bandwidths.map(b => b.value));
  const x = REPORT.extent([...xs, ridge * 2, least * 0.6].filter(v => v > 0), "log", panel.width / 60);
  const y = REPORT.extent([...ys, best * 1.15], "log", panel.height / 40);
  const axes = { nameLocation: "middle", nameTextStyle: { color: REPORT.css("--muted"), fontSize: 12 } };
  const option = { grid: [panel], tooltip: REPORT.tooltip(), series: roofs(data, x, y),
    xAxis: [REPORT.axis(0, "bottom", x, v => REPORT.short(10 ** v), { ...axes, name: "operations per byte", nameGap: 28 })],
    yAxis: [REPORT.axis(0, "left", y, v => REPORT.quantity(10 ** v, "FLOP/s", REPORT.short))] };
  const legend = data.families.map((name, i) => ({ name, key: `category:${i}` }));
  legend.filter(each => !hidden.has(each.name)).forEach(({ name, key }) => {
    const look = REPORT.look(key), points = data.points.filter(p => p.family === name);
    option.series.push({ type: "custom", z: 3, data: points.map(p => ({ value: [Math.log10(p.x), Math.log10(p.y[0])],
      tip: roofTip(p) })), renderItem: (params, api) => {
      const [px, py] = api.coord([api.value(0), api.value(1)]);
      return REPORT.mark(look.shape, px, py, 5,
        { fill: look.colour, stroke: REPORT.css("--page"), lineWidth: 1 });
    } });
  });
  return { height: panel.height + 66, option, legend };
};

const roofTip = point => `${REPORT.escape(point.label)}<br>${REPORT.escape(point.family)}, ${REPORT.escape(point.dtype || "")}<br>`
  + `${REPORT.withInterval(point.y, "FLOP/s")}<br>${REPORT.short(point.x)} operations per byte`
  + (point.share ? `<br>${REPORT.short(100 * point.share)} % of what DRAM allows` : "");

function roofs(data, x, y) {
  const peak = Math.log10(Math.max(...data.peaks.map(p => p.value), 1));
  const fastest = Math.log10(Math.max(...data.bandwidths.map(b => b.value), 1));
  const colour = REPORT.css("--muted");
  const lines = data.bandwidths.map(({ label, value }) => {
    const rate = Math.log10(value), from = Math.max(x.min, y.min - rate);
    return { from: [from, from + rate], to: [peak - rate, peak], label: `${label} ${REPORT.quantity(value, "B/s")}` };
  }).filter(line => line.from[0] < line.to[0]);
  lines.push(...data.peaks.map(({ label, value, unit }) => ({ from: [Math.max(x.min, Math.log10(value) - fastest), Math.log10(value)],
    to: [x.max, Math.log10(value)], label: `${label} ${REPORT.quantity(value, unit)}`, level: true })));
  return [{ type: "custom", silent: true, z: 1, data: lines.map(line => line.from), renderItem: (params, api) => {
    const line = lines[params.dataIndex];
    const [x0, y0] = api.coord(line.from), [x1, y1] = api.coord(line.to);
    const angle = Math.atan2(y0 - y1, x1 - x0);
    const share = 0.12, at = line.level ? [x1 - 4, y1 - 4] : [x0 + share * (x1 - x0), y0 + share * (y1 - y0) - 4];
    return { type: "group", children: [
      { type: "line", shape: { x1: x0, y1: y0, x2: x1, y2: y1 }, style: { stroke: colour, lineWidth: 1.5 } },
      { type: "text", x: at[0], y: at[1], rotation: line.level ? 0 : angle, style: { text: line.label, fill: colour,
        stroke: REPORT.css("--page"), lineWidth: 3, font: "11px sans-serif", verticalAlign: "bottom", textAlign: line.level ? "right" : "left" } }] };
  } }];
}

// All samples of all rounds of a workload: a column a round, a colour an engine.
REPORT.build.strip = (data, width, hidden) => {
  const label = 72, panel = { left: label, top: 10, width: width - label - 14, height: 300 };
  const shown = data.series.filter(s => !hidden.has(s.name));
  const rounds = Math.max(...data.series.map(s => s.rounds.length));
  const y = REPORT.extent(shown.flatMap(s => s.rounds.flat()), "log", 8, { room: 0.05 });
  const x = { min: 0.5, max: rounds + 0.5, ticks: Array.from({ length: rounds }, (_, i) => i + 1) };
  const option = { grid: [panel], tooltip: REPORT.tooltip(), series: [],
    xAxis: [REPORT.axis(0, "bottom", x, v => v, { name: "round", nameLocation: "middle", nameGap: 26,
      nameTextStyle: { color: REPORT.css("--muted"), fontSize: 11 } })],
    yAxis: [REPORT.axis(0, "left", y, v => REPORT.quantity(10 ** v, data.unit, REPORT.short))] };
  const lane = 0.86 / Math.max(1, shown.length);
  shown.forEach((series, place) => option.series.push(...strip(series, data.unit, (place + 0.5) * lane - 0.43, lane)));
  return { height: panel.height + 58, option, legend: legendOf(data.series) };
};

// Spread sideways by the golden ratio: even, and the same at every drawing.
const jitter = i => ((i * 0.6180339887) % 1) - 0.5;

function strip(series, unit, shift, lane) {
  const colour = REPORT.look(series.key).colour;
  const dots = series.rounds.flatMap((samples, round) => samples.map((value, i) => ({
    value: [round + 1 + shift + jitter(i) * lane * 0.7, Math.log10(value)],
    tip: `${REPORT.escape(series.name)}, round ${round + 1}: <b>${REPORT.quantity(value, unit)}</b>` })));
  const middles = series.rounds.map((samples, round) => {
    const sorted = [...samples].sort((a, b) => a - b);
    return [round + 1 + shift, Math.log10(sorted[sorted.length >> 1])];
  });
  return [{ type: "scatter", data: dots, symbol: "circle", symbolSize: 3.5, itemStyle: { color: colour, opacity: 0.65 } },
    { type: "custom", silent: true, z: 3, data: middles, renderItem: (params, api) => {
      const [px, py] = api.coord([api.value(0), api.value(1)]);
      const half = Math.max(4, api.size([lane, 0])[0] * 0.42);
      return { type: "line", shape: { x1: px - half, y1: py, x2: px + half, y2: py },
        style: { stroke: REPORT.css("--text"), lineWidth: 2 } };
    } }];
}
