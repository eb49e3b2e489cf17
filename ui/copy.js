/* An answer that is copied takes its citations along, a line each, as they stand in the panel. */
(() => {
  const COPY = '#chat .bot-row button[title="复制"], #chat .bot-row button[title="已复制"]';
  // The line that tells how far the work has come is no part of the answer.
  const STEPS = /^检索依据.*\n+/;

  function whole(row) {
    const text = row.querySelector("[data-testid=bot] .prose").innerText.trim().replace(STEPS, "");
    const turn = /#s-(\d+)-/.exec(row.querySelector('a[href*="#s-"]')?.getAttribute("href") || "")?.[1];
    const cards = turn ? document.querySelectorAll(`#sources section[data-turn="${turn}"] .source`) : [];
    const lines = [...cards].map((card) => card.dataset.line);
    return lines.length ? `${text}\n\n引用\n${lines.join("\n")}` : text;
  }

  // Without https a browser has no clipboard for scripts; the old way still works.
  function put(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const box = Object.assign(document.createElement("textarea"), { value: text });
    const before = document.activeElement;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    before?.focus();
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest(COPY)?.closest(".bot-row");
    // After what the page does itself: it copies the answer with its markup, and shows that it was copied.
    if (row) setTimeout(() => put(whole(row)), 100);
  });
})();
