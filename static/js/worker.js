// Opens a page again that was kept on this telephone (shelf.js) when there is no line. It works only below the address it is
// registered for, keeps nothing by itself, and gives out nothing older than a day.

const DAY = 24 * 3_600_000;
const PATIENCE = 6_000; // a line that is as good as none
const SHEETS = "sheets";

const kept = async (request) => {
  const sheets = await caches.open(SHEETS);
  const same = { ignoreVary: true };
  const found = (await sheets.match(request, same)) || (await sheets.match(request, { ...same, ignoreSearch: true }));
  if (found && Date.now() - found.headers.get("X-Kept-At") < DAY) return found;
  if (found) await sheets.delete(request, { ...same, ignoreSearch: true });
  return null;
};
const page = async (request) => {
  try {
    const late = new Promise((_, give) => setTimeout(give, PATIENCE, new Error("late")));
    return await Promise.race([fetch(request), late]);
  } catch {
    return (await kept(request)) || fetch(request);
  }
};
const asset = async (request) => (await caches.match(request, { cacheName: SHEETS, ignoreVary: true })) || fetch(request);

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (new URL(request.url).pathname.startsWith("/static/")) event.respondWith(asset(request));
});
