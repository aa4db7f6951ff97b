// What vendors cost today, against the day's budget.

import { element } from "./elements.mjs";
import { table } from "./owner_pages.mjs";

const NAMES = { all: "everybody", anonymous: "readers without a name", visitor: "visitors", user: "users", api_key: "programs" };

/** The elements of the part. */
export async function drawCosts(desk) {
  const made = await desk.call("/spending");
  const heading = element("h2", {}, `Today, ${made.day} (UTC)`);
  if (!made.counted) {
    return [element("section", {}, heading, element("p", { class: "soft" }, "No budget is set, so nothing is counted: ",
      element("code", {}, "FOOTNOTED_DAILY_LLM_CALLS"), " and ", element("code", {}, "FOOTNOTED_DAILY_LLM_COST"), " bound a day."))];
  }
  const all = made.shares.find(({ share }) => share === "all");
  const rows = made.shares.map((one) => element("tr", {}, element("th", { scope: "row" }, NAMES[one.share]),
    [one.calls, bound(one.max_calls, String), dollars(one.cost), bound(one.max_cost, dollars)].map((cell) => element("td", { class: "number" }, String(cell)))));
  return [
    element("section", { class: "cards", "aria-label": "In numbers" },
      card("Calls of vendors", all.calls, all.max_calls, String), card("Cost", all.cost, all.max_cost, dollars)),
    element("section", {}, heading,
      element("p", { class: "soft" }, "Answers, searches, ingestions and what else asks a vendor; answers under way with what was reserved for them."),
      table("Spending", ["by", "calls", "of", "cost", "of"], element("tbody", {}, rows))),
  ];
}

function card(name, spent, most, write) {
  const share = most ? Math.min(1, spent / most) : null;
  return element("div", { class: `card ${share > 0.9 ? "bad" : ""}` }, element("p", { class: "name" }, name), element("p", { class: "value" }, write(spent)),
    share === null ? null : element("meter", { min: 0, max: 1, low: 0.75, high: 0.9, optimum: 0, value: share.toFixed(3), "aria-label": `${name}: share of the budget` }),
    element("p", { class: "soft" }, most === null ? "not bounded" : share === null ? "none are allowed" : `${(share * 100).toFixed(1)} % of ${write(most)}`));
}

function bound(most, write) {
  return most === null ? "no bound" : write(most);
}

function dollars(cost) {
  return `$ ${cost.toFixed(cost && cost < 1 ? 4 : 2)}`;
}
