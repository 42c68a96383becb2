// RSA-OAEP (RFC 8017, section 7.1.1) with any two hashes, as Web Crypto has it for one
// alone: with the public key only.

/** Encrypts a text under a JWK, and gives Base64. */
export async function encrypt(jwk, text, mgf1) {
  const message = new TextEncoder().encode(text);
  const [n, size] = modulus(jwk);
  const block = await encode(message, size, "SHA-256", mgf1);
  return toBase64(toBytes(power(toNumber(block), toNumber(fromBase64(jwk.e)), n), size));
}

/** The modulus of a JWK, and its bytes. */
export function modulus(jwk) {
  const bytes = fromBase64(jwk.n);
  return [toNumber(bytes), bytes.length];
}

async function encode(message, size, hash, mgf1) {
  const label = await digest(hash, new Uint8Array());
  const room = size - 2 * label.length - 2;
  if (message.length > room) throw new RangeError(`the key has room for ${room} bytes, and this is ${message.length}`);
  const block = new Uint8Array(size);
  const data = block.subarray(1 + label.length);
  data.set(label);
  data[data.length - message.length - 1] = 1;
  data.set(message, data.length - message.length);
  const seed = block.subarray(1, 1 + label.length);
  crypto.getRandomValues(seed);
  mask(data, await expand(seed, data.length, mgf1));
  mask(seed, await expand(data, seed.length, mgf1));
  return block;
}

/** MGF1 (RFC 8017, appendix B.2.1). */
export async function expand(seed, length, hash) {
  const out = [];
  for (let counter = 0; out.length < length; counter++) {
    const input = new Uint8Array(seed.length + 4);
    input.set(seed);
    new DataView(input.buffer).setUint32(seed.length, counter);
    out.push(...await digest(hash, input));
  }
  return Uint8Array.from(out.slice(0, length));
}

export function mask(bytes, by) {
  for (let i = 0; i < bytes.length; i++) bytes[i] ^= by[i];
}

export async function digest(hash, bytes) {
  return new Uint8Array(await crypto.subtle.digest(hash, bytes));
}

export function power(base, exponent, n) {
  let result = 1n;
  for (let b = base % n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = result * b % n;
    b = b * b % n;
  }
  return result;
}

export function toNumber(bytes) {
  return BigInt("0x0" + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(""));
}

export function toBytes(number, size) {
  const hex = number.toString(16).padStart(2 * size, "0");
  return Uint8Array.from({ length: size }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

export function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

export function fromBase64(text) { // of either alphabet
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}
