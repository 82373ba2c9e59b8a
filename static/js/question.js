// One question at a time: Enter goes on to the next, and whatever else is followed on the page leaves the open one open.

document.querySelectorAll("[data-questions]").forEach((questions) => {
  questions.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || field.tagName !== "INPUT" || field.type === "submit") return;
    const next = field.closest(".question").querySelector("[data-next]");
    if (!next) return;
    event.preventDefault();
    next.click();
  });
  // By the address it tells of: whoever is quick may have gone on since.
  addEventListener("hashchange", ({ newURL }) => {
    const shown = document.getElementById(new URL(newURL).hash.slice(1))?.closest(".question");
    if (!shown || !questions.contains(shown)) return;
    questions.querySelectorAll(".question").forEach((one) => one.classList.toggle("question--open", one === shown));
  });
});

// A link in the list of errors opens the question of its field, before the field takes the focus.
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest(".errors a");
    if (link) location.hash = link.hash;
  },
  true,
);
