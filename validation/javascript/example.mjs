// Reads registrations from standard input, one JSON text on a line, and tells what is
// wrong with each: an import that the gateway would refuse is better refused here.
import { createInterface } from "node:readline";
import { load } from "@customergate/validation";

const rules = (await load()).compile({ rules: { age: { min: 21, max: 99 } } });

let line = 0;
for await (const registration of createInterface({ input: process.stdin })) {
  line++;
  const { violations, malformed, body } = rules.check(registration);
  if (malformed) {
    console.log(`${line}: ${malformed.reason}`);
  } else if (body) {
    console.log(`${line}: good, as ${JSON.parse(body).email}`);
  }
  for (const { pointer, code, message } of violations ?? []) {
    console.log(`${line}: ${pointer} ${code}: ${message}`);
  }
}
process.exit();
