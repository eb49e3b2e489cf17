/* A report that is open: its steps, what is typed in them, keeping it, and taking a change back. */

import { ask, askJson, h, say, sendFile } from "./dom.js";
import { Draft } from "./draft.js";
import { Figures } from "./figures.js";
import { Head } from "./head.js";
import { Notes } from "./notes.js";
import { TableStep } from "./table_step.js";

const PAUSE = 400, RETRY = 5000, KEPT = 50;

export class Report {
  constructor(view, desk) {
    this.desk = desk;
    this.words = desk.words;
    this.lastShown = true;
    this.past = [];
    this.status = h("span", { class: "save-state", role: "status", "aria-live": "polite" });
    this.nav = h("ol", { class: "steps" });
    this.name = h("h2");
    this.place = h("div", { class: "step" });
    this.undoing = h("button", { type: "button", class: "quiet", onclick: () => this.undo(), disabled: true }, this.words.undo);
    this.element = h("div", { class: "report" },
      h("div", { class: "report-head" },
        h("button", { type: "button", class: "quiet", onclick: () => this.leave() }, `‹ ${this.words.back}`),
        this.name, this.undoing, this.status),
      h("nav", { "aria-label": this.words.new_title }, this.nav), this.place);
    this.unload = (event) => { if (this.dirty) { this.send(true); event.preventDefault(); } };
    addEventListener("beforeunload", this.unload);
    this.load(view);
  }

  /* Take what the server has of the report. */
  load(view) {
    Object.assign(this, { id: view.id, version: view.version, content: view.content, form: view.form, previous: view.previous });
    this.judged(view);
    this.figures = new Figures(this.form, this.content.cells, this.previous?.cells);
    this.steps = ["head", ...this.form.tables.map((table) => table.key), "notes", "draft"];
    this.rendered = null;
    this.nav.replaceChildren();
    this.refresh();
  }

  judged({ findings, error }) {
    this.findings = findings;
    this.error = error;
  }

  table(key) {
    return this.form.tables.find((table) => table.key === key);
  }

  stepName(step) {
    const table = this.table(step);
    return table ? `${table.name}` : this.words.steps[step];
  }

  go(step, push = true) {
    this.tell("");
    this.step = this.steps.includes(step) ? step : "head";
    this.desk.move(this.id, this.step, push);
    const table = this.table(this.step);
    const steps = { head: Head, notes: Notes, draft: Draft };
    this.rendered = table ? new TableStep(table, this) : new steps[this.step](this);
    const at = this.steps.indexOf(this.step), [before, after] = [this.steps[at - 1], this.steps[at + 1]];
    this.place.replaceChildren(this.rendered.element, h("div", { class: "step-foot" },
      before && h("button", { type: "button", onclick: () => this.go(before) }, this.words.previous),
      h("span", { class: "grow" }),
      after && h("button", { type: "button", class: "main", onclick: () => this.go(after) },
        say(this.words, "next", { step: this.stepName(after) }))));
    this.refresh();
    this.rendered.shown?.();
  }

  /* Something was typed: show what follows at once, keep it soon. */
  changed() {
    this.tell("");
    this.figures.settle();
    this.content.cells = this.figures.plain();
    this.edited();
  }

