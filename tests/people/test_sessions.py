"""Sessions: how long they last, who is behind them, and how they end."""

import asyncio
from datetime import timedelta

import pytest

from app import app
from portal import clock, logs
from portal.database import transaction
from portal.errors import Forbidden
from portal.journal import Entry
from portal.limits import Tally
from portal.people import actions, queries, session_rules
from portal.people.actions.confirmations import confirmed
from portal.people.models import Person, Role, Session, Way
from tests import make
from tests.forms_browser import Browser

PHONE = "13911112222"


async def come_in(browser: Browser, phone: str = PHONE):
    """Sign in by telephone, as residents do."""
    await browser.post("/sign-in", {"phone": phone})
    code = (await make.last_notice(phone)).read_values()["code"]
    return await browser.post("/sign-in/code", {"code": code}, follow=True)


# -- how long ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "idle", "most"),
    [
        (Way.OFFICE, timedelta(minutes=30), timedelta(hours=12)),
        (Way.CARD, timedelta(minutes=10), timedelta(minutes=15)),
        (Way.PHONE, timedelta(days=30), timedelta(days=30)),
    ],
)
async def test_a_session_ends_when_it_is_not_used_and_at_last_however_much_it_is(cast, way, idle, most):
    start, short = clock.now(), idle * 0.9
    with clock.standing_at(start):
        secret = await actions.open_session(cast.fang, way=way)
        left = await actions.open_session(cast.fang, way=way)
    with clock.standing_at(start + idle + timedelta(seconds=1)):
        assert await queries.session_of(left) is None
    at = timedelta()
    while at + short < most:
        at += short
        with clock.standing_at(start + at):
            session = await queries.session_of(secret)
            assert session is not None, at
            await actions.touch(session)
    with clock.standing_at(start + most + timedelta(seconds=1)):
        assert await queries.session_of(secret) is None


async def test_use_is_written_down_a_twentieth_of_the_idle_time_apart(cast):
    browser, now = await make.sign_in(Browser(app), cast.fang), clock.now()
    for seconds, noted in ((0, 0), (80, 0), (95, 95), (150, 95), (190, 190)):
        with clock.standing_at(now + timedelta(seconds=seconds)):
            await browser.get("/privacy")
        seen = (await Session.get()).seen_at
        assert abs(seen - (now + timedelta(seconds=noted))) < timedelta(seconds=5), seconds


# -- who -----------------------------------------------------------------------------------------------------------------


async def test_an_office_is_held_only_by_who_came_in_through_its_door(cast):
    for way, roles in ((Way.OFFICE, {"dispatcher"}), (Way.PHONE, set()), (Way.CARD, set())):
        browser = await make.sign_in(Browser(app), cast.fang, way)
        session = await queries.session_of(browser.cookies["portal_session"])
        assert session.person.roles == roles and bool(session.person.minds("dispatcher")) == bool(roles)
        assert (await browser.get("/people")).status == (200 if roles else 404)
        assert (await browser.get("/me")).status == 200


# -- rotation ------------------------------------------------------------------------------------------------------------


async def test_a_cookie_that_somebody_else_planted_is_never_adopted(cast):
    browser, planted = Browser(app), "attackers-own-secret-of-forty-three-letters"
    browser.keep("portal_session", planted)
    await come_in(browser)
    assert browser.cookies["portal_session"] != planted and await queries.session_of(planted) is None
    thief = await make.sign_in(Browser(app), cast.tao)
    theirs = thief.cookies["portal_session"]
    victim = Browser(app)
    victim.keep("portal_session", theirs)
    await come_in(victim, "13911113333")
    assert victim.cookies["portal_session"] != theirs
    assert await queries.session_of(theirs) is None, (
        "the session it came with is over, its owner gains nothing"
    )


async def test_signing_in_again_out_and_confirming_each_end_the_old_secret(cast):
    browser = Browser(app)
    await come_in(browser)
    first = browser.cookies["portal_session"]
    with clock.standing_at(clock.now() + timedelta(minutes=11)):
        await come_in(browser)
        second = browser.cookies["portal_session"]
        assert second != first and await queries.session_of(first) is None
        third = await confirmed(await queries.session_of(second))
        assert await queries.session_of(second) is None and await queries.session_of(third)
        browser.keep("portal_session", third)
        await browser.post("/sign-out")
        assert await queries.session_of(third) is None


# -- the end -------------------------------------------------------------------------------------------------------------


