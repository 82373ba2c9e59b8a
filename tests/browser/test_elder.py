"""长辈版 in a real browser: large, few, one question at a time, read aloud, and somebody who helps always in reach."""

import re
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.test_residents import DEMO, OWN, PUBLIC, elsewhere, sign_in

LETTERS = 24  # CSS pixels: 18 pt
TARGET = 60  # CSS pixels
OFFICE = ("/staff/sign-in",)  # not for residents

MEASURE = """([letters, target]) => {
  const seen = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !e.closest('.visually-hidden, .skip');
  const told = (e) => `${e.tagName.toLowerCase()}.${e.className} ${(e.innerText || e.value || e.name || '').trim().slice(0, 20)}`;
  const faults = new Set();
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const e = words.currentNode.parentElement, style = getComputedStyle(e), size = parseFloat(style.fontSize);
    if (!/[\\p{L}\\p{N}]/u.test(words.currentNode.data) || ['SCRIPT', 'NOSCRIPT', 'OPTION'].includes(e.tagName) || !seen(e)) continue;
    if (size < letters) faults.add(`letters of ${size}px: ${told(e)}`);
    if (size < 26 && e.closest('main') && ['P', 'LI', 'DD', 'LABEL'].includes(e.tagName) && parseFloat(style.lineHeight) < 1.5 * size - .1)
      faults.add(`lines of ${style.lineHeight}: ${told(e)}`);
  }
  for (const e of document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')) {
    const own = ['radio', 'checkbox'].includes(e.type) ? e.labels[0] : e;
    if (!own || !seen(own)) continue;
    let {width, height} = own.getBoundingClientRect();
    for (const part of [getComputedStyle(own, '::after')])  // a card's link reaches over the whole card
      if (part.position === 'absolute' && part.inset === '0px') ({width, height} = own.closest('.card').getBoundingClientRect());
    if (width < target - .5 || height < target - .5) faults.add(`${Math.round(width)} x ${Math.round(height)} to press: ${told(own)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.add('scrolls sideways');
  return [...faults];
}"""
CONTROLS = """() => [...document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')]
  .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest('.skip')).length"""
VOICE = """language => {
  const voices = [{lang: language, name: 'somebody'}];
  const told = window.told = [];
  class Said { constructor(text) { this.text = text; } }
  const speech = {
    getVoices: () => voices, cancel: () => told.push('(stops)'), addEventListener: () => {},
    speak: (said) => { told.push(said.text); window.goOn = () => said.onend(); },
  };
  Object.defineProperty(window, 'speechSynthesis', {value: speech});
  window.SpeechSynthesisUtterance = Said;
}"""


@pytest.fixture(scope="module")
async def resident(serve) -> dict[str, Any]:
    """A resident of the demonstration, signed in."""
    return await sign_in(await serve(DEMO), "13800000001")


async def shown(page: Page) -> list[str]:
    """Which questions stand on the page."""
    return await page.locator(".question__where:visible").all_inner_texts()


@pytest.mark.parametrize(
    ("width", "language", "known"),
    [(390, "zh", False), (390, "zh", True), (1280, "en", False), (320, "en", True)],
)
async def test_everything_on_a_residents_page_is_large_enough_to_read_and_to_press(
    serve, open_page, resident, width, language, known
):
    more = {"storage_state": resident} if known else {}
    page = await open_page(await serve(DEMO), "/help", mode="elder", width=width, language=language, **more)
    faults = {}
    for path in OWN if known else PUBLIC:
        if path in OFFICE:
            continue
        await page.goto(path)
        if found := await page.evaluate(MEASURE, [LETTERS, TARGET]):
            faults[path] = found
    assert faults == {}


