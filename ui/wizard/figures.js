/* The figures of one report: as typed, the sums that follow, and what does not hold. Exact: whole numbers of millionths. */

const SCALE = 1_000_000n;
const NUMBER = /^([+-]?)(\d{1,12})(?:\.(\d{1,6}))?$/;

/* What was typed, without blanks, thousands commas, full-width forms and the word that counts. */
export const tidy = (text) =>
  text.normalize("NFKC").replace(/[\s,]/g, "").replace(/^−/, "-").replace(/(?<=\d)[件项个次条宗]$/, "");

/* The value in millionths; null where nothing is entered, undefined where it is no number. */
export function read(text) {
  if (text === "") return null;
  const found = NUMBER.exec(text);
  if (!found) return undefined;
  const value = BigInt(found[2]) * SCALE + BigInt((found[3] ?? "").padEnd(6, "0") || "0");
  return found[1] === "-" ? -value : value;
}

export function show(value) {
  const size = value < 0n ? -value : value;
  const fraction = (size % SCALE).toString().padStart(6, "0").replace(/0+$/, "");
  return (value < 0n ? "-" : "") + size / SCALE + (fraction ? "." + fraction : "");
}

export class Figures {
  constructor(form, cells, before) {
    this.form = form;
    this.before = before ?? {};
    this.typed = new Map(Object.entries(cells).map(([cell, text]) => [cell, tidy(text)]));
    this.followed = new Map();
    this.rules = new Map();
    for (const rule of form.totals) this.rules.set(rule.total, [...(this.rules.get(rule.total) ?? []), rule]);
    this.settle();
  }

  text(cell) {
    return this.typed.get(cell) ?? this.followed.get(cell) ?? "";
  }

  value(cell) {
    return read(this.text(cell));
  }

  follows(cell) {
    return this.followed.has(cell);
  }

  put(cell, text) {
    if (text === "") this.typed.delete(cell);
    else this.typed.set(cell, text);
  }

  /* The sum of cells; null while one of them is open or no number. */
  sum(cells) {
    let sum = 0n;
    for (const cell of cells) {
      const value = this.value(cell);
      if (value === null || value === undefined) return null;
      sum += value;
    }
    return sum;
  }

  /* Sums follow their parts; one that was typed and agrees follows from then on. */
  settle() {
    this.followed.clear();
    for (let again = true; again; ) {
      again = false;
      for (const [total, rules] of this.rules) {
        if (this.followed.has(total)) continue;
        const sum = rules.map((rule) => this.sum(rule.parts)).find((found) => found !== null);
        if (sum === undefined) continue;
        const typed = this.typed.get(total);
        if (typed !== undefined && read(typed) !== sum) continue;
        this.typed.delete(total);
        this.followed.set(total, show(sum));
        again = true;
      }
    }
  }

  /* The sum of what is entered so far, while parts are open; "" where there is nothing to tell. */
  running(cell) {
    if (this.text(cell) !== "") return "";
    for (const rule of this.rules.get(cell) ?? []) {
      const known = rule.parts.map((part) => this.value(part)).filter((value) => value !== null && value !== undefined);
      if (known.length) return show(known.reduce((sum, value) => sum + value, 0n));
    }
    return "";
  }

  /* Cell → what is wrong there: {key, values} of a line in the words. */
  faults() {
    const faults = new Map();
    const note = (cell, key, values = {}) => faults.has(cell) || faults.set(cell, { key, values });
    for (const [cell, { decimal, signed }] of Object.entries(this.form.cells)) {
      const value = this.value(cell);
      if (value === undefined) note(cell, "not_number");
      else if (value !== null && value < 0n && !signed) note(cell, "negative");
      else if (value !== null && value % SCALE !== 0n && !decimal) note(cell, "fraction");
    }
    for (const { now, before } of this.form.carried) {
      const [value, last] = [this.value(now), read(this.before[before] ?? "")];
      if (typeof value === "bigint" && typeof last === "bigint" && value !== last)
        note(now, "carried", { now: show(value), before: show(last) });
    }
    for (const { total, parts } of this.form.totals) this.#compare([total], parts, [total], "sum", note);
    for (const { left, right } of this.form.balances) this.#compare(left, right, [...left, ...right], "balance", note);
    return faults;
  }

  #compare(left, right, marked, key, note) {
    const [one, other] = [this.sum(left), this.sum(right)];
    if (one === null || other === null || one === other) return;
    const difference = show(one > other ? one - other : other - one);
    for (const cell of marked) note(cell, key, { left: show(one), right: show(other), difference });
  }

  /* Cells without a value, of one table or of all. */
  open(table) {
    return Object.keys(this.form.cells).filter(
      (cell) => (!table || cell.startsWith(table + ".")) && this.text(cell) === "",
    );
  }

  plain() {
    return { ...Object.fromEntries(this.typed), ...Object.fromEntries(this.followed) };
  }
}
