// Encrypts secrets under the key that the gateway gives out. It needs Node's crypto,
// which Bruno's developer mode has and its safe mode has not.
const { constants, createPublicKey, publicEncrypt } = require("crypto");

async function encrypt(keys, ...secrets) {
  const answer = await fetch(keys);
  if (!answer.ok) throw new Error(`${keys} is answered ${answer.status}`);
  const jwk = (await answer.json()).keys[0]; // the one in use comes first
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return { keyId: jwk.kid, ciphertexts: secrets.map((secret) => publicEncrypt(key, Buffer.from(secret, "utf8")).toString("base64")) };
}

module.exports = { encrypt };
