// The owner's own words: answers to questions, and questions to begin with. Those in files are shown, and edited there.

import { element, outwardLink } from "./elements.mjs";
import { askTwice, attempt, table, when } from "./owner_pages.mjs";

const MAX_QUESTION = 300;
const MAX_TEXT = 6000;
const CALL = "/curated-answers";

/** The elements of the part. `desk.draft`, where it is set, are questions that the form begins with. */
export async function drawAnswers(desk, signal, redraw) {
  const [answers, suggested] = await Promise.all([desk.call(desk.of(CALL)), desk.call(desk.of("/suggested-questions"))]);
  const form = new AnswerForm(desk, redraw);
  const pages = new PageForm(desk, redraw);
  if (desk.draft) form.begin({ questions: desk.draft });
  desk.draft = null;
  return [form.section, drawOwn(desk, redraw, answers.items, form), drawWritten(answers), pages.section, drawSuggested(desk, redraw, suggested, pages)];
}

/** A form that is sent as a whole: what it holds stays where that fails. */
class Form {
  told = element("div", { class: "told" });
  #heading = element("h2", {});
  #cancel = element("button", { type: "button", class: "quiet", hidden: true }, "Cancel");

  constructor(title, note, fields, save) {
    this.title = title;
    this.#heading.append(title);
    this.send = element("button", { type: "submit" }, save);
    this.fields = fields.map(([, field]) => field);
    const rows = fields.map(([label, field]) => element("div", {}, element("label", { for: field.id }, label), field));
    const form = element("form", { class: "stack" }, rows, element("div", { class: "row" }, this.send, this.#cancel));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send.disabled = true;
      attempt(this.told, () => this.save()).finally(() => { this.send.disabled = false; });
    });
    this.#cancel.addEventListener("click", () => this.fill(this.title, this.fields.map(() => ""), false));
    this.section = element("section", {}, this.#heading, element("p", { class: "soft" }, note), form, this.told);
  }

  /** Holds these values, under that heading. */
  fill(title, values, isChange) {
    this.#heading.textContent = title;
    this.#cancel.hidden = !isChange;
    this.told.replaceChildren();
    this.fields.forEach((field, index) => { field.value = values[index]; });
    // What is drawn is not in the page yet.
    requestAnimationFrame(() => this.fields[0].focus());
  }
}

class AnswerForm extends Form {
  #id = null;
  #noGroups = null;

  constructor(desk, redraw) {
    super("Write an answer", "Who asks one of its questions, or the same in other words, is answered from it, with its footnote, from the next question on.", [
      ["Questions, one to a line: further ones are other words for the same", element("textarea", { id: "answer-questions", rows: 2, required: true, dir: "auto", placeholder: "Can I get a refund?" })],
      ["Answer, in markdown", element("textarea", { id: "answer-text", rows: 4, required: true, maxlength: MAX_TEXT, dir: "auto" })],
      ["Where its footnote leads, if not to the site", element("input", { id: "answer-url", type: "url", maxlength: 2048, placeholder: "The page that it is from" })],
      ["Groups that it is for, with commas, if not for everybody", element("input", { id: "answer-access", autocomplete: "off" })],
    ], "Save the answer");
    this.desk = desk;
    this.redraw = redraw;
  }

  begin({ id = null, questions, text = "", given_url: url, access }) {
    this.#id = id;
    this.#noGroups = access?.length === 0 ? [] : null; // everybody, whom no group names
    this.fill(id ? "Change the answer" : this.title, [questions.join("\n"), text, url ?? "", access?.join(", ") ?? ""], Boolean(id));
  }

  fill(title, values, isChange) {
    if (!isChange) this.#id = this.#noGroups = null;
    super.fill(title, values, isChange);
  }

