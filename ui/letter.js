/* What was entered in the form of a letter, as the page hands it over. */
(() => {
  function read(box) {
    const value = box.value.trim();
    if (box.dataset.type !== "list") return value;
    return value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  function gather() {
    const fields = {};
    for (const box of document.querySelectorAll("#letter-fields [data-field]")) {
      if (box.dataset.type === "pauses") {
        const [from, until] = [...box.querySelectorAll("input")].map((input) => input.value.trim());
        if (from || until) fields[box.dataset.field] = [{ from, until }];
        continue;
      }
      const value = read(box);
      if (value.length) fields[box.dataset.field] = value;
    }
    return JSON.stringify(fields);
  }

  /* Bring what came of it into sight; of an error, mark what has to be filled in. */
  function show() {
    const result = document.querySelector("#letter-result");
    const wrong = result.querySelector("[role=alert]");
    for (const label of document.querySelectorAll("#letter-fields label:has(.needed)")) {
      const box = document.getElementById(label.htmlFor);
      if (wrong && !box.value.trim() && !box.closest("[hidden]")) box.setAttribute("aria-invalid", "true"); else box.removeAttribute("aria-invalid");
    }
    window.places.show(result.id);
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches("#letter-fields [aria-invalid]") && event.target.value.trim())
      event.target.removeAttribute("aria-invalid");
  });

  /* Only the bodies that review decisions of the chosen kind of agency are to be named. */
  document.addEventListener("change", (event) => {
    if (!event.target.matches("#letter-fields [data-field=agency_kind]")) return;
    for (const body of document.querySelectorAll("#letter-fields [data-reviews]"))
      body.hidden = !body.dataset.reviews.split(" ").includes(event.target.value);
  });

  Object.assign((window.letters ||= {}), { gather, show });
})();
