// The console: a form of what a gate takes, and what the gate says to it. It asks no
// other host than the one that it is from.
import { outcomeOf, sampleToken } from "./answer.js";
import { encrypt } from "./oaep.js";
import { $, ask, element, json, tell, Trouble } from "./page.js";
import { receive } from "./patient.js";
import { showPrograms } from "./programs.js";
import { say } from "./say.js";

const { gates, counts, languages, server, keys } = await json("gates.json").catch((error) => {
  tell("notices", element("p", { textContent: `The console cannot start. ${error.message} Load the page again.` }));
  throw error;
});
let gate; // the one that is chosen
let controls = []; // { pointer, field, input, errors, touched }: touched since the last answer
let headers = []; // { header, input, errors }
let answered = []; // the violations of that answer, but of what has been touched since
const spoken = {}; // catalogues of messages by language, as far as they were needed
let keyless = []; // why there is no key to encrypt with, for people; nothing where there is one

// The form.

function build() {
  gate = gates[$("endpoint").selectedIndex];
  controls = [];
  const { fields } = gate.settings.custom;
  const [required, optional] = [true, false].map((wanted) => fields.filter((f) => Boolean(f.required) === wanted));
  tell("fields", ...rows(required, ""));
  tell("optional", ...rows(optional, ""));
  $("optional").parentElement.hidden = $("optional").childElementCount === 0;
  $("optional").parentElement.open = $("fields").childElementCount === 0;
  headers = gate.headers.filter(({ name }) => !/^(content-type|accept)$/i.test(name)).map(headerOf);
  tell("headers", ...headers.map(({ row }) => row));
  $("headers").parentElement.open = headers.some(({ input }) => input.value === sampleToken);
  offerEncryption();
  fill(gate.example);
  $("good").hidden = !gate.example;
  $("bad").hidden = !mistakes();
  showPrograms(gate, { origin: location.origin, server, keys });
}

// offerEncryption offers what the gate takes and this page can do.
function offerEncryption() {
  $("encryption").hidden = !gate.encryption;
  for (const input of gate.encryption ? $("encryption").querySelectorAll("input") : []) {
    const { raw, mgf1 } = gate.encryption;
    input.parentElement.hidden = input.value === "raw" ? !raw : !mgf1.includes(input.value);
    input.disabled = input.value !== "raw" && (keyless.length > 0 || !crypto.subtle);
  }
  const usable = $("encryption").querySelector("label:not([hidden]) :enabled") ?? $("encryption").querySelector("label:not([hidden]) input");
  const { parentElement, disabled } = $("encryption").querySelector(":checked");
  if (gate.encryption && (parentElement.hidden || disabled)) usable.checked = true;
  notice();
}

const insecure = "Browsers encrypt, and take the rules, on HTTPS and on localhost only: open this page there. Here, nothing is judged as you type, and secrets go as they are.";

function notice() {
  const told = [];
  if (!isSecureContext) told.push(element("p", { textContent: insecure }));
  else if (gate.encryption) told.push(...keyless);
  if (gate.monitors) told.push(element("p", { textContent: "This gate only watches: whatever is wrong is handed on all the same." }));
  tell("notices", ...told);
}

// publicKey is the one to encrypt with.
async function publicKey(signal) {
  const answer = await ask(keys, { cache: "no-cache", signal });
  const content = await answer.json().catch(() => null); // whoever answers there
  const jwk = content?.keys?.[0];
  if (answer.ok && jwk?.n && jwk.e) return jwk;
  const trouble = new Trouble(`This gateway gives out no public key at ${keys}: ${content?.error?.message ?? `the answer is ${answer.status}, and has none.`}`);
  trouble.unpublished = !content?.error && answer.status < 500;
  throw trouble;
}

// findKey looks whether there is a key, and tells what to do where there is none.
async function findKey() {
  try {
    await publicKey();
    keyless = [];
  } catch (error) {
    keyless = [element("p", { textContent: `${error.message} So nothing can be encrypted here; everything else works.` })];
    if (error.unpublished) {
      keyless.push(element("p", { textContent: "Whoever runs the gateway adds these lines to the site in its Caddyfile, and loads it again:" }),
        element("pre", { tabIndex: 0, ariaLabel: "Lines for the Caddyfile", role: "region",
          textContent: `# gives out the public keys of the gates\ncustomer_gate_keys ${keys.replace(/\.json$/, "")}*` }));
    }
  }
  offerEncryption();
}

