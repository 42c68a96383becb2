// Prints the password of standard input as a Node.js client encrypts it.
import { readFileSync } from "node:fs";
import { constants, createPublicKey, publicEncrypt } from "node:crypto";

function encrypt(dashboardKey, password) {
  const key = createPublicKey({ key: Buffer.from(dashboardKey, "base64"), format: "der", type: "spki" });
  const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return publicEncrypt(oaep, Buffer.from(password, "utf8")).toString("base64");
}

const pem = readFileSync(process.argv[2], "utf8");
console.log(encrypt(pem.replace(/-----[A-Z ]+-----/g, ""), readFileSync(0, "utf8")));
