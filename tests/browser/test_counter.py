"""Somebody at the counter is entered and booked by keyboard alone, within a minute; the screen on the wall follows."""

import re
import time

from tests.browser.test_offices import enter
from tests.browser.test_residents import DEMO

MOST_SECONDS, MOST_PRESSES = 60, 120
BY_HAND = 0.25  # seconds that a press takes at a clerk's pace


class Keyboard:
    """A keyboard that counts."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    async def press(self, key, times=1):
        for _time in range(times):
            await self.page.keyboard.press(key)
            self.presses += 1

    async def type(self, text):
        await self.page.keyboard.type(text)
        self.presses += len(text)

    async def tab_to(self, name):
        for _stop in range(20):
            await self.press("Tab")
            if (
                await self.page.evaluate(
                    "document.activeElement.name || document.activeElement.innerText.trim()"
                )
                == name
            ):
                return
        raise AssertionError(f"nothing is called {name}")


async def test_a_walk_in_is_booked_by_keyboard_alone_within_a_minute(serve, open_page, record_property):
    page = await enter(open_page, await serve(DEMO), "dispatcher")
    await page.goto("/counter")
    keys, began = Keyboard(page), time.monotonic()
    assert await page.evaluate("document.activeElement.name") == "phone"
    await keys.type("13912345678")
    await keys.tab_to("name")
    await keys.type("赵小兰")
    await keys.tab_to("topic")
    await keys.press("ArrowDown", 3)
    await keys.tab_to("words")
    await keys.type("老板两个月没发工资。")
    await keys.tab_to("consent")
    await keys.press("Space")
    await keys.press("Tab")
    await keys.press("Space")
    await keys.tab_to("登记好了")
    await keys.press("Enter")
    await page.wait_for_url(re.compile(r"/counter/\w{4}-\w{4}$"))
    shown = await page.inner_text("main")
    seconds = time.monotonic() - began + keys.presses * BY_HAND
    record_property("presses", keys.presses)
    record_property("seconds", round(seconds, 1))
    print(f"{keys.presses} presses, {seconds:.1f} seconds at {BY_HAND} a press")
    assert "打印预约单" in shown
    assert keys.presses <= MOST_PRESSES and seconds <= MOST_SECONDS


async def test_what_is_refused_at_the_counter_is_mended_by_keyboard(serve, open_page):
    page = await enter(open_page, await serve(DEMO), "dispatcher")
    await page.goto("/counter")
    keys = Keyboard(page)
    await keys.type("13912345679")
    await keys.press("Enter")
    await page.wait_for_selector(".errors")
    assert await page.evaluate("document.activeElement.className") == "errors"
    await keys.press("Tab")
    await keys.press("Enter")
    assert await page.evaluate("document.activeElement.name") == "name"
    assert await page.input_value("[name=phone]") == "13912345679"


async def test_the_screen_on_the_wall_is_large_and_goes_on_without_a_hand(serve, open_page):
    address = await serve(DEMO)
    staff = await enter(open_page, address, "dispatcher")
    await staff.goto("/screen")
    shown = await staff.get_attribute("a[href^='/screen/']", "href")
    wall = await open_page(address, shown, width=1280)
    assert "请坐" in await wall.inner_text("main") or await wall.query_selector("[data-number]")
    assert not await wall.query_selector("a[href]")
    async with wall.expect_response(lambda answer: "/screen/" in answer.url, timeout=9000) as asked:
        pass
    assert (await asked.value).status == 304
    assert await wall.evaluate("document.documentElement.scrollWidth <= innerWidth")
    still = await open_page(address, shown, javascript=False)
    assert await still.locator("meta[http-equiv=refresh]").count() == 1
