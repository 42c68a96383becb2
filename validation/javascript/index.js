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

// What settings there are, and of which kind.
const bounds = { min: "number", max: "number" };
const known = {
  endpoint: "string",
  custom: "object",
  allow_fields: "list",
  rules: {
    name_length: bounds, name_punctuation: "list", age: bounds, timezone: "string", phone: "string",
    password_length: "number", password_points: "number", password_words: "list", codes: "object",
  },
};

const kindOf = (value) => (Array.isArray(value) ? "list" : value === null ? "null" : typeof value);

// refuseUnknown throws where something is set that is no setting, or of another kind.
function refuseUnknown(settings, shape, where) {
  if (kindOf(settings) !== "object") throw new TypeError(`${where}: want an object, not ${kindOf(settings)}`);
  for (const [name, value] of Object.entries(settings)) {
    const want = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (want === undefined) throw new TypeError(`${where}: ${name} is none; there are ${Object.keys(shape).join(", ")}`);
    if (value === undefined) continue;
    if (typeof want === "object") refuseUnknown(value, want, `${where}.${name}`);
    else if (kindOf(value) !== want) throw new TypeError(`${where}.${name}: want a ${want}, not ${kindOf(value)}`);
  }
}

function compile(validation, settings) {
  refuseUnknown(settings, known, "settings");
  const rules = told(validation.compile(settings));
  return {
    check(body, now = new Date()) {
      if (!(now instanceof Date) || Number.isNaN(now.getTime())) throw new TypeError("check: the second argument is the Date of now");
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
