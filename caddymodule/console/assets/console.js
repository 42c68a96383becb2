// The console: a form of what a gate takes, and what the gate says to it. It asks no
// other host than the one that it is from.
import { encrypt } from "./oaep.js";
import { say } from "./say.js";

const $ = (id) => document.getElementById(id);
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const json = async (address, options) => {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

const { gates, counts, languages, clients, keys } = await json("gates.json");
let gate; // the one that is chosen
let controls = []; // { pointer, field, input, errors, touched }: touched since the last answer
let answered = []; // the violations of that answer, but of what has been touched since
let catalogue; // of the messages, null for English

// The form.

function build() {
  gate = gates[$("endpoint").selectedIndex];
  controls = [];
  const [required, optional] = [true, false].map((wanted) => gate.fields.filter((f) => Boolean(f.required) === wanted));
  $("fields").replaceChildren(...rows(required, ""));
  $("optional").replaceChildren(...rows(optional, ""));
  $("optional").parentElement.hidden = $("optional").childElementCount === 0;
  $("headers").replaceChildren(...gate.headers.map(headerRow));
  $("encryption").hidden = !gate.encryption;
  if (gate.encryption) {
    for (const input of $("encryption").querySelectorAll("input")) {
      input.parentElement.hidden = input.value === "raw" ? !gate.encryption.raw : !gate.encryption.mgf1.includes(input.value);
    }
    if ($("encryption").querySelector(":checked").parentElement.hidden) {
      $("encryption").querySelector("label:not([hidden]) input").checked = true;
    }
  }
  notice();
  fill(gate.example);
  mistakes();
}

function notice() {
  const told = [];
  if (gate.encryption && !crypto.subtle) told.push("Browsers encrypt only on HTTPS and on localhost: open this page there, or send secrets that are not encrypted.");
  if (gate.monitors) told.push("This gate only watches: whatever is wrong is handed on all the same.");
  $("notice").textContent = told.join(" ");
  $("notice").hidden = told.length === 0;
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

function headerRow(header, i) {
  const input = header.values ? element("select", {}, ...(header.required ? [] : [""]).concat(header.values).map((v) => element("option", { textContent: v })))
    : element("input", { type: "text", spellcheck: false, value: header.name.toLowerCase() === "uuid" ? String(Math.floor(Math.random() * 1e9)) : "" });
  input.id = `header-${i}`;
  input.dataset.header = header.name;
  return element("div", { className: "field" },
    element("label", { htmlFor: input.id }, header.name, " ", element("small", { textContent: header.required ? "required" : "" })), input);
}

const at = (body, pointer) => pointer.split("/").slice(1).reduce((o, name) => o?.[name.replace(/~1/g, "/").replace(/~0/g, "~")], body);

function fill(body) {
  for (const control of controls) {
    const value = at(body ?? {}, control.pointer);
    control.input.value = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  }
  judged([]);
}

// mistakes puts two of the commonest ones in.
function mistakes() {
  const ruled = (name) => controls.filter(({ field }) => field.rules?.some((r) => r.rule === name));
  const passwords = ruled("password");
  const names = passwords.map(({ field }) => field.name);
  const again = ruled("same_as").filter(({ field }) => names.includes(field.rules[0].arguments[0]));
  for (const { input } of [...ruled("email"), ...ruled("email_plausible")]) input.value = "ada@example";
  for (const { input } of [...passwords, ...again]) input.value = "Summer2025!";
}

// body is what is typed, with its secrets as they are or as seal makes them.
function body(seal) {
  const made = {};
  const flag = gate.fields.find(isSwitch);
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
const encryption = () => gate.encryption && new FormData($("form")).get("encryption");

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
  loading ??= import("./index.js").then(({ load }) => load());
  clearTimeout(waiting);
  waiting = setTimeout(judge, 120);
}

async function judge() {
  const of = gate;
  const validation = await loading.catch(() => null); // without them, the gate itself still tells
  if (!validation || of !== gate) return;
  gate.rules ??= validation.compile(gate.settings);
  const { violations = [] } = gate.rules.check(body(plain));
  const typed = violations.filter((v) => controlOf(v)?.touched);
  show([...answered, ...typed.map((v) => ({ ...v, message: say(catalogue, counts, v), language: catalogue?.language ?? "en" }))]);
}

// judged shows what an answer says.
function judged(violations, language) {
  answered = violations.map((v) => ({ ...v, language }));
  for (const control of controls) control.touched = false;
  show(answered);
}

// controlOf is the field that a violation is about, or that is around it.
function controlOf({ pointer }) {
  return controls.find((c) => pointer === c.pointer || pointer?.startsWith(`${c.pointer}/`));
}

function show(violations) {
  for (const { input, errors } of controls) {
    errors.replaceChildren();
    input.removeAttribute("aria-invalid");
  }
  $("others").replaceChildren();
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

$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = $("form").querySelector("button.main");
  button.disabled = $("endpoint").disabled = true; // another one has another body
  outcome("", "");
  try {
    await send();
  } catch (error) {
    outcome(error.message, "bad");
  }
  button.disabled = $("endpoint").disabled = false;
});

async function send() {
  const headers = { "Content-Type": "application/json", "Accept-Language": $("language").value };
  for (const input of $("headers").querySelectorAll("[data-header]")) {
    if (input.value && !/^(content-type|accept)$/i.test(input.dataset.header)) headers[input.dataset.header] = input.value;
  }
  const content = await sealed(headers);
  const request = { method: gate.method, headers, body: JSON.stringify(content, null, 2) };
  $("sent").textContent = `${gate.method} ${gate.url}\n${Object.entries(headers).map(([n, v]) => `${n}: ${v}`).join("\n")}\n\n${request.body}`;
  $("sent").hidden = false;
  const started = performance.now();
  const answer = await fetch(gate.url, request);
  const text = await answer.text();
  told(answer, text, performance.now() - started);
}

// sealed is the body with its secrets encrypted, if they are to be.
async function sealed(headers) {
  const mgf1 = encryption();
  if (!mgf1 || mgf1 === "raw") {
    $("key").textContent = "Nothing in it is encrypted.";
    return body(plain);
  }
  if (!crypto.subtle) throw new Error("Browsers encrypt only on HTTPS and on localhost.");
  const { keys: [jwk] } = await json(keys, { cache: "no-cache" });
  headers["Encryption-Key-Id"] = jwk.kid;
  $("key").textContent = `Secrets are RSA-OAEP with SHA-256 and MGF1 with ${mgf1}, under the key ${jwk.kid} of ${keys}.`;
  const secrets = new Map(await Promise.all(controls.filter((c) => c.field.sealed && c.input.value)
    .map(async ({ input }) => [input.value, await encrypt(jwk, input.value, mgf1)])));
  return body((text) => secrets.get(text));
}

function told(answer, text, milliseconds) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined; // an outage has no JSON
  }
  const shown = [...answer.headers].filter(([name]) => /^(content-type|content-language|retry-after|request-uuid|idempotency)/.test(name));
  $("answer").textContent = `${answer.status} ${answer.statusText} in ${Math.round(milliseconds)} ms\n${shown.map(([n, v]) => `${n}: ${v}`).join("\n")}\n\n`
    + (content === undefined ? text : JSON.stringify(content, null, 2));
  $("answer").hidden = false;
  const list = content?.error?.details ?? content?.errors; // in the envelope, or in a problem (RFC 9457)
  const violations = Array.isArray(list) ? list : [];
  judged(violations, answer.headers.get("content-language") ?? "en");
  const good = answer.ok && content?.success !== false;
  outcome(good ? `${answer.status}: accepted.` : `${answer.status}: ${content?.error?.message ?? content?.title ?? content?.message ?? answer.statusText}`, good ? "good" : "bad");
}

