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

// A second press while the first is on its way sends nothing, and the button says that it works; after eight seconds the
// person may try again, and a page that the back button brings back knows nothing of it.
const rest = (form) => {
  form.removeAttribute("aria-busy");
  form.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(rest, 8000, form);
});
addEventListener("pageshow", () => each("form[aria-busy]", rest));

// Leaving at once: this page is blanked and does not stay behind the back button.
const exit = document.querySelector("[data-exit]");
if (exit) {
  const leave = () => {
    document.title = " ";
    document.body.replaceChildren(); // what was typed is not restored either
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

// What a page wants only after standing open for a while comes then: nobody waits for it.
each("[data-later]", (part) => setTimeout(() => import(part.dataset.later), 15_000));

each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
