/* The address names the open conversation; [n] opens its source. No library, no other host. */
(() => {
  const here = () => new URL(location).searchParams.get("c") || "";

  function go(id) {
    known.add(id);
    window.gongkai.wanted = id;
    document.querySelector("#go")?.click();
  }

  // Only a conversation that has just begun moves the address; one that was gone to is there already.
  const known = new Set([here()]);
  function arrive(id) {
    if (!id || known.has(id)) return;
    push(id);
  }

  function push(id) {
    known.add(id);
    if (id === here()) return;
    const url = new URL(location);
    if (id) url.searchParams.set("c", id); else url.searchParams.delete("c");
    history.pushState({}, "", url);
  }

  // Escape: the answer that is being made is stopped; else the source that was opened is let go.
  let opener = null;
  function closeSource() {
    const card = document.querySelector("#sources .source.chosen");
    if (!card) return;
    card.classList.remove("chosen");
    if (opener?.isConnected) opener.focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    const stop = document.querySelector("#question .stop-button");
    if (stop?.offsetParent) stop.click(); else closeSource();
  });

  function openSource(turn, marker) {
    const panel = document.querySelector("#sources");
    if (!panel) return;
    for (const section of panel.querySelectorAll("section")) section.hidden = section.dataset.turn !== turn;
    for (const card of panel.querySelectorAll(".source.chosen")) card.classList.remove("chosen");
    const card = document.getElementById(`s-${turn}-${marker}`);
    if (!card) return;
    const whole = card.querySelector("details");
    if (whole) whole.open = true;
    card.classList.add("chosen");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const behavior = calm ? "auto" : "smooth";
    if (panel.scrollHeight > panel.clientHeight + 1 && getComputedStyle(panel).overflowY === "auto") {
      const top = panel.scrollTop + card.getBoundingClientRect().top - panel.getBoundingClientRect().top;
      panel.scrollTo({ top: top - 8, behavior });
    } else {
      card.scrollIntoView({ block: "nearest", behavior });
    }
    card.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const source = /#s-(\d+)-(\d+)$/.exec(link.getAttribute("href") || "");
    if (source) {
      event.preventDefault();
      opener = link;
      openSource(source[1], source[2]);
    } else if (link.dataset.talk) {
      event.preventDefault();
      push(link.dataset.talk);
      go(link.dataset.talk);
    }
  }, true);

  // The last question stays at the top while its answer is written below it, until the reader scrolls.
  let asked = 0, following = false, placed = 0;
  new MutationObserver(() => {
    const questions = document.querySelectorAll('#chat [data-testid="user"]');
    if (questions.length !== asked) {
      asked = questions.length;
      following = asked > 0;
    }
    const log = following && questions[asked - 1].closest(".panel-wrap, .bubble-wrap");
    if (!log) return;
    log.scrollTop += questions[asked - 1].getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
    placed = log.scrollTop;
  }).observe(document, { childList: true, subtree: true, characterData: true });
  document.addEventListener("scroll", (event) => {
    if (event.target.closest?.("#chat") && Math.abs(event.target.scrollTop - placed) > 2) following = false;
  }, { passive: true, capture: true });

  // What was written and not sent yet is there again after a reload, also one that a broken line brought about.
  const UNSENT = "unsent", box = () => document.querySelector("#question textarea");
  addEventListener("pagehide", () => {
    try { sessionStorage.setItem(UNSENT, box()?.value ?? ""); } catch { /* A browser that keeps nothing. */ }
  });
  let unsent = "";
  try { unsent = sessionStorage.getItem(UNSENT) ?? ""; } catch { /* The same. */ }
  if (unsent) new MutationObserver((_, observer) => {
    // Before the list of conversations is there, the page does not listen yet.
    if (!box() || !document.querySelector("#talks")?.innerText) return;
    observer.disconnect();
    box().value ||= unsent;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }).observe(document, { childList: true, subtree: true });

  addEventListener("popstate", () => go(here()));
  window.gongkai = { arrive, push, wanted: "" };
})();
