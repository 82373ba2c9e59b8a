"""A lawyer booked, from the home page to the end, by somebody who never touches a mouse; and with colours of their own."""

import asyncio
import re

import pytest
from playwright.async_api import Page

from tests.browser.test_residents import DEMO

PHONES = {"standard": "13811114455", "elder": "13811116677"}
STOP = """() => {
  const e = document.activeElement, told = ['radio', 'checkbox'].includes(e.type) ? e.labels[0] : e;
  const style = (one, part) => getComputedStyle(one, part);
  const box = told.getBoundingClientRect(), strip = document.querySelector('.strip').getBoundingClientRect();
  return {
    name: (told.innerText || e.value || e.labels?.[0]?.innerText || '').trim(),
    ring: [style(told), style(told, '::after')].some((one) => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2),
    covered: !e.closest('.strip, .skip') && (box.top < strip.bottom - 1 || box.bottom > innerHeight + 1) && box.height < innerHeight / 2,
    is_body: e === document.body,
  };
}"""


async def tab_to(page: Page, name: str) -> None:
    """Tab on until something whose name matches has the focus; every stop on the way can be seen."""
    for _stop in range(150):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(STOP)
        if stop["is_body"]:
            continue
        assert stop["ring"], f"no ring around {stop['name']}"
        assert not stop["covered"], f"{stop['name']} is covered"
        if re.search(name, stop["name"]):
            return
    pytest.fail(f"nothing is called {name}")


async def questions_left(page: Page) -> int:
    """How many questions follow the first where each has a page of its own."""
    return await page.get_by_text("下一问").count()


async def code_for(page: Page, phone: str) -> str:
    """The code that was sent to this number, from the demonstration's list of messages."""
    for _attempt in range(100):
        shown = await (await page.request.get("/demo/outbox")).text()
        if found := re.search(rf"{phone}.*?\b(\d{{6}})\b", re.sub(r"<[^>]+>", " ", shown), re.S):
            return found[1]
        await asyncio.sleep(0.1)
    pytest.fail(f"no code came to {phone}")


@pytest.mark.parametrize(("mode", "width"), [("standard", 1280), ("elder", 390)])
async def test_a_lawyer_is_booked_by_keyboard_alone(serve, open_page, mode, width):
    page, is_elder = await open_page(await serve(DEMO), mode=mode, width=width), mode == "elder"
    press = page.keyboard.press
    await tab_to(page, "问律师" if is_elder else "约律师")
    await press("Enter")
    await page.wait_for_url("**/book")
    await tab_to(page, "借钱还钱")
    await press("Enter")
    await page.wait_for_url("**/book/story?*")
    await tab_to(page, "用您自己的话写")
    await page.keyboard.type("表弟借了三万元，说好年底还。")
    for _question in range(await questions_left(page) if is_elder else 0):
        await tab_to(page, "下一问")
        await press("Enter")
    await tab_to(page, "下一步：选时间")
    await press("Enter")
    await page.wait_for_url("**/book/times?*")
    await tab_to(page, "上午")
    before = await page.evaluate("document.activeElement.value")
    await press("ArrowDown")
    assert await page.evaluate("document.activeElement.value") != before
    await tab_to(page, "就约这个时间")
    await press("Enter")
    await page.wait_for_url("**/sign-in?*")
    await tab_to(page, "手机号")
    await page.keyboard.type(PHONES[mode])
    await press("Enter")
    await page.wait_for_url("**/sign-in/code?*")
    await tab_to(page, "^验证码")
    await page.keyboard.type(await code_for(page, PHONES[mode]))
    await press("Enter")
    await page.wait_for_url("**/book/confirm*")
    await tab_to(page, "怎么称呼您")
    await page.keyboard.type("王秀英")
    for _question in range(await questions_left(page) if is_elder else 0):
        await tab_to(page, "下一问")
        await press("Enter")
    for _consent in range(await page.get_by_text("我同意").count()):
        await tab_to(page, "我同意")
        await press("Space")
    await tab_to(page, "确认预约")
    await press("Enter")
    await page.wait_for_url("**/appointments/*")
    assert "约好了" in await page.inner_text("[role=status]")


@pytest.mark.parametrize("mode", ["standard", "elder"])
async def test_with_colours_of_their_own_and_without_motion_everything_keeps_its_edge(serve, open_page, mode):
    page = await open_page(
        await serve(DEMO),
        "/book/story?topic=debt",
        mode=mode,
        width=390,
        forced_colors="active",
        reduced_motion="reduce",
    )
    bare = """() => [...document.querySelectorAll('main :is(.button, .field__input, .field__choice label)')]
      .filter((e) => e.checkVisibility() && !e.matches('.button--quiet') && parseFloat(getComputedStyle(e).borderTopWidth) < 1)
      .map((e) => e.innerText)"""
    moves = """() => [...document.querySelectorAll('body *')].filter((e) =>
      parseFloat(getComputedStyle(e).transitionDuration) > 0 || getComputedStyle(e).animationName !== 'none').length"""
    for path in ("/", "/book/story?topic=debt", "/book/times?topic=debt", "/sign-in"):
        await page.goto(path)
        assert await page.evaluate(bare) == [], path
        assert await page.evaluate(moves) == 0, path
    await page.goto("/book/times?topic=debt")
    chosen = "getComputedStyle(document.querySelector('.times__time input:checked + label')).borderTopWidth"
    other = "getComputedStyle(document.querySelector('.times__time input:enabled:not(:checked) + label')).borderTopWidth"
    ring = "getComputedStyle(document.querySelector('.times__time input:checked')).opacity"
    assert await page.evaluate(chosen) != await page.evaluate(other) or await page.evaluate(ring) == "1"
