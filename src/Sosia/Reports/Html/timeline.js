"use strict";
// The page is built from the data block alone, and every text goes through textContent: nothing that a file is named becomes markup.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = id => document.getElementById(id);
const svgNamespace = byId("mark").namespaceURI;
const bands = 6, segmentsShown = 6, chunkSize = 10;
const START_A = 0, END_A = 1, START_B = 2, END_B = 3, SCORE = 4, SPEED = 5, VARIANT = 6;
const pairs = data.pairs.map((pair, rank) => ({ ...pair, rank, detailed: rank < data.detailed, text: searched(pair) }));

// ---- Words and numbers

function searched(pair) {
  const of = video => (video.folder + "/" + video.name).toLowerCase();
  return of(data.videos[pair.a]) + "\n" + of(data.videos[pair.b]);
}

function clock(seconds, decimals = 0) {
  const whole = Number(seconds.toFixed(decimals));
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  const rest = (whole - hours * 3600 - minutes * 60).toFixed(decimals).padStart(decimals ? 3 + decimals : 2, "0");
  return hours ? hours + ":" + String(minutes).padStart(2, "0") + ":" + rest : minutes + ":" + rest;
}

// How long something lasts: "5.0 s", "1:07".
const lasting = seconds => (seconds < 60 ? seconds.toFixed(1) + " s" : clock(seconds));
const stretch = (from, to, decimals) => clock(from, decimals) + "–" + clock(to, decimals);
// The middle goes, because names differ at their ends: "a very long name … (copy).mp4".
function shortened(name, most) {
  const letters = [...name];
  return letters.length <= most ? name : letters.slice(0, most * 0.6).join("") + " … " + letters.slice(letters.length - most * 0.35).join("");
}

const changedSpeed = segment => Math.abs(segment[SPEED] - 1) >= data.sameSpeed;
const count = (number, one, many = one + "s") => number.toLocaleString("en") + " " + (number === 1 ? one : many);

function exactly(segment) {
  return "A  " + stretch(segment[START_A], segment[END_A], 3) + "\nB  " + stretch(segment[START_B], segment[END_B], 3)
    + "\nScore " + segment[SCORE].toFixed(2) + " · speed " + segment[SPEED].toFixed(2) + "×" + (segment[VARIANT] && " · " + segment[VARIANT]);
}

// ---- Elements

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter(child => child !== null));
  return element;
}

function draw(tag, attributes) {
  const element = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function coloured(element, index) {
  element.dataset.segment = index;
  element.style.setProperty("--band", "var(--band" + index % bands + ")");
  return element;
}

function tags(pair) {
  const names = [];
  if (pair.mirrored) names.push("Mirrored");
  if (pair.speed) names.push(speedOf(pair));
  if (pair.partial) names.push("Partial");
  return names.map(name => make("span", "tag", name));
}

function speedOf(pair) {
  const speeds = [...new Set(pair.segments.filter(changedSpeed).map(segment => segment[SPEED].toFixed(2)))];
  return speeds.length === 1 ? speeds[0] + "×" : "Speed changed";
}

// ---- The time line

// Both strips share one scale while that leaves the shorter one legible; otherwise each fills the width.
function scales(pair) {
  const spanOf = (seconds, end) => Math.max(seconds, ...pair.segments.map(segment => segment[end])) || 1;
  const a = spanOf(data.videos[pair.a].seconds, END_A), b = spanOf(data.videos[pair.b].seconds, END_B);
  const longest = Math.max(a, b), shared = Math.min(a, b) * 4 >= longest;
  return { a: { span: a, width: shared ? a / longest : 1 }, b: { span: b, width: shared ? b / longest : 1 } };
}

// Where a stretch lies on a strip, 0 to 1; a picture has no seconds and is copied whole.
function place(segment, from, scale) {
  const start = Math.max(0, segment[from] / scale.span), end = Math.min(1, segment[from + 1] / scale.span);
  return segment[from] === 0 && segment[from + 1] === 0 ? [0, 1] : [start, Math.max(start, end)];
}

function ruler(scale, width) {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000, 86400];
  const step = steps.find(seconds => seconds / scale.span * width >= 64) ?? scale.span;
  const element = make("div", "ruler");
  element.style.width = scale.width * 100 + "%";
  element.setAttribute("aria-hidden", "true");
  for (let at = 0; at < scale.span * (1 - 34 / width); at += step) {
    const tick = make("span", "", clock(at, step < 1 ? 1 : 0));
    tick.style.left = at / scale.span * 100 + "%";
    element.append(tick);
  }
  return element;
}

function tiles(number, width, height) {
  const video = data.videos[number];
  const amount = Math.max(1, Math.round(width / (height * video.aspect)));
  return make("div", "tiles", ...Array.from({ length: amount }, (_, tile) => {
    const picture = Math.min(video.pictures - 1, Math.floor((tile + 0.5) / amount * video.pictures));
    return filmed(make("i"), number, picture);
  }));
}

function filmed(element, number, picture) {
  const video = data.videos[number];
  element.classList.add("v" + number);
  element.style.backgroundSize = video.pictures * 100 + "% 100%";
  element.style.backgroundPosition = (video.pictures > 1 ? picture / (video.pictures - 1) * 100 : 0) + "% 0";
  return element;
}

