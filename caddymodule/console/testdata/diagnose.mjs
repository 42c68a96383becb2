// Diagnoses ciphertexts, one on a line as JSON: [text, private JWK].
import { createInterface } from "node:readline";
import { diagnose } from "../assets/doctor.js";

for await (const line of createInterface({ input: process.stdin })) {
  const findings = await diagnose(...JSON.parse(line));
  console.log(JSON.stringify(findings.map(({ name, good }) => (good ? "" : "!") + name)));
}
