// Uses the console of a gateway that gives out no keys, before a customer service that does
// what it is told by first names, and tells what the page says of it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const [chromium, address] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const seen = {};

const browser = await puppeteer.launch({
  executablePath: chromium, protocolTimeout: 120000,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--accept-lang=en", "--host-resolver-rules=MAP console.test 127.0.0.1"],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60000);
  await page.goto(address);
  await page.waitForSelector("body[data-ready]");
  seen.keyless = await text(page, "notices");
  seen.lines = await page.$eval("#notices pre", (e) => e.textContent);
  seen.encryption = await page.$$eval("#encryption input", (all) => all.map((e) => `${e.value} ${e.checked} ${e.disabled}`));

  await page.$eval("#good", (e) => e.click());
  await send(page);
  seen.raw = await text(page, "outcome");

  await choose(page, "login");
  await page.$eval("#good", (e) => e.click());
  seen.logins = [await send(page), await send(page)];

  await page.evaluate(axe);
  seen.axe = await inaccessible(page);
  await choose(page, "edit profile");
  seen.noKeysNeeded = await text(page, "notices");
  await page.$eval("#good", (e) => e.click());
  await page.$eval(await header(page, "X-Auth-Token"), (e) => { e.value = ""; });
  seen.noToken = await send(page);
  seen.axe.push(...await inaccessible(page));
  seen.beside = await page.$eval(`${await header(page, "X-Auth-Token")} ~ .violations`, (e) => e.textContent);
  seen.focus = await page.evaluate(() => document.activeElement.labels[0].firstChild.textContent);
  await page.$eval(await header(page, "X-Auth-Token"), (e) => { e.value = "example-token"; });
  for (const name of ["Denied", "Gone", "Later", "Web page", "Half"]) {
    await page.$eval("#optional input", (e, value) => { e.value = value; }, name);
    seen[name] = await send(page);
  }

  await page.$eval("#optional input", (e) => { e.value = "Slow"; });
  await press(page);
  seen.waiting = [await text(page, "outcome"), await page.evaluate(() => document.activeElement.textContent)];
  await page.waitForFunction(() => document.getElementById("outcome").textContent.startsWith("Still waiting"));
  await page.$eval("#stop", (e) => e.click());
  await page.waitForFunction(() => document.querySelector("button.main").ariaDisabled === "false");
  seen.stopped = [await text(page, "outcome"), await page.evaluate(() => document.activeElement.textContent)];

  await page.setOfflineMode(true);
  seen.offline = await send(page);
  await page.setOfflineMode(false);

  const other = await browser.newPage();
  await other.setRequestInterception(true);
  other.on("request", (r) => { if (r.url().endsWith("gates.json")) r.abort(); else r.continue(); });
  await other.goto(address);
  await other.waitForSelector("#notices p");
  seen.unstarted = await text(other, "notices");

  const insecure = await browser.newPage();
  await insecure.goto(address.replace("127.0.0.1", "console.test"));
  await insecure.waitForSelector("body[data-ready]");
  await insecure.click("#make-key");
  seen.insecure = [await text(insecure, "notices"), await text(insecure, "no-key"), await send(insecure)];
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}

function inaccessible(page) {
  return page.evaluate(async () => (await window.axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`));
}

function text(page, id) {
  return page.$eval(`#${id}`, (e) => e.textContent);
}

// press has a request sent, and forgets the outcome of the one before. It does not miss a
// button that moves while the rules say what they think.
async function press(page) {
  await page.$eval("#outcome", (e) => { e.textContent = ""; });
  await page.focus("button.main");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.getElementById("outcome").textContent !== "");
}

async function send(page) {
  await press(page);
  await page.waitForFunction(() => document.querySelector("button.main").ariaDisabled === "false");
  return text(page, "outcome");
}

function choose(page, name) {
  return page.evaluate((wanted) => {
    const e = document.getElementById("endpoint");
    e.value = wanted;
    e.dispatchEvent(new Event("change"));
  }, name);
}

function header(page, name) {
  return page.evaluate((wanted) => `#${[...document.querySelectorAll("#headers label")].find((l) => l.firstChild.textContent === wanted).htmlFor}`, name);
}
