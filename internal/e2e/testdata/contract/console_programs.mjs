// Reads the programs that the console of a gateway shows for each endpoint.
import puppeteer from "puppeteer-core";

const [chromium, address] = process.argv.slice(2);
const seen = {};

const browser = await puppeteer.launch({
  executablePath: chromium, protocolTimeout: 120000,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--accept-lang=en"],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60000);
  await page.goto(address);
  await page.waitForSelector("body[data-ready]");
  const endpoints = await page.$$eval("#endpoint option", (options) => options.map((o) => o.textContent));
  const titles = await page.$$eval("[role=tab]", (tabs) => tabs.map((tab) => tab.textContent));
  for (const endpoint of endpoints) {
    await page.evaluate((name) => {
      const e = document.getElementById("endpoint");
      e.value = name;
      e.dispatchEvent(new Event("change"));
    }, endpoint);
    seen[endpoint] = {};
    for (const [i, title] of titles.entries()) {
      await page.evaluate((n) => {
        document.getElementById("about").textContent = "";
        document.getElementById(`client-${n}`).click();
      }, i);
      await page.waitForFunction(() => document.getElementById("about").textContent !== "");
      seen[endpoint][title] = await page.evaluate(() => ({ about: document.getElementById("about").textContent, code: document.getElementById("code").textContent }));
    }
  }
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
