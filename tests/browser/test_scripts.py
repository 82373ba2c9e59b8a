"""The small modules in a real browser: a hold that runs out, times and queues that change, a second press, lists that follow."""

import asyncio
import re

import httpx
import pytest
from playwright.async_api import Page, expect

from portal.web.gate import SESSION
from tests.browser.at_work import SECRET

FILL = "tests.browser.at_work:fill"
SOON, LATER = 16_000, 19_000  # after which a page asks for the first time, and once more
TIMES = "/book/times?topic=debt"


async def enter(open_page, address: str, who: str, path: str, **more) -> Page:
    """A page of somebody who is signed in."""
    cookies = [{"name": SESSION, "value": SECRET.format(name=who), "domain": "127.0.0.1", "path": "/"}]
    plain = {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
    state = {"cookies": [one | plain for one in cookies], "origins": []}
    return await open_page(address, path, storage_state=state, **more)


def by(address: str, who: str = "") -> httpx.AsyncClient:
    """Somebody else, somewhere else."""
    cookies = {SESSION: SECRET.format(name=who)} if who else {}
    return httpx.AsyncClient(base_url=address, cookies=cookies, follow_redirects=True, trust_env=False)


async def wakes(page: Page, path: str) -> list[int]:
    """Open the page under a clock of the test's own; answers the list of how its own questions will be answered."""
    answers: list[int] = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if "x-unattended" in answer.request.headers else None,
    )
    await page.clock.install()
    await page.goto(path)
    return answers


async def later(page: Page, answers: list[int], milliseconds: int) -> None:
    """Let time pass until the page has asked once more, and been answered."""
    before = len(answers)
    await page.clock.fast_forward(milliseconds)
    for _attempt in range(100):
        if len(answers) > before:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    assert len(answers) == before + 1


# -- a time that is kept for somebody ------------------------------------------------------------------------------------


async def test_a_hold_speaks_at_five_minutes_and_one_and_ends_with_the_way_on(serve, open_page, axe):
    page = await open_page(await serve(FILL), "about:blank", width=390)
    await page.clock.install()
    await page.goto(TIMES)
    await page.get_by_role("button", name="就约这个时间").click()
    await page.goto(TIMES)
    hold, said = page.locator(".hold"), page.locator(".hold [data-said]")
    await expect(hold).to_contain_text("还剩")
    assert await axe(page) == []
    minutes, seconds = re.search(r"(\d+):(\d\d)", await page.inner_text(".countdown")).groups()
    left = 60 * int(minutes) + int(seconds)
    assert await said.text_content() == "" and left > 300
    await page.clock.fast_forward((left - 290) * 1000)
    await expect(said).to_contain_text("这个时间还给您留 5 分钟。")
    await page.clock.fast_forward(240_000)
    await expect(said).to_contain_text("这个时间只留 1 分钟了。")
    await page.clock.fast_forward(60_000)
    await expect(hold.locator("[data-over]")).to_contain_text("您写的内容都还在")
    await expect(hold.locator("[data-running]:visible")).to_have_count(0)
    assert await axe(page) == []


async def test_what_was_typed_on_the_last_page_goes_along_to_another_time(serve, open_page):
    page = await enter(open_page, await serve(FILL), "tao", "/book/story?topic=debt", width=390)
    await page.get_by_label("用您自己的话写").fill("表弟借了我三万元，说好年底还。")
    await page.get_by_role("button", name="下一步").click()
    await page.get_by_role("button", name="就约这个时间").click()
    await expect(page.locator(".hold")).to_contain_text("还剩")
    await page.get_by_label("来的时候需要什么帮助").fill("听力不好")
    await page.get_by_role("button", name="换个时间，写的都留着").click()
    await expect(page.locator("h1")).to_have_text("选一个时间")
    await page.get_by_role("button", name="就约这个时间").click()
    await expect(page.get_by_label("来的时候需要什么帮助")).to_have_value("听力不好")


# -- times -----------------------------------------------------------------------------------------------------------------


