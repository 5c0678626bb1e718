"use strict";
// ---- A pair in one line

function bars(pair) {
  const scale = scales(pair);
  const picture = draw("svg", { viewBox: "0 0 1000 18", preserveAspectRatio: "none", "aria-hidden": "true" });
  picture.append(draw("rect", { width: 1000 * scale.a.width, height: 5 }), draw("rect", { y: 13, width: 1000 * scale.b.width, height: 5 }));
  pair.segments.slice(0, 40).forEach((segment, index) => {
    const [a0, a1] = place(segment, START_A, scale.a).map(part => part * scale.a.width * 1000);
    const [b0, b1] = place(segment, START_B, scale.b).map(part => part * scale.b.width * 1000);
    picture.append(coloured(draw("path", { d: "M" + a0 + " 0H" + Math.max(a1, a0 + 6) + "V5L" + Math.max(b1, b0 + 6) + " 13V18H" + b0 + "V13L" + a0 + " 5Z" }), index));
  });
  return picture;
}

const opened = new Set();

function row(pair) {
  const named = number => {
    const name = make("span", "name", shortened(data.videos[number].name, 40));
    name.title = data.videos[number].folder + "/" + data.videos[number].name;
    return name;
  };
  const button = make("button", "", make("span", "score", pair.score.toFixed(2)), named(pair.a), named(pair.b), bars(pair),
    make("span", "tags", ...tags(pair).slice(0, 2)), make("span", "copied", lasting(pair.copied)));
  button.type = "button";
  const element = make("div", "row", button);
  const show = () => {
    button.setAttribute("aria-expanded", opened.has(pair.rank));
    element.querySelector(".card")?.remove();
    if (opened.has(pair.rank)) element.append(card(pair));
  };
  button.onclick = () => { opened.delete(pair.rank) || opened.add(pair.rank); show(); };
  show();
  return element;
}

function groupHead(index, shown) {
  const group = data.groups[index], most = 8;
  const members = group.members.slice(0, most).map(number => {
    const item = make("li", "", data.videos[number].pictures ? filmed(make("i", "poster"), number, data.videos[number].pictures >> 1) : null,
      make("span", "", shortened(data.videos[number].name, 28)), make("small", "", lasting(data.videos[number].seconds)));
    item.title = data.videos[number].folder + "/" + data.videos[number].name;
    return item;
  });
  if (group.members.length > most) members.push(make("li", "more", "and " + (group.members.length - most) + " more"));
  return make("section", "group", make("h2", "", "Group " + (index + 1)),
    make("p", "", count(group.members.length, "video") + " · " + count(shown, "pair")), make("ul", "", ...members));
}

// ---- Which pairs, in which order

const sorts = {
  score: ["Best first", (one, other) => one.rank - other.rank],
  copied: ["Longest copy first", (one, other) => other.copied - one.copied || one.rank - other.rank],
  name: ["Name", (one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : one.rank - other.rank)],
};
if (data.groups.length) sorts.group = ["By group", (one, other) => one.group - other.group || one.rank - other.rank];

function wanted() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const least = Number(byId("least").value);
  const kinds = [...document.querySelectorAll("#filters fieldset input:checked")].map(box => box.name);
  return pairs
    .filter(pair => pair.score >= least - 1e-9 && kinds.every(kind => pair[kind]) && words.every(word => pair.text.includes(word)))
    .sort(sorts[byId("sort").value][1]);
}

function itemsOf(shown) {
  if (byId("sort").value !== "group") return shown.map(pair => ({ pair }));
  const items = [];
  let head = null;
  for (const pair of shown) {
    if (pair.group >= 0 && head?.group !== pair.group) items.push(head = { group: pair.group, shown: 0 });
    if (head) head.shown++;
    items.push({ pair });
  }
  return items;
}

// ---- The list: chunks that are built when they come near the window and emptied when they are far

const narrow = () => window.innerWidth <= 760;
const heightOf = item => (item.pair ? (item.pair.detailed ? (narrow() ? 420 : 300) : narrow() ? 61 : 45) : 110);
const build = item => {
  const element = item.pair ? (item.pair.detailed ? card(item.pair) : row(item.pair)) : groupHead(item.group, item.shown);
  element.setAttribute("role", "listitem");
  return element;
};

const near = new IntersectionObserver(entries => {
  for (const entry of entries) entry.isIntersecting ? fill(entry.target) : empty(entry.target);
}, { rootMargin: "1200px 0px" });

function fill(chunk) {
  if (chunk.childElementCount) return;
  chunk.append(...chunk.items.map(build));
  chunk.style.height = "";
}

function empty(chunk) {
  if (!chunk.childElementCount || chunk.contains(document.activeElement)) return;
  chunk.style.height = chunk.offsetHeight + "px";
  chunk.replaceChildren();
}

