// How requests are written in each language, with the parts of its example client that
// fetch the key and encrypt.

/** A text that is to be encrypted. */
export class Sealed {
  constructor(text) { this.text = text; }
}

// writer writes values as a language has them.
function writer({ object, step = "  ", pair, list = ["[", "]"], text = JSON.stringify, sealed, words = {}, last = "" }) {
  return function write(value, margin = "") {
    if (value instanceof Sealed) return sealed(text(value.text));
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return list[0] + value.map((v) => write(v, margin)).join(", ") + list[1];
    if (typeof value !== "object") return words[value] ?? String(value);
    const inner = `${margin}${step}`;
    const members = Object.entries(value).map(([name, v]) => inner + pair(text(name), write(v, inner)));
    return members.length ? `${object[0]}\n${members.join(",\n")}${last}\n${margin}${object[1]}` : object[0] + object[1];
  };
}

const single = (text) => `'${text.replace(/[\\'$]/g, "\\$&")}'`; // of Dart
const php = (text) => `'${text.replace(/[\\']/g, "\\$&")}'`;
const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const kotlin = (text) => JSON.stringify(text).replaceAll("$", "\\$");
const swift = (text) => JSON.stringify(text);
const swiftPair = (name, value) => `${name}: ${value}${value.startsWith("[\n") ? " as [String: Any]" : value.startsWith("[") ? " as [Any]" : ""}`;
const indented = (text, margin = "    ") => text.replace(/^(?=.)/gm, margin);

// lines is a template without the margin that it stands with here, and without the lines
// in which there is only a value that is false.
function lines(strings, ...values) {
  const margin = strings[0].match(/^\n */)[0];
  const bare = strings.map((text) => text.replaceAll(margin, "\n"));
  const whole = bare.map((text, i) => text + (i < values.length ? values[i] || "\0" : "")).join("");
  return `${whole.replace(/^ *\0\n/gm, "").trim()}\n`;
}

// each writes a line for each header; the value of the one that is another each time is null.
const each = (headers, write) => headers.map(([name, value]) => write(name, value)).join("\n");

// jsonWith is the JSON text of a body, whose secrets are what the language makes of them.
function jsonWith(body, sealed, escape, indent) {
  const secrets = [];
  const text = JSON.stringify(body, (_, value) => (value instanceof Sealed ? `\0${secrets.push(value.text) - 1}\0` : value), indent);
  return escape(text).replace(/(?:\\)*\\u0000(\d+)(?:\\)*\\u0000/g, (_, i) => sealed(secrets[i]));
}

const js = (sealed) => writer({ object: ["{", "}"], pair: (name, value) => `${/^"[A-Za-z_$][\w$]*"$/.test(name) ? name.slice(1, -1) : name}: ${value}`, sealed, last: "," });

const jsHeaders = (headers, uuid) => each([["Content-Type", "application/json"], ...headers], (name, value) =>
  `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${value === null ? uuid : JSON.stringify(value)},`);

// jsProgram is alike wherever there is fetch.
const jsProgram = ({ method, path, headers, body }, uuid, sealed) => lines`
  const answer = await fetch(gateway + ${JSON.stringify(`/api/v6/services${path}`)}, {
    method: "${method}",
    headers: {
  ${indented(jsHeaders(headers, uuid))}
    },
    body: JSON.stringify(${js(sealed)(body, "  ")}),
  });`;

const kotlinBody = writer({
  object: ["mapOf(", ")"], step: "    ", list: ["listOf(", ")"], text: kotlin, pair: (name, value) => `${name} to ${value}`, sealed: (text) => `encrypt(spki, ${text})`,
});
const swiftBody = writer({
  object: ["[", "]"], step: "    ", text: swift, pair: swiftPair, sealed: (text) => `try encrypt(${text}, with: key)`,
});
const pythonBody = writer({
  object: ["{", "}"], step: "    ", pair: (name, value) => `${name}: ${value}`, sealed: (text) => `encrypt(key, ${text})`, words: { true: "True", false: "False" }, last: ",",
});
const phpBody = writer({
  object: ["[", "]"], step: "    ", text: php, pair: (name, value) => `${name} => ${value}`, sealed: (text) => `encrypt($key, ${text})`, last: ",",
});
const goBody = writer({
  object: ["map[string]any{", "}"], step: "\t", list: ["[]any{", "}"], pair: (name, value) => `${name}: ${value}`, sealed: (text) => `need(encrypt(key, ${text}))`, last: ",",
});
const csharpBody = writer({
  object: ["new Dictionary<string, object> {", "}"], step: "    ", list: ["new object[] { ", " }"], pair: (name, value) => `[${name}] = ${value}`, sealed: (text) => `Encrypt(key, ${text})`,
});
const dartBody = writer({
  object: ["{", "}"], text: single, pair: (name, value) => `${name}: ${value}`, sealed: (text) => `_encrypt(key, ${text})`, last: ",",
});