async def test_a_time_that_is_taken_is_marked_where_it_stands_and_the_chosen_one_says_so(
    serve, open_page, axe
):
    address = await serve(FILL)
    page = await open_page(address, "about:blank", width=390)
    answers = await wakes(page, TIMES)
    chosen, other = (
        page.locator("input[name=slot]:enabled").nth(0),
        page.locator("input[name=slot]:enabled").nth(1),
    )
    values = [await chosen.input_value(), await other.input_value()]
    await chosen.focus()
    here = [await page.locator(f"[value='{value}']").bounding_box() for value in values]
    await later(page, answers, SOON)
    assert answers == [304]
    quick = [by(address), by(address)]
    for client, value in zip(quick, values, strict=True):
        await client.get(TIMES)
        assert (await client.post(TIMES, data={"slot": value, "topic": "debt"})).status_code == 200
    await later(page, answers, LATER)
    assert answers == [304, 200]
    taken = page.locator(f"[value='{values[1]}']")
    await expect(taken).to_be_disabled()
    await expect(page.locator(f"label[for='{await taken.get_attribute('id')}']")).to_contain_text("刚被约走")
    await expect(page.locator("[data-live-said]")).to_have_text("您选的时间刚被别人约走了，请另选一个。")
    mine = page.locator(f"[value='{values[0]}']")
    await expect(mine).to_be_checked()
    await expect(mine).to_be_focused()
    assert [await page.locator(f"[value='{value}']").bounding_box() for value in values] == here
    assert await axe(page) == []
    third = await page.locator("input[name=slot]:enabled").nth(2).input_value()
    await quick[1].post(
        TIMES, data={"slot": third, "topic": "debt"}
    )  # who took the other goes for a third: it is free again
    for client in quick:
        await client.aclose()
    await later(page, answers, LATER)
    await expect(taken).to_be_enabled()
    await expect(page.locator(f"label[for='{await taken.get_attribute('id')}']")).to_contain_text("刚空出来")


async def test_a_page_nobody_looks_at_does_not_ask_and_a_bad_line_is_asked_ever_more_rarely(serve, open_page):
    page = await open_page(await serve(FILL), "about:blank")
    answers = await wakes(page, TIMES)
    await later(page, answers, SOON)
    await page.context.set_offline(True)
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    for wait in (LATER, LATER * 2, LATER * 4):
        await page.clock.fast_forward(wait)
        await asyncio.sleep(0.2)
    assert len(failed) == 3
    await page.clock.fast_forward(LATER)
    await asyncio.sleep(0.2)
    assert len(failed) == 3
    await page.context.set_offline(False)
    await later(page, answers, LATER * 8)
    await page.clock.fast_forward("31:00")
    await asyncio.sleep(0.2)
    before = len(answers)
    await page.clock.fast_forward("10:00")
    await asyncio.sleep(0.2)
    assert len(answers) == before


# -- the waiting room ------------------------------------------------------------------------------------------------------


async def number_of(page: Page, address: str, who: str) -> str:
    """The number of somebody's appointment of today."""
    async with by(address, who) as client:
        return re.search(r"/appointments/([\w-]{9})", (await client.get("/desk")).text)[1]


async def test_who_waits_reads_how_many_are_in_front_and_is_asked_in(serve, open_page, axe):
    address = await serve(FILL)
    page = await enter(open_page, address, "mei", "about:blank", width=390)
    mei, tao = [await number_of(page, address, who) for who in ("mei", "tao")]
    answers = await wakes(page, f"/appointments/{mei}")
    turn = page.locator("main [data-live]")
    await expect(turn).to_contain_text("前面还有 1 位。")
    assert await axe(page) == []
    await later(page, answers, SOON)
    await later(page, answers, LATER)
    assert 304 in answers, "about when it is their turn is told to five minutes: once in a while that changes"
    async with by(address, "fang") as desk:
        (await desk.post(f"/appointments/{mei}/call")).raise_for_status()
    await later(page, answers, LATER)
    await expect(turn).to_contain_text("请进，轮到您了")
    assert answers[2:] == [200] and await axe(page) == []
    assert tao not in await page.content()


async def test_the_morning_of_a_lawyer_changes_by_itself_but_not_under_a_hand(serve, open_page):
    address = await serve(FILL)
    page = await enter(open_page, address, "chen", "about:blank")
    tao = await number_of(page, address, "tao")
    answers = await wakes(page, "/queue")
    row = page.locator(".queue__item", has_text=tao)
    await expect(row).to_contain_text("已报到")
    await row.get_by_role("button").first.focus()
    await later(page, answers, SOON)
    async with by(address, "fang") as desk:
        (await desk.post(f"/appointments/{tao}/call")).raise_for_status()
    await later(page, answers, LATER)
    await expect(row).to_contain_text("已报到")
    await page.evaluate("document.activeElement.blur()")
    await later(page, answers, LATER)
    await expect(row).to_contain_text("已叫号")
    await expect(page.locator("[data-live-said]")).to_have_text("名单有变化，已经换成最新的。")


# -- a second press --------------------------------------------------------------------------------------------------------


WATCH = """() => {
    const told = () => noted([...document.querySelectorAll("[aria-busy]")].map((one) => one.tagName).join());
    new MutationObserver(told).observe(document, { subtree: true, attributeFilter: ["aria-busy"] });
}"""


