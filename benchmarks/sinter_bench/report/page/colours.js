"use strict";
// The colours and shapes of engines and of other series.

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
REPORT.neutral = [
  ["#6e6e6e", "#b0b0b0"],
  ["#2f3a45", "#dfe6ee"],
];
REPORT.shapes = ["circle", "square", "triangle", "diamond", "down"];
// For series that are no engines: scenarios, families, stages.
REPORT.categories = [
  ["#0060a8", "#5cb3ff"],
  ["#c34d00", "#ff8a4c"],
  ["#00856b", "#33ae79"],
  ["#a8488a", "#f09bd0"],
  ["#754101", "#f3ca47"],
  ["#2c90ca", "#9adcff"],
  ["#785245", "#cdbaa5"],
  ["#4d5866", "#b7c2ce"],
  ["#7d6bc4", "#b9aaff"],
  ["#a83232", "#ff8f8f"],
];
// For ordered series: the darker (on dark pages: lighter), the further.
REPORT.shades = [
  ["#6fa8d6", "#3c6f9e"],
  ["#3583bf", "#5597cf"],
  ["#0060a8", "#86c1f5"],
  ["#003a69", "#cfe7ff"],
];

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