function show() {
  const shown = wanted(), items = itemsOf(shown);
  near.disconnect();
  const chunks = [];
  for (let from = 0; from < items.length; from += chunkSize) {
    const chunk = make("div", "chunk");
    chunk.setAttribute("role", "presentation");
    chunk.items = items.slice(from, from + chunkSize);
    chunk.style.height = chunk.items.reduce((sum, item) => sum + heightOf(item), 0) + "px";
    chunks.push(chunk);
  }
  byId("pairs").replaceChildren(...(chunks.length ? chunks : [make("p", "none", pairs.length ? "No pair fits these filters." : "No copies were found.")]));
  chunks.slice(0, 2).forEach(fill);
  chunks.forEach(chunk => near.observe(chunk));
  byId("count").textContent = shown.length === pairs.length ? count(pairs.length, "pair") : shown.length.toLocaleString("en") + " of " + count(pairs.length, "pair");
  byId("least-shown").textContent = Number(byId("least").value).toFixed(2);
}

// ---- Pointer and keyboard: one segment lights up everywhere, and the tip says its exact seconds

const tip = byId("tip");

function light(target) {
  const home = target?.closest?.(".card"), hit = home && target.closest("[data-segment]");
  document.querySelectorAll(".lit").forEach(card => card.classList.remove("lit"));
  document.querySelectorAll(".on").forEach(part => part.classList.remove("on"));
  tip.hidden = !hit || home.dataset.pair === undefined;
  if (tip.hidden) return;
  home.classList.add("lit");
  home.querySelectorAll("[data-segment='" + hit.dataset.segment + "']").forEach(part => part.classList.add("on"));
  tip.textContent = exactly(pairs[home.dataset.pair].segments[hit.dataset.segment]);
}

function moveTip(x, y) {
  tip.style.left = Math.max(8, Math.min(x, window.innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = (y + tip.offsetHeight > window.innerHeight - 8 ? y - tip.offsetHeight - 28 : y) + "px";
}

byId("pairs").addEventListener("pointerover", event => light(event.target));
byId("pairs").addEventListener("pointermove", event => tip.hidden || moveTip(event.clientX + 12, event.clientY + 16));
byId("pairs").addEventListener("pointerleave", () => light(null));
byId("pairs").addEventListener("focusin", event => {
  light(event.target);
  const box = event.target.getBoundingClientRect();
  if (!tip.hidden) moveTip(box.left, box.bottom + 8);
});
byId("pairs").addEventListener("focusout", () => light(null));
document.addEventListener("keydown", event => event.key === "Escape" && light(null));

// ---- Start

function figures() {
  const videos = new Set(pairs.flatMap(pair => [pair.a, pair.b])).size - (data.query >= 0 && pairs.length ? 1 : 0);
  const copied = pairs.reduce((sum, pair) => sum + pair.copied, 0);
  const facts = [
    data.groups.length ? [data.groups.length, data.groups.length === 1 ? "group of copies" : "groups of copies"] : null,
    data.query >= 0 ? [pairs.length, pairs.length === 1 ? "video matches" : "videos match"] : [videos, "videos involved"],
    data.query < 0 ? [pairs.length, pairs.length === 1 ? "pair" : "pairs"] : null,
    [lasting(copied), "copied in total"],
  ];
  for (const [value, name] of facts.filter(Boolean)) byId("figures").append(make("div", "", make("dt", "", name), make("dd", "", value.toLocaleString("en"))));
}

function query() {
  if (data.query < 0) return;
  const video = data.videos[data.query], width = byId("pairs").clientWidth - 38;
  const scale = { span: video.seconds || 1, width: 1 };
  byId("query").replaceChildren(make("div", "card", who("", data.query), ruler(scale, width), strip("a", data.query, [], START_A, scale, width)));
  byId("query").hidden = false;
}

function filters() {
  for (const [value, [name]] of Object.entries(sorts)) byId("sort").append(new Option(name, value));
  byId("sort").value = data.groups.length ? "group" : "score";
  const lowest = Math.floor(Math.min(1, pairs.at(-1)?.score ?? 0) * 100) / 100, highest = Math.ceil(Math.max(1, pairs[0]?.score ?? 1) * 100) / 100;
  Object.assign(byId("least"), { min: lowest, max: highest, value: lowest });
  for (const box of document.querySelectorAll("#filters fieldset input")) box.closest("label").hidden = !pairs.some(pair => pair[box.name]);
  byId("filters").hidden = pairs.length < 2;
  byId("filters").addEventListener("input", show);
  byId("filters").addEventListener("submit", event => event.preventDefault());
}

let width = window.innerWidth, resized = 0;
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  clearTimeout(resized);
  resized = setTimeout(() => { query(); show(); }, 150);
});
window.addEventListener("beforeprint", () => document.querySelectorAll(".chunk").forEach(fill));

if (pairs.length > 1) figures();
query();
filters();
show();
