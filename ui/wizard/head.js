/* The first step: whose report of which year, and what there is of the year before. */

import { headFields } from "./desk.js";
import { h, picker, say } from "./dom.js";

const FILES = ".xlsx,.yaml,.yml,.json,.docx,.pdf,.html,.htm";

export class Head {
  constructor(report) {
    this.report = report;
    const { words, desk } = report, { levels, ranks } = desk.start;
    const form = h("form", { class: "head-form", onsubmit: (event) => event.preventDefault() });
    form.append(...headFields(words, report.content.head, levels, ranks, () => {
      Object.assign(report.content.head, Object.fromEntries(new FormData(form)));
      report.edited();
    }));
    this.error = h("p", { class: "alert", role: "alert" });
    this.element = h("section", { class: "two" },
      h("div", { class: "card" }, h("h3", {}, words.steps.head), this.error, form),
      h("div", { class: "card" }, this.#lastYear()));
  }

  #lastYear() {
    const { report } = this, { words, previous } = report;
    const year = Number(report.content.head.year.normalize("NFKC").replace("年", "")) - 1 || "";
    const take = (file) => report.change("POST", "/files/last-year", file, say(words, "last_taken", { file: file.name }));
    return [
      h("h3", {}, say(words, "last_title", { year })),
      h("p", {}, say(words, previous ? "last_have" : "last_want", { year, source: previous?.source })),
      h("p", {}, picker(words.last_upload, FILES, take),
        previous && h("button", { type: "button", class: "quiet", onclick: () => report.change("DELETE", "/last-year", undefined, "") }, words.last_drop)),
    ];
  }

  update() {
    this.error.textContent = this.report.error ?? "";
    this.error.hidden = !this.report.error;
  }
}
