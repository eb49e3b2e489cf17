/* Small pieces for building the page: elements, words with names filled in, one place to speak to the server. */

export function h(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function say(words, key, values = {}) {
  return String(words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/* An answer that is no success becomes an error with the one line that a person reads. */
export class Refusal extends Error {
  constructor(status, line) {
    super(line);
    this.status = status;
  }
}

const PLACE = "/drafting/reports";

export async function ask(method, path, body, headers = {}) {
  const file = body instanceof Blob;
  let answer;
  try {
    answer = await fetch(PLACE + path, {
      method,
      headers: body === undefined || file ? headers : { "content-type": "application/json", ...headers },
      body: file || body === undefined ? body : JSON.stringify(body),
    });
  } catch {
    throw new Refusal(0, "");
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, typeof told.detail === "string" ? told.detail : "");
}

export const askJson = async (...request) => (await ask(...request)).json();

export const sendFile = (path, file) => askJson("POST", path, file, { "x-file-name": encodeURIComponent(file.name) });

/* A button that picks a file. */
export function picker(label, accept, take, options = {}) {
  const input = h("input", { type: "file", accept, class: "unseen", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", () => {
    const file = input.files[0];
    input.value = "";
    if (file) take(file);
  });
  return h("span", {}, h("button", { type: "button", onclick: () => input.click(), ...options }, label), input);
}
