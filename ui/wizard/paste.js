/* A block of cells from a spreadsheet or a Word table: its figures without the labels around them. */

const NONE = new Set(["", "/", "\\", "-", "—", "——", "无"]);
const isFigure = (text) => /^[+\-−－]?[\d０-９,，．.]+(?:[件项个次条宗元]|万元)?$/.test(text.trim());
const isLabel = (text) => !isFigure(text) && !NONE.has(text.trim());

/* The figures of copied text, line by line; labels left and above are left out, blanks and strokes are empty cells. */
export function values(text) {
  let lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
  if (lines.length === 1 && lines[0].length === 1) return lines;
  lines = lines.filter((line) => line.some(isFigure) || !line.some(isLabel));
  const width = Math.max(0, ...lines.map((line) => line.length));
  let labels = 0;
  while (labels < width && lines.some((line) => isLabel(line[labels] ?? ""))) labels++;
  if (labels === width) labels = 0;
  return lines.map((line) => line.slice(labels).map((cell) => (NONE.has(cell.trim()) ? "" : cell.trim())));
}

/* Which cell gets which text when `block` is put down at (row, column) of `rows`; `over` counts what has no place. */
export function spread(block, rows, row, column) {
  const set = [];
  let over = 0;
  block.forEach((line, down) => {
    line.forEach((text, right) => {
      const cell = rows[row + down]?.[column + right];
      if (cell) set.push([cell, text]);
      else if (text !== "") over++;
    });
  });
  return { set, over };
}
