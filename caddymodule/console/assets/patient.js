// The doctor's room: a key of the page's own, and what is said of what was encrypted with it.
import { $, element, tell } from "./page.js";

let patient; // the key
let secrets = []; // the fields of all gates that may be encrypted

/** Opens it to the secrets of some gates. */
export function receive(gates) {
  secrets = gates.flatMap((g) => sealedOf(g.settings.custom.fields));
}

// sealedOf are the fields that may be encrypted, those of objects too.
const sealedOf = (fields) => fields.flatMap((f) => [...(f.sealed ? [f] : []), ...sealedOf(f.members ?? [])]);

$("make-key").addEventListener("click", async () => {
  if (!crypto.subtle) {
    $("no-key").textContent = "Browsers make keys on HTTPS and on localhost only: open this page there.";
    return;
  }
  const pair = await crypto.subtle.generateKey(
    { name: "RSA-OAEP", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" }, true, ["encrypt", "decrypt"]);
  const der = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const base64 = btoa(String.fromCharCode(...der));
  const { kty, n, e } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  patient = {
    private: await crypto.subtle.exportKey("jwk", pair.privateKey),
    forms: { pem: `-----BEGIN PUBLIC KEY-----\n${base64.match(/.{1,64}/g).join("\n")}\n-----END PUBLIC KEY-----`, base64, jwk: JSON.stringify({ kty, n, e }, null, 2) },
  };
  $("doctor").hidden = false;
  $("make-key").textContent = "Make another one";
  $("public-key").textContent = patient.forms[$("key-form").value];
  examine();
});
$("key-form").addEventListener("change", () => { $("public-key").textContent = patient.forms[$("key-form").value]; });
$("ciphertext").addEventListener("input", () => examine());

async function examine() {
  const pasted = $("ciphertext").value;
  const findings = pasted.trim() ? await findingsOf(pasted) : [];
  if (pasted !== $("ciphertext").value) return; // another one is looked at by now
  tell("findings", ...findings.map(({ of, name, good, text }) => element("li", {},
    of && element("code", { textContent: `${of} ` }), element("strong", { textContent: `${good ? "✓" : "✗"} ${name}: ` }), text)));
}

async function findingsOf(pasted) {
  try {
    const { diagnose } = await import("./doctor.js");
    return await diagnose(pasted, patient.private, secrets);
  } catch {
    return [{ of: "", name: "no doctor", good: false, text: "What judges this could not be loaded: is the gateway running? Change something in it to try again." }];
  }
}
