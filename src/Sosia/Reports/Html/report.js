"use strict";
// The page is built from the data block alone, and every text goes through textContent: nothing that a file is named becomes markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = id => document.getElementById(id);
  const svgNamespace = $("mark").namespaceURI;
  const bands = 6, segmentsShown = 6, chunkSize = 20;
  const START_A = 0, END_A = 1, START_B = 2, END_B = 3, SCORE = 4, SPEED = 5, MIRRORED = 6;
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

  const stretch = (from, to, decimals) => clock(from, decimals) + "–" + clock(to, decimals);
  const changedSpeed = segment => Math.abs(segment[SPEED] - 1) >= 0.005;
  const count = (number, one, many = one + "s") => number.toLocaleString("en") + " " + (number === 1 ? one : many);

  function exactly(segment) {
    return "A  " + stretch(segment[START_A], segment[END_A], 3) + "\nB  " + stretch(segment[START_B], segment[END_B], 3)
      + "\nScore " + segment[SCORE].toFixed(2) + " · speed " + segment[SPEED].toFixed(2) + "×" + (segment[MIRRORED] ? " · mirrored" : "");
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
    const filmed = data.videos[number].pictures > 0;
    const element = make("div", "strip " + side + (filmed ? "" : " bare"));
    element.style.width = scale.width * 100 + "%";
    if (filmed) element.append(tiles(number, width, window.innerWidth > 760 ? 46 : 38));
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
      picture.append(coloured(draw("path", { d: ribbon(segment, scale, 34), class: segment[MIRRORED] ? "mirrored" : "" }), index)));
    return picture;
  }

  function who(letter, number) {
    const video = data.videos[number];
    const line = make("div", "who", letter ? make("b", "", letter) : null, make("span", "name", video.name), make("span", "folder", video.folder),
      make("small", "", video.seconds ? clock(video.seconds, video.seconds < 60 ? 1 : 0) : "picture"));
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
      make("small", "", segment[SCORE].toFixed(2) + (changedSpeed(segment) ? " · " + segment[SPEED].toFixed(2) + "×" : "") + (segment[MIRRORED] ? " · mirrored" : "")));
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
    const lines = draw("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    pair.segments.forEach((segment, index) => {
      const [y1, y2] = place(segment, START_A, scale.a), [x1, x2] = place(segment, START_B, scale.b);
      lines.append(coloured(draw("line", { x1: x1 * 100, x2: x2 * 100, y1: y1 * 100, y2: y2 * 100 }), index));
    });
    return make("figure", "matrix", make("div", "", image, lines), make("figcaption", "", "similarity: A down, B across"));
  }

  // ---- Cards, rows, groups

  function card(pair) {
    const matrixWidth = pair.matrix && window.innerWidth > 760 ? 194 : 0;
    const width = Math.max(240, $("pairs").clientWidth - 38 - matrixWidth);
    const fill = make("i");
    fill.style.width = Math.max(0, Math.min(1, pair.score)) * 100 + "%";
    const element = make("article", "card",
      make("div", "top", make("span", "score", pair.score.toFixed(2)), make("span", "meter", fill), ...tags(pair), make("span", "copied", clock(pair.copied, 1) + " copied")),
      make("div", "body", timeline(pair, width), pair.matrix ? matrix(pair) : null),
      chips(pair));
    element.querySelector(".meter").setAttribute("aria-hidden", "true");
    element.setAttribute("aria-label", data.videos[pair.a].name + " and " + data.videos[pair.b].name + ", score " + pair.score.toFixed(2));
    element.dataset.pair = pair.rank;
    return element;
  }

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
      const name = make("span", "name", data.videos[number].name);
      name.title = data.videos[number].folder + "/" + data.videos[number].name;
      return name;
    };
    const button = make("button", "", make("span", "score", pair.score.toFixed(2)), named(pair.a), named(pair.b), bars(pair),
      make("span", "tags", ...tags(pair).slice(0, 2)), make("span", "copied", clock(pair.copied, 1)));
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
        make("span", "", data.videos[number].name), make("small", "", clock(data.videos[number].seconds)));
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
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const least = Number($("least").value);
    const kinds = [...document.querySelectorAll("#filters fieldset input:checked")].map(box => box.name);
    return pairs
      .filter(pair => pair.score >= least - 1e-9 && kinds.every(kind => pair[kind]) && words.every(word => pair.text.includes(word)))
      .sort(sorts[$("sort").value][1]);
  }

  function itemsOf(shown) {
    if ($("sort").value !== "group") return shown.map(pair => ({ pair }));
    const items = [];
    shown.forEach((pair, index) => {
      if (pair.group >= 0 && (index === 0 || shown[index - 1].group !== pair.group))
        items.push({ group: pair.group, shown: shown.filter(other => other.group === pair.group).length });
      items.push({ pair });
    });
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
  }, { rootMargin: "1500px 0px" });

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
    $("pairs").replaceChildren(...(chunks.length ? chunks : [make("p", "none", pairs.length ? "No pair fits these filters." : "No copies were found.")]));
    chunks.slice(0, 2).forEach(fill);
    chunks.forEach(chunk => near.observe(chunk));
    $("count").textContent = shown.length === pairs.length ? count(pairs.length, "pair") : shown.length.toLocaleString("en") + " of " + count(pairs.length, "pair");
    $("least-shown").textContent = Number($("least").value).toFixed(2);
  }

  // ---- Pointer and keyboard: one segment lights up everywhere, and the tip says its exact seconds

  const tip = $("tip");

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

  $("pairs").addEventListener("pointerover", event => light(event.target));
  $("pairs").addEventListener("pointermove", event => tip.hidden || moveTip(event.clientX + 12, event.clientY + 16));
  $("pairs").addEventListener("pointerleave", () => light(null));
  $("pairs").addEventListener("focusin", event => {
    light(event.target);
    const box = event.target.getBoundingClientRect();
    if (!tip.hidden) moveTip(box.left, box.bottom + 8);
  });
  $("pairs").addEventListener("focusout", () => light(null));
  document.addEventListener("keydown", event => event.key === "Escape" && light(null));

  // ---- Start

  function figures() {
    const videos = new Set(pairs.flatMap(pair => [pair.a, pair.b])).size - (data.query >= 0 && pairs.length ? 1 : 0);
    const copied = pairs.reduce((sum, pair) => sum + pair.copied, 0);
    const facts = [
      data.groups.length ? [data.groups.length, data.groups.length === 1 ? "group of copies" : "groups of copies"] : null,
      data.query >= 0 ? [pairs.length, pairs.length === 1 ? "video matches" : "videos match"] : [videos, "videos involved"],
      data.query < 0 ? [pairs.length, pairs.length === 1 ? "pair" : "pairs"] : null,
      [clock(copied), "copied in total"],
    ];
    for (const [value, name] of facts.filter(Boolean)) $("figures").append(make("div", "", make("dt", "", name), make("dd", "", value.toLocaleString("en"))));
  }

  function query() {
    if (data.query < 0) return;
    const video = data.videos[data.query], width = $("pairs").clientWidth - 38;
    const scale = { span: video.seconds || 1, width: 1 };
    $("query").replaceChildren(make("div", "card", who("", data.query), ruler(scale, width), strip("a", data.query, [], START_A, scale, width)));
    $("query").hidden = false;
  }

  function filters() {
    for (const [value, [name]] of Object.entries(sorts)) $("sort").append(new Option(name, value));
    $("sort").value = data.groups.length ? "group" : "score";
    const lowest = Math.floor(Math.min(1, ...pairs.map(pair => pair.score)) * 100) / 100;
    Object.assign($("least"), { min: lowest, max: Math.max(1, Math.ceil(Math.max(0, ...pairs.map(pair => pair.score)) * 100) / 100), value: lowest });
    for (const box of document.querySelectorAll("#filters fieldset input")) box.closest("label").hidden = !pairs.some(pair => pair[box.name]);
    $("filters").hidden = pairs.length < 2;
    $("filters").addEventListener("input", show);
    $("filters").addEventListener("submit", event => event.preventDefault());
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
})();