  edited() {
    this.dirty = true;
    this.status.textContent = this.words.unsaved;
    this.refresh();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.send(), PAUSE);
  }

  refresh() {
    this.faults = this.figures.faults();
    this.name.textContent = say(this.words, "title", this.content.head);
    this.undoing.disabled = !this.past.length;
    this.#showSteps();
    this.rendered?.update?.(this.faults);
  }

  /* The buttons stay the same ones: a click that began on one must end on it. */
  #showSteps() {
    if (this.nav.childElementCount !== this.steps.length)
      this.nav.replaceChildren(...this.steps.map((step) => h("li", {}, h("button", { type: "button", onclick: () => this.go(step) },
        h("b", {}, this.stepName(step)), h("small")))));
    this.steps.forEach((step, index) => {
      const button = this.nav.children[index].firstChild, [kind, told] = this.state(step);
      button.className = kind;
      button.lastChild.textContent = told;
      if (step === this.step) button.setAttribute("aria-current", "step"); else button.removeAttribute("aria-current");
    });
  }

  /* How far a step is: wrong, open or done, and the words for it. */
  state(step) {
    if (step === "draft") return ["", ""];
    if (step === "head") return this.error ? ["wrong", say(this.words, "state_wrong", { count: 1 })] : ["done", ""];
    const key = step === "notes" ? "processing_fee" : step;
    const wrong = this.wrong(key), open = this.figures.open(key).length;
    if (wrong) return ["wrong", say(this.words, "state_wrong", { count: wrong })];
    if (open) return ["open", say(this.words, "state_blank", { count: open })];
    return ["done", step === "notes" ? "" : this.words.state_done];
  }

  /* Errors of one table: each sum that does not hold is one, however many cells it marks. */
  wrong(table) {
    const told = [...this.faults].filter(([cell]) => cell.startsWith(table + "."));
    return new Set(told.map(([cell, { key, values }]) => (key === "balance" ? `${cell.split(".").pop()}` : cell))).size;
  }

  /* Before a change of many cells. */
  keep() {
    this.past.push(structuredClone(this.content));
    if (this.past.length > KEPT) this.past.shift();
  }

  undo() {
    const content = this.past.pop();
    if (!content) return;
    this.content = content;
    this.figures = new Figures(this.form, content.cells, this.previous?.cells);
    // Before the step is shown anew: the draft is made of what the server has.
    this.edited();
    this.go(this.step, false);
    this.tell(this.words.undone);
  }

  tell(line, wrong) {
    this.desk.tell(line, wrong);
  }

  at() {}

  left() {
    this.refresh();
  }

  /* Keep what was entered. One request at a time; what is typed meanwhile goes with the next. */
  async send(leaving = false) {
    clearTimeout(this.waiting);
    if (this.sending && !leaving) {
      await this.sending.catch(() => {});
      return this.dirty ? this.send() : undefined;
    }
    if (!this.dirty) return;
    this.dirty = false;
    const data = { version: this.version, content: this.content };
    if (leaving) {
      const body = JSON.stringify(data);
      fetch(`/drafting/reports/${this.id}`, { method: "PUT", body, keepalive: body.length < 60_000,
        headers: { "content-type": "application/json" } });
      return;
    }
    this.status.textContent = this.words.saving;
    this.sending = askJson("PUT", `/${this.id}`, data);
    try {
      const kept = await this.sending;
      this.version = kept.version;
      this.judged(kept);
      if (kept.form && kept.form.id !== this.form.id) { this.load({ ...this, ...kept, content: this.content }); this.go(this.step, false); }
      const time = new Date().toTimeString().slice(0, 5);
      this.status.textContent = this.dirty ? this.words.unsaved : say(this.words, "saved", { time });
      this.status.classList.remove("wrong");
      this.refresh();
    } catch (error) {
      if (error.status === undefined) throw error;
      this.dirty = true;
      this.status.classList.add("wrong");
      const lost = { 0: "offline", 401: "signed_out" }[error.status];
      this.status.textContent = lost ? this.words[lost] : error.message || this.words.error;
      if (lost) this.waiting = setTimeout(() => this.send(), RETRY);
    } finally {
      this.sending = null;
    }
  }

  /* Have the server do something with the report as it stands, and show what comes of it. */
  async request(method, path, body) {
    await this.send();
    // What the server has is behind: nothing may come from there before it has this.
    if (this.dirty) return null;
    return this.desk.attempt(() => (body instanceof File ? sendFile(`/${this.id}${path}`, body) : askJson(method, `/${this.id}${path}`, body)));
  }

  async change(method, path, body, line) {
    this.keep();
    const view = await this.request(method, path, body);
    if (!view) { this.past.pop(); this.refresh(); return; }
    this.load(view);
    this.go(this.step, false);
    this.tell(line);
  }

  async download(kind) {
    await this.send();
    if (this.dirty) return;
    const answer = await this.desk.attempt(() => ask("GET", `/${this.id}/files/${kind}`));
    if (!answer) return;
    const name = decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("content-disposition"))[1]);
    const link = h("a", { href: URL.createObjectURL(await answer.blob()), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.tell(say(this.words, "downloaded", { file: name }));
  }

  async leave() {
    await this.send();
    if (this.dirty) return;
    this.desk.move("", "");
    await this.desk.list();
  }

  close() {
    if (this.dirty) this.send(true);
    clearTimeout(this.waiting);
    removeEventListener("beforeunload", this.unload);
  }
}
