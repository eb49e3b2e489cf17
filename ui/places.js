/* A finding goes to its mark in the report beside it and back; a row of a table opens what it names. */
(() => {
  const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

  function choose(number) {
    for (const item of document.querySelectorAll("#check-findings li.chosen")) item.classList.remove("chosen");
    const item = document.getElementById(`f${number}`);
    item?.classList.add("chosen");
    return item;
  }

  function goToMark(number) {
    choose(number);
    const frame = document.querySelector("#check-report iframe");
    const page = frame?.contentDocument;
    const mark = page?.getElementById(`m${number}`);
    if (!mark) return;
    for (const other of page.querySelectorAll(".gone-to")) other.classList.remove("gone-to");
    const place = mark.closest("td") || mark.parentElement.previousElementSibling || mark;
    place.classList.add("gone-to");
    place.scrollIntoView({ block: "center", inline: "nearest", behavior: calm() });
    // On a telephone the report stands below the list.
    if (matchMedia("(max-width: 900px)").matches) frame.scrollIntoView({ block: "start", behavior: calm() });
  }

  document.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-mark]");
    if (mark) goToMark(mark.dataset.mark);
    const row = event.target.closest("[data-go]");
    if (row) {
      window.gongkai.wanted = row.dataset.value;
      document.getElementById(row.dataset.go)?.click();
    }
  });

  // Where the columns stand below each other, what was opened is brought into sight.
  function reveal(id) {
    if (matchMedia("(max-width: 900px)").matches)
      document.getElementById(id)?.scrollIntoView({ block: "start", behavior: calm() });
  }

  // What a button made beside its form is seen, wherever the reader had scrolled to.
  function show(id) {
    const made = document.getElementById(id);
    const top = made?.getBoundingClientRect().top ?? 0;
    if (top < 0 || top > innerHeight / 2) made?.scrollIntoView({ block: "start", behavior: calm() });
  }
  window.places = { reveal, show };

  // The marks in the frame lead back to the list; no script of the frame's own runs.
  document.addEventListener("load", (event) => {
    const frame = event.target;
    if (!frame.matches?.("#check-report iframe")) return;
    frame.contentDocument?.addEventListener("click", (inside) => {
      const link = inside.target.closest("a");
      if (!link) return;
      inside.preventDefault();
      const number = /#n(\d+)$/.exec(link.getAttribute("href") || "")?.[1];
      if (number) choose(number)?.scrollIntoView({ block: "center", behavior: calm() });
    });
  }, true);
})();
