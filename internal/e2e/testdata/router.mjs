// A customer service that reads paths in all the ways that routers do, and says which of
// them take a request for a registration.
import { createServer } from "node:http";
import { posix } from "node:path";

const registration = /\/usermanagement\/register-customer$/i;

const decoded = (path) => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};
const whole = (path) => registration.test(path.replace(/\/+$/, ""));
const readings = {
  "as it is": whole,
  "URL of WHATWG": (path) => whole(new URL(path, "http://service").pathname),
  "URL of WHATWG, decoded": (path) => whole(decoded(new URL(path, "http://service").pathname)),
  "by prefix": (path) => /\/usermanagement\/register-customer(\/|$)/i.test(path),
  "slashes merged": (path) => whole(posix.normalize(decoded(path))),
  "decoded twice": (path) => whole(posix.normalize(decoded(decoded(path)))),
  "without parameters": (path) => whole(posix.normalize(path.replace(/;[^/]*/g, ""))),
  "without parameters, decoded": (path) => whole(posix.normalize(decoded(path.replace(/;[^/]*/g, "")))),
  "backslashes": (path) => whole(posix.normalize(decoded(path).replaceAll("\\", "/"))),
  "to a zero byte": (path) => whole(decoded(path).replace(/\0.*/s, "")),
  "trimmed": (path) => whole(decoded(path).trim()),
};

const server = createServer((request, response) => {
  const path = request.url.replace(/[?#].*/s, "");
  const taken = Object.keys(readings).filter((name) => {
    try {
      return readings[name](path);
    } catch {
      return false;
    }
  });
  response.setHeader("Registration", taken.join(", "));
  response.end();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
