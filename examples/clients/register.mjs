// Registers a customer, or logs one in, with nothing but Node.js, 18 or later:
//
//   node register.mjs https://acme.example.com ada@example.com [login]
//
// The password comes on standard input, as one line.
import { constants, createPublicKey, publicEncrypt, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

const [gateway, email, action] = process.argv.slice(2);
const password = readFileSync(0, "utf8").split(/\r?\n/)[0];

async function fetchKey() {
  const { keys } = await (await fetch(`${gateway}/keys.json`)).json();
  return keys[0]; // the one to use; those behind it are on their way out
}

function encrypt(jwk, password) {
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return publicEncrypt(oaep, Buffer.from(password, "utf8")).toString("base64");
}

async function register(customer) {
  const jwk = await fetchKey();
  const ciphertext = encrypt(jwk, customer.password);
  const body = { ...customer, payloadEncrypted: true, password: ciphertext, confirmPassword: ciphertext };
  return send("POST", "/usermanagement/register-customer", jwk, body);
}

async function login({ email, password }) {
  const jwk = await fetchKey();
  return send("PUT", "/securitymanagement/login", jwk, { email, currentPassword: encrypt(jwk, password) });
}

async function send(method, path, jwk, customer) {
  const answer = await fetch(`${gateway}/api/v6/services${path}`, {
    method,
    headers: {
      "Content-Type": "application/json",
      platform: "fincode",
      uuid: randomUUID(),
      "Encryption-Key-Id": jwk.kid,
    },
    body: JSON.stringify(customer),
  });
  const body = await answer.json().catch(() => null); // an outage has no JSON
  const violations = body?.error?.details ?? body?.errors; // in the envelope, or in a problem (RFC 9457)
  return {
    ok: answer.ok && body?.success !== false,
    status: answer.status,
    violations: Array.isArray(violations) ? violations : [],
    message: body?.error?.message ?? body?.title ?? body?.message,
  };
}

const customer = {
  customerType: "INDIVIDUAL",
  firstName: "Excel",
  lastName: "Nwachukwu",
  email,
  dialingCode: "+44",
  phone: "7123456789",
  dob: "1989-12-16",
  password,
};
const act = action === "login" ? login : register;
let answer = await act(customer);
if (answer.violations.some(({ code }) => code === "password_undecryptable")) {
  answer = await act(customer); // the key has changed since it was fetched
}
if (answer.ok) {
  console.log(action === "login" ? "logged in" : "registered");
} else {
  console.log(`refused: ${answer.status}`);
  for (const { pointer, header, code, message } of answer.violations) {
    console.log(`${pointer ?? header} ${code}: ${message}`);
  }
  if (!answer.violations.length && answer.message) {
    console.log(answer.message);
  }
  process.exitCode = 1;
}
