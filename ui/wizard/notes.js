/* The step of the notes: what staff write for chapters one, five and six, and the processing fee. */

import { h } from "./dom.js";
import { tidy } from "./figures.js";

export class Notes {
  constructor(report) {
    this.report = report;
    const { words, desk } = report;
    const chapters = [...new Set(desk.start.notes.map((kind) => kind.chapter))];
    this.element = h("section", { class: "notes" }, h("p", { class: "note" }, words.notes_intro),
      chapters.map((chapter, index) => h("div", { class: "card" }, h("h3", {}, chapter),
        index === chapters.length - 1 && this.#lastProblems(),
        desk.start.notes.filter((kind) => kind.chapter === chapter).map((kind) => this.#field(kind.key, kind.label, kind.what)))),
      h("div", { class: "card" }, report.form.fee.length ? this.#fee() : null,
        this.#field("other", words.notes_other, words.notes_other_hint)));
  }

  #field(key, label, what) {
    const { report } = this, { content, previous, words } = report;
    const area = h("textarea", { rows: "3", placeholder: what, oninput: () => {
      content.facts[key] = area.value;
      grow(area);
      report.edited();
    } });
    area.value = content.facts[key] ?? "";
    area.rows = Math.max(2, area.value.split("\n").length + 1);
    const before = previous?.facts?.[key] ?? [];
    return h("label", {}, h("span", {}, label, h("small", { class: "soft" }, what)), area,
      before.length ? h("details", { class: "before" }, h("summary", {}, words.notes_last), h("ul", {}, before.map((note) => h("li", {}, note)))) : null);
  }

  #fee() {
    const { report } = this, { words, form, figures } = report;
    const fields = form.fee.map((cell) => {
      const input = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", "data-cell": cell, value: figures.text(cell),
        oninput: () => { figures.put(cell, tidy(input.value)); report.changed(); } });
      const { name, unit } = form.cells[cell];
      return h("label", { class: "short" }, h("span", {}, `${name.replace(/^.*“(.*)”$/, "$1")}（${unit}）`), input);
    });
    return [h("h3", {}, words.fee_title), h("div", { class: "row" }, fields, h("span", { class: "soft" }, words.fee_hint))];
  }

  #lastProblems() {
    const { report } = this, { words, content } = report;
    const list = h("div");
    const draw = () => list.replaceChildren(...content.last_year_problems.map((entry) => h("div", { class: "pair" },
      ["problem", "done"].map((part) => {
        const area = h("textarea", { rows: "2", oninput: () => { entry[part] = area.value; report.edited(); } });
        area.value = entry[part];
        return h("label", {}, h("span", {}, words[part === "problem" ? "notes_problem" : "notes_done"]), area);
      }))));
    draw();
    const add = () => { content.last_year_problems.push({ problem: "", done: "" }); draw(); list.querySelector(".pair:last-child textarea").focus(); };
    return h("div", { class: "last-problems" }, h("h4", {}, words.last_problems_title), list,
      h("button", { type: "button", class: "quiet", onclick: add }, words.notes_add));
  }

  shown() {
    const cell = this.report.wanted;
    this.report.wanted = null;
    if (cell) this.element.querySelector(`[data-cell="${CSS.escape(cell)}"]`)?.focus();
  }
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
