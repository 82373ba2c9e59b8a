// <form data-offline="WHOSE">: what is ticked in its [data-entry] is kept on the telephone and sent when the line is back.
// Kept are only fields marked data-coded (a choice among few, and what stood there before); never what was typed. They stay
// until the server has judged them, at most a day, under a name that only the same person's page knows. The server judges
// each entry by itself and takes it once: whoever sends the same again is told the same.

import { carry, forget, open, tidy } from "./shelf.js";

const PATIENCE = 10_000;
const AGAIN = 5_000;
const form = document.querySelector("form[data-offline]");
const said = form.querySelector("[data-offline-said]");
const shelf = open(form.dataset.offline, form.getAttribute("action"));
const entries = [...form.querySelectorAll("[data-entry]")];
const entry = (id) => entries.find((one) => one.dataset.entry === id);
let isSending = false;
let isStopped = false;

const coded = (one) =>
  [...one.querySelectorAll("[data-coded]")]
    .filter((field) => field.type === "hidden" || field.checked)
    .map((field) => [field.name, field.value]);
const choose = (one, value) =>
  one.querySelectorAll("[data-coded]:not([type=hidden])").forEach((field) => (field.checked = field.value === value));
const before = (one) => one.querySelector("[data-coded][type=hidden]");

// What was typed is kept nowhere; while the page is open it goes along.
const typed = (one) =>
  one ? [...one.elements].filter((field) => field.name && !field.hasAttribute("data-coded")).map((field) => [field.name, field.value]) : [];
const isTyped = () => [...form.querySelectorAll("[data-before]")].some((note) => form.elements[note.dataset.before].value !== note.value);

const show = (one, state, words = form.dataset[state]) => {
  const line = one.querySelector("[data-state]");
  line.dataset.state = state;
  line.textContent = words;
  line.hidden = !words;
};
const count = () => {
  const waiting = shelf.all().filter(([, kept]) => kept.asked).length;
  said.textContent = waiting ? form.dataset.waiting.replace("{n}", waiting) : "";
  form.toggleAttribute("data-typed", shelf.all().length > 0 || form.hasAttribute("data-typed"));
};

const judged = (id, verdict) => {
  shelf.drop(id);
  const one = entry(id);
  if (!one) return;
  choose(one, verdict.answer);
  before(one).value = verdict.answer;
  const notes = one.querySelectorAll("[data-before]");
  if (verdict.kept) notes.forEach((note) => (one.querySelector(`[name="${note.dataset.before}"]`).value = note.value));
  show(one, verdict.kept ? "sent" : "taken", verdict.words);
};

// Sends pairs of names and values. True: the server has judged. Otherwise the word for how things stand.
const send = async (pairs, ids) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const body = new URLSearchParams(pairs);
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body, headers, redirect: "manual", signal: stop.signal });
    if (answer.type === "opaqueredirect") return "signin";
    if (answer.status >= 500 || answer.status === 429) return "kept";
    if (!answer.ok) return "refused";
    const verdicts = await answer.json();
    ids.forEach((id) => verdicts[id] && judged(id, verdicts[id]));
    return true;
  } catch {
    return "kept";
  } finally {
    clearTimeout(timer);
  }
};

const sync = async (pressed = false) => {
  const waiting = shelf.all().filter(([, kept]) => kept.asked);
  if (isSending || (!pressed && (isStopped || !waiting.length))) return;
  isSending = true;
  if (pressed) form.setAttribute("aria-busy", "true");
  const ids = waiting.map(([id]) => id);
  const pairs = pressed ? [...new FormData(form)] : waiting.flatMap(([id, kept]) => [...kept.pairs, ...typed(entry(id))]);
  const how = await send(pairs, pressed ? entries.map((one) => one.dataset.entry) : ids);
  form.removeAttribute("aria-busy");
  isSending = false;
  if (how === "refused" && pressed) return form.submit(); // the server's own page says what is wrong
  isStopped = how === "signin" || how === "refused";
  if (how !== true) ids.forEach((id) => entry(id) && show(entry(id), how));
  count();
  if (pressed && how !== true && isTyped()) said.textContent += form.dataset.unsent;
};

form.addEventListener("change", (event) => {
  const one = event.target.closest("[data-entry]");
  if (!one || !event.target.hasAttribute("data-coded")) return;
  const isBack = event.target.value === before(one).value;
  if (isBack) shelf.drop(one.dataset.entry);
  else shelf.keep(one.dataset.entry, { pairs: coded(one), asked: false });
  show(one, isBack ? "none" : "ticked", isBack ? "" : undefined);
  count();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  shelf.all().forEach(([id, kept]) => shelf.keep(id, { ...kept, asked: true }));
  sync(true);
});

tidy(form.dataset.offline);
for (const [id, kept] of shelf.all()) {
  const one = entry(id);
  if (!one) continue;
  const chosen = kept.pairs.find(([name]) => name !== before(one).name);
  choose(one, chosen?.[1]);
  show(one, kept.asked ? "kept" : "ticked");
}
count();
sync();
addEventListener("online", () => sync());
setInterval(() => navigator.onLine && !document.hidden && sync(), AGAIN); // a line that is back may still stumble
document.addEventListener("submit", (event) => event.target.getAttribute("action") === form.dataset.out && forget());
if (form.dataset.sheet) carry(form.dataset).catch(() => {}); // without it the page does not open again, and all else works
