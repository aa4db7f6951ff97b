// What `footnoted eval` found, over time: a plot and a table for each golden set.

import { element } from "./elements.mjs";
import { table, when } from "./owner_pages.mjs";
import { drawBars } from "./plot.mjs";

const KINDS = [{ name: "right", kind: "good" }, { name: "wrongly refused", kind: "half" }, { name: "wrong", kind: "bad" }];
const SHARES = ["right", "section_right", "in_passages", "lost", "wrongly_refused", "refused", "handled"];
const HEADS = ["right", "section", "found", "lost", "refused wrongly", "refused", "handled"];
const MAX_BARS = 30;

/** The elements of the part. */
export async function drawEvaluations(desk) {
  const { items } = await desk.call(desk.of("/evaluations"));
  if (!items.length) {
    return [element("section", {}, element("h2", {}, "Golden sets"),
      element("p", { class: "soft" }, "None was asked yet: ", element("code", {}, "footnoted eval golden.jsonl"), " asks one, and its figures stand here."))];
  }
  const sets = Map.groupBy(items, ({ golden }) => golden);
  return [...sets].map(([golden, runs]) => drawSet(golden, runs));
}

function drawSet(golden, runs) {
  const bars = runs.slice(0, MAX_BARS).reverse().map(({ made_at: made, shares: { right, wrongly_refused: refused } }) =>
    ({ label: made.slice(5, 10), values: [right.hits, refused.hits, right.of - right.hits - refused.hits] }));
  const rows = runs.map(({ made_at: made, questions, shares, fingerprint }) => element("tr", {}, element("td", {}, when(made)),
    element("td", { class: "number" }, String(questions)), SHARES.map((name) => element("td", { class: "number" }, percent(shares[name]))),
    element("td", {}, element("code", {}, fingerprint.slice(0, 8)))));
  return element("section", {}, element("h2", {}, golden),
    drawBars("Questions with an answer, run by run", KINDS, bars),
    table(`Runs of ${golden}`, ["asked", "questions", ...HEADS, "index"], element("tbody", {}, rows)));
}

function percent(share) {
  return share?.of ? `${Math.round((100 * share.hits) / share.of)} %` : "–";
}
