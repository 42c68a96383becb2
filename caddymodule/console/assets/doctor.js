// What a client has done when it encrypted, read from ciphertexts for a key whose
// private half is at hand: one that was made for this alone. What is wrong has the names
// that `caddy customer-gate check` has for it.
import { digest, expand, fromBase64, mask, modulus, power, toBytes, toNumber } from "./oaep.js";
import { ciphertexts, compare, fault } from "./pasted.js";

const hashes = ["SHA-256", "SHA-1", "SHA-384", "SHA-512"];

/**
 * What is right or wrong with what was pasted: a list of { of, name, good, text }, of the
 * member of the body that each is about, or "". Secrets are the fields of the contract
 * that are sealed.
 */
export async function diagnose(pasted, jwk, secrets = []) {
  const size = modulus(jwk)[1];
  if (pasted.length > 64 * size) return [{ of: "", ...fault("too long", `These are ${pasted.length} characters: paste one ciphertext, or one body.`) }];
  const { faults = [], found } = ciphertexts(pasted, size, secrets);
  const judged = [];
  for (const { of, text } of found) judged.push({ of, ...await judge(text, size, jwk) });
  return [
    ...faults.map((f) => ({ of: "", ...f })),
    ...judged.flatMap(({ of, findings }) => findings.map((f) => ({ of, ...f }))),
    ...compare(judged, secrets).map((f) => ({ of: "", ...f })),
  ];
}

async function judge(pasted, size, jwk) {
  const findings = [];
  const found = (name, text, good = false) => findings.push({ name, text, good });
  const bytes = unwrap(pasted, size, found);
  const message = bytes && await open(bytes, jwk, found);
  if (findings.every((f) => f.good)) found("good", "The gateway can read this.", true);
  return { findings, bytes, message };
}

