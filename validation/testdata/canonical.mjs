// Reads one JSON text a line and prints each in the canonical form of
// canonical_test.go.
import { readFileSync } from "node:fs";

const hex = (text) => Buffer.from(text, "utf8").toString("hex");

function number(n) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(n === 0 ? 0 : n);
  return "d" + bytes.toString("hex");
}

function canonical(value) {
  if (value === null) return "n";
  if (typeof value === "boolean") return value ? "t" : "f";
  if (typeof value === "string") return "s" + hex(value);
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  const members = Object.keys(value).map((name) => hex(name) + ":" + canonical(value[name]));
  return "{" + members.sort().join(",") + "}";
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lines = decoder.decode(readFileSync(0)).split("\n");
console.log(lines.map((line) => canonical(JSON.parse(line))).join("\n"));