function rows(fields, object) {
  return fields.filter((f) => f.type !== "barred" && !isSwitch(f)).map((f) => {
    const pointer = `${object}/${f.name.replace(/~/g, "~0").replace(/\//g, "~1")}`;
    if (f.type === "object" && f.members) {
      return element("fieldset", {}, element("legend", { textContent: f.name }), ...rows(f.members, pointer));
    }
    return row(f, pointer);
  });
}

// isSwitch tells a field that says whether secrets are encrypted.
const isSwitch = (field) => field.rules?.some((r) => r.rule === "encrypted");

function row(field, pointer) {
  const id = `field-${controls.length}`;
  const input = field.one_of ? element("select", {}, element("option"), ...field.one_of.map((v) => element("option", { textContent: v })))
    : field.type === "flag" ? element("select", {}, ...["", "true", "false"].map((v) => element("option", { textContent: v })))
    : field.type === "object" || field.type === "list" ? element("textarea", { rows: 2, spellcheck: false })
    : element("input", { type: "text", spellcheck: false, autocapitalize: "off" });
  const errors = element("ul", { className: "violations", id: `${id}-errors` });
  input.id = id;
  input.required = Boolean(field.required);
  input.setAttribute("aria-describedby", errors.id);
  const control = { pointer, field, input, errors, touched: false };
  input.addEventListener("input", () => touch(control));
  controls.push(control);
  return element("div", { className: "field" },
    element("label", { htmlFor: id }, field.name, " ", element("small", { textContent: hint(field) })), input, errors);
}

function touch(control) {
  control.touched = true;
  answered = answered.filter((violation) => controlOf(violation) !== control);
  judgeSoon();
}

function hint(field) {
  const words = [];
  if (field.required) words.push("required");
  if (field.sealed) words.push("a secret");
  if (field.rules?.some((r) => /date$/.test(r.rule))) words.push("YYYY-MM-DD");
  if (field.type === "object" || field.type === "list") words.push("as JSON");
  return words.join(", ");
}

function headerOf(header, i) {
  const input = header.values ? element("select", {}, ...(header.required ? [] : [""]).concat(header.values).map((v) => element("option", { textContent: v })))
    : element("input", { type: "text", spellcheck: false, autocapitalize: "off", value: header.required ? sampleOf(header.name) : "" });
  const errors = element("ul", { className: "violations", id: `header-${i}-errors` });
  const said = [header.required && "required", input.value === sampleToken && "an example: the customer service wants one of its own"];
  input.id = `header-${i}`;
  input.required = header.required;
  input.setAttribute("aria-describedby", errors.id);
  const control = { header, input, errors };
  input.addEventListener("input", () => touch(control));
  control.row = element("div", { className: "field" },
    element("label", { htmlFor: input.id }, header.name, " ", element("small", { textContent: said.filter(Boolean).join(", ") })), input, errors);
  return control;
}

const sampleOf = (name) => (name.toLowerCase() === "uuid" ? String(Math.floor(Math.random() * 1e9)) : sampleToken);

const at = (body, pointer) => pointer.split("/").slice(1).reduce((o, name) => o?.[name.replace(/~1/g, "/").replace(/~0/g, "~")], body);

function fill(body) {
  outcome("", ""); // that was of another one
  for (const control of controls) {
    const value = at(body ?? {}, control.pointer);
    control.input.value = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  }
  judged([]);
}

// wrong are values that rules refuse, those first that people make most.
const wrong = { email: "ada@example", password: "Summer2025!", email_plausible: "ada", digits: "12a", phone: "984 573 63733", birth_date: "2999-12-31", date: "2026-02-30", name: "1" };

// mistakes puts two of the commonest ones in, and tells whether there are any.
function mistakes() {
  const ruled = (name) => controls.filter(({ field }) => field.rules?.some(({ rule }) => rule === name));
  const chosen = Object.entries(wrong).flatMap(([rule, value]) => ruled(rule).map((control) => ({ control, value }))).slice(0, 2);
  for (const { control, value } of chosen) {
    const same = ruled("same_as").filter(({ field }) => field.rules.some(({ arguments: [other] = [] }) => other === control.field.name));
    for (const { input } of [control, ...same]) input.value = value;
  }
  return chosen.length > 0;
}

