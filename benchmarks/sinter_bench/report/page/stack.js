"use strict";

// Bars of parts: a row a model.
REPORT.build.stack = (data, width, hidden) => {
  const label = rowLabels(data.rows, width);
  const [panel] = REPORT.panels(1, width, {
    label,
    least: 200,
    height: data.rows.length * 26,
    top: 6,
    right: 56,
  });
  const shown = data.stages.map((name, i) => ({ name, i })).filter(each => !hidden.has(each.name));
  const sums = data.values.map(row => shown.reduce((sum, { i }) => sum + row[i], 0));
  const extent = REPORT.extent([0, ...sums], "linear", panel.width / 70, { room: 0 });
  const series = shown.map(({ name, i }) => ({
    type: "bar",
    stack: "all",
    name,
    barWidth: 14,
    itemStyle: {
      color: REPORT.look(`category:${i}`).colour,
      borderColor: REPORT.css("--page"),
      borderWidth: 1,
    },
    data: data.values.map((row, at) => ({
      value: row[i],
      tip:
        `${REPORT.escape(data.rows[at])}<br>${REPORT.escape(name)}: ` +
        `<b>${REPORT.quantity(row[i], data.unit)}</b>, ${REPORT.short((100 * row[i]) / sums[at])} %`,
    })),
  }));
  const last = series[series.length - 1];
  if (last) {
    last.label = {
      show: true,
      position: "right",
      color: REPORT.css("--muted"),
      fontSize: 11,
      formatter: p => REPORT.quantity(sums[p.dataIndex], data.unit),
    };
  }
  return {
    height: panel.top + panel.height + 26,
    legend: data.stages.map((name, i) => ({ name, key: `category:${i}` })),
    option: {
      tooltip: REPORT.tooltip(),
      grid: [panel],
      series,
      yAxis: [REPORT.rowAxis(0, data.rows, true, label)],
      xAxis: [REPORT.axis(0, "bottom", extent, v => REPORT.quantity(v, data.unit, REPORT.short))],
    },
  };
};
