"""Staying signed in, and being signed out by doing nothing, in a real browser."""

import pytest
from playwright.async_api import Page, expect

from portal.people.models import Way
from portal.web.gate import SESSION
from tests.browser.signed_in import SECRETS

FILL = "tests.browser.signed_in:fill"


async def enter(open_page, address: str, way: Way, path: str, **more) -> Page:
    """A page of somebody who is signed in by this door."""
    page = await open_page(address, "/card", **more)
    await page.context.add_cookies([{"name": SESSION, "value": SECRETS[way], "url": address}])
    await page.clock.install()
    await page.goto(path)
    return page


async def test_two_minutes_before_the_end_somebody_is_asked_and_one_press_keeps_them(serve, open_page, axe):
    page = await enter(open_page, await serve(FILL), Way.OFFICE, "/privacy", width=390)
    banner, on = page.locator("[data-stay]"), page.get_by_role("button", name="我还在，继续")
    await expect(banner).to_be_hidden()
    await page.clock.fast_forward("28:30")
    await expect(banner).to_contain_text("不到 2 分钟")
    assert await axe(page) == []
    async with page.expect_response("**/session/extension") as answer:
        await on.click()
    assert (await answer.value).status == 200
    await expect(banner).to_be_hidden()
    await page.clock.fast_forward("31:00")
    await expect(banner).to_contain_text("已经自动退出")
    await expect(on).to_be_hidden()


async def test_when_it_is_over_nobody_who_passes_by_reads_the_page(serve, open_page):
    page = await enter(open_page, await serve(FILL), Way.OFFICE, "/feedback/new")
    words, title = page.locator("main form textarea").first, page.locator("main h1")
    await words.fill("楼道的灯坏了")
    await page.clock.fast_forward("31:00")
    await expect(page.locator("[data-stay]")).to_contain_text("已经自动退出")
    await expect(title).to_be_hidden()
    await expect(words).to_be_visible()


async def test_what_one_tab_wins_the_other_knows(serve, open_page):
    address = await serve(FILL)
    page = await enter(open_page, address, Way.OFFICE, "/privacy")
    await page.clock.fast_forward("28:30")
    await expect(page.locator("[data-stay]")).to_be_visible()
    another = await page.context.new_page()
    await another.goto(f"{address}/card")
    await expect(page.locator("[data-stay]")).to_be_hidden()


@pytest.mark.parametrize(("way", "says"), [(Way.OFFICE, "30 分钟不动"), (Way.CARD, "10 分钟不动")])
async def test_without_a_script_it_is_said_beforehand(serve, open_page, way, says):
    page = await enter(open_page, await serve(FILL), way, "/privacy", javascript=False)
    assert says in await page.inner_text("body")


async def test_nobody_who_came_by_telephone_is_bothered(serve, open_page):
    page = await enter(open_page, await serve(FILL), Way.PHONE, "/me")
    assert await page.locator("[data-stay]").count() == 0
