// Programs read the patterns of a schema with the flag u and without it: they have to
// mean the same.
import { readFileSync } from "node:fs";

const texts = ["", "Ada", "Zoë", "O’Neil-Ray", "𐐀𐐨", "a@b.cd", "+44 (0) 7123", "GBR", "AB123", "AB", "none", "1990-12-10", "12345", "a/b", "😀!"];
const differing = [];

function walk(node) {
  if (typeof node?.pattern === "string") {
    const [plain, unicode] = ["", "u"].map((flags) => new RegExp(node.pattern, flags));
    if (texts.some((text) => plain.test(text) !== unicode.test(text))) differing.push(node.pattern);
  }
  if (node && typeof node === "object") Object.values(node).forEach(walk);
}

walk(JSON.parse(readFileSync("openapi.json", "utf8")));
console.log(differing.length ? differing.join("\n") : "all alike");
