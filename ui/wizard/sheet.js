/* One table as the printed form, its values to be typed: keys, paste from Excel, marks at the cell. */

import { h, say } from "./dom.js";
import { tidy } from "./figures.js";
import { spread, values } from "./paste.js";

export class Sheet {
  /* `desk` has figures, words, changed(cell), keep() before a change of many cells, tell(line). */
  constructor(table, desk) {
    this.table = table;
    this.desk = desk;
    this.inputs = new Map();
    this.rows = [];
    this.element = this.#build();
  }

  #build() {
    const body = h("tbody"), head = h("thead");
    const taken = new Set();
    this.table.rows.forEach((cells, row) => {
      const line = h("tr"), line_of_values = [];
      let column = 0;
      for (const cell of cells) {
        while (taken.has(`${row} ${column}`)) column++;
        for (let down = 0; down < cell.rows; down++)
          for (let right = 0; right < cell.columns; right++) taken.add(`${row + down} ${column + right}`);
        line.append(cell.cell ? this.#value(cell, line_of_values) : this.#label(cell, row));
        column += cell.columns;
      }
      (row < this.table.header_rows ? head : body).append(line);
      if (line_of_values.length) this.rows.push(line_of_values);
    });
    head.append(this.#narrowHead());
    const widths = this.table.widths.reduce((sum, width) => sum + width, 0);
    const columns = this.table.widths.map((width) => h("col", { style: `width:${(width / widths) * 100}%` }));
    const table = h(
      "table", { class: `sheet ${this.table.layout}`, "aria-label": this.table.title },
      h("colgroup", {}, columns), head, body,
    );
    table.addEventListener("keydown", (event) => this.#key(event));
    table.addEventListener("paste", (event) => this.#paste(event));
    this.where = new Map(this.rows.flatMap((row, r) => row.map((cell, c) => [cell, [r, c]])));
    return h("div", { class: "sheet-frame", tabindex: "-1" }, table);
  }

  #label(cell, row) {
    const head = row < this.table.header_rows;
    return h("th", {
      scope: head ? (cell.columns > 1 ? "colgroup" : "col") : cell.rows > 1 ? "rowgroup" : "row",
      rowSpan: cell.rows, colSpan: cell.columns,
      class: cell.left ? "left" : cell.rows > 1 && !head ? "upright" : null,
    }, h("span", {}, cell.text));
  }

  /* A narrow screen shows two columns of values: their names in one row, in the place of the merged headings. */
  #narrowHead() {
    const names = this.rows[0].map((cell) => this.desk.form.cells[cell].name.replace(/^.*“(.*)”列$/, "$1"));
    const labels = this.table.widths.length - names.length;
    return h("tr", { class: "narrow" }, labels > 0 && h("th", { colSpan: labels }),
      names.map((name, index) => h("th", { scope: "col", "data-value": String(index + 1) }, name)));
  }

  #value(cell, line) {
    const name = this.desk.form.cells[cell.cell].name;
    const input = h("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", maxlength: "40",
      "aria-label": name, "data-cell": cell.cell,
      oninput: () => this.#typed(cell.cell, tidy(input.value)),
      onfocus: () => { this.before = this.desk.figures.text(cell.cell); input.select(); this.desk.at(cell.cell); },
      onblur: () => this.desk.left(cell.cell),
    });
    line.push(cell.cell);
    const last = h("small", { class: "last", "aria-hidden": "true" });
    const place = h("td", { rowSpan: cell.rows, colSpan: cell.columns, "data-value": String(line.length) }, input, last);
    this.inputs.set(cell.cell, { input, place, last });
    return place;
  }

  #typed(cell, text) {
    this.desk.figures.put(cell, text);
    this.desk.changed(cell);
  }

  /* Show every value, sum, mark and last year's figure; the cell that is being typed in keeps its text. */
  update(faults) {
    const { figures, words } = this.desk;
    for (const [cell, { input, place, last }] of this.inputs) {
      const text = figures.text(cell), fault = faults.get(cell);
      if (document.activeElement !== input && input.value !== text) input.value = text;
      const follows = figures.follows(cell);
      place.classList.toggle("follows", follows || (figures.rules.has(cell) && text === ""));
      place.classList.toggle("wrong", Boolean(fault));
      if (fault) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      const told = fault ? say(words, fault.key, fault.values) : figures.rules.has(cell) ? words.total_hint : "";
      if (input.title !== told) input.title = told;
      const running = figures.running(cell);
      if (input.placeholder !== running) input.placeholder = running;
      const shown = this.desk.previous && this.desk.lastShown ? say(words, "last", { value: figures.before[cell] ?? "—" }) : "";
      if (last.textContent !== shown) last.textContent = shown;
    }
  }

  focus(cell) {
    this.inputs.get(cell)?.input.focus();
  }

  #move(cell, down, right) {
    const [row, column] = this.where.get(cell);
    if (right) {
      const all = this.rows.flat(), next = all[all.indexOf(cell) + right];
      if (next) this.focus(next);
      return Boolean(next);
    }
    const line = this.rows[row + down];
    if (line) this.focus(line[Math.min(column, line.length - 1)]);
    return Boolean(line);
  }

  #key(event) {
    const input = event.target, cell = input.dataset?.cell;
    if (!cell || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const moves = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowLeft: whole || input.selectionEnd === 0 ? [0, -1] : null,
      ArrowRight: whole || input.selectionStart === input.value.length ? [0, 1] : null,
    };
    if (event.key === "Escape") {
      input.value = this.before;
      this.#typed(cell, this.before);
      input.select();
    } else if (moves[event.key] && !(event.shiftKey && event.key.startsWith("Arrow"))) {
      event.preventDefault();
      this.#move(cell, ...moves[event.key]);
    }
  }

  #paste(event) {
    const cell = event.target.dataset?.cell;
    const block = cell ? values(event.clipboardData.getData("text/plain")) : [];
    if (!block.length || (block.length === 1 && block[0].length === 1)) return;
    event.preventDefault();
    this.desk.keep();
    const [row, column] = this.where.get(cell);
    const { set, over } = spread(block, this.rows, row, column);
    for (const [place, text] of set) {
      this.desk.figures.put(place, tidy(text));
      this.inputs.get(place).input.value = tidy(text);
    }
    this.desk.changed(cell);
    const size = { rows: block.length, columns: Math.max(...block.map((line) => line.length)), count: over };
    this.desk.tell(say(this.desk.words, over ? "pasted_over" : "pasted", size));
  }
}
