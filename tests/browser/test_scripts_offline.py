"""The sheet of a staircase without a signal: what is ticked stays on the telephone, is sent once, and is gone afterwards."""

import asyncio
import json
import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_scripts import FILL, by, enter

SHEET = re.compile(r"/rounds/[\w-]{9}/units/[0-9a-f-]{36}")
KEPT = """() => Object.entries(localStorage).filter(([key]) => key.startsWith("offline:"))"""

SHEETS = """async () => {
    const sheets = await caches.open("sheets"), pages = [];
    for (const one of await sheets.keys()) if (!one.url.includes("/static/")) pages.push(await (await sheets.match(one)).text());
    return pages;
}"""


async def walk(open_page, address: str, who: str = "dou", **more) -> Page:
    """The sheet of somebody's first staircase, on a telephone."""
    page = await enter(open_page, address, who, "/rounds", width=390, **more)
    await page.get_by_role("link", name="入冬走访").click()
    await page.locator(".rounds__unit a").first.click()
    assert SHEET.search(page.url)
    if more.get("javascript", True):
        for _attempt in range(100):
            if await page.evaluate(SHEETS):
                break
            await asyncio.sleep(0.05)
        await page.evaluate("async () => { await navigator.serviceWorker.ready }")
    return page


def door(page: Page, room: str):
    """One household."""
    return page.locator(".door", has=page.get_by_role("group", name=room))


async def tick(page: Page, room: str, answer: str) -> None:
    """What was answered there."""
    await door(page, room).get_by_label(answer, exact=True).check()


async def save(page: Page) -> None:
    """The one button."""
    await page.locator(".doors__save button").click()


async def test_with_a_signal_each_door_says_what_became_of_it(serve, open_page, axe):
    page = await walk(open_page, await serve(FILL))
    await tick(page, "101", "一切都好")
    state = door(page, "101").locator("[data-state]")
    await expect(state).to_have_text("选好了，还没有记下。")
    await save(page)
    await expect(state).to_have_text("记下了。")
    assert await page.evaluate(KEPT) == [] and await axe(page) == []
    await page.reload()
    await expect(door(page, "101").get_by_label("一切都好")).to_be_checked()


async def test_without_a_signal_answers_stay_on_the_telephone_and_go_once_when_it_is_back(
    serve, open_page, axe
):
    page = await walk(open_page, await serve(FILL))
    await page.context.set_offline(True)
    await tick(page, "102", "没有人在家")
    await door(page, "102").get_by_role("textbox").fill("敲了三次门")
    await save(page)
    state = door(page, "102").locator("[data-state]")
    await expect(state).to_have_text("已存在手机上，等有信号再发。")
    await expect(page.locator("[data-offline-said]")).to_contain_text("1 户存在手机上")
    await expect(page.locator("[data-offline-said]")).to_contain_text("备注不存在手机上")
    assert await axe(page) == []
    kept = await page.evaluate(KEPT)
    assert len(kept) == 1 and "敲了三次门" not in json.dumps(kept, ensure_ascii=False), (
        "no word that was typed stays"
    )
    assert [value for _name, value in json.loads(kept[0][1])["pairs"]] == ["pending", "absent"]
    sent: list[str] = []
    page.on("response", lambda answer: sent.append(answer.url) if answer.request.method == "POST" else None)
    await page.context.set_offline(False)
    await expect(state).to_have_text("记下了。")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await asyncio.sleep(0.3)
    assert len(sent) == 1 and await page.evaluate(KEPT) == []
    await page.reload()
    await expect(door(page, "102").get_by_role("textbox")).to_have_value("敲了三次门")


async def test_an_answer_whose_receipt_was_lost_is_sent_again_and_written_once(serve, open_page):
    address = await serve(FILL)
    page = await walk(open_page, address)
    lost = asyncio.Event()

    async def lose(route) -> None:
        if route.request.method == "POST" and not lost.is_set():
            lost.set()
            async with by(address, "dou") as client:  # it arrives, and nobody hears of it
                body, kind = route.request.post_data, {"Content-Type": "application/x-www-form-urlencoded"}
                await client.post(route.request.url, content=body, headers=kind)
            await route.abort()
        else:
            await route.continue_()

    await page.route(SHEET, lose)
    await tick(page, "201", "一切都好")
    await save(page)
    state = door(page, "201").locator("[data-state]")
    await expect(state).to_have_text("已存在手机上，等有信号再发。")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(state).to_have_text("记下了。")