@pytest.mark.parametrize("known", [False, True])
async def test_the_home_page_offers_half_as_much_to_press(serve, open_page, resident, known):
    address, counted = await serve(DEMO), {}
    for mode in ("standard", "elder"):
        page = await open_page(
            address, mode=mode, width=390, **({"storage_state": resident} if known else {})
        )
        counted[mode] = await page.evaluate(CONTROLS)
    assert counted["elder"] <= 0.55 * counted["standard"], counted
    doors = await page.locator(".choices__title").all_inner_texts()
    assert doors == ["问律师", "有纠纷", "反映事情", "我的预约", "请人帮我办"]


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_form_asks_one_question_at_a_time_and_loses_nothing_on_the_way(serve, open_page, javascript):
    page = await open_page(
        await serve(DEMO), "/book/story?topic=debt", mode="elder", width=390, javascript=javascript
    )
    assert await shown(page) == ["第 1 问，共 5 问"]
    send = page.locator("main form button[type=submit]").first
    assert not await send.is_visible()
    await page.get_by_label("用您自己的话写").fill("表弟借了三万元。")
    await page.get_by_role("link", name="下一问").click()
    assert await shown(page) == ["第 2 问，共 5 问"]
    assert await page.locator(":focus").inner_text() == "第 2 问，共 5 问"
    await page.get_by_role("link", name="下一问").click()
    await page.go_back()
    assert await shown(page) == ["第 2 问，共 5 问"]
    await page.get_by_role("link", name="回到上一问").click()
    assert await page.get_by_label("用您自己的话写").input_value() == "表弟借了三万元。"
    for _question in range(4):
        await page.get_by_role("link", name="下一问").click()
    assert await shown(page) == ["第 5 问，共 5 问"] and await send.is_visible()
    await send.click()
    assert await page.inner_text("h1") == "选一个时间"


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_refused_form_opens_where_something_is_to_be_mended(
    serve, open_page, axe, resident, javascript
):
    page = await open_page(
        await serve(DEMO),
        "/feedback/new#question-compound",
        mode="elder",
        width=390,
        javascript=javascript,
        storage_state=resident,
    )
    assert await shown(page) == ["第 3 问，共 3 问"]
    await page.get_by_role("link", name="回到上一问").click()
    await page.get_by_role("link", name="回到上一问").click()
    await page.get_by_text("卫生、垃圾").click()
    await page.get_by_role("link", name="下一问").click()
    await page.get_by_role("link", name="下一问").click()
    await page.locator("main form button[type=submit]").first.click()
    await page.wait_for_selector(".errors")
    assert await shown(page) == ["第 2 问，共 3 问"]
    assert await page.locator(".question:visible .field__error").count() == 1
    if javascript:
        await page.evaluate("scrollTo(0, 0)")  # what lies half under the strip is no target
        assert await axe(page) == []
    await page.get_by_role("link", name="回到上一问").click()
    assert await page.get_by_label("卫生、垃圾").is_checked()
    await page.locator(".errors a").click()
    assert await shown(page) == ["第 2 问，共 3 问"]
    assert await page.locator(":focus").get_attribute("id") == "field-words"


async def test_enter_goes_on_to_the_next_question_and_the_way_past_the_head_closes_none(serve, open_page):
    page = await open_page(await serve(DEMO), "/book/story?topic=debt", mode="elder", width=390)
    await page.get_by_role("link", name="下一问").click()
    await page.get_by_role("link", name="下一问").click()
    await page.get_by_label("对方是谁").press("Enter")
    assert await shown(page) == ["第 4 问，共 5 问"] and "/book/story" in page.url
    await page.locator(".skip").focus()
    await page.keyboard.press("Enter")
    assert await shown(page) == ["第 4 问，共 5 问"]


async def test_in_the_standard_version_a_form_stands_whole(serve, open_page):
    page = await open_page(await serve(DEMO), "/book/story?topic=debt", width=390)
    assert await shown(page) == [] and await page.get_by_label("什么时候方便").is_visible()


@pytest.mark.parametrize("mode", ["elder", "standard"])
async def test_somebody_who_helps_is_on_every_page_and_the_strip_hides_nothing_that_has_the_focus(
    serve, open_page, mode
):
    page = await open_page(await serve(DEMO), "/sign-in", mode=mode, width=320)
    if mode == "elder":
        assert await page.locator(".strip").get_by_role("link", name="请人帮我办").is_visible()
    await page.goto("/report")
    covered = []
    for _stop in range(80):
        await page.keyboard.press("Shift+Tab")  # upwards: what comes into sight comes in at the top
        covered += await page.evaluate("""() => {
          const e = document.activeElement, strip = document.querySelector('.strip').getBoundingClientRect();
          const box = e.getBoundingClientRect();
          const hidden = !e.closest('.strip, .skip, body:focus') && e !== document.body && box.top < strip.bottom - 1;
          return hidden ? [e.innerText] : [];
        }""")
    assert covered == []


async def test_who_asks_for_help_need_only_say_yes(serve, open_page, resident):
    page = await open_page(await serve(DEMO), "/book", mode="elder", width=390, storage_state=resident)
    await page.locator(".strip").get_by_role("link", name="请人帮我办").click()
    assert await page.locator("main :is(input:not([type=hidden]), textarea):visible").count() == 0
    await page.get_by_role("button", name="请打电话给我").click()
    assert "工作人员会打电话给您" in await page.inner_text("main")
    await page.get_by_role("link", name="查进度", exact=True).click()
    assert "求助时正在看：约律师" in await page.inner_text("main")


