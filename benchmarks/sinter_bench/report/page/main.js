"use strict";
// Draws every picture, and again when width, colours or a choice change.

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const charts = new Map();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("scheme");
  const words = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" };
  let scheme = "auto";
  let paper = 0; // the width to draw at while printing

  // Pages opened as files may be denied storage; then the choice lasts as long as the page.
  const remember = value => {
    try {
      localStorage.setItem("sinter-bench-scheme", value);
    } catch (_) {
      /* as said */
    }
  };
  const recall = () => {
    try {
      return localStorage.getItem("sinter-bench-scheme");
    } catch (_) {
      return null;
    }
  };

  function applyScheme(forced) {
    const shown = forced || (scheme === "auto" ? (dark.matches ? "dark" : "light") : scheme);
    document.documentElement.dataset.scheme = shown;
    button.textContent = words[scheme];
  }

  function drawLegend(identity, entries, state) {
    const place = document.querySelector(`[data-legend="${identity}"]`);
    place.replaceChildren(
      ...entries.map(({ name, key }) => {
        const each = document.createElement("button");
        const look = REPORT.look(key);
        each.type = "button";
        each.setAttribute("aria-pressed", String(!state.hidden.has(name)));
        each.title = "Show or hide";
        each.append(symbol(look), name);
        each.addEventListener("click", () => {
          if (!state.hidden.delete(name)) state.hidden.add(name);
          draw(identity);
          document
            .querySelector(`[data-legend="${identity}"]`)
            .children[entries.findIndex(e => e.name === name)].focus();
        });
        return each;
      }),
    );
  }

  function symbol({ colour, shape }) {
    const name = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(name, "svg");
    const mark = REPORT.mark(shape, 7, 7, 5, {});
    const element = document.createElementNS(name, mark.type);
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("viewBox", "0 0 14 14");
    for (const [key, value] of Object.entries(mark.shape)) {
      element.setAttribute(
        key,
        Array.isArray(value) ? value.map(p => p.join(",")).join(" ") : value,
      );
    }
    element.setAttribute("fill", colour);
    svg.append(element);
    return svg;
  }

  function draw(identity) {
    const place = document.getElementById(identity),
      state = charts.get(identity);
    if (!place.clientWidth) return; // in a part that is folded up; drawn when it opens
    const width = paper || place.clientWidth;
    const picture = data[identity].choices
      ? data[identity].choices[state.choice].data
      : data[identity];
    const { height, option, legend } = REPORT.build[picture.kind](picture, width, state.hidden);
    drawLegend(identity, legend, state);
    place.style.height = `${height}px`;
    if (state.chart) state.chart.dispose();
    state.chart = echarts.init(place, null, { renderer: "svg", width, height });
    state.chart.setOption({
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: "inherit" },
      ...option,
    });
    // On paper, style sheets scale the drawing to the sheet.
    place.querySelector("svg").setAttribute("viewBox", `0 0 ${width} ${height}`);
    state.width = width;
  }

  const drawAll = () => {
    for (const identity of charts.keys()) draw(identity);
  };

  for (const identity of Object.keys(data)) charts.set(identity, { choice: 0, hidden: new Set() });
  document.querySelectorAll("select[data-for]").forEach(select =>
    select.addEventListener("change", () => {
      charts.get(select.dataset.for).choice = Number(select.value);
      draw(select.dataset.for);
    }),
  );
  document.querySelectorAll("details").forEach(part =>
    part.addEventListener("toggle", () => {
      if (part.open) part.querySelectorAll(".chart").forEach(chart => draw(chart.id));
    }),
  );
  button.addEventListener("click", () => {
    scheme = { auto: "light", light: "dark", dark: "auto" }[scheme];
    remember(scheme);
    applyScheme();
    drawAll();
  });
  dark.addEventListener("change", () => {
    applyScheme();
    drawAll();
  });

  let timer;
  new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const [identity, state] of charts) {
        if (document.getElementById(identity).clientWidth !== state.width) draw(identity);
      }
    }, 120);
  }).observe(document.getElementById("content"));

  // Paper is light, has a width of its own and no buttons: everything is opened.
  const SHEET = 720;
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach(part => {
      part.open = true;
    });
    paper = SHEET;
    applyScheme("light");
    drawAll();
  });
  addEventListener("afterprint", () => {
    folded.forEach(part => {
      part.open = false;
    });
    paper = 0;
    applyScheme();
    drawAll();
  });

  // A link may fix the colours: report.html#dark; tests and people who embed the page use it.
  if (location.hash === "#dark" || location.hash === "#light") scheme = location.hash.slice(1);
  else if (words[recall()]) scheme = recall();
  applyScheme();
  drawAll();
  document.documentElement.dataset.ready = String(charts.size);
})();