async def test_a_second_press_while_the_server_is_slow_sends_nothing_and_the_button_says_that_it_works(
    serve, open_page
):
    page = await open_page(await serve(FILL), "/help", width=390)
    sent, seen = await slowly(page), []
    await page.expose_function("noted", lambda said: seen.append(said))
    await page.evaluate(WATCH)
    await page.get_by_label("您的电话").fill("13800000009")
    box = await page.get_by_role("button", name="请打电话给我").bounding_box()
    async with page.expect_navigation():
        for _press in range(2):
            await page.keyboard.press("Enter")
            await page.mouse.click(box["x"] + 9, box["y"] + 9)
    assert len(sent) == 1 and seen[0] == "FORM,BUTTON"


async def test_the_page_that_the_back_button_brings_back_can_be_sent_again(serve, open_page):
    page = await open_page(await serve(FILL), "/help")
    await page.evaluate("document.querySelector('main form').setAttribute('aria-busy', 'true')")
    await page.goto("/lookup")
    await page.go_back()
    assert await page.locator("form[aria-busy]").count() == 0
    await page.evaluate("document.querySelector('main form').setAttribute('aria-busy', 'true')")
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert await page.locator("form[aria-busy]").count() == 0


async def test_when_no_answer_comes_the_button_can_be_pressed_again(serve, open_page):
    page = await open_page(await serve(FILL), "about:blank")
    await page.clock.install()
    await page.goto("/help")
    await page.evaluate(
        "addEventListener('submit', (event) => event.preventDefault())"
    )  # as if it never arrived
    button = page.get_by_role("button", name="请打电话给我")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await page.clock.fast_forward(9_000)
    await expect(button).not_to_have_attribute("aria-busy", "true")


async def slowly(page: Page) -> list[str]:
    """The server takes its time to answer what is sent to it; answers the list of that."""
    sent: list[str] = []

    async def wait(route):
        if route.request.method == "POST":
            sent.append(route.request.url)
            await asyncio.sleep(1)
        await route.continue_()

    await page.route("**/help", wait)
    return sent


# -- counts and lists ------------------------------------------------------------------------------------------------------


async def test_how_much_more_may_be_written_is_said_aloud_only_near_the_end(serve, open_page):
    page = await open_page(await serve(FILL), "/book/story?topic=debt")
    area, count = page.get_by_label("用您自己的话写"), page.locator(".field__count").first
    await expect(count).to_have_text("还可以写 2000 字")
    await area.fill("字" * 1970)
    await expect(count).to_have_text("还可以写 30 字")
    await expect(count).to_have_attribute("aria-live", "off")
    await area.press("End")
    await page.keyboard.type("再写十一个字看看如何呀")
    await expect(count).to_have_attribute("aria-live", "polite")


async def test_a_list_follows_what_is_typed_and_keeps_the_caret(serve, open_page, axe):
    page = await enter(open_page, await serve(FILL), "fang", "/appointments")
    box, said = page.locator("[data-filter] [name=q]"), page.locator("[data-results] [role=status]")
    await said.evaluate("one => one.dataset.same = 'yes'")
    everyone = await page.locator("[data-results] tbody tr, [data-results] li").count()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)
    await box.press_sequentially("没有这个人", delay=20)
    await expect(page.locator("[data-results]")).to_contain_text("没有找到")
    assert len(asked) == 1 and "q=" in page.url
    await expect(box).to_be_focused()
    assert await box.evaluate("one => one.selectionStart") == 5
    assert await said.get_attribute("data-same") == "yes", "the live region is still the same element"
    assert await axe(page) == []
    await box.fill("")
    await expect(page.locator("[data-results] tbody tr, [data-results] li")).to_have_count(everyone)
    assert page.url.endswith("/appointments")


@pytest.mark.parametrize("cut", [True, False])
async def test_a_list_whose_server_fails_still_has_its_button(serve, open_page, cut):
    page = await enter(open_page, await serve(FILL), "fang", "/appointments")
    box = page.locator("[data-filter] [name=q]")
    if cut:
        await page.context.set_offline(True)
    else:
        await page.route(
            "**/appointments?*",
            lambda route: (
                route.fulfill(status=429, body="")
                if route.request.resource_type == "fetch"
                else route.continue_()
            ),
        )
    await box.fill("陶")
    await asyncio.sleep(0.6)
    await expect(box).to_have_value("陶")
    assert page.url.endswith("/appointments")
    await page.context.set_offline(False)
    await box.press("Enter")
    await page.wait_for_url("**/appointments?q=*")