  async save() {
    const [questions, text, url, access] = this.fields.map(({ value }) => value.trim());
    const long = lines(questions).find((one) => one.length > MAX_QUESTION);
    if (long) throw new Error(`A question has at most ${MAX_QUESTION} characters: “${long.slice(0, 60)}…”`);
    const body = { questions: lines(questions), text, url: url || null, access: access ? access.split(",").map((one) => one.trim()).filter(Boolean) : this.#noGroups };
    if (this.#id) await this.desk.call(`${CALL}/${this.#id}`, { method: "PUT", body });
    else await this.desk.call(CALL, { method: "POST", body: { ...body, corpus: this.desk.corpus } });
    this.desk.say("The answer is saved.");
    this.redraw();
  }
}

class PageForm extends Form {
  constructor(desk, redraw) {
    super("Questions to begin with", "Each is tried before it is shown: it stands on its page where an answer to it cites that page. They come before those of the corpus file and of readers.", [
      ["Page: its address, or its path behind the site's; / is the site", element("input", { id: "page-path", required: true, maxlength: 1024, autocomplete: "off", spellcheck: "false", placeholder: "/" })],
      ["Questions, one to a line, at most eight", element("textarea", { id: "page-questions", rows: 2, required: true, dir: "auto" })],
    ], "Save the questions");
    this.desk = desk;
    this.redraw = redraw;
  }

  begin({ path, questions }) {
    this.fill("Change the questions", [path, questions.join("\n")], true);
  }

  async save() {
    const [path, questions] = this.fields.map(({ value }) => value);
    await savePage(this.desk, path.trim(), lines(questions));
    this.desk.say("The questions are saved.");
    this.redraw();
  }
}

function savePage(desk, path, questions) {
  return desk.call("/suggested-questions", { method: "PUT", body: { corpus: desk.corpus, path, questions } });
}

function lines(text) {
  return text.split("\n").map((one) => one.trim()).filter(Boolean);
}

function drawOwn(desk, redraw, items, form) {
  const told = element("div", { class: "told" });
  const rows = items.map((one) => {
    const [change, remove] = buttons(one.questions[0], () => form.begin(one), told, async () => {
      await desk.call(`${CALL}/${one.id}`, { method: "DELETE" });
      desk.say("The answer is deleted.");
      redraw();
    });
    return element("tr", {}, element("td", { dir: "auto" }, asked(one.questions)), element("td", {}, answer(one.text)),
      element("td", {}, outwardLink(one.url, {}, one.url), one.access ? element("div", { class: "soft" }, `for ${one.access.join(", ") || "everybody"}`) : null),
      element("td", {}, when(one.updated_at)), element("td", {}, element("div", { class: "row" }, change, remove)));
  });
  return element("section", {}, element("h2", {}, "Written here"), told,
    rows.length ? table("Written here", ["questions", "answer", "leads to", "changed", ""], element("tbody", {}, rows)) : element("p", { class: "soft" }, "There is none yet."));
}

function drawWritten({ in_pages: written, in_pages_total: total }) {
  const rows = written.map((one) => element("tr", {}, element("td", { dir: "auto" }, asked(one.questions)), element("td", {}, answer(one.text)),
    element("td", {}, outwardLink(one.url, {}, one.title || one.url), element("div", { class: "soft" }, one.uri))));
  return element("section", {}, element("h2", {}, "In pages"),
    element("p", { class: "soft" }, "They stand in the front matter of pages, under answers, and are changed there."),
    rows.length ? table("In pages", ["questions", "answer", "page"], element("tbody", {}, rows)) : element("p", { class: "soft" }, "There is none."),
    total > rows.length ? element("p", { class: "soft" }, `These are the first ${rows.length} of ${total}.`) : null);
}

function drawSuggested(desk, redraw, { items, in_file: declared }, form) {
  const told = element("div", { class: "told" });
  const rows = items.map((one) => {
    const [change, remove] = buttons(`the questions of ${one.path}`, () => form.begin(one), told, async () => {
      await savePage(desk, one.path, []);
      desk.say("The questions are deleted.");
      redraw();
    });
    return element("tr", {}, element("td", {}, one.path), element("td", { dir: "auto" }, list(one.questions)), element("td", {}, when(one.updated_at)),
      element("td", {}, element("div", { class: "row" }, change, remove)));
  });
  rows.push(...declared.map((one) => element("tr", {}, element("td", {}, one.path), element("td", { dir: "auto" }, list(one.questions)),
    element("td", { class: "soft" }, "in the corpus file"), element("td", {}))));
  return element("section", { "aria-label": "Questions to begin with, by page" }, told,
    rows.length ? table("Questions to begin with", ["page", "questions", "changed", ""], element("tbody", {}, rows)) : element("p", { class: "soft" }, "There is none yet."));
}

function buttons(name, onChange, told, onDelete) {
  const change = element("button", { type: "button", class: "quiet", "aria-label": `Change ${name}` }, "Change");
  const remove = element("button", { type: "button", class: "quiet", "aria-label": `Delete ${name}` }, "Delete");
  change.addEventListener("click", onChange);
  askTwice(remove, "Really delete?", () => attempt(told, onDelete));
  return [change, remove];
}

function asked([first, ...others]) {
  return [element("strong", {}, first), ...others.map((one) => element("div", { class: "soft" }, one))];
}

function answer(text) {
  const short = text.length > 160 ? `${text.slice(0, 160)}…` : text;
  return text === short ? element("div", { dir: "auto", class: "words" }, text)
    : element("details", {}, element("summary", { dir: "auto" }, short), element("div", { dir: "auto", class: "words" }, text));
}

function list(questions) {
  return questions.map((one) => element("div", {}, one));
}
