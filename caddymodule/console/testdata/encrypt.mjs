// Encrypts as the console does: a text under the JWK of the first argument, by MGF1 with
// the hash of the second.
import { encrypt } from "../assets/oaep.js";

const [jwk, mgf1, text] = process.argv.slice(2);
console.log(await encrypt(JSON.parse(jwk), text, mgf1));
