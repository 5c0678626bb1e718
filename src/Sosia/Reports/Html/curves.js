"use strict";
const data = JSON.parse(byId("data").textContent);
const colours = 6, shownAtFirst = 12;
const colourOf = number => "c" + number % colours + " d" + Math.floor(number / colours) % 3;

const key = number => draw("svg", { class: "key " + colourOf(number), viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" }, draw("path", { d: "M1 5H25" }));

// ---- What there is to draw: for each stage its charts, for each chart the values of each run

const figures = [
  { name: "Learning rate", of: stage => stage.rate, exact: true, log: true },
  { name: "Gradient norm", of: stage => stage.norm, log: true },
  { name: "Clips per second", of: stage => stage.speed },
  { name: "Waiting for data", of: stage => stage.waiting, share: true },
  { name: "Memory", unit: "MB", of: stage => stage.memory, exact: true },
];

function stages() {
  const names = [...new Set(data.runs.flatMap(run => run.stages.map(stage => stage.name)))];
  return names.map(name => {
    const runs = data.runs.map((run, number) => ({ number, name: run.name, stage: run.stages.find(stage => stage.name === name) })).filter(run => run.stage);
    const terms = [...new Set(runs.flatMap(run => Object.keys(run.stage.terms)))];
    const losses = [{ name: "Loss", of: stage => stage.loss, log: true },
      ...terms.map(term => ({ name: term, unit: "loss term", of: stage => stage.terms[term], log: true }))];
    const isLoss = loss => runs.every(run => String(loss.of(run.stage)) === String(run.stage.loss));
    return { name, runs, charts: [...losses.filter((loss, index) => !index || !isLoss(loss)), ...figures] };
  });
}

// ---- Settings

const setting = () => ({ over: byId("over").value, weight: Number(byId("smoothing").value), log: byId("log").checked });
const isShown = number => byId("run" + number).checked;

function settings() {
  data.runs.forEach((run, number) => {
    const box = make("input");
    Object.assign(box, { type: "checkbox", id: "run" + number, checked: number < shownAtFirst });
    const label = make("label", "toggle", box, make("span", "", key(number), make("b", "", run.name)));
    label.title = run.name;
    byId("shown").append(label);
  });
  byId("filters").hidden = false;
  byId("filters").addEventListener("input", showAll);
  byId("filters").addEventListener("submit", event => event.preventDefault());
}

// ---- Charts

const charts = [];

function build(stage) {
  const boxes = stage.charts.map(figure => {
    const svg = draw("svg", { role: "img", tabindex: 0 });
    const note = make("small", "");
    const chart = { stage, figure, svg, note, lines: [], place: null };
    svg.addEventListener("pointermove", event => point(chart, (event.clientX - svg.getBoundingClientRect().left), event.clientX, event.clientY));
    svg.addEventListener("pointerleave", unpoint);
    svg.addEventListener("blur", unpoint);
    svg.addEventListener("keydown", event => walk(chart, event));
    charts.push(chart);
    return make("figure", "chart", make("figcaption", "", figure.name, note), svg);
  });
  return make("section", "stage", make("h2", "", stage.name), make("div", "charts", ...boxes));
}

function show(chart) {
  const { over, weight, log } = setting(), { figure, stage } = chart;
  const runs = stage.runs.filter(run => isShown(run.number) && figure.of(run.stage));
  const isPositive = runs.every(run => figure.of(run.stage).every(value => value === null || value > 0 || figure.exact));
  chart.lines = runs.map(run => {
    const raw = figure.of(run.stage);
    return { ...run, colour: colourOf(run.number), x: run.stage[over], raw, smooth: figure.exact || weight === 0 ? raw : smoothed(raw, weight) };
  });
  chart.log = log && Boolean(figure.log) && isPositive;
  chart.note.textContent = [figure.unit, log && figure.log && !isPositive ? "linear, as some values are not above 0" : null].filter(Boolean).join(" · ");
  chart.place = plot(chart.svg, chart.lines, { log: chart.log, over, share: figure.share });
  const ends = chart.lines.map(line => line.name + " ends at " + worded(figure, line.smooth.findLast(value => value !== null)));
  chart.svg.setAttribute("aria-label", [figure.name + " of " + stage.name, ...ends].join("; "));
}

function showAll() {
  byId("smoothing-shown").textContent = Number(byId("smoothing").value).toFixed(2);
  unpoint();
  charts.forEach(show);
}

// ---- The value under the pointer; the other charts of the stage mark the same place

const worded = (figure, value) => (value === null || value === undefined ? "no number" : figure.share ? plain(value * 100, 3) + "%" : short(value, 4) + (figure.unit === "MB" ? " MB" : ""));

function nearest(list, wanted) {
  let low = 0, high = list.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    list[middle] < wanted ? low = middle + 1 : high = middle;
  }
  return low > 0 && wanted - list[low - 1] < list[low] - wanted ? low - 1 : low;
}

function mark(chart, value) {
  const cursor = chart.svg.querySelector(".cursor");
  if (!chart.place || !cursor) return [];
  const { x, y, height } = chart.place;
  const found = chart.lines.filter(line => value <= line.x.at(-1) * 1.02).map(line => ({ line, index: nearest(line.x, value) }));
  const dots = found.filter(({ line, index }) => line.smooth[index] !== null && (!chart.log || line.smooth[index] > 0));
  cursor.replaceChildren(
    draw("line", { x1: x.at(value), x2: x.at(value), y1: margin.top, y2: height - margin.bottom }),
    ...dots.map(({ line, index }) => draw("circle", { class: "c" + line.number % colours, cx: x.at(line.x[index]), cy: y.at(line.smooth[index]), r: 3.5 })));
  return found;
}

function point(chart, offset, pageX, pageY) {
  unpoint();
  if (!chart.place) return;
  const inner = (offset - margin.left) / (chart.place.width - margin.left - margin.right);
  const value = Math.max(0, Math.min(1, inner)) * chart.place.last;
  chart.pointed = inner;
  const { over, weight } = setting();
  charts.filter(other => other.stage === chart.stage && other !== chart).forEach(other => mark(other, value));
  const found = mark(chart, value).sort((one, other) => (other.line.smooth[other.index] ?? -Infinity) - (one.line.smooth[one.index] ?? -Infinity));
  const isSmooth = !chart.figure.exact && weight > 0;
  const rows = found.map(({ line, index }) => make("tr", "", make("td", "", key(line.number)), make("th", "", line.name), make("td", "number", worded(chart.figure, line.smooth[index])),
    make("td", "number", isSmooth && line.smooth[index] !== null ? "raw " + worded(chart.figure, line.raw[index]) : "")));
  byId("tip").replaceChildren(make("table", "", make("caption", "", chart.figure.name + (over === "step" ? " at step " + Math.round(value).toLocaleString("en") : " after " + lasting(value))), make("tbody", "", ...rows)));
  byId("tip").hidden = !rows.length;
  placeTip(pageX, pageY);
}

function placeTip(x, y) {
  const tip = byId("tip");
  tip.style.left = Math.max(8, x + 18 + tip.offsetWidth > window.innerWidth - 8 ? x - tip.offsetWidth - 14 : x + 18) + "px";
  tip.style.top = Math.max(8, Math.min(y + 14, window.innerHeight - tip.offsetHeight - 8)) + "px";
}

function unpoint() {
  byId("tip").hidden = true;
  document.querySelectorAll(".cursor").forEach(cursor => cursor.replaceChildren());
}

function walk(chart, event) {
  if (event.key === "Escape") return unpoint();
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  const part = Math.max(0, Math.min(1, (chart.pointed ?? 0.5) + (event.key === "ArrowLeft" ? -0.01 : 0.01)));
  const box = chart.svg.getBoundingClientRect(), offset = margin.left + part * (box.width - margin.left - margin.right);
  point(chart, offset, box.left + offset, box.top + box.height / 2);
}

// ---- Start

if (data.runs.some(run => run.stages.length)) {
  byId("curves").append(...stages().map(build));
  settings();
  showAll();
}

let width = window.innerWidth, resized = 0;
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  clearTimeout(resized);
  resized = setTimeout(showAll, 150);
});
