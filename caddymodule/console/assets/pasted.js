// What somebody has pasted for the doctor: one ciphertext, several, or a body with them.
// Secrets are the fields of the contract that are sealed.

/** The ciphertexts in a text, { of, text } each, of the member that holds it; and what is wrong with the whole. */
export function ciphertexts(pasted, size, secrets) {
  if (/"[^"]+"\s*:/.test(pasted)) return ofBody(pasted, size, secrets);
  const whole = pasted.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""); // trim takes byte order marks with it
  if (/^[A-Za-z]\w{0,39}=[^=\s]/.test(whole)) return ofForm(whole, size, secrets);
  const several = split(whole);
  if (several.length > 1) return { found: several.map((text, i) => ({ of: `ciphertext ${i + 1}`, text })) };
  return { found: [{ of: "", text: whole }] };
}

// split takes a text apart that is longer than one ciphertext: behind the = signs of each,
// or at white space between pieces longer than a line that an encoder makes.
function split(text) {
  if (/-----BEGIN|^data:/.test(text)) return [text];
  const pieces = text.split(/[\s,;"'[\]]+/).filter(Boolean);
  if (pieces.length > 1 && pieces.every((piece) => piece.length >= 100)) return pieces;
  return text.split(/(?<==)(?:[\s,;"'[\]]+|(?=[0-9A-Za-z+/]))/).filter((piece) => piece.trim() !== "");
}

// ofBody takes the secrets out of a body, of what is around it, and out of what is nearly
// one.
function ofBody(pasted, size, secrets) {
  const begin = pasted.indexOf("{");
  const text = begin < 0 ? `{${pasted.trim().replace(/,$/, "")}}` : pasted.slice(begin, pasted.lastIndexOf("}") + 1 || undefined);
  const faults = [];
  let members;
  try {
    members = [...strings(JSON.parse(text), "")];
  } catch {
    faults.push(fault("not JSON", "This is not JSON as it stands: is there a line break within a text, a comma too many, the end cut off? What is in it is judged all the same."));
    members = [...text.matchAll(/"([^"]+)"\s*:\s*"([^"]*)"?/g)].map(([, of, value]) => ({ of, text: value }));
  }
  if (members.some(({ of }) => of === "kty")) {
    return { found: [], faults: [fault("a key", "This is a key: paste what your client has made with it.")] };
  }
  const found = members.filter(isSecret(size, secrets));
  if (!found.length) faults.push(fault("no ciphertext", "No member of this body is a ciphertext."));
  return { found, faults };
}

// ofForm takes the secrets out of what a form would send.
function ofForm(text, size, secrets) {
  const members = text.split("&").map((pair) => pair.match(/^([^=]*)=?([^]*)$/)).map(([, of, value]) => ({ of, text: value }));
  return { found: members.filter(isSecret(size, secrets)), faults: [fault("form data", "This is a form's data: send JSON.")] };
}

const isSecret = (size, secrets) => ({ of, text }) => secrets.some(({ name }) => name === of) || text.length >= size / 2;

/** Something wrong, by name. */
export const fault = (name, text) => ({ name, text, good: false });

function* strings(value, of) {
  if (typeof value === "string") yield { of, text: value };
  else if (value && typeof value === "object") {
    for (const [name, member] of Object.entries(value)) yield* strings(member, Array.isArray(value) ? `${of}/${name}` : name);
  }
}

/** What there is to say of ciphertexts beside each other: of judged ones, { of, bytes, message } each. */
export function compare(judged, secrets) {
  const opened = judged.filter(({ message }) => message);
  const named = (name) => opened.find(({ of }) => of === name);
  const told = new Map();
  for (const { name, rules = [] } of secrets) {
    for (const { rule, arguments: [other] = [] } of rules) {
      const pair = [named(other), named(name)];
      if (/^(same_as|differs_from)$/.test(rule) && pair.every(Boolean)) told.set(name, relation(...pair, rule === "same_as"));
    }
  }
  if (!told.size && judged.length === 2 && opened.length === 2) told.set("", relation(...opened, true));
  return [...told.values()];
}

const alike = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

function relation(a, b, same) {
  const wanted = same ? "" : ": they have to be different texts";
  const both = `${a.of} and ${b.of} are`;
  if (alike(a.bytes, b.bytes)) {
    return { name: "same ciphertext", good: same, text: `${both} the same ciphertext${wanted || ", which spares the gateway half of its work"}.` };
  }
  if (alike(a.message, b.message)) {
    return { name: "different ciphertexts", good: same, text: `${both} different ciphertexts of the same text${wanted}.` };
  }
  return { name: "different texts", good: !same, text: `${both} different texts${same ? ": a password and its confirmation have to be the same" : ", as they have to be"}.` };
}
