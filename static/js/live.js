// <… data-live="/queue" data-version='W/"…"'>: a part of a page that asks now and then whether it still is as it stands.
// The server answers 304, or the page anew, and this part of it is taken over: times one by one, anything else as a whole.
// Nothing moves under a finger or while something is typed; a page that nobody looks at does not ask.

const EVERY = 18_000;
const RAREST = 300_000; // when the line or the server is bad
const ENDS = 30 * 60_000; // after so long without a touch nobody is here
const REST = 3_000; // what was touched just now is left alone

const say = (text) => {
  const said = document.querySelector("[data-live-said]");
  if (said && text) said.textContent = text;
};

// Each time takes over whether it is free. Whatever is chosen or has the focus can still be pressed, and says how it stands.
const mark = (part, fresh) => {
  const times = new Map([...fresh.querySelectorAll("input[type=radio]")].map((radio) => [radio.value, radio]));
  for (const radio of part.querySelectorAll("input[type=radio]")) {
    const now = times.get(radio.value);
    const [was, free] = [radio.dataset.free ?? String(!radio.disabled), String(Boolean(now && !now.disabled))];
    const words = radio.labels[0].querySelector("small");
    const told = now?.labels[0].querySelector("small");
    times.delete(radio.value);
    radio.dataset.free = free;
    radio.disabled = free === "false" && !radio.checked && radio !== document.activeElement;
    if (was === free) {
      if (words && told && free === "true") words.textContent = told.textContent;
      continue;
    }
    if (words) words.textContent = free === "true" ? part.dataset.freed : part.dataset.taken;
    if (radio.checked) say(free === "true" ? part.dataset.again : part.dataset.lost);
  }
  const more = [...times.values()].some((radio) => !radio.disabled);
  document.querySelectorAll("[data-live-more]").forEach((link) => (link.hidden = !more));
  return true;
};

const isTyped = (field) =>
  ["radio", "checkbox"].includes(field.type)
    ? field.checked !== field.defaultChecked
    : field.type !== "hidden" && field.value !== (field.defaultValue ?? field.value);

const replace = (part, fresh, touched) => {
  const isUsed = part.contains(document.activeElement) || part.querySelector("details[open]");
  if (isUsed || Date.now() - touched < REST || [...part.querySelectorAll("input, textarea")].some(isTyped)) return false;
  part.replaceChildren(...fresh.childNodes);
  say(part.dataset.changed);
  return true;
};

const watch = (part) => {
  let [wait, timer, touched, here, asks] = [EVERY, 0, 0, Date.now(), false];
  for (const kind of ["pointerdown", "pointermove", "keydown", "input"]) {
    part.addEventListener(kind, () => (touched = Date.now()), { passive: true });
    document.addEventListener(kind, () => (here = Date.now()), { passive: true });
  }
  // True: it stands as the server says. False: nothing more is to be had here (signed out, or no longer theirs).
  const look = async () => {
    const headers = { "If-None-Match": part.dataset.version, "X-Unattended": "1" };
    const answer = await fetch(part.dataset.live, { headers, redirect: "manual" });
    if (answer.status === 304) return true;
    if (answer.type === "opaqueredirect" || [403, 404].includes(answer.status)) return false;
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (part.querySelector(".times") ? mark(part, fresh || page.body) : fresh && replace(part, fresh, touched))
      part.dataset.version = fresh?.dataset.version ?? "";
    return true;
  };
  const turn = async () => {
    if (asks) return;
    clearTimeout(timer);
    asks = true;
    const isWatched = !document.hidden && Date.now() - here < ENDS;
    const goes = isWatched ? await look().catch(() => null) : true;
    asks = false;
    wait = goes === null ? Math.min(wait * 2, RAREST) : EVERY;
    if (goes !== false) timer = setTimeout(turn, wait);
  };
  document.addEventListener("visibilitychange", () => {
    here = Date.now();
    if (timer && !document.hidden) turn();
  });
  turn();
};

document.querySelectorAll("[data-live]").forEach(watch);