// body is what is typed, with its secrets as they are or as seal makes them.
function body(seal) {
  const made = {};
  const flag = gate.settings.custom.fields.find(isSwitch);
  for (const { pointer, field, input } of controls) {
    if (input.value === "") continue;
    const names = pointer.split("/").slice(1).map((n) => n.replace(/~1/g, "/").replace(/~0/g, "~"));
    const holder = names.slice(0, -1).reduce((o, name) => (o[name] ??= {}), made);
    holder[names.at(-1)] = field.sealed ? seal(input.value) : typed(field, input.value);
  }
  if (flag) made[flag.name] = seal !== plain && encryption() !== "raw";
  return made;
}

const plain = (text) => text;
const encryption = () => gate.encryption && $("encryption").querySelector(":checked").value;

// typed is a value as JSON has it: what is none goes as a text, for the gate to judge.
function typed(field, text) {
  if (field.type === "text") return text;
  try {
    const value = JSON.parse(text);
    return typeof value === "number" && JSON.rawJSON ? JSON.rawJSON(text.trim()) : value; // in all its digits
  } catch {
    return text;
  }
}

// What the rules say, as one types: the gate's own, loaded when they are first needed.

let loading;
let waiting;

function judgeSoon() {
  if (!isSecureContext) return; // the rules come compressed
  loading ??= import("./index.js").then(({ load }) => load());
  loading.catch(() => { loading = undefined; }); // the next key may have better luck
  clearTimeout(waiting);
  waiting = setTimeout(judge, 120);
}

async function judge() {
  const of = gate;
  const [validation, catalogue] = await Promise.all([loading.catch(() => null), speech()]); // without rules, the gate itself still tells
  if (!validation || of !== gate) return;
  gate.rules ??= validation.compile(gate.settings);
  const { violations = [] } = gate.rules.check(body(plain));
  const typed = violations.filter((v) => controlOf(v)?.touched);
  show([...answered, ...typed.map((v) => ({ ...v, message: say(catalogue, counts, v), language: catalogue?.language ?? "en" }))]);
}

// judged shows what an answer says.
function judged(violations, language) {
  answered = violations.map((v) => ({ ...v, language }));
  for (const control of [...controls, ...headers]) control.touched = false;
  show(answered);
}

// controlOf is the field or the header that a violation is about, or the field around it.
function controlOf({ pointer, header }) {
  if (header) return headers.find((h) => h.header.name.toLowerCase() === header.toLowerCase());
  return controls.find((c) => pointer === c.pointer || pointer?.startsWith(`${c.pointer}/`));
}

function show(violations) {
  for (const { input, errors } of [...controls, ...headers]) {
    errors.replaceChildren();
    input.removeAttribute("aria-invalid");
  }
  tell("others");
  for (const violation of violations) {
    const control = controlOf(violation);
    const list = control?.errors ?? $("others");
    control?.input.setAttribute("aria-invalid", "true");
    control?.input.closest("details")?.setAttribute("open", "");
    const where = control ? "" : `${violation.pointer || violation.header || ""} `;
    list.append(element("li", { lang: violation.language, dir: "auto" }, where, violation.message, " ", element("code", { textContent: violation.code })));
  }
}

// Sending.

let sending; // what stops the request that is under way

$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return; // the button keeps the focus, so it is not disabled
  sending = new AbortController();
  waits(true);
  outcome("Waiting for the answer…", "");
  const patience = setTimeout(() => outcome("Still waiting for the answer. The customer service behind the gateway may be slow.", ""), 8000);
  try {
    await send(sending.signal);
  } catch (error) {
    outcome(error.name === "AbortError" ? "You stopped waiting. Whether the customer service has the request is not known." : error.message, "bad");
  }
  clearTimeout(patience);
  waits(false);
  sending = undefined;
  document.querySelector("#form [aria-invalid]")?.focus();
});
$("stop").addEventListener("click", () => {
  sending.abort();
  $("form").querySelector("button.main").focus(); // this one goes
});

function waits(is) {
  $("form").querySelector("button.main").setAttribute("aria-disabled", String(is));
  $("endpoint").disabled = is; // another one has another body
  $("stop").hidden = !is;
}