/** How each language writes a request; part cuts a part out of its example client. */
export const languages = {
  curl: {
    file: "register.sh",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      #!/usr/bin/env bash
      # Sends ${article}, with curl${seals ? " and OpenSSL." : "."}
      set -euo pipefail

      ${seals && `${part("encrypt() {", "files=")}\n`}
      ${seals && "keys=$(mktemp)"}
      ${seals && "trap 'rm \"$keys\"' EXIT"}
      ${seals && "curl -fsS -o \"$keys\" https://acme.example.com/keys.pem\n"}
      curl -sS -w '\\n%{http_code}\\n' -X ${method} ${shell(`https://acme.example.com/api/v6/services${path}`)} \\
        -H 'Content-Type: application/json' \\
      ${each(headers, (name, value) => `  -H ${value === null ? `"${name}: $(openssl rand -hex 16)"` : shell(`${name}: ${value}`)} \\`)}
        --data-binary @- <<END
      ${jsonWith(body, (text) => `$(encrypt "$keys" ${shell(text)})`, (text) => text.replace(/[\\$`]/g, "\\$&"), 2)}
      END`,
  },
  Browser: {
    file: "register.html", login: "login.html",
    write: (request, part) => lines`
      // Sends ${request.article}. Browsers encrypt on HTTPS and on localhost only.
      const gateway = "https://acme.example.com";

      ${request.seals && `${part("async function fetchKey(", "// What is wrong")}\n`}
      ${request.seals && 'const jwk = await fetchKey("default");'}
      ${jsProgram(request, "crypto.randomUUID()", (text) => `await encrypt(jwk, ${text})`).trim()}
      console.log(answer.status, await answer.text());`,
  },
  "Node.js": {
    file: "register.mjs",
    write: (request, part) => lines`
      // Sends ${request.article}, with nothing but Node.js, 18 or later.
      ${request.seals ? part("import { constants", "import { readFileSync") : 'import { randomUUID } from "node:crypto";'}

      const gateway = "https://acme.example.com";

      ${request.seals && `${part("async function fetchKey(", "async function register(")}\n`}
      ${request.seals && "const jwk = await fetchKey();"}
      ${jsProgram(request, "randomUUID()", (text) => `encrypt(jwk, ${text})`).trim()}
      console.log(answer.status, await answer.text());`,
  },
  Java: {
    file: "Register.java",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      ${part("import java.io.BufferedReader", "/**")}

      /** Sends ${article}, with nothing but a JDK, 11 or later. */
      public class Send {
      ${indented(part("// Without TLS", "static PublicKey fetchKey("))}

      ${seals && `${indented(part("static PublicKey fetchKey(", "static HttpResponse<String> register("))}\n`}
          public static void main(String[] arguments) throws Exception {
              ${seals && 'PublicKey key = fetchKey("https://acme.example.com");'}
              String body = ${jsonWith(body, (text) => `" + encrypt(key, ${JSON.stringify(text)}) + "`, JSON.stringify)};
              HttpRequest request = HttpRequest.newBuilder(URI.create(${JSON.stringify(`https://acme.example.com/api/v6/services${path}`)}))
                      .header("Content-Type", "application/json")
      ${each(headers, (name, value) => `                .header(${JSON.stringify(name)}, ${value === null ? "UUID.randomUUID().toString()" : JSON.stringify(value)})`)}
                      .method("${method}", HttpRequest.BodyPublishers.ofString(body))
                      .build();
              HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
              System.out.println(answer.statusCode() + " " + answer.body());
          }
      }`,
  },
  Android: {
    file: "Encryption.kt",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      ${seals && part("import android.util.Base64", "import java.security")}
      import java.net.HttpURLConnection
      import java.net.URL
      ${seals && part("import java.security", "import javax.crypto")}
      import java.util.UUID
      ${seals && part("import javax.crypto", "/**").trim()}
      import org.json.JSONObject

      ${seals && `${part("fun encrypt(")}\n`}
      /** Sends ${article}. Call it on a thread of its own, not on the main one. */
      fun send(): Pair<Int, String> {
          ${seals && 'val spki = URL("https://acme.example.com/keys.txt").readText()'}
          val body = JSONObject(${kotlinBody(body, "    ")})
          val connection = URL(${kotlin(`https://acme.example.com/api/v6/services${path}`)}).openConnection() as HttpURLConnection
          connection.requestMethod = "${method}"
          connection.doOutput = true
          connection.setRequestProperty("Content-Type", "application/json")
      ${each(headers, (name, value) => `    connection.setRequestProperty(${kotlin(name)}, ${value === null ? "UUID.randomUUID().toString()" : kotlin(value)})`)}
          connection.outputStream.use { it.write(body.toString().toByteArray()) }
          val answer = if (connection.responseCode < 400) connection.inputStream else connection.errorStream
          return connection.responseCode to (answer?.bufferedReader()?.readText() ?: "")
      }`,
  },
  iOS: {
    file: "Register.swift",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      import Foundation
      ${seals && "import Security"}

      let url = URL(string: "https://acme.example.com")!

      ${seals && `${part("private func fetchKey(", "private func send(").replace(/^private /gm, "")}\n`}
      // Sends ${article}.
      func send() async throws -> (Int?, String) {
          ${seals && "let key = try await fetchKey()"}
          let body: [String: Any] = ${swiftBody(body, "    ")}
          var request = URLRequest(url: url.appendingPathComponent(${swift(`api/v6/services${path}`)}))
          request.httpMethod = "${method}"
          request.httpBody = try JSONSerialization.data(withJSONObject: body)
          request.setValue("application/json", forHTTPHeaderField: "Content-Type")
      ${each(headers, (name, value) => `    request.setValue(${value === null ? "UUID().uuidString" : swift(value)}, forHTTPHeaderField: ${swift(name)})`)}
          let (text, response) = try await URLSession.shared.data(for: request)
          return ((response as? HTTPURLResponse)?.statusCode, String(decoding: text, as: UTF8.self))
      }`,
  },
  Python: {
    file: "register.py",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      """Sends ${article}, with Python 3.8 or later${seals ? " and its package cryptography." : "."}"""
      ${seals ? part("import base64", "def read(").replace("import sys\n", "") : "import json\nimport urllib.error\nimport urllib.request\nimport uuid"}


      gateway = "https://acme.example.com"
      ${seals && "key = fetch_key(gateway)"}
      body = ${pythonBody(body)}
      request = urllib.request.Request(
          gateway + ${JSON.stringify(`/api/v6/services${path}`)},
          method="${method}",
          headers={
              "Content-Type": "application/json",
      ${each(headers, (name, value) => `        ${JSON.stringify(name)}: ${value === null ? "str(uuid.uuid4())" : JSON.stringify(value)},`)}
          },
          data=json.dumps(body).encode(),
      )
      try:
          with urllib.request.urlopen(request) as answer:
              print(answer.status, answer.read().decode())
      except urllib.error.HTTPError as refusal:
          print(refusal.code, refusal.read().decode())`,
  },
  PHP: {
    file: "register.php",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      <?php
      // Sends ${article}, with PHP 8.0 or later${seals ? " and its extension openssl." : "."}

      $gateway = 'https://acme.example.com';

      ${seals && `${part("function fetch_key(", "function register(")}\n`}
      ${seals && "$key = fetch_key($gateway);"}
      $body = ${phpBody(body)};
      $headers = [
          'Content-Type: application/json',
      ${each(headers, (name, value) => (value === null ? `    ${php(`${name}: `)} . bin2hex(random_bytes(16)),` : `    ${php(`${name}: ${value}`)},`))}
      ];
      $answer = file_get_contents($gateway . ${php(`/api/v6/services${path}`)}, false, stream_context_create(['http' => [
          'method' => '${method}', 'header' => $headers, 'content' => json_encode($body), 'ignore_errors' => true,
      ]]));
      echo $http_response_header[0], ' ', $answer, "\\n";`,
  },
  Go: {
    file: "register.go",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      // Sends ${article}, with Go's standard library only.
      package main

      import (
      	"bytes"
      	"crypto/rand"
      ${seals && '\t"crypto/rsa"\n\t"crypto/sha256"\n\t"crypto/x509"\n\t"encoding/base64"'}
      	"encoding/json"
      ${seals && '\t"encoding/pem"\n\t"errors"'}
      	"fmt"
      	"io"
      	"log"
      	"net/http"
      )

      ${seals && `${part("func fetchKey(", "// answer is what")}\n`}
      // need ends the program where something fails.
      func need[T any](value T, err error) T {
      	if err != nil {
      		log.Fatal(err)
      	}
      	return value
      }

      func main() {
      	const gateway = "https://acme.example.com"
      ${seals && "\tkey := need(fetchKey(gateway))"}
      	body := need(json.Marshal(${goBody(body, "\t")}))
      	request := need(http.NewRequest("${method}", gateway+${JSON.stringify(`/api/v6/services${path}`)}, bytes.NewReader(body)))
      	request.Header.Set("Content-Type", "application/json")
      ${each(headers, (name, value) => `\trequest.Header.Set(${JSON.stringify(name)}, ${value === null ? "rand.Text()" : JSON.stringify(value)})`)}
      	answer := need(http.DefaultClient.Do(request))
      	defer answer.Body.Close()
      	fmt.Println(answer.StatusCode, string(need(io.ReadAll(answer.Body))))
      }`,
  },
  ".NET": {
    file: "Register.cs",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      // Sends ${article}, with nothing but .NET, 6 or later.
      ${seals && "using System.Security.Cryptography;"}
      using System.Text;
      using System.Text.Json;

      using var http = new HttpClient();
      var gateway = "https://acme.example.com";

      ${seals && `${part("async Task<RSA> FetchKey(", "async Task<(HttpResponseMessage")}\n`}
      ${seals && "using var key = await FetchKey();"}
      var body = JsonSerializer.Serialize(${csharpBody(body)});
      var request = new HttpRequestMessage(new HttpMethod("${method}"), gateway + ${JSON.stringify(`/api/v6/services${path}`)})
      {
          Content = new StringContent(body, Encoding.UTF8, "application/json"),
      };
      ${each(headers, (name, value) => `request.Headers.Add(${JSON.stringify(name)}, ${value === null ? "Guid.NewGuid().ToString()" : JSON.stringify(value)});`)}
      var answer = await http.SendAsync(request);
      Console.WriteLine($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");`,
  },
  Flutter: {
    file: "register.dart",
    write: ({ article, method, path, headers, body, seals }, part) => lines`
      // Sends ${article}, with the package${seals ? "s http and pointycastle" : " http"}.
      ${seals ? part("import 'dart:convert'", "class Gateway") : "import 'dart:convert';\nimport 'dart:math';\n\nimport 'package:http/http.dart' as http;"}

      const url = 'https://acme.example.com';

      ${seals && `${part("Future<RSAPublicKey> _fetchKey(", "Future<List<dynamic>> _send(")}\n`}
      Future<void> main() async {
        ${seals && "final key = await _fetchKey();"}
        final random = Random.secure();
        final body = ${dartBody(body, "  ")};
        final request = http.Request('${method}', Uri.parse(url + ${single(`/api/v6/services${path}`)}))
          ..headers.addAll({
            'Content-Type': 'application/json',
      ${each(headers, (name, value) => `      ${single(name)}: ${value === null ? "List.generate(32, (_) => random.nextInt(16).toRadixString(16)).join()" : single(value)},`)}
          })
          ..bodyBytes = utf8.encode(jsonEncode(body)); // a text would get a charset of its own
        final answer = await http.Response.fromStream(await request.send());
        print('\${answer.statusCode} \${answer.body}');
      }`,
  },
  "React Native": {
    file: "register.native.js",
    write: (request, part) => lines`
      // Sends ${request.article}, with the package react-native-quick-crypto${request.seals ? "\n// and @craftzdog/react-native-buffer." : "."}
      ${request.seals ? part("import { Buffer }", "// What is wrong") : 'import { randomUUID } from "react-native-quick-crypto";\n\nconst gateway = "https://acme.example.com"; // yours'}

      export async function send() {
        ${request.seals && 'const key = await fetchKey("default");'}
      ${indented(jsProgram(request, "randomUUID()", (text) => `encrypt(key, ${text})`).trim(), "  ")}
        return [answer.status, await answer.text()];
      }`,
  },
};
