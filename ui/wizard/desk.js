/* The tab 年报: the reports in hand, a new one, and the one that is open; the address names it. */

import { ask, askJson, h, picker, say, sendFile } from "./dom.js";
import { Report } from "./report.js";

const TAB = "年报";
const FILES = ".xlsx,.yaml,.yml,.json,.docx,.pdf,.html,.htm";

class Desk {
  constructor(root) {
    this.root = root;
    this.line = h("p", { class: "desk-line", role: "status", "aria-live": "polite" });
    this.place = h("div");
    root.replaceChildren(this.line, this.place);
    addEventListener("popstate", () => this.follow());
  }

  tell(line, wrong = false) {
    this.line.textContent = line;
    this.line.classList.toggle("wrong", wrong);
    clearTimeout(this.fading);
    if (!wrong && line) this.fading = setTimeout(() => (this.line.textContent = ""), 6000);
  }

  /* Do something with the server; what it refuses is told. */
  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      if (error.status === undefined) throw error;
      this.tell(error.message || say(this.words ?? {}, error.status === 401 ? "signed_out" : "error"), true);
      return null;
    }
  }

  /* Show what the address names. */
  async follow() {
    const here = new URL(location), id = here.searchParams.get("report"), step = here.searchParams.get("step");
    if (this.report && this.report.id === id) this.report.go(step, false);
    else if (id) await this.open(id, step);
    else await this.list();
  }

  move(id, step, push = true) {
    const url = new URL(location);
    for (const [name, value] of [["report", id], ["step", step]])
      if (value) url.searchParams.set(name, value); else url.searchParams.delete(name);
    if (url.href !== location.href) history[push ? "pushState" : "replaceState"]({}, "", url);
  }

  async list() {
    this.report?.close();
    this.report = null;
    const start = await this.attempt(() => askJson("GET", ""));
    if (!start) return;
    Object.assign(this, { words: start.words, start });
    this.place.replaceChildren(h("div", { class: "desk-start" }, this.#listed(start), this.#begin(start)));
  }

  #listed({ reports, words }) {
    const items = reports.map((report) => {
      const title = say(words, "title", report);
      const open = () => { this.move(report.id, ""); this.open(report.id); };
      const remove = async () => {
        if (!confirm(say(words, "delete_sure", { title }))) return;
        if (await this.attempt(() => ask("DELETE", `/${report.id}`))) await this.list();
      };
      return h("li", {},
        h("button", { type: "button", class: "report-open", onclick: open }, title),
        h("span", { class: "soft" }, `${say(words, "entered", { count: report.entered })}　`
          + say(words, "changed", { time: report.changed })),
        h("button", { type: "button", class: "quiet", onclick: remove, "aria-label": `${words.delete} ${title}` }, words.delete),
      );
    });
    return h("section", { class: "card" }, h("h2", {}, words.list_title),
      items.length ? h("ul", { class: "reports" }, items) : h("p", { class: "sources-empty" }, words.list_empty));
  }

  #begin({ words, year, levels, ranks }) {
    const form = h("form", {
      class: "head-form",
      onsubmit: async (event) => {
        event.preventDefault();
        const head = Object.fromEntries(new FormData(form));
        const twin = this.start.reports.some((other) => other.agency === head.agency.trim() && other.year === head.year.trim());
        if (twin && !confirm(say(words, "begin_again", { title: say(words, "title", head) }))) return;
        const report = await this.attempt(() => askJson("POST", "", head));
        if (report) this.#opened(report, "");
      },
    }, headFields(words, { agency: "", year: String(year), level: "department", region_rank: "", contact: "" }, levels, ranks),
    h("p", {}, h("button", { type: "submit", class: "main" }, words.begin)));
    const take = async (file) => {
      const report = await this.attempt(() => sendFile("/files", file));
      if (!report) return;
      this.#opened(report, "");
      this.tell(say(words, "file_hint", { file: file.name }));
    };
    return h("section", { class: "card" }, h("h2", {}, words.new_title), form,
      h("p", { class: "or" }, picker(words.begin_file, FILES, take), h("span", { class: "soft" }, words.begin_file_hint)));
  }

  async open(id, step) {
    if (!this.start) this.start = await this.attempt(() => askJson("GET", ""));
    if (!this.start) return;
    this.words = this.start.words;
    const report = await this.attempt(() => askJson("GET", `/${id}`));
    if (report) this.#opened(report, step);
    else { this.move("", "", false); const line = this.line.textContent; await this.list(); this.tell(line, true); }
  }

  #opened(view, step) {
    this.report?.close();
    this.report = new Report(view, this);
    this.place.replaceChildren(this.report.element);
    this.report.go(step || "disclosure", !step);
  }
}

/* The fields of a report's head; used by a new report and by its first step. */
export function headFields(words, head, levels, ranks, oninput) {
  const field = (name, label, options) =>
    h("label", {}, h("span", {}, label), h("input", { name, value: head[name] ?? "", oninput, autocomplete: "off", ...options }));
  const choice = (name, label, choices) => h("fieldset", {}, h("legend", {}, label),
    Object.entries(choices).map(([key, text]) => h("label", { class: "choice" },
      h("input", { type: "radio", name, value: key, checked: head[name] === key, onchange: oninput, required: name === "level" }), text)));
  return [
    field("agency", words.agency, { required: true, maxlength: "60", placeholder: words.agency_hint }),
    field("year", words.year, { required: true, maxlength: "4", inputmode: "numeric", pattern: "20[0-9][0-9]" }),
    choice("level", words.level, levels),
    choice("region_rank", words.rank, ranks),
    field("contact", words.contact, { maxlength: "120", placeholder: words.contact_hint }),
  ];
}

/* The tab is built by the page around it, and perhaps again: mount wherever it stands. */
let desk = null;
function mount() {
  const root = document.querySelector("#draft-desk");
  if (!root || desk?.root === root) return;
  desk = new Desk(root);
  desk.follow();
}
new MutationObserver(mount).observe(document, { childList: true, subtree: true });
mount();

/* An address that names a report opens the tab; leaving the tab leaves the report's name out of the address. */
const tab = () => [...document.querySelectorAll("button[role=tab]")].find((one) => one.textContent.trim() === TAB);
const isOpen = (one) => one?.getAttribute("aria-selected") === "true";
function openTab(tries = 100) {
  // The page is drawn before it listens.
  if (isOpen(tab()) || !tries) return;
  tab()?.click();
  setTimeout(() => openTab(tries - 1), 150);
}
if (new URL(location).searchParams.has("report")) openTab();
document.addEventListener("click", (event) => {
  const other = event.target.closest?.("button[role=tab]"), link = event.target.closest?.('a[href*="#report-"]');
  if (link) {
    event.preventDefault();
    const id = link.getAttribute("href").split("#report-")[1];
    history.pushState({}, "", Object.assign(new URL(location), { search: new URLSearchParams({ report: id }) }));
    openTab();
    desk?.follow();
  } else if (other && desk?.report) {
    const back = other.textContent.trim() === TAB;
    desk.move(back ? desk.report.id : "", back ? desk.report.step : "", false);
  }
}, true);
