/* The address names the open tab: a reload stays on it, and the back button goes to the tab before. */
(() => {
  const FIRST = "问答";
  function named() {
    const said = new URL(location).searchParams;
    // A report that is open stands in the tab of reports.
    return said.get("t") || (said.has("report") ? "年报" : FIRST);
  }
  const open = () => document.querySelector("[role=tab][aria-selected=true]")?.innerText.trim();
  let wanted = named() === FIRST ? "" : named();

  function go(name) {
    const tab = [...document.querySelectorAll("[role=tab]")].find((one) => one.textContent.trim() === name);
    if (tab) tab.click();
    return Boolean(tab);
  }

  function remember() {
    const name = open();
    if (!name || name === named()) return;
    const url = new URL(location);
    if (name === FIRST) url.searchParams.delete("t"); else url.searchParams.set("t", name);
    history.pushState({}, "", url);
  }

  document.addEventListener("click", (event) => {
    // Those that do not fit stand in a menu beside the tabs.
    if (event.isTrusted && event.target.closest("[role=tab], .tab-wrapper, .overflow-menu")) setTimeout(remember, 50);
  });
  document.addEventListener("keyup", (event) => {
    if (event.target.closest?.("[role=tab]")) setTimeout(remember, 50);
  });
  addEventListener("popstate", () => { if (open() !== named()) go(named()); });
  new MutationObserver((_, observer) => {
    if (!wanted) observer.disconnect();
    // Some tabs come only when it is known who is signed in.
    else if (open() && go(wanted)) wanted = "";
  }).observe(document, { childList: true, subtree: true });
})();
