/* The step of one table: what can be done with it as a whole, the table, and what does not hold in it. */

import { h, picker, say } from "./dom.js";
import { Sheet } from "./sheet.js";

const SHEETS = ".xlsx,.yaml,.yml,.json";

export class TableStep {
  constructor(table, report) {
    this.table = table;
    this.report = report;
    const { words } = report;
    this.sheet = new Sheet(table, report);
    this.problems = h("ul", { class: "problems" });
    this.count = h("button", { type: "button", class: "quiet", onclick: () => this.#nextOpen() });
    const shown = h("input", { type: "checkbox", checked: report.lastShown, onchange: () => { report.lastShown = shown.checked; report.refresh(); } });
    this.element = h("section", { class: `table-step ${table.layout}` },
      h("div", { class: "tools" }, h("h3", {}, table.title), h("span", { class: "grow" }),
        report.previous && h("label", { class: "choice" }, shown, words.show_last),
        this.count,
        h("button", { type: "button", onclick: () => this.#fillZeros() }, words.zero_fill),
        table.key === "requests" && h("button", { type: "button", onclick: () => this.#fromRegister() }, words.register),
        picker(words.upload, SHEETS, (file) => report.change("POST", "/files/this-year", file, say(words, "uploaded", { file: file.name }))),
        h("button", { type: "button", onclick: () => this.#clear() }, words.clear)),
      this.#columnChoice(),
      this.sheet.element, this.problems, h("p", { class: "note keys" }, words.keys));
  }

  /* A narrow screen shows one column of applicants at a time, beside the total. */
  #columnChoice() {
    if (this.table.layout !== "matrix") return null;
    const columns = [...this.sheet.element.querySelectorAll(".narrow [data-value]")].map((name) => name.textContent);
    const choice = h("select", { onchange: () => (this.sheet.element.dataset.column = choice.value) },
      columns.slice(0, -1).map((name, index) => h("option", { value: String(index + 1) }, name)));
    this.sheet.element.dataset.column = "1";
    return h("label", { class: "column-choice" }, this.report.words.column, choice);
  }

  update(faults) {
    const { report } = this, { words } = report;
    this.sheet.update(faults);
    const open = report.figures.open(this.table.key).length;
    this.count.textContent = open ? say(words, "blanks", { count: open }) : words.no_blanks;
    this.count.title = words.go_blank;
    this.count.disabled = !open;
    const own = [...faults].filter(([cell]) => cell.startsWith(this.table.key + "."));
    const told = report.findings.filter((finding) => finding.table === this.table.key);
    const covered = new Set(told.map((finding) => finding.cell));
    const quick = own.filter(([cell, { key }]) => !covered.has(cell) && key !== "balance");
    const problems = [
      ...told.filter((finding) => this.#stands(finding, faults)).map(({ cell, message, severity }) => [cell, message, severity]),
      ...quick.map(([cell, { key, values }]) => [cell, `${report.form.cells[cell].name}：${say(words, key, values)}`, "error"]),
    ];
    // A list that has not changed stays: a click on it must not lose its button.
    const shown = JSON.stringify(problems);
    if (shown === this.shownProblems) return;
    this.shownProblems = shown;
    this.problems.replaceChildren(...problems.map((problem) => this.#problem(...problem)));
  }

  /* An error of a sum that has been put right since the server looked is no longer told. */
  #stands(finding, faults) {
    return finding.severity !== "error" || !finding.cell || faults.has(finding.cell);
  }

  #problem(cell, text, severity) {
    return h("li", { class: severity }, cell && this.sheet.inputs.has(cell)
      ? h("button", { type: "button", class: "quiet", onclick: () => this.sheet.focus(cell) }, text) : text);
  }

  #nextOpen() {
    const open = this.report.figures.open(this.table.key).filter((cell) => !this.report.figures.rules.has(cell));
    this.sheet.focus(open[0] ?? this.report.figures.open(this.table.key)[0]);
  }

  #fillZeros() {
    const { report, table } = this, { words, figures } = report;
    const open = figures.open(table.key).filter((cell) => !figures.rules.has(cell));
    const values = { table: table.name, count: open.length };
    if (!open.length || !confirm(say(words, "zero_sure", values))) return;
    report.keep();
    for (const cell of open) figures.put(cell, "0");
    report.changed();
    report.tell(say(words, "zero_done", values));
  }

  #clear() {
    const { report, table } = this;
    if (!confirm(say(report.words, "clear_sure", { table: table.name }))) return;
    report.keep();
    for (const cell of this.sheet.inputs.keys()) report.figures.put(cell, "");
    report.changed();
    report.tell(say(report.words, "cleared", { table: table.name }));
  }

  async #fromRegister() {
    const { report, table } = this, { words } = report;
    const count = Object.keys(report.content.cells).filter((cell) => cell.startsWith(table.key + ".")).length;
    if (count && !confirm(say(words, "register_sure", { count }))) return;
    await report.change("POST", "/register", undefined, words.registered);
  }

  shown() {
    const cell = this.report.wanted;
    this.report.wanted = null;
    if (cell) this.sheet.focus(cell);
  }
}