@pytest.mark.parametrize(("language", "lang"), [("zh", "zh-CN"), ("en", "en-US")])
async def test_a_page_is_read_aloud_sentence_by_sentence_until_told_to_stop(serve, open_page, language, lang):
    page = await open_page(await serve(DEMO), "about:blank", mode="elder", width=390, language=language)
    await page.add_init_script(f"({VOICE})('{lang}')")
    await page.goto("/help")
    button = page.locator("[data-aloud]")
    before = await page.locator("h1").bounding_box()
    await button.click()
    assert await button.get_attribute("aria-pressed") == "true"
    await page.evaluate("goOn()")
    title = await page.inner_text("h1")
    lede = await page.inner_text(".lede")
    told = [one for one in await page.evaluate("told") if one != "(stops)"]
    assert told == [title, re.match(r".*?[。.]", lede)[0]]
    assert await page.evaluate("CSS.highlights.get('aloud').size") == 1
    assert await page.locator("h1").bounding_box() == before
    await button.click()
    assert await button.get_attribute("aria-pressed") == "false"
    assert await page.evaluate("CSS.highlights.has('aloud')") is False
    assert (await page.evaluate("told"))[-1] == "(stops)"
    await page.evaluate("goOn()")
    assert [one for one in await page.evaluate("told") if one != "(stops)"] == told


async def test_a_prescription_is_read_aloud_in_the_standard_version_too(serve, open_page, resident):
    page = await open_page(await serve(DEMO), "about:blank", storage_state=resident)
    await page.add_init_script(f"({VOICE})('zh-CN')")
    await page.goto("/desk")
    await page.goto(await page.locator("main a[href^='/prescriptions/']").first.get_attribute("href"))
    await page.locator("[data-aloud]").click()
    for _sentence in range(30):
        await page.evaluate("goOn()")
    assert any("民法典" in one for one in await page.evaluate("told"))


async def test_without_a_voice_for_the_page_or_without_scripts_nothing_offers_to_read(serve, open_page):
    address = await serve(DEMO)
    page = await open_page(address, "about:blank", mode="elder")
    await page.add_init_script(f"({VOICE})('fr-FR')")
    await page.goto("/help")
    assert not await page.locator("[data-aloud]").is_visible()
    page = await open_page(address, "/help", mode="elder", javascript=False)
    assert not await page.locator("[data-aloud]").is_visible()


@pytest.mark.parametrize("javascript", [True, False])
async def test_the_first_visit_is_asked_once_whether_the_letters_are_too_small(serve, open_page, javascript):
    page = await open_page(await serve(DEMO), "/lectures", width=390, javascript=javascript)
    for button, mode in (("不用了", "standard"), ("换成长辈版", "elder")):
        await page.context.clear_cookies()
        await page.goto("/lectures")
        await page.locator(".band").get_by_role("button", name=button).click()
        assert page.url.endswith("/lectures") and await page.get_attribute("html", "data-mode") == mode
        await page.goto("/council")
        assert await page.locator(".band").count() == 0
        assert await page.get_attribute("html", "data-mode") == mode


@pytest.mark.parametrize("javascript", [True, False])
async def test_leaving_from_a_question_leaves_nothing_typed_behind_the_back_button(
    serve, open_page, javascript
):
    page = await open_page(
        await serve(DEMO), "/book/story?topic=debt", mode="elder", width=390, javascript=javascript
    )
    await elsewhere(page)
    await page.get_by_label("用您自己的话写").fill("不能让人看到的话")
    await page.get_by_role("link", name="下一问").click()
    strip = page.locator(".strip").get_by_role("link", name="离开此页")
    assert (await strip.bounding_box())["y"] < 10, "the way out stays at the top"
    if javascript:
        for _press in range(3):
            await page.keyboard.press("Shift")
    else:
        await page.goto("https://www.baidu.com/")  # where the link leads: no test follows it
    await page.wait_for_url("https://www.baidu.com/")
    page.problems.clear()
    await page.go_back()
    assert await page.get_by_label("用您自己的话写").input_value() == ""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("mode", ["standard", "elder"])
async def test_with_letters_twice_as_large_nothing_is_cut_off(serve, open_page, width, mode):
    page = await open_page(await serve(DEMO), width=width, mode=mode)
    for path in ("/", "/book", "/book/story?topic=debt", "/book/times?topic=debt", "/sign-in", "/help"):
        await page.goto(path)
        await page.evaluate(
            "const html = document.documentElement;"
            "html.style.fontSize = 2 * parseFloat(getComputedStyle(html).fontSize) + 'px'"
        )
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        cut = await page.evaluate("""() => [...document.querySelectorAll('body *')].filter((e) =>
          e.checkVisibility() && !e.closest('.visually-hidden, .skip, svg, .steps, .strip__danger') && e.scrollHeight > e.clientHeight + 3
          && ['hidden', 'clip'].includes(getComputedStyle(e).overflowY)).map((e) => e.className)""")
        assert cut == [], path
