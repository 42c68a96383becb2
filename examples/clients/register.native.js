// Registers a customer, or logs one in, in React Native, with the packages
// react-native-quick-crypto and @craftzdog/react-native-buffer.
//
// NOT TESTED: the tests of this repository have no React Native. What differs from
// register.mjs is where the functions of node:crypto come from.
import { Buffer } from "@craftzdog/react-native-buffer";
import { constants, publicEncrypt, randomUUID } from "react-native-quick-crypto";

const gateway = "https://acme.example.com"; // yours

async function fetchKey(cache) {
  return (await fetch(`${gateway}/keys.pem`, { cache })).text();
}

// RSA-OAEP with SHA-256, and MGF1 with SHA-256.
function encrypt(pem, password) {
  const oaep = { key: pem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return publicEncrypt(oaep, Buffer.from(password, "utf8")).toString("base64");
}

// What is wrong with a customer: nothing, if it has been registered.
export async function register({ password, ...customer }) {
  return act("POST", "usermanagement/register-customer", (key) => {
    const ciphertext = encrypt(key, password);
    return { ...customer, payloadEncrypted: true, password: ciphertext, confirmPassword: ciphertext };
  });
}

// What is wrong: nothing, if the customer is logged in.
export async function login({ email, password }) {
  return act("PUT", "securitymanagement/login", (key) => ({ email, currentPassword: encrypt(key, password) }));
}

async function act(method, path, body) {
  const violations = await send(method, path, body(await fetchKey("default")));
  if (violations.some(({ code }) => code === "password_undecryptable")) {
    return send(method, path, body(await fetchKey("no-cache"))); // the key has changed since it was fetched
  }
  return violations;
}

async function send(method, path, customer) {
  const answer = await fetch(`${gateway}/api/v6/services/${path}`, {
    method,
    headers: { "Content-Type": "application/json", platform: "fincode", uuid: randomUUID() },
    body: JSON.stringify(customer),
  });
  const body = await answer.json().catch(() => null); // an outage has no JSON
  if (answer.ok && body?.success !== false) return [];
  const list = body?.error?.details ?? body?.errors; // in the envelope, or in a problem (RFC 9457)
  if (Array.isArray(list) && list.length) return list;
  return [{ message: body?.error?.message ?? body?.title ?? body?.message ?? "Try again later." }];
}