async function send(signal) {
  const sent = { "Content-Type": "application/json", "Accept-Language": $("language").value };
  for (const { header, input } of headers) {
    if (input.value) sent[header.name] = input.value;
  }
  const content = await sealed(sent, signal);
  const request = { method: gate.method, headers: sent, body: JSON.stringify(content, null, 2), signal };
  $("sent").textContent = `${gate.method} ${gate.url}\n${Object.entries(sent).map(([n, v]) => `${n}: ${v}`).join("\n")}\n\n${request.body}`;
  $("sent").hidden = false;
  $("answer").hidden = true;
  $("time").textContent = "Nothing yet.";
  judged([]);
  const started = performance.now();
  const answer = await ask(gate.url, request);
  const text = await answer.text().catch((error) => {
    throw error.name === "AbortError" ? error : new Trouble(`${answer.status}: the connection has ended before the answer had.`);
  });
  $("time").textContent = `After ${Math.round(performance.now() - started)} ms.`;
  told(answer, text, sent);
}

// sealed is the body with its secrets encrypted, if they are to be.
async function sealed(sent, signal) {
  const mgf1 = encryption();
  const secrets = controls.filter((c) => c.field.sealed && c.input.value);
  if (!mgf1 || mgf1 === "raw" || !secrets.length) {
    $("key").textContent = "Nothing in it is encrypted.";
    return body(plain);
  }
  if (!crypto.subtle) throw new Trouble("Not sent: browsers encrypt on HTTPS and on localhost only.");
  const jwk = await publicKey(signal).catch((error) => {
    throw new Trouble(`Not sent. ${error.name === "AbortError" ? "You stopped waiting for the public key." : error.message}`);
  });
  if (jwk.kid) sent["Encryption-Key-Id"] = jwk.kid;
  const made = new Map();
  for (const { input } of secrets) {
    if (made.has(input.value)) continue;
    made.set(input.value, await encrypt(jwk, input.value, mgf1).catch((error) => { throw new Trouble(`Not sent: ${error.message}.`); }));
  }
  $("key").textContent = `Secrets are RSA-OAEP with SHA-256 and MGF1 with ${mgf1}, under the key ${jwk.kid} of ${keys}.`;
  return body((text) => made.get(text));
}

function told(answer, text, sent) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined; // an outage has no JSON
  }
  const shown = [...answer.headers].filter(([name]) => /^(content-type|content-language|retry-after|request-uuid|idempotency)/.test(name));
  $("answer").textContent = `${answer.status} ${answer.statusText}\n${shown.map(([n, v]) => `${n}: ${v}`).join("\n")}\n\n`
    + (content === undefined ? text || "(no body)" : JSON.stringify(content, null, 2));
  $("answer").hidden = false;
  const { good, text: said, language, violations } = outcomeOf(answer, content, sent);
  judged(violations, answer.headers.get("content-language") ?? "en");
  outcome(said, good ? "good" : "bad", language);
}

function outcome(text, kind, language = "en") {
  $("outcome").textContent = text;
  $("outcome").className = kind;
  $("outcome").lang = language;
}

// Languages.

// speech is the catalogue of the language that is chosen, null for English, which is in the
// rules; and where there is no answer.
function speech() {
  const language = $("language").value;
  spoken[language] ??= language === "en" ? Promise.resolve(null) : json(`${language}.json`).catch(() => {
    delete spoken[language];
    return null;
  });
  return spoken[language];
}

$("language").append(...languages.map((tag) => element("option", { value: tag, textContent: new Intl.DisplayNames([tag], { type: "language" }).of(tag), lang: tag })));
$("language").value = navigator.languages.map((l) => l.split("-")[0]).find((l) => languages.includes(l)) ?? "en";
$("language").addEventListener("change", () => { if (controls.some((c) => c.touched)) judgeSoon(); });
$("endpoint").append(...gates.map((g) => element("option", { textContent: g.name.replaceAll("_", " ") })));
$("endpoint").addEventListener("change", build);
$("good").addEventListener("click", () => fill(gate.example));
$("bad").addEventListener("click", () => {
  fill(gate.example);
  mistakes();
  for (const control of controls) control.touched = control.input.value !== "";
  judgeSoon();
});

receive(gates);
if (gates.length) {
  build();
  await findKey();
} else {
  tell("notices", element("p", { textContent: "There is no gate in this configuration." }));
  for (const section of document.querySelectorAll("section")) section.hidden = !section.querySelector("#doctor");
}
document.body.dataset.ready = "true";
