// Uses the console of a gateway as a French visitor does, and tells what there was to see.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const [chromium, address, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const seen = { hosts: [], errors: [], paint: 0, early: [] };

const browser = await puppeteer.launch({
  executablePath: chromium, protocolTimeout: 120000,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--accept-lang=fr-FR"],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60000);
  page.on("request", (r) => { if (!r.url().startsWith("data:")) seen.hosts.push(new URL(r.url()).origin); });
  page.on("pageerror", (error) => seen.errors.push(error.message));
  const downloads = [];
  page.on("response", (r) => downloads.push(r));
  await page.setViewport({ width: 1280, height: 960 });
  await page.goto(address);
  await page.waitForSelector("body[data-ready]");
  for (const answer of downloads) {
    if (answer.request().isNavigationRequest() && answer.status() > 299) continue;
    seen.paint += answer.url().startsWith("data:") ? 0 : (await answer.buffer()).length;
    seen.early.push(new URL(answer.url()).pathname);
  }

  // One click: an encrypted registration with two violations, in the visitor's language.
  seen.refused = await send(page, () => page.click("button.main"));
  seen.focused = [await focused(page)];
  await picture(page, "console");

  // What one types is judged, by the gate's own rules.
  await page.$eval("#good", (e) => e.click());
  await replace(page, "firstName", "1");
  await page.waitForSelector(`#${await id(page, "firstName")}-errors li`);
  seen.typed = await violations(page);
  await replace(page, "firstName", "Zoé");
  await page.waitForFunction((at) => !document.querySelector(`#${at}-errors li`), {}, await id(page, "firstName"));

  // As Java encrypts; with the keyboard alone.
  await page.focus("[name=encryption]");
  await page.keyboard.press("ArrowDown");
  seen.accepted = await send(page);
  seen.focused.push(await focused(page));

  // What the gateway has said of a field stays until that field is another, whatever is
  // typed meanwhile: here, that the address is taken.
  await page.evaluate(() => {
    const ask = window.fetch;
    window.fetch = async (...asked) => {
      const answer = await ask(...asked);
      if (asked[1]?.body) {
        document.querySelector("#fields .field:nth-child(2) input").dispatchEvent(new Event("input"));
        window.fetch = ask;
      }
      return answer;
    };
  });
  await send(page);
  await new Promise((resolve) => { setTimeout(resolve, 400); }); // longer than the page waits for the next key
  seen.taken = await outcome(page);

  seen.endpoints = {};
  seen.mistaken = [];
  const names = await page.$$eval("#endpoint option", (options) => options.map((o) => o.textContent));
  for (const [i, name] of names.entries()) {
    await page.evaluate((n) => { const e = document.getElementById("endpoint"); e.selectedIndex = n; e.dispatchEvent(new Event("change")); }, i);
    await page.$eval("#good", (e) => e.click());
    if (i === 0) await replace(page, "email", "grace@example.com"); // the address of the one before is taken
    if (name === "transaction PIN") await page.$eval(`#${await id(page, "limit")}`, (e) => { e.value = "100.0"; });
    seen.endpoints[name] = (await send(page)).outcome;
    await page.$eval("#bad", (e) => e.click());
    seen.mistaken.push(`${name}: ${(await send(page)).outcome}`);
  }

  await page.evaluate(() => [...document.querySelectorAll("[role=tab]")].find((tab) => tab.textContent === "Node.js").click());
  await page.waitForFunction(() => document.getElementById("code").textContent.includes("Node.js"));
  seen.code = await page.$eval("#code", (e) => e.textContent);

  await page.$eval("#make-key", (e) => e.click());
  await page.waitForSelector("#doctor:not([hidden])");
  await page.$eval("#ciphertext", (e) => { // pasted, not typed
    e.value = '{"password": "!", "confirmPassword": "!"}';
    e.dispatchEvent(new Event("input"));
  });
  await page.waitForFunction(() => [...document.querySelectorAll("#findings code")].some((e) => e.textContent.startsWith("confirmPassword")));
  seen.doctor = await page.$$eval("#findings li", (l) => l.map((e) => e.textContent));

  // A key that does not come can be waited for no longer, too.
  await page.evaluate(() => {
    const ask = window.fetch;
    window.fetch = (address, options) => {
      if (!address.endsWith("keys.json")) return ask(address, options);
      window.fetch = ask;
      return new Promise((_, reject) => { options.signal.addEventListener("abort", () => reject(options.signal.reason)); });
    };
  });
  seen.stopped = (await send(page, async () => {
    await pressEnter(page);
    await page.$eval("#stop", (e) => e.click());
  })).outcome;

  seen.axe = [];
  seen.widths = {};
  await page.select("#language", "ar");
  await page.$eval("#bad", (e) => e.click());
  seen.arabic = await send(page);
  await page.$$eval("details", (all) => all.forEach((d) => d.setAttribute("open", "")));
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of [1280, 360]) {
      await page.setViewport({ width, height: 900 });
      seen.widths[width] = await page.evaluate(() => document.documentElement.scrollWidth);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      seen.axe.push(...violations.map((v) => `${scheme} ${width}: ${v.id}: ${v.nodes.map((n) => n.html).join(" ").slice(0, 300)}`));
      if (scheme === "dark" && width === 360) await picture(page, "console-phone");
    }
  }
  seen.hosts = [...new Set(seen.hosts)];
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}

// pressEnter does not miss a button that moves while the rules say what they think.
async function pressEnter(page) {
  await page.focus("button.main");
  await page.keyboard.press("Enter");
}

// send sends what is filled in, and forgets the outcome before, lest it be taken for the
// new one.
async function send(page, press = () => pressEnter(page)) {
  await page.$eval("#outcome", (e) => { e.textContent = ""; });
  await press();
  return outcome(page);
}

async function outcome(page) {
  await page.waitForFunction(() => document.getElementById("outcome").textContent !== "" && document.querySelector("button.main").ariaDisabled !== "true");
  return {
    outcome: await page.$eval("#outcome", (e) => e.textContent),
    violations: await violations(page),
    sent: await page.$eval("#sent", (e) => e.textContent),
    key: await page.$eval("#key", (e) => e.textContent),
  };
}

function focused(page) {
  return page.evaluate(() => document.activeElement.labels?.[0]?.firstChild.textContent ?? document.activeElement.textContent);
}

function violations(page) {
  return page.evaluate(() => [...document.querySelectorAll(".violations li")].map((e) =>
    `${e.parentElement.previousElementSibling?.previousElementSibling?.firstChild?.textContent} ${e.lang}: ${e.textContent}`));
}

function id(page, field) {
  return page.evaluate((name) => [...document.querySelectorAll(".field label")].find((l) => l.firstChild.textContent === name).htmlFor, field);
}

async function replace(page, field, text) {
  const at = `#${await id(page, field)}`;
  await page.$eval(at, (e) => { e.value = ""; });
  await page.type(at, text);
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
}
