"""码卡: printed at the desk, opened with four digits, stopped by five wrong ones."""

import asyncio
import re
from datetime import timedelta

import pytest

from app import app
from portal import clock
from portal.database import rows
from portal.errors import Forbidden, Refusal, TooMany
from portal.people import actions, queries
from portal.people.models import CodeCard, Person, Session, Way
from tests import make
from tests.forms_browser import Browser

HERE = "a" * 64


def other_than(digits: str) -> str:
    return f"{(int(digits) + 1) % 10_000:04}"


async def printed(cast, whose: Person):
    """A card from the desk: its page, number and digits."""
    staff = await make.sign_in(Browser(app), cast.fang)
    page = await (await staff.get(f"/people/{whose.number}/at-desk")).press("打印一张")
    (number,) = page.all('//*[@class="people__card-number"]/text()')
    (digits,) = page.all('//*[@class="people__card-digits"]/text()')
    return page, number, digits


async def test_somebody_without_a_telephone_comes_in_with_the_card_that_staff_printed(cast):
    zhao = await make.person("赵奶奶", phone=None)
    page, number, digits = await printed(cast, zhao)
    assert page.status == 200 and re.fullmatch(r"\d{4}", digits) and page.has("0431-80000001")
    assert page.all('//img[starts-with(@src, "data:image/svg+xml")]')
    browser = Browser(app)
    page = await (await browser.get("/sign-in?back=%2Fme")).click("我有码卡")
    page = await browser.get(f"/card?number={number}&back=%2Fme")
    assert page.form()["number"] == number
    page = await page.press("登录", code=f" {digits[:2]} {digits[2:]} ")
    assert page.path == "/me" and page.has("赵奶奶")
    session = await Session.get(person_id=zhao.id)
    assert session.way == Way.CARD and session.confirmed_at is None
    assert session.ends_at - clock.now() <= timedelta(minutes=15)


async def test_a_card_confirms_nothing_dangerous(cast):
    browser = await make.sign_in(Browser(app), cast.mei, Way.CARD)
    secret = await actions.open_session(cast.mei, way=Way.CARD)
    browser.keep("portal_session", secret)
    page = await browser.post(
        "/me/proxies", {"phone": "13911112222", "scopes": "book", "until": "2099-01-01"}
    )
    assert page.status == 303 and "/confirm" in page.location


async def test_five_wrong_tries_stop_a_card_however_they_are_made(cast):
    number, digits = await actions.print_card(cast.fang, cast.mei)
    browsers = [f"{n:064}" for n in range(20)]
    done = await asyncio.gather(
        *[actions.open_with_card(browser, number, other_than(digits)) for browser in browsers],
        return_exceptions=True,
    )
    assert {type(one) for one in done} == {Refusal} and (await CodeCard.get()).tries == 5
    with pytest.raises(Refusal, match="停用"):
        await actions.open_with_card(HERE, number, digits)


async def test_a_right_try_forgets_the_wrong_ones(cast):
    number, digits = await actions.print_card(cast.fang, cast.mei)
    for n in range(3):
        for _time in range(4):
            with pytest.raises(Refusal):
                await actions.open_with_card(f"{n:064}", number, other_than(digits))
        assert (await actions.open_with_card(f"{n:064}", number, digits)).id == cast.mei.id


async def test_what_is_wrong_is_never_said(cast):
    number, digits = await actions.print_card(cast.fang, cast.mei)
    texts = set()
    for tried, code in ((number, other_than(digits)), ("K7F3-29QX", digits), ("", ""), (number, "١٢٣٤")):
        with pytest.raises(Refusal) as refused:
            await actions.open_with_card(HERE, tried, code)
        texts.add(refused.value.text)
    await actions.end_card(cast.fang, cast.mei)
    with pytest.raises(Refusal) as refused:
        await actions.open_with_card(HERE, number, digits)
    assert texts == {refused.value.text}


