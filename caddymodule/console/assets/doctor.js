// What a client has done when it encrypted, read from a ciphertext for a key whose
// private half is at hand: one that was made for this alone.
import { digest, expand, fromBase64, mask, modulus, power, toBytes, toNumber } from "./oaep.js";

const hashes = ["SHA-256", "SHA-1", "SHA-384", "SHA-512"];

/** What is right or wrong with a ciphertext: a list of { name, good, text }. */
export async function diagnose(pasted, jwk) {
  const findings = [];
  const found = (name, text, good = false) => findings.push({ name, text, good });
  const bytes = unwrap(pasted, modulus(jwk)[1], found);
  if (!bytes) return findings;
  await open(bytes, jwk, found);
  if (findings.every((f) => f.good)) found("good", "The gateway can read this.", true);
  return findings;
}

// unwrap takes off what is around the bytes, and tells what is not standard Base64.
function unwrap(pasted, size, found) {
  let text = pasted;
  if (text.length > 64 * size) {
    found("too long", `These are ${text.length} characters: paste one ciphertext.`);
    return null;
  }
  if (text.startsWith("\ufeff")) {
    found("byte order mark", "A byte order mark (U+FEFF) stands before the text: write the file or the string without it.");
    text = text.slice(1);
  }
  text = text.trim();
  if (/^"[\s\S]*"$/.test(text)) {
    found("quotes", "Quotation marks belong to the value: it was made JSON twice.");
    text = text.slice(1, -1);
  }
  if (/-----BEGIN/.test(text)) {
    found("PEM", "Lines of PEM are around it: send the Base64 between them alone.");
    text = text.replace(/-----[^-]+-----/g, "").replace(/[\r\n]/g, "");
  }
  if (/%[0-9a-f]{2}/i.test(text)) {
    found("URL encoding", "It is escaped for a URL (%2B, %2F, %3D): JSON needs no such escapes.");
    text = text.replace(/%([0-9a-f]{2})/gi, (_, byte) => String.fromCharCode(parseInt(byte, 16)));
  }
  if (/\\[nr]|[\r\n]/.test(text)) {
    found("line breaks", "There are line breaks in it: tell your Base64 encoder not to wrap (Android: NO_WRAP; Java: getEncoder, not getMimeEncoder; openssl base64 -A).");
    text = text.replace(/\\[nr]|[\r\n]/g, "");
  }
  if (/ /.test(text)) {
    found("spaces", "There are spaces in it: a form or a URL has made them of plus signs.");
    text = text.replace(/ /g, "+");
  }
  if (/^(?:[0-9a-f]{2}:?)+$/i.test(text) && text.replace(/:/g, "").length >= 2 * size - 2) {
    found("hex", "It is hexadecimal: send Base64.");
    return sized(Uint8Array.from(text.replace(/:/g, "").match(/../g), (h) => parseInt(h, 16)), size, found);
  }
  if (/^eyJ[\w-]*(\.[\w-]*){2,4}$/.test(text)) {
    found("JWE", "It is a JWE or a JWT: send the RSA-OAEP ciphertext alone.");
    return null;
  }
  if (!/^[0-9A-Za-z+/_-]+=*$/.test(text)) {
    found("not Base64", "It is no Base64: is this the text itself, not encrypted?");
    return null;
  }
  if (/[-_]/.test(text)) {
    found("URL alphabet", "It is Base64 of the URL alphabet (- and _): send the standard one (+ and /).");
    text = text.replace(/-/g, "+").replace(/_/g, "/");
  } else if (text.length % 4 !== 0 && /^[0-9A-Za-z+/]+$/.test(text)) {
    found("padding", "The = signs at the end are missing, or it was cut.");
  }
  return sized(decode(text), size, found);
}

function decode(text) {
  const bare = text.replace(/=+$/, "");
  return fromBase64(bare.length % 4 === 1 ? bare.slice(0, -1) : bare);
}

