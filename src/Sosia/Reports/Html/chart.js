"use strict";
// The page is built from the data block alone, and every text goes through textContent: nothing that a run is named becomes markup.
const byId = id => document.getElementById(id);
const svgNamespace = byId("mark").namespaceURI;
const margin = { left: 52, right: 10, top: 8, bottom: 20 };

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter(child => child !== null));
  return element;
}

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// ---- Numbers

const plain = (value, digits) => Number(value.toPrecision(digits));

function short(value, digits = 3) {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size < 1e-4) return value.toExponential(digits - 1).replace(/\.?0+e/, "e");
  if (size >= 1e6) return plain(value / 1e6, digits) + " M";
  if (size >= 1e4) return plain(value / 1e3, digits) + " k";
  return String(size >= 1000 ? Math.round(value) : plain(value, digits));
}

function lasting(seconds) {
  const whole = Math.round(seconds), two = number => String(number).padStart(2, "0");
  if (whole < 60) return plain(seconds, 3) + " s";
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? minutes + ":" + two(whole % 60) : Math.floor(minutes / 60) + ":" + two(minutes % 60) + ":" + two(whole % 60);
}

// An exponential mean that starts without a bias to zero; what is no number stays a gap and is passed over.
function smoothed(values, weight) {
  let sum = 0, share = 0;
  return values.map(value => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return sum / share;
  });
}

// ---- Axes

function quantile(sorted, part) {
  return sorted[Math.round(part * (sorted.length - 1))];
}

// All of the smooth curves is shown; of the raw ones what is not among the two percent that would press all others flat.
function extent(lines, log) {
  const counts = value => value !== null && (!log || value > 0);
  const raw = lines.flatMap(line => line.raw.filter(counts)).sort((one, other) => one - other);
  const smooth = lines.flatMap(line => line.smooth.filter(counts));
  if (!raw.length) return null;
  const from = smooth.reduce((least, value) => Math.min(least, value), quantile(raw, 0.01));
  const to = smooth.reduce((most, value) => Math.max(most, value), quantile(raw, 0.99));
  return from < to ? [from, to] : log ? [from / 2, from * 2] : [from - (Math.abs(from) || 1) * 0.1, to + (Math.abs(to) || 1) * 0.1];
}

function axis([from, to], begin, end, log) {
  const [low, high] = log ? [Math.log10(from), Math.log10(to)] : [from, to];
  const at = value => begin + ((log ? Math.log10(value) : value) - low) / (high - low || 1) * (end - begin);
  return { at, ticks: log ? decades(from, to) : steps(from, to, 5) };
}

function steps(from, to, most) {
  const rough = (to - from) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough * 0.999);
  const ticks = [];
  for (let number = Math.ceil(from / step - 1e-9); number * step <= to + step * 1e-9; number++) ticks.push(plain(number * step, 12));
  return ticks;
}

function decades(from, to) {
  const whole = Math.log10(to / from), factors = whole > 3 ? [1] : whole > 1.2 ? [1, 3] : whole > 0.9 ? [1, 2, 5] : null;
  if (!factors) return steps(from, to, 5);
  const ticks = [], every = Math.ceil(whole / 6);
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power++) {
    if (power % every === 0) ticks.push(...factors.map(factor => plain(factor * 10 ** power, 3)).filter(value => value >= from && value <= to));
  }
  return ticks;
}

// Seconds are read by minutes and hours.
function clockSteps(to) {
  const sizes = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800];
  const step = sizes.find(size => to / size <= 5) ?? to;
  return Array.from({ length: Math.floor(to / step + 1e-9) + 1 }, (_, number) => plain(number * step, 12));
}

// ---- A curve

// Where there is no number the line is cut; a point between two gaps is a dot.
function path(line, values, x, y, log, className) {
  const parts = [];
  let run = [];
  const end = () => { if (run.length) parts.push(run); run = []; };
  values.forEach((value, index) => (value === null || (log && value <= 0) ? end() : run.push([x.at(line.x[index]).toFixed(1), y.at(value).toFixed(1)])));
  end();
  const element = draw("g", { class: line.colour });
  const joined = parts.filter(part => part.length > 1).map(part => "M" + part.map(point => point.join(" ")).join("L")).join("");
  if (joined) element.append(draw("path", { class: "curve " + className, d: joined }));
  for (const [point] of parts.filter(part => part.length === 1)) element.append(draw("circle", { class: "lone " + className, cx: point[0], cy: point[1], r: 2 }));
  return element;
}

let clips = 0;

// lines: { colour, x, raw, smooth }, lists of one length. Gives where values lie, null where there is nothing to draw.
function plot(svg, lines, { log, over, share }) {
  const width = svg.clientWidth || 340, height = svg.clientHeight || 200;
  const range = extent(lines, log);
  svg.setAttribute("viewBox", "0 0 " + width + " " + height);
  if (!range) {
    svg.replaceChildren(draw("text", { x: width / 2, y: height / 2, class: "x" }, "nothing to draw"));
    return null;
  }
  const last = lines.reduce((most, line) => Math.max(most, line.x.at(-1)), 0) || 1;
  const pad = log ? Math.pow(range[1] / range[0], 0.04) : (range[1] - range[0]) * 0.04;
  const low = log ? range[0] / pad : range[0] >= 0 ? Math.max(0, range[0] - pad) : range[0] - pad;
  const x = axis([0, last], margin.left, width - margin.right, false), y = axis([low, log ? range[1] * pad : range[1] + pad], height - margin.bottom, margin.top, log);
  if (over === "seconds") x.ticks = clockSteps(last);
  const clip = "clip" + clips++;
  const curves = draw("g", { "clip-path": "url(#" + clip + ")" });
  for (const line of lines) if (line.raw !== line.smooth) curves.append(path(line, line.raw, x, y, log, "raw"));
  for (const line of lines) curves.append(path(line, line.smooth, x, y, log, ""));
  svg.replaceChildren(
    draw("clipPath", { id: clip }, draw("rect", { x: margin.left - 2, y: 0, width: width - margin.left - margin.right + 4, height: height - margin.bottom + 2 })),
    ...y.ticks.map(value => draw("path", { class: "grid", d: "M" + margin.left + " " + y.at(value) + "H" + (width - margin.right) })),
    ...y.ticks.map(value => draw("text", { class: "y", x: margin.left - 7, y: y.at(value) + 4 }, share ? plain(value * 100, 3) + "%" : short(value, 4))),
    ...x.ticks.map(value => draw("text", { class: x.at(value) > width - 30 ? "x last" : "x", x: Math.min(width, x.at(value) + (x.at(value) > width - 30 ? 8 : 0)), y: height - 4 }, over === "seconds" ? lasting(value) : short(value))),
    curves, draw("g", { class: "cursor" }));
  return { x, y, width, height, last };
}
