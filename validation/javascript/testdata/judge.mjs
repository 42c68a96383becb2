// Judges bodies, one JSON text on a line: [settings, body, moment].
import { createInterface } from "node:readline";
import { load } from "../index.js";
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";

const validation = await load(brotliDecompressSync(readFileSync(new URL("../validation.wasm.br", import.meta.url))));
const compiled = new Map();
const answers = [];
for await (const line of createInterface({ input: process.stdin })) {
  const [settings, body, moment] = JSON.parse(line);
  const key = JSON.stringify(settings);
  if (!compiled.has(key)) compiled.set(key, validation.compile(settings));
  answers.push(JSON.stringify(compiled.get(key).check(body, new Date(moment))));
}
process.stdout.write(answers.join("\n") + "\n", () => process.exit());
