// Before doing nothing signs somebody out they are asked; one press and they stay.

const banner = document.querySelector("[data-stay]");
if (banner) {
  const soon = banner.querySelector("[data-stay-soon]");
  const over = banner.querySelector("[data-stay-over]");
  const on = banner.querySelector("[data-stay-on]");
  const warn = Number(banner.dataset.warn) * 1000;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("stay") : null;
  let until = 0;
  let timer = 0;

  const show = () => {
    clearTimeout(timer);
    const left = until - Date.now();
    const isSoon = left <= warn;
    banner.hidden = !isSoon;
    soon.hidden = !(isSoon && left > 0);
    over.hidden = left > 0;
    if (on) on.hidden = soon.hidden;
    document.body.classList.toggle("is-over", left <= 0); // whoever passes by reads nothing; what was typed can be sent
    if (left > 0) timer = setTimeout(show, isSoon ? left : Math.min(left - warn, 60_000));
  };
  const stay = (seconds) => {
    until = Date.now() + seconds * 1000;
    show();
  };

  stay(Number(banner.dataset.stay));
  tabs?.postMessage(until); // the other tabs are in the same session
  tabs?.addEventListener("message", (event) => {
    until = Math.max(until, event.data);
    show();
  });
  document.addEventListener("input", (event) => event.target.form?.setAttribute("data-typed", ""));
  document.addEventListener("visibilitychange", show); // timers sleep with the machine
  on?.addEventListener("click", async () => {
    const answer = await fetch(banner.dataset.extend, { method: "POST", redirect: "manual" }).catch(() => null);
    if (answer?.ok) stay(Number(await answer.text()));
    else if (answer) stay(0);
    tabs?.postMessage(until);
  });
}
