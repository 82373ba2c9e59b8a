// Small comforts for pages that work without them.

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// A refused form: the list of errors speaks first, and a link in it lands in its field.
const errors = document.querySelector(".errors");
if (errors) {
  errors.focus();
  errors.addEventListener("click", (event) => {
    const field = event.target.closest("a") && document.getElementById(event.target.closest("a").hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field, .times") || field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
}

// A second press while the first is on its way sends nothing; after eight seconds the person may try again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - (form.dataset.sentAt || 0) < 8000) return event.preventDefault();
  form.dataset.sentAt = Date.now();
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  each("form[aria-busy]", (form) => {
    delete form.dataset.sentAt;
    form.removeAttribute("aria-busy");
  });
});

// Leaving at once: this page is blanked and does not stay behind the back button.
const exit = document.querySelector("[data-exit]");
if (exit) {
  const leave = () => {
    document.title = "";
    document.body.hidden = true;
    fetch(exit.href, { keepalive: true, redirect: "manual" }).catch(() => {}); // nobody waits for the answer
    location.replace(exit.dataset.exit);
  };
  exit.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  let presses = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") return (presses = []);
    if (event.repeat) return;
    presses = [...presses, event.timeStamp].slice(-3);
    if (presses.length === 3 && presses[2] - presses[0] < 1500) leave();
  });
}

// How much more may be written; said aloud only near the end.
each("textarea[data-count]", (area) => {
  const left = document.createElement("p");
  left.className = "field__count";
  const say = () => {
    const n = area.maxLength - area.value.length;
    left.textContent = area.dataset.count.replace("{n}", n);
    left.setAttribute("aria-live", n < 20 ? "polite" : "off");
  };
  area.after(left);
  area.addEventListener("input", say);
  say();
});

// <time data-until="2026-01-05T09:40:00+08:00" data-left="还剩 {t}">: minutes and seconds that are left.
each("time[data-until]", (time) => {
  const until = Date.parse(time.dataset.until);
  const left = time.appendChild(document.createElement("span"));
  left.className = "countdown";
  const tick = () => {
    const s = Math.max(0, Math.round((until - Date.now()) / 1000));
    const clock = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
    left.textContent = ` ${(time.dataset.left || "{t}").replace("{t}", clock)}`;
    if (s) setTimeout(tick, 1000);
  };
  if (!Number.isNaN(until)) tick();
});

each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
