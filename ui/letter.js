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

  Object.assign((window.letters ||= {}), { gather });
})();
