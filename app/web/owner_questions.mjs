// What was asked: how much, how well it was answered, what the pages lack, what is cited, and the owner's own answers.

import { element, outwardLink } from "./elements.mjs";
import { table, when } from "./owner_pages.mjs";
import { drawBars } from "./plot.mjs";

const KINDS = [{ name: "answered", kind: "good" }, { name: "in part", kind: "half" }, { name: "refused", kind: "bad" }, { name: "stopped", kind: "none" }];
const RATINGS = [{ name: "thumbs up", kind: "good" }, { name: "thumbs down", kind: "bad" }];
const SHOWN = 20;

/** The elements of the part. */
export async function drawQuestions(desk) {
  const made = await desk.call(desk.of("/insights"));
  return [drawTotals(made), ...drawPlots(made), drawGaps(desk, made), drawCurated(made), drawCited(made), drawNeverCited(made)];
}

function drawTotals({ totals, since, until }) {
  const { answered, partial, refused, interrupted, weak, up, down } = totals;
  const all = answered + partial + refused + interrupted;
  const share = (part) => (all ? `${Math.round((part / all) * 100)} %` : "–");
  const cards = [["Questions", all, `${since} to ${until}`], ["Answered", share(answered + partial), `${answered + partial} of ${all}`],
    ["Refused", share(refused), `${refused} of ${all}`], ["With a doubtful sentence", share(weak), `${weak} of ${all}`],
    ["Thumbs", `${up} : ${down}`, "up : down"]];
  return element("section", { class: "cards", "aria-label": "In numbers" }, cards.map(([name, value, more]) =>
    element("div", { class: "card" }, element("p", { class: "name" }, name), element("p", { class: "value" }, String(value)), element("p", { class: "soft" }, more))));
}

function drawPlots({ days, weeks }) {
  const bars = (ones, read) => ones.map((one) => ({ label: (one.day ?? one.since).slice(5), values: read(one) }));
  const kinds = (one) => [one.answered, one.partial, one.refused, one.interrupted];
  const ratings = (one) => [one.up, one.down];
  const section = element("section", {}, element("h2", {}, "Over time"), element("div", { class: "plots" },
    drawBars("Questions a day", KINDS, bars(days, kinds)), drawBars("Questions a week", KINDS, bars(weeks, kinds)),
    drawBars("Ratings a week", RATINGS, bars(weeks, ratings)),
    drawBars("Gaps closed a week", [{ name: "questions that changed pages answer", kind: "good" }], bars(weeks, (one) => [one.resolved]))));
  return [section];
}

function drawGaps(desk, { unanswered }) {
  const items = unanswered.clusters.slice(0, SHOWN).map(({ question, asked, refused, examples, last_asked: last }) => {
    const copy = element("button", { type: "button", class: "quiet" }, "Copy a section to write");
    copy.addEventListener("click", async () => {
      const draft = [`## ${question}`, "", "<!-- Readers asked:", ...[...new Set([question, ...examples])].map((one) => `- ${one.replaceAll("--", "––")}`), "-->", ""].join("\n");
      await navigator.clipboard?.writeText(draft).then(() => { copy.textContent = "Copied"; desk.say("Copied."); }, () => {});
    });
    const answer = element("button", { type: "button", class: "quiet", "aria-label": `Answer it: ${question}` }, "Answer it");
    answer.addEventListener("click", () => desk.open("answers", [question]));
    return element("li", {}, element("p", {}, element("strong", { dir: "auto" }, question)),
      element("p", { class: "soft" }, `asked ${asked} times, refused ${refused}, last ${when(last)}`),
      examples.length > 1 ? element("details", {}, element("summary", {}, "In other words"), element("ul", {}, examples.map((one) => element("li", { dir: "auto" }, one)))) : null, element("div", { class: "row" }, answer, copy));
  });
  return element("section", {}, element("h2", {}, "What the pages lack"),
    items.length ? element("ul", { class: "gaps" }, items) : element("p", { class: "soft" }, "Every question of these days found a good answer."));
}

function drawCurated({ curated }) {
  const rows = curated.questions.slice(0, SHOWN).map((one) => element("tr", {}, element("td", { dir: "auto" }, one.question),
    element("td", {}, outwardLink(one.url, {}, one.title)), element("td", { class: "number" }, String(one.answers)), element("td", {}, when(one.last_answered))));
  return element("section", {}, element("h2", {}, "Your own answers"),
    element("p", { class: "soft" }, "How often each was given. Under Answers they are written, beside questions to begin with."),
    rows.length ? table("Your own answers", ["question", "page", "used", "last"], element("tbody", {}, rows)) : element("p", { class: "soft" }, "There is none."));
}

function drawCited({ cited }) {
  const rows = cited.slice(0, SHOWN).map((one) => element("tr", {}, element("td", {}, outwardLink(one.url, {}, [one.title, ...one.heading_path].join(" › "))),
    [one.answers, one.unsupported, one.up, one.down].map((count) => element("td", { class: "number" }, String(count)))));
  return element("section", {}, element("h2", {}, "Cited most"),
    rows.length ? table("Cited most", ["section", "answers", "doubtful", "up", "down"], element("tbody", {}, rows)) : element("p", { class: "soft" }, "Nothing was cited in these days."));
}

function drawNeverCited({ never_cited: never }) {
  const links = never.pages.slice(0, SHOWN).map(({ url, title }) => element("li", {}, outwardLink(url, {}, title || url)));
  return element("section", {}, element("h2", {}, "Never cited"),
    element("p", { class: "soft" }, `${never.pages_uncited} of ${never.pages_total} pages, and ${never.sections_uncited} sections of the others.`),
    links.length ? element("ul", {}, links) : null);
}
