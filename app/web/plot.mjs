// Bars over time as SVG. The numbers stand in a table beneath, which is what screen readers and copies take.

import { element } from "./elements.mjs";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 34;
const BELOW = 22;
const ABOVE = 8;
const MAX_BAR = 48;

/**
 * A figure of stacked bars. `points` are {label, values}, oldest first; `series` are {name, kind} in the order of
 * `values`, the lowest first; `kind` is a class of the sheet.
 */
export function drawBars(title, series, points) {
  const highest = niceTop(Math.max(1, ...points.map(({ values }) => sum(values))));
  if (!points.some(({ values }) => sum(values))) return drawNothing(title);
  const across = (WIDTH - LEFT) / Math.max(points.length, 1);
  const up = (HEIGHT - ABOVE - BELOW) / highest;
  const ground = HEIGHT - BELOW;
  const picture = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title}. The numbers are in the table below.` });
  for (const tick of [0, highest / 2, highest]) {
    const y = ground - tick * up;
    picture.append(shape("line", { class: "grid", x1: LEFT, x2: WIDTH, y1: y, y2: y }), words(tick, LEFT - 6, y + 4, "end"));
  }
  const wide = Math.min(across * 0.72, MAX_BAR);
  const every = Math.ceil(points.length / 8);
  points.forEach(({ label, values }, index) => {
    const x = LEFT + index * across;
    let y = ground;
    values.forEach((value, place) => {
      if (!value) return;
      y -= value * up;
      const bar = shape("rect", { class: `bar ${series[place].kind}`, x: x + (across - wide) / 2, y, width: wide, height: value * up, rx: 1.5 });
      const told = shape("title", {});
      told.textContent = `${label}: ${value} ${series[place].name}`;
      bar.append(told);
      picture.append(bar);
    });
    if (index % every === 0) picture.append(words(label, x + across / 2, HEIGHT - 6, "middle"));
  });
  return element("figure", { class: "plot" },
    element("figcaption", {}, element("strong", {}, title),
      element("span", { class: "keys" }, series.map(({ name, kind }) => element("span", { class: `key ${kind}` }, name)))),
    picture, drawNumbers(series, points));
}

function drawNothing(title) {
  return element("figure", { class: "plot" }, element("figcaption", {}, element("strong", {}, title)), element("p", { class: "soft" }, "None in this time."));
}

function drawNumbers(series, points) {
  const rows = points.map(({ label, values }) => element("tr", {}, element("th", { scope: "row" }, label), values.map((value) => element("td", {}, String(value)))));
  return element("details", {}, element("summary", {}, "The numbers"),
    element("div", { class: "rows", tabindex: 0, role: "region", "aria-label": "The numbers" },
      element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "from"), series.map(({ name }) => element("th", { scope: "col" }, name)))),
        element("tbody", {}, rows))));
}

/** The next of 2, 4, 10, 20, 40, 100, …: half of it is whole, too. */
function niceTop(value) {
  for (let power = 1; ; power *= 10) {
    const fits = [2, 4, 10].map((digit) => digit * power).find((top) => top >= value);
    if (fits) return fits;
  }
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function words(text, x, y, anchor) {
  const made = shape("text", { x, y, "text-anchor": anchor });
  made.textContent = String(text);
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
