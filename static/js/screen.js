// The screen on the wall, [data-screen="/screen/…"]: asks every four seconds, for as long as it hangs there, and takes over
// what changed. With the voice on ([data-voice="请 {n} 号"]) a number that is called, or called again, is spoken: no name.

const EVERY = 4_000;
const part = document.querySelector("[data-screen]");
const voice = document.querySelector("[data-voice]");
let speaks = false;

const calls = (of) =>
  new Map([...of.querySelectorAll("[data-number]")].map((one) => [one.dataset.number, one.dataset.calls]));

const speak = (number) => {
  const said = new SpeechSynthesisUtterance(voice.dataset.voice.replace("{n}", number));
  said.lang = document.documentElement.lang;
  speechSynthesis.speak(said);
};

if (voice && "speechSynthesis" in window) {
  voice.hidden = false;
  voice.addEventListener("click", () => {
    speaks = true;
    voice.hidden = true;
  });
}

const look = async () => {
  const headers = { "If-None-Match": part.dataset.version, "X-Unattended": "1" };
  const answer = await fetch(part.dataset.screen, { headers });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-screen]");
  if (!fresh) return;
  const before = calls(part);
  part.dataset.version = fresh.dataset.version;
  part.replaceChildren(...fresh.childNodes);
  if (speaks) calls(part).forEach((times, number) => before.get(number) !== times && speak(number));
};

setInterval(() => look().catch(() => {}), EVERY);
