// The page read aloud, sentence by sentence, in its own language; where it has got to is marked without moving anything.

const button = document.querySelector("[data-aloud]");
const speech = window.speechSynthesis;
const language = document.documentElement.lang.slice(0, 2);
const main = document.querySelector("main");
const ENDS = /(?:[^。！？；.!?;\n]|\.(?=\S))+[。！？；.!?;”’」）]*/g;

const voice = () => speech.getVoices().find((one) => one.lang.toLowerCase().startsWith(language));

// What somebody would read, in order: ranges of one sentence each. What is hidden or meant for other readers is left out.
const sentences = () => {
  const found = [];
  const words = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const { currentNode: node } = words;
    const holder = node.parentElement;
    if (!holder.getClientRects().length || holder.closest(".visually-hidden, script, option, textarea, [aria-hidden=true]")) continue;
    for (const part of node.data.matchAll(ENDS)) {
      if (!/[\p{L}\p{N}]/u.test(part[0])) continue;
      const range = document.createRange();
      range.setStart(node, part.index);
      range.setEnd(node, part.index + part[0].length);
      found.push(range);
    }
  }
  return found;
};

let left = [];

const mark = (range) => {
  document.querySelector(".aloud--now")?.classList.remove("aloud--now");
  if (!window.CSS?.highlights) range?.startContainer.parentElement.classList.add("aloud--now");
  else if (range) CSS.highlights.set("aloud", new Highlight(range));
  else CSS.highlights.delete("aloud");
};

const stop = () => {
  left = [];
  speech.cancel();
  mark(null);
  button.setAttribute("aria-pressed", "false");
};

const on = () => {
  const range = left.shift();
  if (!range) return stop();
  mark(range);
  const said = new SpeechSynthesisUtterance(range.toString().trim());
  said.voice = voice();
  said.lang = said.voice?.lang ?? language;
  said.rate = 0.9;
  const run = left;
  said.onend = said.onerror = () => run === left && on(); // a reading that was stopped does not go on
  speech.speak(said);
};

const offer = () => button.toggleAttribute("data-ready", Boolean(voice()));

if (button && speech) {
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    speech.cancel();
    button.setAttribute("aria-pressed", "true");
    left = sentences();
    on();
  });
  addEventListener("hashchange", stop);
  addEventListener("pagehide", stop);
}
