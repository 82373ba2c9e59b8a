"""The stranger and the resident in a real browser: on the narrowest telephone, without JavaScript, and leaving at once."""

import asyncio
import re
import time
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route

DEMO = "portal.demo:load"
NARROW = 320
PUBLIC = (
    "/",
    "/book",
    "/book/story?topic=debt",
    "/book/safety",
    "/book/times?topic=debt",
    "/lawyers",
    "/report",
    "/lectures",
    "/council",
    "/public",
    "/board/definitions",
    "/help",
    "/lookup",
    "/privacy",
    "/sign-in",
    "/sign-in?back=/book/confirm",
    "/staff/sign-in",
    "/card",
    "/nowhere",
)
OWN = (
    "/",
    "/desk",
    "/me",
    "/me/proxies",
    "/quiet",
    "/book/triage",
    "/waitlist/new?topic=debt",
    "/disputes/new",
    "/feedback/new",
    "/council/motions/new",
)
MONTHS = 300 * 24 * 3600  # seconds for which a choice lasts at least
WEIGHT = 20 * 1024  # bytes on the wire, headers included


async def sign_in(address: str, phone: str) -> dict[str, Any]:
    """A resident's cookies, by the code that the demonstration shows, as Playwright keeps them."""
    async with httpx.AsyncClient(base_url=address, follow_redirects=True, trust_env=False) as client:
        await client.post("/sign-in", data={"phone": phone, "back": "/"})
        for _attempt in range(100):
            shown = (await client.get("/demo/outbox")).text
            if found := re.search(rf"{phone}.*?\b(\d{{6}})\b", re.sub(r"<[^>]+>", " ", shown), re.S):
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail(f"no code came to {phone}")
        answer = await client.post("/sign-in/code", data={"code": found[1], "back": "/desk"})
        assert answer.url.path == "/desk"
        cookies = [
            {"name": name, "value": value, "domain": "127.0.0.1", "path": "/", "expires": -1}
            | {"httpOnly": True, "secure": False, "sameSite": "Lax"}
            for name, value in client.cookies.items()
            if name in ("portal_session", "portal_browser")
        ]
    return {"cookies": cookies, "origins": []}


@pytest.fixture(scope="module")
async def residents(serve) -> dict[str, dict[str, Any]]:
    """The two residents of the demonstration, signed in."""
    address = await serve(DEMO)
    return {phone: await sign_in(address, phone) for phone in ("13800000001", "13800000002")}


async def faults(page: Page, axe, language: str, *, inspects: bool = True) -> list[str]:
    """What is wrong with the page as it stands."""
    found = await axe(page) if inspects else []
    if await page.evaluate("document.documentElement.scrollWidth") > NARROW:
        found.append("scrolls sideways")
    if (count := await page.locator("h1").count()) != 1:
        found.append(f"has {count} headings of the first level")
    if (lang := await page.get_attribute("html", "lang")) != {"zh": "zh-CN", "en": "en"}[language]:
        found.append(f"says it is written in {lang}")
    return found


@pytest.mark.parametrize("path", ["/book/story?topic=debt", "/sign-in", "/help", "/lookup"])
async def test_a_refused_form_of_a_stranger_is_sound_and_leads_to_what_is_missing(
    serve, open_page, axe, path
):
    page = await open_page(await serve(DEMO), path, width=NARROW)
    await refuse(page, axe)


@pytest.mark.parametrize("path", ["/disputes/new", "/feedback/new", "/council/motions/new"])
async def test_a_refused_form_of_a_resident_is_sound_and_leads_to_what_is_missing(
    serve, open_page, axe, residents, path
):
    page = await open_page(await serve(DEMO), path, width=NARROW, storage_state=residents["13800000002"])
    await refuse(page, axe)