// around is what stands around a ciphertext or in it: how it looks, its name, what to
// do, and the text without it. The order is that in which clients put it on, reversed.
const around = [
  [/^\ufeff/, "byte order mark", "A byte order mark (U+FEFF) stands before the text: write the file or the string without it.", (t) => t.slice(1)],
  [/^[\s\\]*["'“”„«»`]|["'“”„«»`]\s*$/, "quotation marks", "Quotation marks are around it: where they belong to the value, it was made JSON twice.",
    (t) => t.replace(/^[\s\\"'“”„«»`]+|[\s\\"'“”„«»`]+$/g, "")],
  [/^data:[^,]*,/i, "data: URL", "The prefix of a data: URL is before it, as FileReader.readAsDataURL puts it: send what is behind the comma.", (t) => t.replace(/^data:[^,]*,/i, "")],
  [/-----BEGIN/, "PEM", "Lines of PEM are around it: send the Base64 between them alone.", (t) => t.replace(/-----[^-]+-----/g, "").replace(/[\r\n]/g, "")],
  [/%[0-9a-f]{2}/i, "percent-encoded", "It is escaped for a URL (%2B, %2F, %3D): JSON needs no such escapes.",
    (t) => t.replace(/%25/g, "%").replace(/%([0-9a-f]{2})/gi, (_, byte) => String.fromCharCode(parseInt(byte, 16)))],
  [/\\\/|\\u[0-9a-f]{4}/i, "escapes", "There are escapes of JSON in it (\\/, \\u002B): right in a JSON text, and wrong in the value, which was made JSON twice.",
    (t) => t.replace(/\\\//g, "/").replace(/\\u([0-9a-f]{4})/gi, (_, unit) => String.fromCharCode(parseInt(unit, 16)))],
  [/\\[nr]|[\r\n]/, "line breaks", "There are line breaks in it: tell your Base64 encoder not to wrap (Android: NO_WRAP; Java: getEncoder, not getMimeEncoder; openssl base64 -A).",
    (t) => t.replace(/\\[nr]|[\r\n]/g, "")],
];

// unwrap takes off what is around the bytes, and tells what is not standard Base64.
function unwrap(pasted, size, found) {
  let text = pasted;
  for (const [looks, name, what, without] of around) {
    if (!looks.test(text)) continue;
    found(name, what);
    text = without(text);
  }
  text = blanks(text, size, found);
  if (text === "") {
    found("empty", "There is nothing in it.");
    return null;
  }
  const digits = text.replace(/^0x|:/gi, "");
  if (digits.length >= 64 && /^[0-9a-f]+$/i.test(digits)) {
    found("hexadecimal", "It is in hexadecimal: send Base64.");
    return sized(fromHex(digits), size, found);
  }
  if (/^eyJ[\w-]*(\.[\w-]*){2,4}$/.test(text)) {
    found("JWE", "It is a JWE or a JWT: send the RSA-OAEP ciphertext alone.");
    return null;
  }
  if (!/^[0-9A-Za-z+/_-]+=*$/.test(text)) {
    if (text.length < size / 2) found("the password itself", "It looks like the password itself: encrypt it with the public key.");
    else found("not Base64", "It is not Base64.");
    return null;
  }
  return fromText(text, size, found);
}

// blanks tells white space from plus signs that became some: without those, it is too
// short.
function blanks(text, size, found) {
  if (!/\s/.test(text)) return text;
  const bare = text.replace(/\s/g, "");
  if (bare.replace(/=/g, "").length >= Math.ceil(size * 4 / 3)) {
    found("white space", "There is white space in it or around it: send it without.");
    return bare;
  }
  found("blanks in the place of +", "There are blanks in the place of +: it was taken for a form's data or a URL's. Send it as JSON.");
  return text.replace(/\s/g, "+");
}

const fullLength = (size) => 4 * Math.ceil(size / 3);

function fromText(pasted, size, found) {
  let text = pasted;
  if (/[-_]/.test(text)) {
    found("URL alphabet", "It is Base64 with the URL alphabet (- and _): send the standard one (+ and /).");
    text = text.replace(/-/g, "+").replace(/_/g, "/");
  }
  const bytes = decode(text);
  if (bytes.length === size && text.length < fullLength(size) && text === pasted) {
    found("no padding", "The = signs at its end are missing: leave them there.");
  }
  return sized(bytes, size, found, text);
}

function decode(text) {
  const bare = text.replace(/=+$/, "");
  return fromBase64(bare.length % 4 === 1 ? bare.slice(0, -1) : bare);
}

const fromHex = (text) => Uint8Array.from(text.match(/../g), (h) => parseInt(h, 16));

// sized is a ciphertext of the key's size, or one that can be made so.
function sized(bytes, size, found, text = "") {
  if (bytes.length === size) return bytes;
  const inner = String.fromCharCode(...bytes);
  if (bytes.length > size && /^[0-9a-f]+$/i.test(inner)) {
    found("hexadecimal and then in Base64", "It is encoded in hexadecimal and then in Base64: encode the bytes themselves.");
    return sized(fromHex(inner), size, found);
  }
  if (bytes.length > size && /^[0-9A-Za-z+/\s]+=*\s*$/.test(inner)) {
    found("Base64 twice", "It is encoded in Base64 twice: encode once.");
    return sized(decode(inner.replace(/\s/g, "")), size, found);
  }
  if (bytes.length === size - 1) return bytes; // open tells why
  if (bytes.length > size) {
    found("too long", `It has ${bytes.length} bytes, and what this key encrypts has ${size}: it was encrypted with another public key, a larger one, or is more than one ciphertext.`);
  } else if (bytes.length < size / 4) {
    unencrypted(bytes, found, text);
  } else {
    cut(bytes, size, found, text);
  }
  return null;
}

// unencrypted tells a text in Base64 from one that looks like it.
function unencrypted(bytes, found, text) {
  if (text && (text.length % 4 !== 0 || utf8(bytes) === undefined)) found("the password itself", "It looks like the password itself: encrypt it with the public key.");
  else found("not encrypted", `It has ${bytes.length} bytes: is this a text that was not encrypted? Encrypt it, and encode what comes of it.`);
}

// cut says how much is missing, and where such a thing happens.
function cut(bytes, size, found, text) {
  const missing = size - bytes.length;
  const characters = text ? ` (${text.length} of ${fullLength(size)} characters)` : "";
  const column = text.length === 255 || text.length === 256 ? `a column of ${text.length} characters in a database` : "a column of a database that is too short, such as VARCHAR(255)";
  const wrapped = text ? ` ${fullLength(size)} characters have to fit, and with line breaks more.` : "";
  found("cut", `It has ${bytes.length} of ${size} bytes${characters}: ${missing === 1 ? "1 byte is" : `${missing} bytes are`} missing. `
    + `The usual causes: ${column}, or a form's maxlength.${wrapped} Or it was encrypted with another public key, a smaller one.`);
}

// open looks for what was done before the private operation, by what it undoes. It is
// the text that was encrypted, where there is one.
async function open(bytes, jwk, found) {
  const size = modulus(jwk)[1];
  if (bytes.length < size) return openShort(bytes, size, jwk, found);
  const message = await recognise(bytes, jwk, found);
  if (message) return message;
  const turned = await recognise(bytes.slice().reverse(), jwk, () => {});
  if (turned) {
    found("reverse order", "Its bytes are in reverse order, as Windows' CryptoAPI makes them: reverse them before they are encoded.");
    return turned;
  }
  found("another public key", "It was encrypted with another public key than this page's, or damaged: was the key cut, changed, or taken from somewhere else? Fetch it again and paste it whole.");
  return null;
}

// openShort is about what has one byte too few: at its beginning, or at its end.
async function openShort(bytes, size, jwk, found) {
  const told = [];
  const message = await recognise(Uint8Array.from([0, ...bytes]), jwk, (...finding) => told.push(finding));
  if (!message) {
    cut(bytes, size, found, toText(bytes));
    return null;
  }
  found("leading zero", "It is one byte short: a zero at its beginning was lost. Encrypting gives as many bytes as the key has, always.");
  for (const finding of told) found(...finding);
  return message;
}

const toText = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");

function raw(bytes, jwk) {
  const [n, size] = modulus(jwk);
  const c = toNumber(bytes);
  return c < n ? toBytes(power(c, toNumber(fromBase64(jwk.d)), n), size) : null;
}

async function recognise(bytes, jwk, found) {
  const block = raw(bytes, jwk);
  if (!block) return null;
  for (const hash of hashes) {
    for (const mgf1 of hashes) {
      const undone = await unpad(block, hash, mgf1);
      if (undone) {
        if (undone.label) found("label", "OAEP has a label (a parameter P, PSource): it has to be empty.");
        tell(hash, mgf1, undone.message, found);
        return undone.message;
      }
    }
  }
  if (block[0] === 0 && block[1] === 2 && block.indexOf(0, 2) >= 10) {
    found("PKCS #1 v1.5", "The padding is that of PKCS #1 v1.5: set it to OAEP with SHA-256 (Java: RSA/ECB/OAEPWithSHA-256AndMGF1Padding, not RSA/ECB/PKCS1Padding or RSA).");
    return block.slice(block.indexOf(0, 2) + 1);
  }
  const text = block.subarray(block.findIndex((b) => b !== 0));
  if (block[0] === 0 && text.length <= block.length - 16) {
    found("textbook RSA", "There is no padding: set it to OAEP with SHA-256 (Java: not RSA/ECB/NoPadding).");
    return text;
  }
  return null;
}

// unpad undoes OAEP (RFC 8017, section 7.1.2). What is here is nobody's secret, so it need
// not take the same time for all. A label that is not empty shows by the zeros behind its
// digest, which no wrong hash leaves there.
async function unpad(block, hash, mgf1) {
  const none = await digest(hash, new Uint8Array());
  if (block[0] !== 0 || block.length < 2 * none.length + 2) return null;
  const seed = block.slice(1, 1 + none.length);
  const data = block.slice(1 + none.length);
  mask(seed, await expand(data, seed.length, mgf1));
  mask(data, await expand(seed, data.length, mgf1));
  const one = data.findIndex((b, i) => i >= none.length && b !== 0);
  if (one < 0 || data[one] !== 1) return null;
  const label = data.subarray(0, none.length).some((b, i) => b !== none[i]);
  const zeros = one - none.length;
  return label && zeros < 8 ? null : { label, message: data.slice(one + 1) };
}

function tell(hash, mgf1, message, found) {
  if (hash === "SHA-256") {
    found("digest", "OAEP with the digest SHA-256, as it should be.", true);
  } else {
    found("digest", `OAEP with the digest ${hash}: set the client's digest to SHA-256.`);
  }
  if (mgf1 === "SHA-256") {
    found("MGF1", "MGF1 with SHA-256.", true);
  } else if (mgf1 === "SHA-1") {
    found("MGF1", "MGF1 with SHA-1, as Java does unless it is told otherwise. A gateway takes this unless its mgf1 says sha256.", true);
  } else {
    found("MGF1", `MGF1 with ${mgf1}: set it to SHA-256.`);
  }
  about(message, found);
}

// utf8 is the text that bytes are, undefined for none.
function utf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

// about looks at the text that was encrypted, and says nothing of what is in it.
function about(message, found) {
  const text = utf8(message);
  if (text === undefined) {
    found("not UTF-8", "The text inside is not UTF-8: say so to the function that makes bytes of it (Java: getBytes(StandardCharsets.UTF_8)).");
    return;
  }
  if (message.length === 0) found("empty", "The text inside is empty.");
  if (text.startsWith("\ufeff")) found("byte order mark", "The text inside begins with a byte order mark (U+FEFF).");
  if (message.length > 1 && message.length % 2 === 0 && message.filter((b) => b === 0).length >= message.length / 2 - 1) {
    found("UTF-16", "The text inside is UTF-16: encode it as UTF-8 (.NET: Encoding.UTF8, not Unicode).");
  } else if (text.includes("\0")) {
    found("zero byte", "There are zero bytes in the text inside: it was padded to a size.");
  }
  if (/[\r\n]$/.test(text)) found("line feed", "The text inside ends with a line feed: printf %s in place of echo, or trim it.");
  if (/^".*"$/.test(text)) found("quotation marks", "Quotation marks belong to the text inside: it was made JSON before it was encrypted.");
  if (message.length > 190) found("too long", "The text inside has more than 190 bytes, which the smallest key has no room for.");
  if (message.length >= 64 && /^[0-9a-f]+$/.test(text)) found("hashed", "The text inside looks like a digest: encrypt the password itself.");
}
