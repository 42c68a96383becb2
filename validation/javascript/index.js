// The gateway's own validation rules, compiled from its Go to WebAssembly. README.md
// tells what they are for, index.d.ts what there is.
import "./wasm_exec.js";

const address = new URL("./validation.wasm", import.meta.url);

let loading;

/** Loads the rules, once. */
export function load(source = address) {
  loading ??= start(source).catch((error) => {
    loading = undefined; // the next call may have better luck
    throw error;
  });
  return loading;
}

async function start(source) {
  const go = new globalThis.Go();
  const { instance } = await instantiate(source, go.importObject);
  const name = `customergate ${Math.random()}`;
  const validation = new Promise((resolve) => { globalThis[name] = resolve; });
  go.argv = ["validation", name];
  go.run(instance);
  const compiled = await validation;
  delete globalThis[name];
  return { compile: (settings = {}) => compile(compiled, settings) };
}

async function instantiate(source, imports) {
  if (!(source instanceof URL)) return WebAssembly.instantiate(source, imports);
  if (source.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return WebAssembly.instantiate(await readFile(source), imports);
  }
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`${source}: ${answer.status}`);
  return WebAssembly.instantiateStreaming(answer, imports);
}

function compile(validation, settings) {
  const rules = told(validation.compile(settings));
  return {
    check(body, now = new Date()) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return told(rules.check(text, dateIn(settings.rules?.timezone || "UTC", now)));
    },
  };
}

function told(answer) {
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

// The date that a moment has in a time zone, such as 2026-11-26.
function dateIn(timeZone, moment) {
  const parts = new Intl.DateTimeFormat("en", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(moment);
  const part = (type) => parts.find((p) => p.type === type).value;
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}