async def test_numbers_are_not_searched_from_one_browser_or_address(cast):
    for n in range(15):
        with pytest.raises(Refusal):
            await actions.open_with_card(HERE, f"K7F3-29Q{n % 8 + 2}", "0000")
    with pytest.raises(TooMany):
        await actions.open_with_card(HERE, "K7F3-29QX", "0000")
    for n in range(100):
        with pytest.raises(Refusal):
            await actions.open_with_card(f"{n:064}", "K7F3-29QX", "0000", "192.0.2.7")
    with pytest.raises(TooMany):
        await actions.open_with_card(f"{200:064}", "K7F3-29QX", "0000", "192.0.2.7")


async def test_a_new_card_ends_the_old_one_and_whoever_is_in_with_it(cast):
    old = await actions.print_card(cast.fang, cast.mei)
    browser = Browser(app)
    await browser.post("/card", {"number": old[0], "code": old[1]})
    assert (await browser.get("/me")).status == 200
    by_phone = await make.sign_in(Browser(app), cast.mei)
    new = await actions.print_card(cast.he, cast.mei)
    assert (await browser.get("/me")).status == 303 and (await by_phone.get("/me")).status == 200
    with pytest.raises(Refusal):
        await actions.open_with_card(HERE, *old)
    assert await actions.open_with_card(HERE, *new)
    with clock.standing_at(clock.now() + timedelta(days=366)), pytest.raises(Refusal):
        await actions.open_with_card(HERE, *new)


async def test_of_two_cards_printed_at_once_one_is_good(cast):
    await asyncio.gather(*[actions.print_card(who, cast.mei) for who in (cast.fang, cast.he, cast.guo)])
    assert await CodeCard.filter(revoked_at=None).count() == 1


async def test_staff_stop_a_card_from_the_page_of_the_person(cast):
    _page, number, digits = await printed(cast, cast.mei)
    browser = Browser(app)
    await browser.post("/card", {"number": number, "code": digits})
    staff = await make.sign_in(Browser(app), cast.fang)
    page = await (await staff.get(f"/people/{cast.mei.number}/at-desk")).press("停用这张卡")
    assert page.has("码卡停用了") and (await browser.get("/me")).status == 303
    assert (await staff.post(f"/people/{cast.mei.number}/card/revocation")).status == 404


async def test_only_staff_print_cards_for_residents_of_their_own_community_and_never_for_an_office(cast):
    for actor, whose in (
        (cast.tao, cast.mei),
        (cast.sun, cast.mei),
        (cast.xu, cast.mei),
        (cast.chen.person, cast.mei),
        (cast.fang, cast.guo),
        (cast.fang, cast.dou),
        (cast.fang, cast.fang),
    ):
        with pytest.raises(Forbidden):
            await actions.print_card(actor, whose)
    for staff in (cast.other.tang, cast.xu, cast.jiang, cast.chen.person, cast.mei):
        browser = await make.sign_in(Browser(app), staff)
        for path in ("at-desk", "card", "card/revocation", "sessions/revocation", "proxies"):
            answer = await (browser.get if path == "at-desk" else browser.post)(
                f"/people/{cast.mei.number}/{path}"
            )
            # Administrators do nothing of it but end sessions, when an account is in wrong hands.
            is_ending = staff is cast.xu and path == "sessions/revocation"
            assert answer.status == (303 if is_ending else 404), (staff.name, path)
    assert not await CodeCard.exists()


async def test_whoever_has_a_telephone_is_told_of_a_card_unless_it_may_be_in_other_hands(cast):
    await actions.print_card(cast.fang, cast.mei)
    assert (await make.last_notice(cast.mei.phone)).kind == "people/card"
    await actions.protect(cast.tao, "石榴树下三块砖", "none")
    await actions.print_card(cast.fang, cast.tao)
    assert await make.last_notice(cast.tao.phone) is None


async def test_neither_number_nor_digits_stand_in_the_database(cast):
    number, digits = await actions.print_card(cast.fang, cast.mei)
    (row,) = await rows("SELECT card, code FROM code_card")
    assert number not in str(dict(row)) and len(row["code"]) == 64 and digits != row["code"]
    assert (await queries.card_of(cast.mei)) is not None
