// Encrypts as x-encrypted of the contract says.
import { readFile } from "node:fs/promises";

interface Encryption {
  algorithm: string;
  hash: string;
  encoding: string;
  key: string;
  keyId: string;
}

interface Described {
  servers: [{ url: string }];
  components: { schemas: Record<string, { properties: Record<string, { "x-encrypted"?: Encryption }> }> };
}

export const contract: Described = JSON.parse(await readFile("openapi.json", "utf8"));

export async function encrypt(schema: string, member: string, secret: string): Promise<{ text: string; keyId: string }> {
  const how = contract.components.schemas[schema]?.properties[member]?.["x-encrypted"];
  if (!how) throw new Error(`${schema}.${member} is not encrypted`);
  const set = await (await fetch(new URL(how.key, contract.servers[0].url))).json();
  const algorithm = { name: how.algorithm, hash: how.hash };
  const key = await crypto.subtle.importKey("jwk", set.keys[0], algorithm, false, ["encrypt"]);
  const bytes = await crypto.subtle.encrypt(algorithm, key, new TextEncoder().encode(secret));
  return { text: Buffer.from(bytes).toString("base64"), keyId: set.keys[0].kid };
}
