"""Who is at the door, in which language, and whether a write from there is trusted."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse

from app import app
from portal import clock, secrecy
from portal.database import transaction
from portal.people.models import Person, Session
from portal.web import gate
from portal.web.routes import PUBLIC, SIGNED_IN, STAFF_ONLY, get, may_enter, post
from tests import make
from tests.forms_browser import Browser


async def said(request):
    """Who the gate found."""
    return PlainTextResponse(request.state.person.name if request.state.person else "nobody")


async def anonymous(request):
    """The browser's hash."""
    return PlainTextResponse(gate.browser(request))


# The sign-in pages are the portal's own; here only their names are needed.
small = Starlette(
    routes=[
        get("/who", said, who=PUBLIC, name="who"),
        post("/who", said, who=PUBLIC, name="write"),
        get("/browser", anonymous, who=PUBLIC, name="browser"),
        get("/mine/{it}", said, who=SIGNED_IN, name="mine"),
        post("/mine/{it}", said, who=SIGNED_IN, name="mine:write"),
        get("/office", said, who=STAFF_ONLY, name="office"),
        get("/in", said, who=PUBLIC, name="sign_in"),
        get("/staff/in", said, who=PUBLIC, name="staff_sign_in"),
    ],
    middleware=[Middleware(gate.Gate)],
)


# -- writes from elsewhere -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://portal.localhost"}, 403),
        ({"Origin": "https://portal.localhost"}, 200),
        ({"Origin": "https://portal.localhost.evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({}, 200),
    ],
)
async def test_a_write_is_taken_only_from_our_own_pages(database, headers, status):
    browser = Browser(small)
    answer = await browser.request("POST", "/who", b"", headers)
    assert answer.status == status
    reading = await browser.request("GET", "/who", None, headers)
    assert reading.status == 200, "reading is allowed from everywhere"


async def test_every_write_of_the_portal_is_refused_from_elsewhere(database):
    browser = Browser(app)
    for route in app.routes:
        if "POST" in (getattr(route, "methods", None) or ()):
            path = route.path.replace("{", "").replace("}", "")
            answer = await browser.post(path, {}, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status == 403, path


# -- who -----------------------------------------------------------------------------------------------------------------


async def test_a_live_session_is_recognised_and_any_other_is_nobody(cast):
    browser = await make.sign_in(Browser(small), cast.mei)
    assert (await browser.get("/who")).text == cast.mei.name
    for forged in ("", "x" * 43, "x" * 5000):
        browser.keep("portal_session", forged)
        assert (await browser.get("/who")).text == "nobody"


async def test_the_hash_in_the_database_is_no_key(cast):
    await make.sign_in(Browser(small), cast.mei)
    stranger = Browser(small)
    stranger.keep("portal_session", (await Session.get()).secret)
    assert (await stranger.get("/who")).text == "nobody"


async def test_a_session_is_over_with_its_time(cast):
    browser = await make.sign_in(Browser(small), cast.mei)
    with clock.standing_at(clock.now() + timedelta(hours=12, minutes=1)):
        assert (await browser.get("/who")).text == "nobody"


async def test_the_use_of_a_session_is_noted_once_an_hour(cast):
    browser, now = await make.sign_in(Browser(small), cast.mei), clock.now()
    for minutes, noted in ((0, 0), (59, 0), (61, 61), (70, 61)):
        with clock.standing_at(now + timedelta(minutes=minutes)):
            await browser.get("/who")
        seen = (await Session.get()).seen_at
        assert abs(seen - (now + timedelta(minutes=noted))) < timedelta(seconds=30), minutes


async def test_strangers_are_asked_to_sign_in_and_the_wrong_person_finds_nothing(cast):
    stranger = Browser(small)
    page = await stranger.get("/mine/1?a=b&c=d")
    assert page.status == 303 and unquote(page.location).endswith("/in?back=/mine/1?a=b&c=d")
    assert (await stranger.get("/office")).location.endswith("/staff/in?back=%2Foffice")
    assert (await stranger.post("/mine/1")).location.endswith("/in?back=%2F"), "a write is not repeated"
    mei = await make.sign_in(Browser(app), cast.mei)
    assert (await mei.get("/people")).status == 404
    assert may_enter(STAFF_ONLY, cast.fang) and not may_enter(STAFF_ONLY, cast.mei)
    assert not may_enter(SIGNED_IN, None) and may_enter(PUBLIC, None)


async def test_a_browser_is_known_by_a_hash_that_stays_and_another_by_another(database):
    one, other = Browser(small), Browser(small)
    first = (await one.get("/browser")).text
    assert len(first) == 64 and first == (await one.get("/browser")).text
    assert first == secrecy.keyed("browser", one.cookies["portal_browser"])
    assert (await other.get("/browser")).text != first


# -- language ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "chosen", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", None, "zh-CN"),
        ("en-GB,en;q=0.9", None, "en"),
        ("fr,de;q=0.9", None, "zh-CN"),
        ("en", "zh", "zh-CN"),
        ("zh", "en", "en"),
        ("zh", "xx", "zh-CN"),
        ("en;q=x,,;;", None, "en"),
    ],
)
async def test_the_page_speaks_the_chosen_language_or_the_browsers(database, accepted, chosen, lang):
    browser = Browser(app, language=accepted)
    if chosen:
        browser.keep("portal_language", chosen)
    assert (await browser.get("/privacy")).all("/html/@lang") == [lang]


async def test_no_person_is_found_behind_a_static_file(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    async with transaction():
        await Person.filter(id=cast.mei.id).update(name="changed")
        await Session.all().update(seen_at=None)
    answer = await browser.get("/static/mark.svg")
    assert answer.status == 200 and (await Session.get()).seen_at is None
