// <time data-until="2026-01-05T09:40:00+08:00" data-left="还剩 {t}">: the minutes and seconds that are left.
// What stands around it, [data-countdown], says aloud when five minutes and one are left ([data-said], a live region), and at
// the end shows the way on ([data-over]) in the place of what was ([data-running]).

const MINUTES = { 300: "five", 60: "one" };

document.querySelectorAll("time[data-until]").forEach((time) => {
  const until = Date.parse(time.dataset.until);
  const around = time.closest("[data-countdown]");
  const said = around?.querySelector("[data-said]");
  const left = time.appendChild(document.createElement("span"));
  left.className = "countdown";
  let before = Infinity;

  const finish = () => {
    if (!around) return;
    around.querySelectorAll("[data-running]").forEach((part) => (part.hidden = true));
    around.querySelectorAll("[data-over]").forEach((part) => (part.hidden = false));
    said.textContent = around.dataset.over;
    around.setAttribute("data-ended", "");
  };
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    left.textContent = ` ${(time.dataset.left || "{t}").replace("{t}", clock)}`;
    // A timer sleeps with the telephone: whichever mark was passed since the last tick is said, the nearest alone.
    const passed = Object.keys(MINUTES).map(Number).find((mark) => seconds <= mark && before > mark);
    if (said && seconds && passed && before !== Infinity) said.textContent = around.dataset[MINUTES[passed]];
    before = seconds;
    if (seconds) setTimeout(tick, 1000);
    else finish();
  };
  if (!Number.isNaN(until)) tick();
});
