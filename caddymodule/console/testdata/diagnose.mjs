// Diagnoses what was pasted, one on a line as JSON: [text, private JWK, secrets].
import { createInterface } from "node:readline";
import { diagnose } from "../assets/doctor.js";

for await (const line of createInterface({ input: process.stdin })) {
  const findings = await diagnose(...JSON.parse(line));
  console.log(JSON.stringify(findings.map(({ of, name, good, text }) => ({ name: (of && `${of}: `) + (good ? "" : "!") + name, text }))));
}
