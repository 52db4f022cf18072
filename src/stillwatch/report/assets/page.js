/* Replaces the static lines over time by interactive charts. The page is complete without this script. */
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("chart").textContent);
  const times = data.others.map((_, index) => data.start + index * data.width);
  const counted = new Intl.NumberFormat("en-GB");
  const dated = new Intl.DateTimeFormat("en-GB", {
    timeZone: "UTC", day: "numeric", month: "long", year: "numeric",
    ...(data.width < 86400 ? { hour: "2-digit", minute: "2-digit" } : {}),
  });
  const lane = { ours: "This campaign", theirs: "All accounts outside campaigns" };
  const charts = [];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function add(parent, tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    parent.append(element);
    return element;
  }

  function show(readout, lines, at) {
    readout.replaceChildren();
    if (at == null) {
      add(readout, "span", "", "Point at the lines, or use the arrow keys. Drag to zoom in, double-click to zoom out.");
      return;
    }
    add(readout, "b", "", dated.format(new Date(times[at] * 1000)) + (data.width < 86400 ? " UTC" : ""));
    for (const line of lines) {
      const entry = add(readout, "span");
      add(entry, "span", "swatch " + line.kind);
      entry.append(line.label + " ");
      add(entry, "b", "", counted.format(line.values[at]));
    }
  }

  function options(line, width, key, onMove, last) {
    const grid = { stroke: () => colour("--line"), width: 1 };
    const axis = { stroke: () => colour("--soft"), grid, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    return {
      width, height: last ? 136 : 116, legend: { show: false }, padding: [8, 8, last ? 0 : 8, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      cursor: { sync: { key }, y: false, drag: { x: true, y: false } },
      scales: { y: { range: (_, __, most) => [0, Math.max(most * 1.05, 1)] } },
      axes: [
        { ...axis, grid: { show: false }, show: last, size: 28, values: (u, marks) => marks.map(short) },
        { ...axis, size: 52, values: (_, marks) => marks.map((mark) => (Number.isInteger(mark) ? counted.format(mark) : "")) },
      ],
      series: [{}, {
        stroke: () => colour("--" + (line.kind === "ours" ? "accent" : "theirs")),
        fill: () => colour("--" + (line.kind === "ours" ? "accent" : "theirs") + "-wash"),
        width: 1.25, points: { show: false },
      }],
      hooks: { setCursor: [(u) => onMove(u.cursor.idx)] },
    };
  }

  const shortDay = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });
  const shortHour = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hour: "2-digit", minute: "2-digit" });
  function short(seconds) {
    const at = new Date(seconds * 1000);
    return seconds % 86400 === 0 ? shortDay.format(at) : shortHour.format(at);
  }

  function bring(figure, index) {
    const own = data.campaigns[Number(figure.dataset.campaign)];
    const names = [...figure.querySelectorAll(".lane-name")];
    const lines = [];
    if (own) lines.push({ kind: "ours", label: lane.ours, values: own });
    lines.push({ kind: "theirs", label: own ? lane.theirs : "All accounts", values: data.others });
    const live = document.createElement("div");
    live.className = "live";
    live.tabIndex = 0;
    live.setAttribute("role", "group");
    live.setAttribute("aria-label", "Exchanges over time; arrow keys move along the time axis");
    figure.prepend(live);
    figure.classList.add("lively");
    const readout = add(live, "p", "readout");
    readout.setAttribute("aria-live", "polite");
    const move = (at) => show(readout, lines, at);
    const key = "time-" + index;
    const drawn = lines.map((line, row) => {
      add(live, "div", "lane " + line.kind).append(names[row].cloneNode(true));
      return new uPlot(options(line, live.clientWidth, key, move, row === lines.length - 1), [times, line.values], live);
    });
    live.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const from = drawn[0].cursor.idx ?? (step > 0 ? -1 : times.length);
      const at = Math.min(Math.max(from + step, 0), times.length - 1);
      const left = drawn[0].valToPos(times[at], "x");
      drawn[0].setCursor({ left, top: 10 });
      show(readout, lines, at);
    });
    new ResizeObserver(() => {
      for (const chart of drawn) {
        if (live.clientWidth && live.clientWidth !== chart.width) chart.setSize({ width: live.clientWidth, height: chart.height });
      }
    }).observe(live);
    charts.push(...drawn);
    move(null);
  }

  document.querySelectorAll("figure.time").forEach(bring);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((chart) => chart.redraw()));
})();
