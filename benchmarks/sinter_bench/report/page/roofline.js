"use strict";

// Measured roofs, and what workloads reach below them.
REPORT.build.roofline = (data, width, hidden) => {
  const label = 84,
    panel = {
      left: label,
      top: 12,
      width: width - label - 16,
      height: Math.min(460, width * 0.62),
    };
  const xs = data.points.map(p => p.x),
    ys = data.points.flatMap(p => p.y);
  const best = Math.max(...data.peaks.map(p => p.value), ...ys);
  const ridge =
    data.peaks.length && data.bandwidths.length
      ? best / Math.min(...data.bandwidths.map(b => b.value))
      : Math.max(...xs);
  const least =
    Math.min(...data.peaks.map(p => p.value)) / Math.max(...data.bandwidths.map(b => b.value));
  const x = REPORT.extent(
    [...xs, ridge * 2, least * 0.6].filter(v => v > 0),
    "log",
    panel.width / 60,
  );
  const y = REPORT.extent([...ys, best * 1.15], "log", panel.height / 40);
  const axes = {
    nameLocation: "middle",
    nameTextStyle: { color: REPORT.css("--muted"), fontSize: 12 },
  };
  const option = {
    grid: [panel],
    tooltip: REPORT.tooltip(),
    series: roofs(data, x, y),
    xAxis: [
      REPORT.axis(0, "bottom", x, v => REPORT.short(10 ** v), {
        ...axes,
        name: "operations per byte",
        nameGap: 28,
      }),
    ],
    yAxis: [REPORT.axis(0, "left", y, v => REPORT.quantity(10 ** v, "FLOP/s", REPORT.short))],
  };
  const legend = data.families.map((name, i) => ({ name, key: `category:${i}` }));
  legend
    .filter(each => !hidden.has(each.name))
    .forEach(({ name, key }) => {
      const look = REPORT.look(key),
        points = data.points.filter(p => p.family === name);
      option.series.push({
        type: "custom",
        z: 3,
        data: points.map(p => ({ value: [Math.log10(p.x), Math.log10(p.y[0])], tip: roofTip(p) })),
        renderItem: (params, api) => {
          const [px, py] = api.coord([api.value(0), api.value(1)]);
          return REPORT.mark(look.shape, px, py, 5, {
            fill: look.colour,
            stroke: REPORT.css("--page"),
            lineWidth: 1,
          });
        },
      });
    });
  return { height: panel.height + 66, option, legend };
};

const roofTip = point =>
  `${REPORT.escape(point.label)}<br>${REPORT.escape(point.family)}, ${REPORT.escape(point.dtype || "")}<br>` +
  `${REPORT.withInterval(point.y, "FLOP/s")}<br>${REPORT.short(point.x)} operations per byte` +
  (point.share ? `<br>${REPORT.short(100 * point.share)} % of what DRAM allows` : "");

function roofs(data, x, y) {
  const peak = Math.log10(Math.max(...data.peaks.map(p => p.value), 1));
  const fastest = Math.log10(Math.max(...data.bandwidths.map(b => b.value), 1));
  const colour = REPORT.css("--muted");
  const lines = data.bandwidths
    .map(({ label, value }) => {
      const rate = Math.log10(value),
        from = Math.max(x.min, y.min - rate);
      return {
        from: [from, from + rate],
        to: [peak - rate, peak],
        label: `${label} ${REPORT.quantity(value, "B/s")}`,
      };
    })
    .filter(line => line.from[0] < line.to[0]);
  lines.push(
    ...data.peaks.map(({ label, value, unit }) => ({
      from: [Math.max(x.min, Math.log10(value) - fastest), Math.log10(value)],
      to: [x.max, Math.log10(value)],
      label: `${label} ${REPORT.quantity(value, unit)}`,
      level: true,
    })),
  );
  return [
    {
      type: "custom",
      silent: true,
      z: 1,
      data: lines.map(line => line.from),
      renderItem: (params, api) => {
        const line = lines[params.dataIndex];
        const [x0, y0] = api.coord(line.from),
          [x1, y1] = api.coord(line.to);
        const angle = Math.atan2(y0 - y1, x1 - x0);
        const share = 0.12,
          at = line.level ? [x1 - 4, y1 - 4] : [x0 + share * (x1 - x0), y0 + share * (y1 - y0) - 4];
        return {
          type: "group",
          children: [
            {
              type: "line",
              shape: { x1: x0, y1: y0, x2: x1, y2: y1 },
              style: { stroke: colour, lineWidth: 1.5 },
            },
            {
              type: "text",
              x: at[0],
              y: at[1],
              rotation: line.level ? 0 : angle,
              style: {
                text: line.label,
                fill: colour,
                stroke: REPORT.css("--page"),
                lineWidth: 3,
                font: "11px sans-serif",
                verticalAlign: "bottom",
                textAlign: line.level ? "right" : "left",
              },
            },
          ],
        };
      },
    },
  ];
}
