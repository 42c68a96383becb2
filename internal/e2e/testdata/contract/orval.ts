// The client that orval makes.
import { login, registerCustomer, type RegisterCustomer } from "./orval-client.js";
import { encrypt } from "./encrypt.js";

const headers = { platform: "fincode", uuid: "200" };

async function register(body: RegisterCustomer) {
  const answer = await registerCustomer(body, { headers });
  if (answer.status === 201) {
    console.log("registered");
  } else if (answer.status === 422 && "error" in answer.data && answer.data.error.code === "VALIDATION_ERROR") {
    const weak = answer.data.error.details.filter(({ code }) => code === "password_common");
    console.log("refused", weak.map(({ pointer }) => pointer).join());
  }
}

const { text } = await encrypt("RegisterCustomer", "password", "tUrtle-vex9!Quartz");
const customer: RegisterCustomer = {
  customerType: "COMPANY",
  payloadEncrypted: true,
  firstName: "Excel",
  lastName: "Nwachukwu",
  email: "orval@KanarienPost.example",
  phone: "+447123456789",
  dob: "1989-12-16",
  password: text,
  confirmPassword: text,
};
await register({ ...customer, payloadEncrypted: false, password: "Summer2025!", confirmPassword: "Summer2025!" });
await register(customer);

const answer = await login({ email: customer.email, currentPassword: text }, { headers });
console.log("logged in", answer.status);
