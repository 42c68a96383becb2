// A client of openapi-fetch, with the types that openapi-typescript makes.
import createClient from "openapi-fetch";
import type { components, paths } from "./types.js";
import { contract, encrypt } from "./encrypt.js";

const gate = createClient<paths>({ baseUrl: contract.servers[0].url });

async function register(body: components["schemas"]["RegisterCustomer"], keyId?: string) {
  const header = { platform: "fincode", uuid: "200", ...(keyId ? { "Encryption-Key-Id": keyId } : {}) } as const;
  const { error, response } = await gate.POST("/usermanagement/register-customer", { params: { header }, body });
  if (response.ok) {
    console.log("registered");
  } else if (error && "error" in error) {
    const code: components["schemas"]["RefusalCode"] = error.error.code;
    console.log(response.status, code, error.error.details.map(({ pointer, code }) => `${pointer} ${code}`).join(", "));
  }
}

const customer = {
  customerType: "INDIVIDUAL",
  payloadEncrypted: false,
  firstName: "Excel",
  lastName: "Nwachukwu",
  email: "excel@KanarienPost.example",
  phone: "+447123456789",
  dob: "1989-12-16",
  password: "Summer2025!",
  confirmPassword: "Summer2025!",
} as const;

await register(customer);
const { text, keyId } = await encrypt("RegisterCustomer", "password", "tUrtle-vex9!Quartz");
await register({ ...customer, payloadEncrypted: true, password: text, confirmPassword: text }, keyId);