function outcome(text, kind) {
  $("outcome").textContent = text;
  $("outcome").className = kind;
}

// Programs.

const titles = { sh: "curl", mjs: "Node.js", java: "Java", kt: "Android", swift: "iOS", py: "Python", php: "PHP", go: "Go", cs: ".NET", dart: "Flutter" };

function title(file) {
  if (file.endsWith(".html")) return file === "login.html" ? "Browser, login" : "Browser";
  return file === "register.native.js" ? "React Native" : titles[file.split(".").pop()] ?? file;
}

const tabs = clients.map((file, i) => element("button", { type: "button", role: "tab", id: `client-${i}`, textContent: title(file), tabIndex: i ? -1 : 0 }));
$("clients").append(...tabs);
tabs.forEach((tab, i) => {
  tab.setAttribute("aria-selected", "false");
  tab.setAttribute("aria-controls", "code");
  tab.addEventListener("click", () => open(i));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = (i + step + tabs.length) % tabs.length;
    tabs[next].focus();
    open(next);
  });
});

async function open(i) {
  tabs.forEach((tab, j) => {
    tab.setAttribute("aria-selected", String(i === j));
    tab.tabIndex = i === j ? 0 : -1;
  });
  $("code").setAttribute("aria-labelledby", tabs[i].id);
  const text = await (await fetch(clients[i])).text();
  $("code").textContent = text.replaceAll("https://acme.example.com", location.origin).replaceAll("/keys.json", keys);
}