function strip(side, number, segments, from, scale, width) {
  const pictured = data.videos[number].pictures > 0;
  const element = make("div", "strip " + side + (pictured ? "" : " bare"));
  element.style.width = scale.width * 100 + "%";
  if (pictured) element.append(tiles(number, width, window.innerWidth > 760 ? 46 : 38));
  const places = segments.map(segment => place(segment, from, scale));
  let reached = 0;
  for (const [start, end] of [...places].sort((one, other) => one[0] - other[0]).concat([[1, 1]])) {
    if (start > reached + 0.001 && segments.length) element.append(at(make("div", "veil"), reached, start));
    reached = Math.max(reached, end);
  }
  places.forEach(([start, end], index) => element.append(coloured(at(make("div", "band"), start, end), index)));
  return element;
}

function at(element, start, end) {
  element.style.left = start * 100 + "%";
  element.style.width = (end - start) * 100 + "%";
  return element;
}

function ribbon(segment, { a, b }, height) {
  const [a0, a1] = place(segment, START_A, a).map(part => part * a.width * 1000);
  const [b0, b1] = place(segment, START_B, b).map(part => part * b.width * 1000);
  const middle = height / 2;
  return "M" + a0 + " 0C" + a0 + " " + middle + " " + b0 + " " + middle + " " + b0 + " " + height
    + "H" + Math.max(b1, b0 + 2) + "C" + Math.max(b1, b0 + 2) + " " + middle + " " + Math.max(a1, a0 + 2) + " " + middle + " " + Math.max(a1, a0 + 2) + " 0Z";
}

function ribbons(pair, scale) {
  const picture = draw("svg", { class: "ribbons", viewBox: "0 0 1000 34", preserveAspectRatio: "none", "aria-hidden": "true" });
  pair.segments.forEach((segment, index) =>
    picture.append(coloured(draw("path", { d: ribbon(segment, scale, 34), class: segment[VARIANT] ? "changed" : "" }), index)));
  return picture;
}

function who(letter, number) {
  const video = data.videos[number];
  const line = make("div", "who", letter ? make("b", "", letter) : null, make("span", "name", shortened(video.name, 120)), make("span", "folder", video.folder),
    make("small", "", video.seconds ? lasting(video.seconds) : "picture"));
  line.title = (video.folder ? video.folder + "/" : "") + video.name;
  return line;
}

function timeline(pair, width) {
  const scale = scales(pair);
  return make("div", "timeline",
    who("A", pair.a), ruler(scale.a, width * scale.a.width), strip("a", pair.a, pair.segments, START_A, scale.a, width * scale.a.width),
    ribbons(pair, scale),
    strip("b", pair.b, pair.segments, START_B, scale.b, width * scale.b.width), ruler(scale.b, width * scale.b.width), who("B", pair.b));
}

function chip(segment, index) {
  const button = make("button", "segment", make("i"), make("span", "", stretch(segment[START_A], segment[END_A], 1) + " ↔ " + stretch(segment[START_B], segment[END_B], 1)),
    make("small", "", segment[SCORE].toFixed(2) + (changedSpeed(segment) ? " · " + segment[SPEED].toFixed(2) + "×" : "") + (segment[VARIANT] && " · " + segment[VARIANT])));
  button.type = "button";
  return make("li", "", coloured(button, index));
}

function chips(pair) {
  const list = make("ul", "segments", ...pair.segments.slice(0, segmentsShown).map(chip));
  if (pair.segments.length > segmentsShown) {
    const all = make("button", "all", "Show all " + pair.segments.length);
    all.type = "button";
    all.onclick = () => list.replaceChildren(...pair.segments.map(chip));
    list.append(make("li", "", all));
  }
  return list;
}

function matrix(pair) {
  const image = make("img");
  image.src = "data:image/png;base64," + pair.matrix;
  image.alt = "Similarity of the clips of A, downwards, and B, across";
  const scale = scales(pair);
  const boxes = draw("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  pair.segments.forEach((segment, index) => {
    const [y0, y1] = place(segment, START_A, scale.a), [x0, x1] = place(segment, START_B, scale.b);
    boxes.append(coloured(draw("rect", { x: x0 * 100, y: y0 * 100, width: (x1 - x0) * 100, height: (y1 - y0) * 100 }), index));
  });
  return make("figure", "matrix", make("div", "", image, boxes), make("figcaption", "", "similarity: A down, B across"));
}

// ---- A pair in detail

function card(pair) {
  const matrixWidth = pair.matrix && window.innerWidth > 760 ? 194 : 0;
  const width = Math.max(240, byId("pairs").clientWidth - 38 - matrixWidth);
  const fill = make("i");
  fill.style.width = Math.max(0, Math.min(1, pair.score)) * 100 + "%";
  const element = make("article", "card",
    make("div", "top", make("span", "score", pair.score.toFixed(2)), make("span", "meter", fill), ...tags(pair), make("span", "copied", lasting(pair.copied) + " copied")),
    make("div", "body", timeline(pair, width), pair.matrix ? matrix(pair) : null),
    chips(pair));
  element.querySelector(".meter").setAttribute("aria-hidden", "true");
  element.setAttribute("aria-label", data.videos[pair.a].name + " and " + data.videos[pair.b].name + ", score " + pair.score.toFixed(2));
  element.dataset.pair = pair.rank;
  return element;
}