async def test_nothing_is_answered_after_a_session_was_revoked_whatever_is_under_way(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    session, revoked, late = await Session.get(), asyncio.Event(), []

    async def ask():
        for _time in range(12):
            began_after = revoked.is_set()
            answer = await browser.get("/me")
            late.append((began_after, answer.status))
            await asyncio.sleep(0)

    async def end():
        await asyncio.sleep(0.05)
        await actions.revoke(cast.mei, session.id)
        revoked.set()

    await asyncio.gather(*[ask() for _n in range(4)], end())
    assert {status for after, status in late if after} == {303}
    assert (False, 200) in late, "it was in use before"


async def test_a_revoked_session_can_do_nothing_more_though_its_page_is_still_open(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    page = await browser.get("/me")
    await actions.revoke_all(cast.mei)
    assert (await page.press("改名字", name="别人")).path == "/sign-in"
    assert (await Person.get(id=cast.mei.id)).name == cast.mei.name


async def test_the_browsers_of_a_person_are_listed_and_the_others_ended_at_once(cast):
    mine, other = Browser(app), Browser(app)
    wechat = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/111 Mobile Safari/537.36 MicroMessenger/8.0"
    other._client.headers["User-Agent"] = wechat
    for browser, phone in ((other, cast.mei.phone), (mine, cast.mei.phone)):
        await come_in(browser, phone)
    page = await mine.get("/me")
    assert page.has("手机 · 微信", "别的浏览器", "就是这台")
    page = await page.press("其他设备都退出")
    assert page.has("其他设备都退出了") and not page.has("手机 · 微信")
    assert (await other.get("/me")).status == 303
    assert await Entry.filter(verb="sign_out_elsewhere", actor=cast.mei.id).count() == 1


async def test_leaving_takes_what_the_browser_kept_of_the_pages(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    answer = await browser.post("/sign-out", follow=False)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


async def test_nobody_searches_people_without_end(cast):
    async with transaction():
        await Tally.create(key=f"search:{cast.fang.id}", count=299, until=clock.now() + timedelta(minutes=30))
    browser = await make.sign_in(Browser(app), cast.fang)
    assert [(await browser.get("/people?q=梅")).status for _n in range(2)] == [200, 429]
    assert (await browser.get("/people")).status == 200


async def test_who_is_kept_out_leaves_a_line(cast, monkeypatch):
    said: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(logs, "warn", lambda event, **facts: said.append((event, facts)))
    browser = await make.sign_in(Browser(app), cast.mei)
    assert (await browser.get("/people")).status == 404
    ((event, facts),) = said
    assert (event, facts["route"]) == ("kept out", "people:index") and str(cast.mei.id) not in str(facts)


async def test_staff_sign_somebody_out_everywhere_and_neighbours_do_not(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    for nobody in (cast.tao, cast.sun, cast.chen.person):
        with pytest.raises(Forbidden):
            await actions.revoke_for(nobody, cast.mei)
    assert await actions.revoke_for(cast.fang, cast.mei) == 1
    assert (await browser.get("/me")).status == 303
    assert await Entry.filter(
        verb="sign_out_everywhere", actor=cast.fang.id, subject=str(cast.mei.id)
    ).exists()


async def test_an_administrator_signs_somebody_out_where_they_see_them(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    admin = await make.sign_in(Browser(app), await make.person("管系统", Role.ADMINISTRATOR))
    page = await admin.get(f"/people/{cast.mei.number}")
    assert (await page.press("在所有设备上退出")).status == 200
    assert (await browser.get("/me")).status == 303


@pytest.mark.parametrize("name", ["me:revoke_others", "me:password", "people:sign_out", "privacy:grant"])
def test_what_ends_sessions_or_lets_words_go_asks_again_who_is_there(name):
    assert next(route for route in app.routes if route.name == name).fresh


# -- the warning ---------------------------------------------------------------------------------------------------------


async def test_pages_say_when_doing_nothing_signs_somebody_out_and_one_press_keeps_them(cast):
    resident = await make.sign_in(Browser(app), cast.mei)
    assert not (await resident.get("/me")).all("//*[@data-stay]")
    browser, now = await make.sign_in(Browser(app), cast.fang), clock.now()
    (stay,) = (await browser.get("/me")).all("//*[@data-stay]")
    assert 1790 <= int(stay.get("data-stay")) <= 1800 and stay.get("data-warn") == "120"
    with clock.standing_at(now + timedelta(minutes=29)):
        answer = await browser.post(stay.get("data-extend"))
        assert answer.status == 200 and 1795 <= int(answer.text) <= 1800
    with clock.standing_at(now + timedelta(minutes=58)):
        assert (await browser.get("/me")).status == 200
    with clock.standing_at(now + timedelta(minutes=89)):
        assert (await browser.post("/session/extension")).status == 303


async def test_the_last_minutes_of_a_card_cannot_be_made_longer(cast):
    browser = await make.sign_in(Browser(app), cast.mei, Way.CARD)
    async with transaction():
        await Session.all().update(ends_at=clock.now() + timedelta(minutes=9))
    page = await browser.get("/me")
    assert page.all("//*[@data-stay]") and not page.all("//*[@data-stay-on]")


# -- names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kind", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Mobile/15E Safari/604.1",
            "phone safari",
            "手机 · Safari 浏览器",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17) CriOS/120 Mobile Safari/604",
            "tablet chrome",
            "平板 · Chrome 浏览器",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120",
            "computer edge",
            "电脑 · Edge 浏览器",
        ),
        ("Mozilla/5.0 (X11; Linux) Gecko Firefox/121.0", "computer firefox", "电脑 · 火狐浏览器"),
        ("", "", "别的浏览器"),
        ("<script>alert(1)</script>" * 99, "", "别的浏览器"),
    ],
)
def test_a_browser_is_called_what_its_owner_would_call_it(said, kind, name):
    assert session_rules.kind_of_browser(said) == kind and session_rules.name_of_browser(kind) == name