async def refuse(page: Page, axe) -> None:
    """Send the form empty: every complaint is its own sentence and brings the eye to its field."""
    await page.locator("main form button[type=submit]").first.click()
    await page.wait_for_selector(".errors")
    assert await faults(page, axe, "zh") == []
    said = await page.locator(".errors a").all_inner_texts()
    assert len(said) == len(set(said))
    assert await page.evaluate("document.activeElement.className") == "errors"
    await page.locator(".errors a").first.click()
    target = (await page.locator(".errors a").first.get_attribute("href")).removeprefix("#")
    assert await page.evaluate("document.activeElement.id") == target


async def test_choosing_a_time_costs_three_small_requests_to_this_portal_alone(serve, open_page):
    address = await serve(DEMO)
    page = await open_page(address, "about:blank", width=390)
    session = await page.context.new_cdp_session(page)
    asked, weight = [], []
    session.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    session.on("Network.loadingFinished", lambda event: weight.append(event["encodedDataLength"]))
    await session.send("Network.enable")
    await page.goto("/book/times?topic=debt", wait_until="networkidle")
    assert await page.locator("input[name=slot]:enabled").count() > 20
    assert len(asked) <= 3 and all(url.startswith(f"{address}/") for url in asked), asked
    assert len(weight) == len(asked) and sum(weight) <= WEIGHT, weight


@pytest.mark.parametrize("javascript", [True, False])
async def test_one_tap_leaves_for_another_site(serve, open_page, javascript):
    page = await open_page(await serve(DEMO), "/help", width=NARROW, javascript=javascript)
    await elsewhere(page)
    async with page.expect_request("https://www.baidu.com/") as asked:
        await page.get_by_role("link", name="离开此页").click(no_wait_after=True)
    told = (await asked.value).headers
    assert "referer" not in told, "the other site is not told where somebody came from"
    page.problems.clear()
    if javascript:  # the page that was left is not behind the back button
        await page.wait_for_url("https://www.baidu.com/")
        await page.go_back()
        assert page.url == "about:blank"


async def test_three_presses_of_shift_leave_too(serve, open_page):
    page = await open_page(await serve(DEMO), "/help")
    await elsewhere(page)
    await page.keyboard.press("Shift")
    await page.keyboard.press("Shift")
    assert page.url.endswith("/help")
    await page.keyboard.press("Shift")
    await page.wait_for_url("https://www.baidu.com/")
    page.problems.clear()


async def elsewhere(page: Page) -> list[str | None]:
    """Stand in for the other site; answers the list of what it is told about where its readers come from."""
    seen: list[str | None] = []

    async def stand_in(route: Route) -> None:
        seen.append(route.request.headers.get("referer"))
        await route.fulfill(body="<title>elsewhere</title>", content_type="text/html")

    await page.route("https://www.baidu.com/", stand_in)
    return seen


@pytest.mark.parametrize("javascript", [True, False])
async def test_language_and_large_print_are_remembered(serve, open_page, javascript):
    page = await open_page(await serve(DEMO), "/lectures", width=390, javascript=javascript)
    await page.get_by_text("Language").click()
    await page.get_by_role("button", name="English").click()
    assert page.url.endswith("/lectures") and await page.get_attribute("html", "lang") == "en"
    await page.get_by_role("button", name="Larger text").click()
    assert page.url.endswith("/lectures") and await page.get_attribute("html", "data-mode") == "elder"
    kept = {one["name"]: one for one in await page.context.cookies()}
    for name in ("portal_language", "portal_mode"):
        assert kept[name]["expires"] > time.time() + MONTHS
    another = await page.context.new_page()
    await another.goto("/council")
    assert await another.get_attribute("html", "lang") == "en"
    assert await another.get_attribute("html", "data-mode") == "elder"
    await another.get_by_text("Language").click()
    await another.get_by_role("button", name="中文").click()
    await another.get_by_role("button", name="标准版").click()
    await page.reload()
    assert await page.get_attribute("html", "lang") == "zh-CN"
    assert await page.get_attribute("html", "data-mode") == "standard"