async def test_what_somebody_else_answered_meanwhile_is_kept_and_said(serve, open_page):
    address = await serve(FILL)
    mine, theirs = [await walk(open_page, address, who) for who in ("dou", "bai")]
    await mine.context.set_offline(True)
    await tick(mine, "202", "一切都好")
    await save(mine)
    await tick(theirs, "202", "有纠纷")
    await save(theirs)
    await expect(door(theirs, "202").locator("[data-state]")).to_have_text("记下了。")
    await mine.context.set_offline(False)
    await expect(door(mine, "202").locator("[data-state]")).to_have_text(
        "已经有人登记过：有纠纷。保留了别人的。"
    )
    await expect(door(mine, "202").get_by_label("有纠纷")).to_be_checked()
    assert await mine.evaluate(KEPT) == []


async def test_the_page_opens_again_without_a_signal_and_holds_what_was_ticked(serve, open_page, axe):
    page = await walk(open_page, await serve(FILL))
    await page.context.set_offline(True)
    await tick(page, "101", "有诉求")
    await page.reload()
    await expect(page.locator("h1")).to_contain_text("1单元")
    await expect(page.locator("main .notice")).to_contain_text("现在没有信号")
    await expect(door(page, "101").get_by_label("有诉求")).to_be_checked()
    assert await page.evaluate("getComputedStyle(document.querySelector('.door')).borderTopWidth") == "1px"
    assert await axe(page) == []
    await save(page)
    await expect(door(page, "101").locator("[data-state]")).to_have_text("已存在手机上，等有信号再发。")
    await page.context.set_offline(False)
    await expect(door(page, "101").locator("[data-state]")).to_have_text("记下了。")
    for elsewhere in ("/desk", "/rounds"):
        await page.context.set_offline(True)
        with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
            await page.goto(elsewhere)
        await page.context.set_offline(False)
        await page.goto("/rounds")


async def test_a_lost_telephone_tells_doors_and_codes_and_nothing_of_anybody(serve, open_page):
    page = await walk(open_page, await serve(FILL), "sun")
    (sheet,) = await page.evaluate(SHEETS)
    assert "孙网格" in await page.content() and "101" in sheet
    assert not any(word in sheet for word in ("孙网格", "note-", "noted-"))
    await tick(page, "101", "有纠纷")
    await page.get_by_role("button", name="退出").click()
    await page.wait_for_url("**/")
    assert await page.evaluate(KEPT) == [] and await page.evaluate(SHEETS) == []
    assert await page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0


async def test_what_is_a_day_old_or_somebody_elses_is_deleted_and_never_sent(serve, open_page):
    page = await walk(open_page, await serve(FILL))
    await page.evaluate("""() => {
        const [form] = document.querySelectorAll("form[data-offline]"), action = form.getAttribute("action");
        const pairs = [["was", "pending"]], old = Date.now() - 25 * 3600e3;
        localStorage.setItem(`offline:${form.dataset.offline}:${action}#1`, JSON.stringify({ at: old, pairs, asked: true }));
        localStorage.setItem(`offline:somebody:${action}#2`, JSON.stringify({ at: Date.now(), pairs, asked: true }));
    }""")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    await page.reload()
    await page.wait_for_function(f"({KEPT})().length === 0")
    assert sent == []


async def test_whoever_was_signed_out_meanwhile_is_told_to_sign_in_and_loses_nothing(serve, open_page):
    page = await walk(open_page, await serve(FILL), "bai")
    await page.context.set_offline(True)
    await tick(page, "102", "有诉求")
    await save(page)
    cookies = await page.context.cookies()
    await page.context.clear_cookies()
    await page.context.set_offline(False)
    state = door(page, "102").locator("[data-state]")
    await expect(state).to_contain_text("请重新登录")
    assert len(await page.evaluate(KEPT)) == 1
    await page.context.add_cookies(cookies)
    await page.reload()
    await expect(state).to_have_text(re.compile("记下了|已经有人登记过"))
    assert await page.evaluate(KEPT) == []


async def test_without_a_script_the_sheet_is_sent_as_ever(serve, open_page):
    page = await walk(open_page, await serve(FILL), javascript=False)
    await tick(page, "201", "有诉求")
    await save(page)
    await expect(page.locator("[role=status]").first).to_contain_text("记下了 1 户。")
