"""What people do most, in Chromium with JavaScript switched off: forms, links and answers carry all of it."""

import asyncio
import re

import pytest

from portal.demo.people import ACCOUNTS
from tests.browser.peopled import AGENT, RESIDENT, secret

PEOPLED = "tests.browser.peopled:fill"


@pytest.fixture
async def enter(serve, open_page):
    """`await enter("dispatcher", "/feedback")` opens a page as somebody, without scripts."""
    address = await serve(PEOPLED)

    async def open_as(visitor, path="/desk"):
        page = await open_page(address, "/healthz", width=390, javascript=False)
        if visitor:
            await page.context.add_cookies(
                [{"name": "portal_session", "value": secret(visitor), "url": address}]
            )
        await page.goto(path)
        return page

    return open_as


async def send(page):
    """Press the first button of the page's form; whatever comes back is no complaint."""
    await page.locator("main form button[type=submit]").first.click()
    assert await page.locator(".errors").count() == 0, await page.inner_text(".errors")


async def code(page, phone):
    """The code that was sent to this telephone, as the demonstration shows it."""
    ours = page.url
    for _attempt in range(100):
        await page.goto("/demo/outbox")
        if found := re.search(rf"{phone}.*?\b(\d{{6}})\b", await page.inner_text("main"), re.S):
            await page.goto(ours)
            return found[1]
        await asyncio.sleep(0.1)
    pytest.fail(f"no code came to {phone}")


async def test_a_lawyer_is_booked_and_the_appointment_cancelled(enter):
    page = await enter(None, "/")
    await page.get_by_role("link", name="约律师").last.click()
    await page.get_by_role("link", name="借钱还钱").click()
    await page.get_by_label("用您自己的话写").fill("表弟借了我三万元，说好年底还。")
    await send(page)
    assert await page.inner_text("h1") == "选一个时间"
    await send(page)
    await page.get_by_label("手机号").fill("138 1111 2233")
    await send(page)
    await page.get_by_label("验证码").fill(await code(page, "13811112233"))
    await send(page)
    assert await page.inner_text("h1") == "请再看一遍"
    await page.get_by_label("怎么称呼您").fill("王秀英")
    for consent in await page.get_by_text("我同意").all():
        await consent.click()
    await send(page)
    number = await page.inner_text(".number__value")
    assert "约好了" in await page.inner_text("[role=status]") and page.url.endswith(f"/appointments/{number}")
    await page.get_by_role("link", name="打印预约单").click()
    assert number in await page.inner_text("main") and "上午" in await page.inner_text("main")
    await page.get_by_role("link", name="回到预约").click()
    await page.get_by_text("取消预约").click()
    await page.get_by_role("button", name="确定取消").click()
    assert "已取消" in await page.inner_text("h1")


async def test_a_dispute_is_reported(enter):
    page = await enter(RESIDENT, "/disputes/new")
    await fill(page, category="neighbours", words="楼上半夜拖家具，说了几次没有用。")
    await send(page)
    assert re.search(r"/disputes/\w{4}-\w{4}$", page.url)
    assert "楼上半夜拖家具" in await page.inner_text("main")


async def test_a_need_is_raised(enter):
    page = await enter(RESIDENT, "/feedback/new")
    await fill(page, category="repair", words="三单元门口的路灯坏了一个星期。")
    await send(page)
    assert re.search(r"/feedback/\w{4}-\w{4}$", page.url)
    assert "路灯坏了" in await page.inner_text("main")


async def test_somebody_signs_up_for_a_lecture_and_gives_the_seat_back(enter):
    page = await enter(AGENT, "/lectures")
    ways = await page.locator("main a[href*='/lectures/']").evaluate_all("all => all.map(one => one.href)")
    for way in [way for way in ways if re.search(r"/lectures/\w{4}-\w{4}$", way)]:
        await page.goto(way)
        if await page.get_by_role("link", name="报名").count():
            break
    await page.get_by_role("link", name="报名").first.click()
    for consent in await page.get_by_text("我同意").all():
        await consent.click()
    await send(page)
    assert "/lectures/sign-ups/" in page.url
    await page.get_by_role("button", name="来不了，取消报名").click()
    assert await page.get_by_role("button", name="来不了，取消报名").count() == 0
    assert "取消" in await page.inner_text("main")


async def test_a_lawyer_works_through_a_morning(enter):
    page = await enter("dispatcher", "/queue")
    come = page.get_by_role("button", name="到了")
    theirs = page.locator(".queue__item").filter(has=come).filter(has_text=ACCOUNTS[0].name).first
    number = await theirs.locator(".queue__number").inner_text()
    await theirs.get_by_role("button", name="到了").click()
    page = await enter("lawyer", "/queue")
    row = page.locator(".queue__item").filter(has_text=number)
    await row.get_by_role("button", name="叫号").click()
    await row.get_by_role("button", name="开始咨询").click()
    assert "/consultations/" in page.url
    await page.get_by_role("link", name="写处方").click()
    await fill(page, facts="居民说借出三万元。", questions="怎样要回来？", steps="先发催款函，再申请调解。")
    await page.get_by_role("button", name="保存并预览").click()
    assert "先发催款函" in await page.inner_text("main")
    await page.get_by_role("button", name="签发").click()
    assert "先发催款函" in await page.inner_text("main") and "/prescriptions/" in page.url


async def test_a_clerk_dispatches_what_came_in(enter):
    page = await enter("dispatcher", "/feedback?state=received")
    way = await page.locator("main a[href^='/feedback/']").last.get_attribute("href")
    await page.goto(way)
    assert "还没有派发" in await page.inner_text("main")
    await page.locator("main [name=handler]").first.check()
    await page.get_by_role("button", name="派发", exact=True).click()
    assert "还没有派发" not in await page.inner_text("main")


async def fill(page, **values):
    """Fill in by name: a choice is ticked or picked, a text is written; a place is asked for by its first choice."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]").first
        kind = await field.evaluate("one => one.type")
        if kind in ("radio", "checkbox"):
            await page.locator(f"main [name={name}][value={value}]").check()
        elif kind.startswith("select"):
            await field.select_option(value)
        else:
            await field.fill(value)
