// The tabs with programs, one for each language.
import { $, ask, element } from "./page.js";

let gate; // that programs are shown for
let place; // where it is

/** Shows programs for another gate, which is at a place { origin, server, keys }. */
export function showPrograms(of, at) {
  gate = of;
  place = at;
  if (selected() >= 0) open(selected());
}

const titles = ["curl", "Browser", "Node.js", "Java", "Android", "iOS", "Python", "PHP", "Go", ".NET", "Flutter", "React Native"];

const tabs = titles.map((title, i) => element("button", { type: "button", role: "tab", id: `client-${i}`, textContent: title, tabIndex: i ? -1 : 0 }));
$("clients").append(...tabs);
tabs.forEach((tab, i) => {
  tab.setAttribute("aria-selected", "false");
  tab.setAttribute("aria-controls", "program");
  tab.addEventListener("click", () => open(i));
  tab.addEventListener("keydown", (event) => {
    const next = { ArrowRight: (i + 1) % tabs.length, ArrowLeft: (i + tabs.length - 1) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault(); // Home and End would scroll
    tabs[next].focus();
    open(next);
  });
});

const selected = () => tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");

async function open(i) {
  const of = gate;
  tabs.forEach((tab, j) => {
    tab.setAttribute("aria-selected", String(i === j));
    tab.tabIndex = i === j ? 0 : -1;
  });
  $("program").setAttribute("aria-labelledby", tabs[i].id);
  const { about, code } = await programOf(titles[i]).catch((error) => ({ about: error.message, code: "" }));
  if (of !== gate || i !== selected()) return; // another one is wanted by now
  $("about").textContent = about;
  $("code").textContent = code;
  $("code").hidden = !code;
  $("copy").hidden = !code || !navigator.clipboard; // as on HTTP
  $("copied").textContent = "";
  $("program").hidden = false;
}

async function programOf(title) {
  const { program } = await import("./code.js");
  return program(title, gate, place, async (file) => (await ask(file)).text());
}

$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText($("code").textContent);
  $("copied").textContent = "Copied.";
});