// sized is a ciphertext of the key's size, or one that can be made so.
function sized(bytes, size, found) {
  if (bytes.length === size) return bytes;
  const inner = String.fromCharCode(...bytes);
  if (bytes.length > size && /^[0-9a-f]+$/i.test(inner)) {
    found("encoded twice", "It is Base64 of hexadecimal: encode the bytes themselves.");
    return sized(Uint8Array.from(inner.match(/../g), (h) => parseInt(h, 16)), size, found);
  }
  if (bytes.length > size && /^[0-9A-Za-z+/\s]+=*\s*$/.test(inner)) {
    found("encoded twice", "It is Base64 of Base64: encode once.");
    return sized(decode(inner.replace(/\s/g, "")), size, found);
  }
  if (bytes.length === size - 1) {
    found("leading zero", "It is one byte short: a zero at its beginning was lost, or the last byte. Encrypting gives as many bytes as the key has, always.");
    return Uint8Array.from([0, ...bytes]);
  }
  if (bytes.length < size) {
    found("cut", `It has ${bytes.length} bytes, and what this key encrypts has ${size}: it was cut, or is no ciphertext of this key.`);
  } else {
    found("too long", `It has ${bytes.length} bytes, and what this key encrypts has ${size}: it was made with a larger key, or holds more than one ciphertext.`);
  }
  return null;
}

// open looks for what was done before the private operation, by what it undoes.
async function open(bytes, jwk, found) {
  const block = raw(bytes, jwk);
  if (block && await recognise(block, found)) return;
  const turned = raw(bytes.slice().reverse(), jwk);
  if (turned && await recognise(turned, () => {})) {
    found("byte order", "Its bytes are in reverse: the client's library gives the last one first.");
    return;
  }
  found("another key", "It was not made with this page's key: was the key cut, changed, or taken from somewhere else? Fetch it again and paste it whole.");
}

function raw(bytes, jwk) {
  const [n, size] = modulus(jwk);
  const c = toNumber(bytes);
  return c < n ? toBytes(power(c, toNumber(fromBase64(jwk.d)), n), size) : null;
}

async function recognise(block, found) {
  for (const hash of hashes) {
    for (const mgf1 of hashes) {
      const undone = await unpad(block, hash, mgf1);
      if (undone) {
        if (undone.label) found("label", "OAEP has a label (a parameter P, PSource): it has to be empty.");
        tell(hash, mgf1, undone.message, found);
        return true;
      }
    }
  }
  if (block[0] === 0 && block[1] === 2 && block.indexOf(0, 2) >= 10) {
    found("PKCS #1 v1.5", "The padding is that of PKCS #1 v1.5: ask for OAEP (Java: RSA/ECB/OAEPWithSHA-256AndMGF1Padding, not RSA/ECB/PKCS1Padding or RSA).");
    return true;
  }
  const text = block.subarray(block.findIndex((b) => b !== 0));
  if (block[0] === 0 && text.length <= block.length - 16) {
    found("no padding", "There is no padding: ask for OAEP (Java: not RSA/ECB/NoPadding).");
    return true;
  }
  return false;
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
    found("digest", "OAEP with SHA-256, as it should be.", true);
  } else {
    found("digest", `OAEP with ${hash}: it has to be SHA-256.`);
  }
  if (mgf1 === "SHA-256") {
    found("MGF1", "MGF1 with SHA-256.", true);
  } else if (mgf1 === "SHA-1") {
    found("MGF1", "MGF1 with SHA-1, as Java does unless it is told otherwise. A gateway takes this unless its mgf1 says sha256.", true);
  } else {
    found("MGF1", `MGF1 with ${mgf1}: it has to be SHA-256 or SHA-1.`);
  }
  about(message, found);
}

// about looks at the text that was encrypted, and says nothing of what is in it.
function about(message, found) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(message);
  } catch {
    found("not UTF-8", "The text inside is not UTF-8: say so to the function that makes bytes of it (Java: getBytes(StandardCharsets.UTF_8)).");
    return;
  }
  if (message.length === 0) found("empty", "The text inside is empty.");
  if (text.startsWith("\ufeff")) found("byte order mark", "The text inside begins with a byte order mark (U+FEFF).");
  if (message.length > 1 && message.length % 2 === 0 && message.filter((b) => b === 0).length >= message.length / 2 - 1) {
    found("UTF-16", "The text inside is UTF-16: encode it as UTF-8 (.NET: Encoding.UTF8, not Unicode).");
  } else if (text.includes("\0")) {
    found("zero bytes", "There are zero bytes in the text inside: it was padded to a size.");
  }
  if (/[\r\n]$/.test(text)) found("line break", "The text inside ends with a line break: echo -n, or trim it.");
  if (/^".*"$/.test(text)) found("quotes", "Quotation marks belong to the text inside: it was made JSON before it was encrypted.");
  if (message.length > 190) found("too long", "The text inside has more than 190 bytes, which the smallest key has no room for.");
  if (message.length >= 64 && /^[0-9a-f]+$/.test(text)) found("hashed", "The text inside looks like a digest: encrypt the password itself.");
}
