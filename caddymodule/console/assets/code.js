// Programs that send what a gate takes. For registrations and logins they are the example
// clients as they stand; for everything else they are the parts of those that fetch the
// key and encrypt, and one request.
import { sampleToken } from "./answer.js";
import { languages, Sealed } from "./languages.js";

/**
 * A program in a language for a gate: { about, code }, code "" where there is none.
 * Place is { origin, server, keys }, and read gives the text of an example client.
 */
export async function program(title, gate, place, read) {
  const language = languages[title];
  const file = language.login && gate.name === "login" ? language.login : language.file;
  const source = hashed(title, await read(file), gate.encryption?.mgf1);
  if (source === null) {
    return { code: "", about: `There is none here: this gate takes MGF1 with SHA-1 alone, and ${title} would need more than this page has for it. Java, curl and Python have it.` };
  }
  if (isOf(gate)) return { about: `The example client ${file}, for this gateway.`, code: placed(source, place) };
  const request = requestOf(gate, place);
  const untested = /NOT TESTED/.test(source) ? " It is not tested." : "";
  return { about: `A program that sends ${gate.article}, with values that the rules take.${untested}`, code: placed(language.write(request, partsOf(source)), place) };
}

// isOf tells whether the example clients do what the gate wants.
function isOf({ name, headers }) {
  const others = headers.filter(({ required, name: n, values }) => required
    && !(n.toLowerCase() === "uuid" && !values) && !(n.toLowerCase() === "platform" && values?.includes("fincode")));
  return (name === "register_customer" || name === "login") && !others.length;
}

// hashed is a client whose MGF1 has a hash that the gate takes, null for none.
function hashed(title, source, mgf1 = ["SHA-256", "SHA-1"]) {
  if (!mgf1.includes("SHA-1") && title === "Java") return source.replace("inOneLine(key); // or spelledOut(key): the gateway takes both", "spelledOut(key);");
  if (mgf1.includes("SHA-256") || title === "Java") return source;
  if (title === "Python") return source.replace("MGF1(hashes.SHA256())", "MGF1(hashes.SHA1())");
  if (title === "curl") return source.replace("rsa_oaep_md:sha256", "rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha1");
  return null;
}

// placed is a program with the addresses of this gateway.
function placed(text, { origin, server, keys }) {
  const name = keys.replace(/\.\w+$/, ""); // of which there are several forms
  return text.replaceAll("https://acme.example.com", origin)
    .replaceAll("/api/v6/services", server).replaceAll("api/v6/services/", `${server.slice(1)}/`)
    .replaceAll("/keys.", `${name}.`).replaceAll('"keys.', `"${name.slice(1)}.`);
}

function requestOf(gate, { server }) {
  const { fields } = gate.settings.custom;
  const body = filled(fields, gate.example ?? skeleton(fields));
  return {
    ...gate, body,
    path: gate.url.slice(server.length), // placed puts the server's back
    seals: hasSealed(body),
    headers: gate.headers.filter(({ required }) => required).map(({ name, values }) => [name, values?.[0] ?? (name.toLowerCase() === "uuid" ? null : sampleToken)]),
  };
}

const hasSealed = (value) => value instanceof Sealed || (value instanceof Object && Object.values(value).some(hasSealed));

// filled is a body whose secrets are to be encrypted, and which says so.
function filled(fields, body) {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => {
    const field = fields.find((f) => f.name === name) ?? {};
    if (field.sealed) return [name, new Sealed(value)];
    if (field.members) return [name, filled(field.members, value)];
    return [name, field.rules?.some(({ rule }) => rule === "encrypted") ? true : value];
  }));
}

// skeleton has what is required, where nobody can make up an example.
function skeleton(fields) {
  const some = { text: "…", flag: true, number: 0, list: [], object: {} };
  return Object.fromEntries(fields.filter((f) => f.required).map((f) => [f.name, f.one_of?.[0] ?? (f.members ? skeleton(f.members) : some[f.type])]));
}

// partsOf cuts what stands between two texts out of a client, with the margin that its
// first line has left out.
function partsOf(source) {
  return (from, until) => {
    const begin = source.lastIndexOf("\n", source.indexOf(from)) + 1;
    const end = until === undefined ? source.length : source.indexOf(until, begin);
    if (!source.includes(from) || end < 0) throw new Error(`there is no ${from} before ${until}`);
    const lines = source.slice(begin, end).trimEnd().split("\n");
    const margin = lines[0].match(/^\s*/)[0];
    return lines.map((line) => (line.startsWith(margin) ? line.slice(margin.length) : line)).join("\n");
  };
}