// The doctor.

let patient; // the page's own key

$("make-key").addEventListener("click", async () => {
  if (!crypto.subtle) {
    $("make-key").after(element("p", { textContent: "Browsers make keys only on HTTPS and on localhost." }));
    return;
  }
  const pair = await crypto.subtle.generateKey(
    { name: "RSA-OAEP", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" }, true, ["encrypt", "decrypt"]);
  const der = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const base64 = btoa(String.fromCharCode(...der));
  const { kty, n, e } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  patient = {
    private: await crypto.subtle.exportKey("jwk", pair.privateKey),
    forms: { pem: `-----BEGIN PUBLIC KEY-----\n${base64.match(/.{1,64}/g).join("\n")}\n-----END PUBLIC KEY-----`, base64, jwk: JSON.stringify({ kty, n, e }, null, 2) },
  };
  $("doctor").hidden = false;
  $("make-key").textContent = "Make another one";
  $("public-key").textContent = patient.forms[$("key-form").value];
  examine();
});
$("key-form").addEventListener("change", () => { $("public-key").textContent = patient.forms[$("key-form").value]; });
$("ciphertext").addEventListener("input", () => examine());

async function examine() {
  const pasted = $("ciphertext").value;
  const { diagnose } = await import("./doctor.js");
  const findings = pasted.trim() ? await diagnose(pasted, patient.private, gates.flatMap((g) => sealedOf(g.fields))) : [];
  if (pasted !== $("ciphertext").value) return; // another one is looked at by now
  $("findings").replaceChildren(...findings.map(({ of, name, good, text }) => element("li", {},
    of && element("code", { textContent: `${of} ` }), element("strong", { textContent: `${good ? "✓" : "✗"} ${name}: ` }), text)));
}

// sealedOf are the fields that may be encrypted, those of objects too.
const sealedOf = (fields) => fields.flatMap((f) => [...(f.sealed ? [f] : []), ...sealedOf(f.members ?? [])]);

// Languages.

async function speak() {
  const language = $("language").value;
  catalogue = language === "en" ? null : await json(`${language}.json`);
  if (controls.some((c) => c.touched)) judgeSoon();
}

$("language").append(...languages.map((tag) => element("option", { value: tag, textContent: new Intl.DisplayNames([tag], { type: "language" }).of(tag), lang: tag })));
$("language").value = navigator.languages.map((l) => l.split("-")[0]).find((l) => languages.includes(l)) ?? "en";
$("language").addEventListener("change", speak);
$("endpoint").append(...gates.map((g) => element("option", { textContent: g.name.replaceAll("_", " ") })));
$("endpoint").addEventListener("change", build);
$("good").addEventListener("click", () => fill(gate.example));
$("bad").addEventListener("click", () => {
  fill(gate.example);
  mistakes();
  for (const control of controls) control.touched = control.input.value !== "";
  judgeSoon();
});

if (gates.length) {
  build();
  await speak();
} else {
  $("notice").textContent = "There is no gate in this configuration.";
  $("notice").hidden = false;
}
document.body.dataset.ready = "true";
