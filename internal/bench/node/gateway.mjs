// A gateway for registrations as one writes it by hand: the same headers, a
// strict schema, the password fields decrypted by OpenSSL, rules of about the
// same kind (no list of common passwords, and MGF1 with SHA-256 only), the body
// written anew. make bench measures the gate beside it.
//
// node gateway.mjs PORT UPSTREAM KEYFILE

import { constants, createPrivateKey, privateDecrypt, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { isUtf8 } from "node:buffer";
import Fastify from "fastify";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { Pool } from "undici";

const [port, upstreamAddress, keyFile] = process.argv.slice(2);
const key = {
  key: createPrivateKey(readFileSync(keyFile)),
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: "sha256",
};
const ciphertextLength = 256; // bytes, of a 2048-bit key
const upstream = new Pool(`http://${upstreamAddress}`, { connections: 128 });

const text = (maxLength) => ({ type: "string", maxLength, pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" });
const registration = {
  type: "object",
  additionalProperties: false,
  required: ["customerType", "payloadEncrypted", "firstName", "lastName", "email", "phone", "dob", "password", "confirmPassword"],
  properties: {
    devicePlatform: text(32),
    appVersion: text(32),
    appId: text(255),
    customerType: { enum: ["INDIVIDUAL", "COMPANY"] },
    payloadEncrypted: { type: "boolean" },
    firstName: text(255),
    lastName: text(255),
    email: text(254),
    dialingCode: { type: "string", pattern: "^\\+[1-9][0-9]{0,2}$" },
    phone: { type: "string", pattern: "^\\+?[0-9]{4,15}$" },
    dob: { type: "string", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
    password: { type: "string", minLength: 1, maxLength: 1024 },
    confirmPassword: { type: "string", minLength: 1, maxLength: 1024 },
    address: {
      type: "object",
      additionalProperties: false,
      properties: {
        address1: text(255), address2: text(255), city: text(255), region: text(255),
        countryCommonName: text(255), postcode: text(255),
        countryIso3: { type: "string", pattern: "^([A-Z]{3})?$" },
      },
    },
    dynamicFields: { type: "object" },
  },
};

const namePattern = /^\p{L}[\p{L}\p{M} '’ʼ-]*$/u;
const emailPattern = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;
const passwordClasses = [
  ["password_uppercase", /[A-Z]/],
  ["password_lowercase", /[a-z]/],
  ["password_digit", /[0-9]/],
  ["password_special", /[!@#$%^&*]/],
];

// Each rule returns the normalised value, and tells what is wrong.
function checkName(value, pointer, wrong) {
  const name = value.normalize("NFC").trim().replace(/ {2,}/g, " ").replace(/[’ʼ]/g, "'");
  const length = [...name].length;
  if (length < 2 || length > 50) wrong(pointer, "name_length");
  if (!namePattern.test(name)) wrong(pointer, "name_characters");
  return name;
}

function checkEmail(value, wrong) {
  const at = value.lastIndexOf("@");
  if (at > 64 || !emailPattern.test(value)) wrong("/email", "email_format");
  return value.slice(0, at) + value.slice(at).toLowerCase();
}

function checkPhone(body, wrong) {
  const number = body.phone.startsWith("+") ? body.phone : (body.dialingCode ?? "") + body.phone;
  const parsed = parsePhoneNumberFromString(number);
  if (!parsed?.isValid() || parsed.number !== number) {
    wrong("/phone", "phone_invalid");
    return number;
  }
  if (body.dialingCode !== undefined && body.dialingCode !== `+${parsed.countryCallingCode}`) wrong("/dialingCode", "phone_country");
  return parsed.number;
}

function checkBirthDate(value, wrong) {
  const born = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(born.getTime()) || born.toISOString().slice(0, 10) !== value) {
    wrong("/dob", "dob_format");
    return;
  }
  const birthday = (years) => Date.UTC(born.getUTCFullYear() + years, born.getUTCMonth(), born.getUTCDate());
  const now = Date.now();
  if (born.getTime() > now) wrong("/dob", "dob_future");
  else if (birthday(18) > now) wrong("/dob", "dob_underage");
  else if (birthday(121) <= now) wrong("/dob", "dob_too_old");
}

function checkPassword(password, body, wrong) {
  if ([...password].length < 8) wrong("/password", "password_too_short");
  for (const [code, pattern] of passwordClasses) {
    if (!pattern.test(password)) wrong("/password", code);
  }
  const lower = password.toLowerCase();
  const personal = [body.firstName, body.lastName, body.email.split("@")[0], body.phone.slice(-6), body.dob.slice(0, 4)];
  if (personal.some((word) => word.length > 2 && lower.includes(word.toLowerCase()))) wrong("/password", "password_personal");
}

// decrypt returns null for whatever cannot be read.
function decrypt(sealed) {
  const ciphertext = Buffer.from(sealed, "base64");
  if (ciphertext.length !== ciphertextLength || ciphertext.toString("base64") !== sealed) return null;
  try {
    const plaintext = privateDecrypt(key, ciphertext);
    return isUtf8(plaintext) ? plaintext : null;
  } catch {
    return null;
  }
}

// secrets are the two passwords; clients often send the same ciphertext twice,
// which is decrypted once.
function secrets(body) {
  if (!body.payloadEncrypted) return [Buffer.from(body.password), Buffer.from(body.confirmPassword)];
  const first = decrypt(body.password);
  return [first, body.confirmPassword === body.password ? first : decrypt(body.confirmPassword)];
}

function refuse(reply, request, status, code, message, details) {
  return reply.code(status).send({
    success: false,
    error: { code, message, details },
    metadata: { request_id: request.headers.uuid ?? "", timestamp: new Date().toISOString() },
  });
}

const server = Fastify({
  bodyLimit: 64 << 10,
  ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
  routerOptions: { ignoreTrailingSlash: false },
});

server.setErrorHandler((error, request, reply) => {
  if (error.validation) {
    const details = error.validation.map((v) => ({ pointer: v.instancePath, code: v.keyword }));
    return refuse(reply, request, 422, "VALIDATION_ERROR", "The registration was rejected", details);
  }
  return refuse(reply, request, error.statusCode ?? 502, "ERROR", "The request could not be served", []);
});

function checkHeaders(request, reply, done) {
  const { platform, uuid } = request.headers;
  if (platform !== "fincode" || !uuid || uuid.length > 128) {
    refuse(reply, request, 400, "INVALID_HEADER", "A header was rejected", []);
    return;
  }
  done();
}

async function register(request, reply) {
  const body = request.body;
  const details = [];
  const wrong = (pointer, code) => details.push({ pointer, code });

  body.firstName = checkName(body.firstName, "/firstName", wrong);
  body.lastName = checkName(body.lastName, "/lastName", wrong);
  body.email = checkEmail(body.email, wrong);
  body.phone = checkPhone(body, wrong);
  checkBirthDate(body.dob, wrong);
  const [password, confirmation] = secrets(body);
  if (password === null) wrong("/password", "password_undecryptable");
  else checkPassword(password.toString(), body, wrong);
  if (confirmation === null) wrong("/confirmPassword", "password_undecryptable");
  else if (password !== null && (password.length !== confirmation.length || !timingSafeEqual(password, confirmation))) {
    wrong("/confirmPassword", "password_mismatch");
  }
  if (details.length > 0) {
    return refuse(reply, request, 422, "VALIDATION_ERROR", "The registration was rejected", details);
  }

  body.payloadEncrypted = false;
  body.password = password.toString();
  body.confirmPassword = body.password;
  const answer = await upstream.request({
    method: "POST",
    path: request.raw.url,
    headers: { "content-type": "application/json", platform: request.headers.platform, uuid: request.headers.uuid },
    body: JSON.stringify(body),
  });
  reply.code(answer.statusCode).header("content-type", answer.headers["content-type"]);
  return reply.send(Buffer.from(await answer.body.arrayBuffer()));
}

server.post("*", { onRequest: checkHeaders, schema: { body: registration } }, register);
await server.listen({ port: Number(port), host: "127.0.0.1" });
