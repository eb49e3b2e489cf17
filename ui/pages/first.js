/* Before anything is drawn: the page is Chinese whatever language the browser speaks, and light or dark as one chose. */
(() => {
  const own = (name, get) => Object.defineProperty(navigator, name, { get, configurable: true });
  own("language", () => "zh-CN");
  own("languages", () => ["zh-CN"]);

  const DARK = "(prefers-color-scheme: dark)";
  const system = window.matchMedia(DARK);
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* A browser that keeps nothing follows the system. */ }
  const dark = () => (chosen ? chosen === "dark" : system.matches);

  function show() {
    document.documentElement.dataset.theme = dark() ? "dark" : "light";
    document.body?.classList.toggle("dark", dark());
  }

  // What draws the page asks the browser which of the two to use: it is told what was chosen.
  const ask = window.matchMedia.bind(window);
  window.matchMedia = (query) => {
    const answer = ask(query);
    if (query.replace(/\s/g, "") === DARK.replace(/\s/g, "") && chosen)
      Object.defineProperty(answer, "matches", { get: dark });
    return answer;
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".theme")) return;
    chosen = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", chosen); } catch { /* Then it lasts as long as the page. */ }
    show();
  });
  system.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", show);
  show();
})();
