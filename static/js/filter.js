// A list follows what is typed in its form [data-filter]: the same address that the button would open is asked for, and its
// [data-results] take the place of those here. The address bar follows; focus and caret stay, for the form is not touched.
// A form that posts asks as its button would ("then=look" in data-filter-as), with the fields data-filter-by alone and no trace
// in the address: what else was typed is nobody's business yet.

const PAUSE = 300;
const form = document.querySelector("form[data-filter]");
const results = document.querySelector("[data-results]");
let timer = 0;
let asked = null;

const isPost = form?.method === "post";
const fields = form?.dataset.filterBy?.split(" ");

const typed = () => new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && (fields?.includes(name) ?? true)));
const address = () => form.getAttribute("action") + (isPost || !`${typed()}` ? "" : `?${typed()}`);
const body = () => {
  const asked = typed();
  new URLSearchParams(form.dataset.filterAs).forEach((value, name) => asked.set(name, value));
  return asked;
};

// Everything in `old` becomes as in `fresh`, but the live region stays the element it was: else nobody would hear it.
const take = (old, fresh, [stays, now]) => {
  if (old === stays) return (old.textContent = now.textContent);
  const [within, place] = [[...old.childNodes].find((one) => one.contains(stays)), [...fresh.childNodes].find((one) => one.contains(now))];
  const nodes = [...fresh.childNodes];
  const middle = nodes.indexOf(place);
  [...old.childNodes].forEach((one) => one === within || one.remove());
  within.before(...nodes.slice(0, middle));
  within.after(...nodes.slice(middle + 1));
  take(within, place, [stays, now]);
};

const follow = async () => {
  asked?.abort();
  const mine = (asked = new AbortController());
  const to = address();
  results.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(to, { signal: mine.signal, ...(isPost && { method: "POST", body: body() }) });
    if (answer.status === 429) return; // enough for now: the button says so when it is pressed
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-results]");
    if (!answer.ok || !fresh) return isPost || location.assign(to);
    take(results, fresh, [results, fresh].map((one) => one.querySelector("[role=status]")));
    if (!isPost) history.replaceState(history.state, "", to);
  } catch {
    // A newer question took its place, or there is no line: the button still works as it does without a script.
  } finally {
    if (asked === mine) results.removeAttribute("aria-busy");
  }
};

if (form && results) {
  const later = (event) => {
    if (fields && !fields.includes(event.target.name)) return;
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(follow, PAUSE); // pinyin on its way to being a word is no question yet
  };
  form.addEventListener("input", later);
  form.addEventListener("compositionend", later);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asked?.abort();
  });
}
