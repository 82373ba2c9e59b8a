// What a form keeps on the telephone while there is no line, and the page itself, so that it opens again. One day, one person.

const DAY = 24 * 3_600_000;
const NAME = "offline:";
const SHEETS = "sheets";
const HEADERS = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];

const read = (key) => {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && Date.now() - kept.at < DAY ? kept : null;
  } catch {
    return null;
  }
};
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(NAME));

// The entries of one form of one person: each is kept under its own key, so that two windows do not undo each other.
export const open = (whose, action) => {
  const mine = `${NAME}${whose}:${action}#`;
  return {
    all: () => keys().filter((key) => key.startsWith(mine)).map((key) => [key.slice(mine.length), read(key)]).filter(([, kept]) => kept),
    keep: (id, kept) => localStorage.setItem(mine + id, JSON.stringify({ at: Date.now(), ...kept })),
    drop: (id) => localStorage.removeItem(mine + id),
  };
};

// Away with what is a day old or somebody else's.
export const tidy = (whose) =>
  keys().filter((key) => !key.startsWith(`${NAME}${whose}:`) || !read(key)).forEach((key) => localStorage.removeItem(key));

// Away with everything: somebody signs out.
export const forget = async () => {
  keys().forEach((key) => localStorage.removeItem(key));
  await self.caches?.delete(SHEETS);
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) || []) worker.unregister();
};

// Keep the page that stands at `sheet` as this one's, with what it is drawn by; within `scope` the worker opens it again.
export const carry = async ({ sheet, worker, scope }) => {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(worker, { scope });
  const answer = await fetch(sheet, { redirect: "manual", headers: { "X-Unattended": "1" } });
  if (!answer.ok) return;
  const headers = new Headers(HEADERS.map((name) => [name, answer.headers.get(name) || ""]));
  headers.set("X-Kept-At", Date.now());
  const sheets = await caches.open(SHEETS);
  const page = await answer.text();
  const drawn = new DOMParser().parseFromString(page, "text/html").querySelectorAll("link[rel$=sheet], link[rel=modulepreload], script[src]");
  await sheets.addAll([...drawn].map((part) => part.getAttribute("href") || part.getAttribute("src")));
  await sheets.put(location.pathname + location.search, new Response(page, { headers }));
  for (const one of await sheets.keys()) {
    const at = (await sheets.match(one)).headers.get("X-Kept-At");
    if (at && Date.now() - at > DAY) sheets.delete(one);
  }
};
