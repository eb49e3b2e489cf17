/* The draft: every number leads to its cell, chapters are edited or drafted again one by one, files are written. */

import { h, say } from "./dom.js";

const PAUSE = 450;

export class Draft {
  constructor(report) {
    this.report = report;
    this.editing = new Map();
    this.paper = h("div", { class: "paper" });
    this.findings = h("div", { class: "findings", role: "status" });
    this.tip = h("div", { class: "tip", role: "tooltip", id: "figure-tip", hidden: true });
    const { words } = report;
    const file = (kind) => h("button", { type: "button", class: kind === "docx" ? "main" : "", onclick: () => report.download(kind) }, words[`download_${kind}`]);
    this.files = h("div", { class: "downloads" }, ["docx", "html", "xlsx", "yaml"].map(file));
    this.element = h("section", { class: "draft-step" },
      h("div", { class: "draft-main" }, h("p", { class: "note" }, words.draft_intro), this.paper),
      h("aside", { class: "draft-side" }, this.files, this.findings), this.tip);
    for (const [event, work] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]])
      this.paper.addEventListener(event, (at) => this.#hover(at.target, work));
    this.paper.addEventListener("click", (event) => this.#jump(event.target));
    this.paper.addEventListener("keydown", (event) => { if (event.key === "Enter") this.#jump(event.target); });
  }

  async shown() {
    await this.load();
  }

  async load() {
    const draft = await this.report.request("GET", "/draft");
    if (!draft) { this.paper.replaceChildren(h("p", { class: "sources-empty" }, this.report.error ?? this.report.words.draft_none_head)); this.files.hidden = true; return; }
    this.draft = draft;
    this.#show();
  }

  #show() {
    const { draft, report } = this, { words } = report;
    const errors = draft.findings.filter((finding) => finding.severity === "error").length;
    this.files.hidden = draft.refused;
    this.paper.replaceChildren(...(draft.refused ? [h("p", { class: "sources-empty" }, say(words, "draft_none", { count: errors }))] : [
      h("h2", { class: "paper-title" }, draft.title),
      ...draft.lead_in.map((paragraph) => this.#paragraph(paragraph)),
      ...draft.sections.map((section) => this.#section(section)),
    ]));
    this.#showFindings(errors);
  }

  #showFindings(errors) {
    const { draft, report } = this, { words } = report;
    const open = report.form.tables.map(({ key, name }) => [key, name, report.figures.open(key).length]).filter(([, , count]) => count);
    const order = ["error", "warning", "info"];
    const sorted = [...draft.findings].sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
    const items = sorted.map((finding) => h("li", { class: finding.severity },
      h("button", { type: "button", class: "quiet", onclick: () => this.#go(finding) }, finding.message)));
    items.push(...open.map(([key, name, count]) => h("li", { class: "warning" },
      h("button", { type: "button", class: "quiet", onclick: () => report.go(key) }, `${name}：${say(words, "blanks", { count })}`))));
    this.findings.replaceChildren(
      h("h3", {}, errors ? say(words, "problems", { count: errors }) : words.findings_title),
      items.length ? h("ul", { class: "problems" }, items) : h("p", { class: "soft" }, words.findings_none),
      ...(errors && !draft.refused ? [h("p", { class: "note" }, words.marked_hint)] : []));
  }

  #go(finding) {
    if (finding.place) this.element.querySelector(`[data-chapter="${finding.place.chapter}"]`)?.scrollIntoView({ block: "center" });
    else if (finding.cell) this.#open([finding.cell]);
    else if (finding.table) this.report.go(finding.table);
    else this.report.go("notes");
  }

  #section(section) {
    const { words } = this.report;
    const place = h("section", { class: "chapter", "data-chapter": section.key });
    if (section.table) {
      const table = this.report.table(section.table);
      place.append(this.#bar(section, h("button", { type: "button", class: "quiet", onclick: () => this.report.go(section.table) }, say(words, "table_edit", { table: table.name }))),
        this.#table(table));
      return place;
    }
    const redraw = () => place.replaceChildren(...this.#chapter(section, redraw));
    redraw();
    return place;
  }

  #chapter(section, redraw) {
    const { report } = this, { words } = report;
    const editing = this.editing.get(section.key);
    const long = this.draft.limit && section.key === "overview";
    const length = h("small", { class: long && section.length > this.draft.limit ? "wrong" : "soft" },
      say(words, long ? "length_limit" : "length", { count: section.length, limit: this.draft.limit }));
    const action = (label, work) => h("button", { type: "button", class: "quiet", onclick: work }, label);
    const bar = this.#bar(section, length, section.edited && h("small", { class: "badge" }, words.edited),
      editing ? action(words.finish, async () => { this.editing.delete(section.key); await this.load(); })
        : action(words.edit, () => { this.editing.set(section.key, true); redraw(); place_cursor(this.element, section.key); }),
      report.desk.start.polishes && action(words.polish, (event) => this.#polish(section, event.currentTarget)),
      action(words.reword, () => this.#again(section, true)), section.edited && action(words.redraft, () => this.#again(section, false)));
    const before = this.#lastYear(section.key);
    if (!editing) return [bar, ...section.paragraphs.map((paragraph) => this.#paragraph(paragraph)), before];
    const told = h("ul", { class: "problems", "aria-live": "polite" });
    const area = h("textarea", { class: "chapter-text", "aria-label": section.title, oninput: () => this.#edit(section, area, told) });
    area.value = section.text;
    area.rows = Math.max(6, Math.ceil(section.text.length / 38) + section.text.split("\n").length);
    this.#tellChapter(section.key, told);
    return [bar, area, told, before];
  }

  /* What last year's report says in this chapter. */
  #lastYear(key) {
    const text = this.report.previous?.chapters?.[key];
    if (!text) return "";
    return h("details", { class: "before" }, h("summary", {}, say(this.report.words, "last_chapter", { year: this.report.previous.year })),
      text.split("\n").map((line) => h("p", {}, line)));
  }

  #bar(section, ...actions) {
    return h("div", { class: "chapter-bar" }, h("h3", {}, section.title), h("span", { class: "grow" }), actions);
  }

  /* What is edited is kept and checked at once, without touching what is being typed. */
  #edit(section, area, told) {
    const { report } = this;
    report.content.chapters[section.key] = area.value;
    report.edited();
    clearTimeout(this.checking);
    this.checking = setTimeout(async () => {
      const draft = await report.request("GET", "/draft");
      if (!draft) return;
      this.draft = draft;
      const now = draft.sections.find((other) => other.key === section.key);
      if (now) Object.assign(section, now, { text: area.value });
      this.#tellChapter(section.key, told);
      this.#showFindings(draft.findings.filter((finding) => finding.severity === "error").length);
    }, PAUSE);
  }

  #tellChapter(key, place) {
    const found = this.draft.findings.filter((finding) => finding.place?.chapter === key);
    place.replaceChildren(...found.map((finding) => h("li", { class: finding.severity }, finding.message)));
  }

  async #again(section, otherwise) {
    const { report } = this, { words, content } = report;
    if (section.edited && !confirm(words.redraft_sure)) return;
    report.keep();
    delete content.chapters[section.key];
    if (otherwise) content.manners[section.key] = (content.manners[section.key] ?? 0) + 1;
    this.editing.delete(section.key);
    report.edited();
    await this.load();
  }

  /* The chat model's words for one chapter; where its numbers or facts change, the text stays as it is. */
  async #polish(section, button) {
    const { report } = this, { words, content } = report;
    button.disabled = true;
    button.textContent = words.polishing;
    const polished = await report.request("POST", `/chapters/${section.key}/polish`);
    button.disabled = false;
    button.textContent = words.polish;
    if (!polished) return;
    if (polished.reasons.length) return report.tell(say(words, "polish_refused", { reasons: polished.reasons.join("；") }), true);
    if (polished.text === section.text) return report.tell(words.polish_same);
    report.keep();
    content.chapters[section.key] = polished.text;
    this.editing.delete(section.key);
    report.edited();
    await this.load();
    report.tell(words.polished);
  }

  #paragraph({ text, heading, figures, marked }) {
    const cuts = [
      ...figures.map((figure) => ({ ...figure, kind: "figure" })),
      ...[...text.matchAll(/【[^】]*】/g)].map((gap) => ({ start: gap.index, end: gap.index + gap[0].length, kind: "gap" })),
    ].sort((one, other) => one.start - other.start);
    const pieces = [];
    let position = 0;
    for (const cut of cuts) {
      if (cut.start < position) continue;
      pieces.push(...this.#marked(text, position, cut.start, marked));
      pieces.push(cut.kind === "gap" ? h("mark", { class: "gap" }, text.slice(cut.start, cut.end))
        : this.#figure(cut, text.slice(cut.start, cut.end)));
      position = cut.end;
    }
    pieces.push(...this.#marked(text, position, text.length, marked));
    return heading ? h("h4", {}, pieces) : h("p", {}, pieces);
  }

  /* A number; where it came from a cell or a note, it leads there. */
  #figure({ source, cells, step }, text) {
    const leads = cells.length > 0 || step;
    return h("span", { class: "figure", "data-source": source, "data-cells": cells.join(" "), "data-step": step,
      ...(leads && { tabindex: "0", role: "link", "aria-describedby": "figure-tip" }) }, text);
  }

  #marked(text, from, to, marked) {
    const pieces = [];
    let position = from;
    for (const [start, end] of marked) {
      if (end <= position || start >= to) continue;
      pieces.push(text.slice(position, Math.max(start, position)), h("mark", { class: "wrong" }, text.slice(Math.max(start, position), Math.min(end, to))));
      position = Math.min(end, to);
    }
    return [...pieces, text.slice(position, to)];
  }

  /* A table of the draft, to be read. */
  #table(table) {
    const { figures } = this.report;
    const rows = table.rows.map((cells, row) => h("tr", {}, cells.map((cell) => h(cell.cell ? "td" : "th", {
      rowSpan: cell.rows, colSpan: cell.columns, scope: cell.cell ? null : row < table.header_rows ? "col" : "row", class: cell.left ? "left" : "",
    }, cell.cell ? figures.text(cell.cell) : cell.text))));
    return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": table.title }, h("table", { class: `sheet read ${table.layout}` }, h("tbody", {}, rows)));
  }

  #hover(target, on) {
    const figure = target.closest?.(".figure");
    if (!figure) return;
    this.tip.hidden = !on;
    if (!on) return;
    this.tip.textContent = `${figure.textContent}：${figure.dataset.source}`;
    const place = figure.getBoundingClientRect(), around = this.element.getBoundingClientRect();
    const left = Math.min(place.left - around.left, around.width - this.tip.offsetWidth - 8);
    Object.assign(this.tip.style, { left: `${Math.max(0, left)}px`, top: `${place.bottom - around.top + 6}px` });
  }

  #jump(target) {
    const { cells, step } = target.closest?.(".figure")?.dataset ?? {};
    if (cells) this.#open(cells.split(" "));
    else if (step) this.report.go(step);
  }

  #open(cells) {
    const table = cells[0].split(".")[0];
    this.report.wanted = cells[0];
    this.report.go(this.report.table(table) ? table : "notes");
  }
}

function place_cursor(element, key) {
  element.querySelector(`[data-chapter="${key}"] textarea`)?.focus();
}
