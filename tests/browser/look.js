// Everything a test wants to know of a page as it stands, in one go. Nothing here judges; tests/browser/look.py does.
({ language }) => {
  const root = document.documentElement;
  scrollTo(0, 0); // what stays at the top covers nothing there
  for (const details of document.querySelectorAll("details")) details.open = true;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const say = (one) => {
    const name = one.className && typeof one.className === "string" ? `.${one.className.trim().split(/\s+/).join(".")}` : "";
    return `<${one.tagName.toLowerCase()}${name}> ${(one.innerText ?? one.textContent ?? one.name ?? "").trim().slice(0, 30)}`;
  };
  // Names and what people typed are not ours to translate, and are marked so.
  const foreign = (one) => {
    const marked = one.closest("[translate=no], [lang]");
    return marked !== root && marked && (marked.translate === false || !marked.lang.startsWith(language));
  };

  const words = [];
  const letters = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const one = node.parentElement;
    const said = node.data.trim();
    if (!said || one.closest("script, style, noscript, template, code")) continue;
    const seen = one.closest("option") ? one.closest("select") : one;
    if (!shown(seen)) continue;
    if (!foreign(one) && !one.closest("textarea")) words.push(said);
    const box = document.createRange();
    box.selectNodeContents(node);
    const { width, height } = box.getBoundingClientRect();
    if (one.closest("option, textarea") || width < 2 || height < 2) continue;
    const drawn = one.ownerSVGElement ? one.getScreenCTM().a : 1;
    letters.push([Math.round(parseFloat(getComputedStyle(one).fontSize) * drawn * 100) / 100, say(one)]);
  }
  for (const one of document.querySelectorAll("[title], [alt], [aria-label], [placeholder], [aria-description]")) {
    if (!foreign(one)) {
      for (const name of ["title", "alt", "aria-label", "placeholder", "aria-description"]) {
        if (one.getAttribute(name)) words.push(one.getAttribute(name));
      }
    }
  }
  words.push(document.title);

  const targets = [];
  for (const one of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden]), [role=button]")) {
    if (!shown(one) && !(one.labels && [...one.labels].some(shown))) continue;
    const style = getComputedStyle(one);
    if (one.tagName === "A" && style.display.startsWith("inline")) {
      // A link within a sentence is as high as its line; a link that stands alone is a target.
      const around = one.parentElement.closest("p, li, td, dd, th, dt, legend, label, h1, h2, h3, figcaption, div") ?? one.parentElement;
      const rest = (around.innerText ?? "").replace(/\s/g, "").length - (one.innerText ?? "").replace(/\s/g, "").length;
      if (style.display === "inline" && rest > 1) continue;
    }
    const boxes = [one, ...(one.labels ?? [])].map((part) => part.getBoundingClientRect()).filter((box) => box.width && box.height);
    if (!boxes.length) continue;
    const at = ["checkbox", "radio", "file"].includes(one.type) ? boxes : boxes.slice(0, 1);
    const left = Math.min(...at.map((box) => box.left));
    const right = Math.max(...at.map((box) => box.right));
    const top = Math.min(...at.map((box) => box.top + scrollY));
    const bottom = Math.max(...at.map((box) => box.bottom + scrollY));
    if (right <= 0 || bottom <= 0) continue; // beside the page until it is focused, like the way past the head
    targets.push([Math.round((right - left) * 10) / 10, Math.round((bottom - top) * 10) / 10, say(one)]);
  }

  const wide = [];
  if (root.scrollWidth > innerWidth) {
    for (const one of document.querySelectorAll("body *")) {
      if (one.closest(".table table") || !shown(one)) continue;
      if (one.getBoundingClientRect().right > innerWidth + 1) wide.push(say(one));
    }
  }
  return {
    wider: root.scrollWidth - innerWidth,
    wide: wide.slice(0, 4),
    lang: root.lang,
    mode: root.dataset.mode,
    title: document.title,
    headings: [...document.querySelectorAll("h1")].filter(shown).length,
    words,
    letters,
    targets,
  };
}
