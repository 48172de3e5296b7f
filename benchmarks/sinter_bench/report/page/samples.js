"use strict";

// All samples of all rounds of a workload: a column a round, a colour an engine.
REPORT.build.strip = (data, width, hidden) => {
  const label = 72,
    panel = { left: label, top: 10, width: width - label - 14, height: 300 };
  const shown = data.series.filter(s => !hidden.has(s.name));
  const rounds = Math.max(...data.series.map(s => s.rounds.length));
  const y = REPORT.extent(
    shown.flatMap(s => s.rounds.flat()),
    "log",
    8,
    { room: 0.05 },
  );
  const x = { min: 0.5, max: rounds + 0.5, ticks: Array.from({ length: rounds }, (_, i) => i + 1) };
  const option = {
    grid: [panel],
    tooltip: REPORT.tooltip(),
    series: [],
    xAxis: [
      REPORT.axis(0, "bottom", x, v => v, {
        name: "round",
        nameLocation: "middle",
        nameGap: 26,
        nameTextStyle: { color: REPORT.css("--muted"), fontSize: 11 },
      }),
    ],
    yAxis: [REPORT.axis(0, "left", y, v => REPORT.quantity(10 ** v, data.unit, REPORT.short))],
  };
  const lane = 0.86 / Math.max(1, shown.length);
  shown.forEach((series, place) =>
    option.series.push(...strip(series, data.unit, (place + 0.5) * lane - 0.43, lane)),
  );
  return { height: panel.height + 58, option, legend: legendOf(data.series) };
};

// Spread sideways by the golden ratio: even, and the same at every drawing.
const jitter = i => ((i * 0.6180339887) % 1) - 0.5;

function strip(series, unit, shift, lane) {
  const colour = REPORT.look(series.key).colour;
  const dots = series.rounds.flatMap((samples, round) =>
    samples.map((value, i) => ({
      value: [round + 1 + shift + jitter(i) * lane * 0.7, Math.log10(value)],
      tip: `${REPORT.escape(series.name)}, round ${round + 1}: <b>${REPORT.quantity(value, unit)}</b>`,
    })),
  );
  // A round of one sample is its own median.
  const single = series.rounds.every(samples => samples.length === 1);
  const middles = (single ? [] : series.rounds).map((samples, round) => {
    const sorted = [...samples].sort((a, b) => a - b);
    return [round + 1 + shift, Math.log10(sorted[sorted.length >> 1])];
  });
  return [
    {
      type: "scatter",
      data: dots,
      symbol: "circle",
      symbolSize: single ? 7 : 3.5,
      itemStyle: { color: colour, opacity: 0.65 },
    },
    {
      type: "custom",
      silent: true,
      z: 3,
      data: middles,
      renderItem: (params, api) => {
        const [px, py] = api.coord([api.value(0), api.value(1)]);
        const half = Math.max(4, api.size([lane, 0])[0] * 0.42);
        return {
          type: "line",
          shape: { x1: px - half, y1: py, x2: px + half, y2: py },
          style: { stroke: REPORT.css("--text"), lineWidth: 2 },
        };
      },
    },
  ];
}
