"""Codes to telephones, attacked: guessed, sent again, spelled differently, sprayed, asked for in bulk, used to find people out."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from app import app
from portal import clock, secrecy, settings
from portal.database import transaction
from portal.errors import Refusal, TooMany
from portal.notices import Notice
from portal.people import actions
from portal.people.models import Person, PhoneCode
from tests import make
from tests.forms_browser import Browser

PHONE = "13911112222"
HERE, THERE = "a" * 64, "b" * 64


async def code_for(phone: str) -> str:
    return (await make.last_notice(phone, "people/code")).read_values()["code"]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_five_tries_are_all_there_are_however_often_it_is_sent_again_or_all_at_once(database):
    await actions.send_code(HERE, PHONE)
    for _n in range(3):
        wrong = other_than(await code_for(PHONE))
        with pytest.raises(Refusal, match="不对"):
            await actions.confirm_code(HERE, wrong)
    await actions.send_code(HERE, PHONE)
    right = await code_for(PHONE)
    done = await asyncio.gather(
        *[actions.confirm_code(HERE, other_than(right)) for _n in range(12)], return_exceptions=True
    )
    assert Counter(type(one).__name__ for one in done) == {"Refusal": 2, "TooMany": 10}
    with pytest.raises(TooMany):
        await actions.confirm_code(HERE, right)
    with pytest.raises(TooMany):
        await actions.send_code(HERE, PHONE)


async def test_a_code_is_good_for_five_minutes_once_and_in_the_browser_that_asked(database):
    now = clock.now()
    await actions.send_code(HERE, PHONE)
    code = await code_for(PHONE)
    with pytest.raises(Refusal):
        await actions.confirm_code(THERE, code)
    with clock.standing_at(now + timedelta(minutes=5, seconds=1)), pytest.raises(Refusal, match="过期"):
        await actions.confirm_code(HERE, code)
    both = await asyncio.gather(
        actions.confirm_code(HERE, code), actions.confirm_code(HERE, code), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["Person", "Refusal"]


@pytest.mark.parametrize(
    "spelling",
    [
        "１３９１１１１２２２２",
        "+86 139 1111 2222",
        "0086-13911112222",
        "139-1111-2222",
        "139 1111\u30002222",
        "(139)11112222",
    ],
)
async def test_every_spelling_of_a_number_is_the_same_number(database, spelling):
    for browser in (HERE, THERE):
        for _n in range(2):
            await actions.send_code(browser, PHONE)
    page = await Browser(app).post("/sign-in", {"phone": spelling})
    assert page.status == 303, "the fifth"
    page = await Browser(app).post("/sign-in", {"phone": spelling})
    assert page.status == 429, "the sixth, whoever asks"
    assert len({one.phone for one in await PhoneCode.all()}) == 1


async def test_one_code_tried_over_many_numbers_finds_none(database):
    phones = [f"1391111{n:04}" for n in range(12)]
    for phone in phones:
        await actions.send_code(HERE, phone)
    codes = [await code_for(phone) for phone in phones]
    live = await PhoneCode.filter(used_at=None, ends_at__gt=clock.now())
    assert [one.phone for one in live] == phones[-1:], "asking for the next number ends the last one's code"
    for code in codes[:-1][:5]:
        with pytest.raises(Refusal):
            await actions.confirm_code(HERE, code)
    with pytest.raises(TooMany):
        await actions.confirm_code(HERE, codes[-1])


async def test_a_network_address_has_three_hundred_tries_in_an_hour_whatever_they_are_for(
    database, monkeypatch
):
    monkeypatch.setattr("portal.people.actions.codes.TRIES_OF_AN_ADDRESS", 6)
    for n in range(3):
        browser = f"{n}" * 64
        await actions.send_code(browser, f"1391111000{n}", "192.0.2.7")
        for _time in range(2):
            with pytest.raises(Refusal):
                await actions.confirm_code(browser, "000000", "192.0.2.7")
    await actions.send_code(HERE, PHONE, "192.0.2.7")
    right = await code_for(PHONE)
    with pytest.raises(TooMany):
        await actions.confirm_code(HERE, right, "192.0.2.7")
    assert (await actions.confirm_code(HERE, right, "192.0.2.8")).phone == PHONE


# -- the breaker ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def few_codes():
    before = settings.use(settings.Settings(demo=True, secret=settings.DEMONSTRATION, codes_an_hour=3))
    yield
    settings.use(before)


async def test_when_too_many_codes_are_asked_for_nobody_new_gets_one_and_the_lead_is_told_once(
    cast, few_codes
):
    for n in range(3):
        await actions.send_code(f"{n}" * 64, f"1391111000{n}", f"192.0.2.{n}")
    page = await (await Browser(app).get("/sign-in")).press("发验证码", phone=PHONE)
    assert page.status == 429 and page.has("短信暂时停发", "我有码卡", "请人帮我办")
    with pytest.raises(TooMany) as refused:
        await actions.send_code(HERE, "13911110009")
    assert [route for _label, route in refused.value.ways] == ["card", "feedback:help"]
    told = await Notice.filter(kind="people/breaker")
    assert {one.person_id for one in told} == {cast.guo.id, cast.other.pan.id} and len(told) == 2
    assert await make.last_notice(PHONE) is None
    with clock.standing_at(clock.now() + timedelta(minutes=61)):
        await actions.send_code(HERE, PHONE)


async def test_one_address_asks_for_so_many_numbers_and_no_more(cast, monkeypatch):
    monkeypatch.setattr("portal.people.actions.codes.NUMBERS_OF_AN_ADDRESS", 3)
    for n in range(3):
        await actions.send_code(f"{n}" * 64, f"1391111000{n}", "192.0.2.7")
        await actions.send_code(f"{n}" * 64, f"1391111000{n}", "192.0.2.7")
    with pytest.raises(TooMany, match="停发"):
        await actions.send_code(HERE, PHONE, "192.0.2.7")
    await actions.send_code(HERE, "13911110001", "192.0.2.7")
    await actions.send_code(HERE, PHONE, "192.0.2.8")


# -- nobody is found out -------------------------------------------------------------------------------------------------


async def test_the_answer_is_the_same_for_known_unknown_frozen_and_office_numbers(cast):
    async with transaction():
        await Person.filter(id=cast.tao.id).update(frozen_at=clock.now())
    said, sent, looked = set(), set(), []
    for phone in (cast.mei.phone, PHONE, cast.tao.phone, cast.fang.phone, cast.guo.phone):
        browser = Browser(app)
        page = await browser.post("/sign-in", {"phone": phone})
        after = await browser.get(page.location)
        plain = after.html.replace(f"{phone[:3]} {phone[3:7]} {phone[7:]}", "NUMBER")
        headers = tuple(sorted(name for name in page.headers if name != "x-request-id"))
        said.add((page.status, page.location, headers, plain))
        notice = await make.last_notice(phone)
        sent.add((notice.kind, notice.state, notice.channel, notice.person_id, notice.language))
        wrong = await browser.post("/sign-in/code", {"code": other_than(await code_for(phone))})
        looked.append((wrong.status, wrong.errors()))
    assert len(said) == 1 and len(sent) == 1 and looked.count(looked[0]) == len(looked)


async def test_a_number_with_an_office_opens_a_residents_session(cast):
    await actions.send_code(HERE, cast.guo.phone)
    person = await actions.confirm_code(HERE, await code_for(cast.guo.phone))
    assert person.id == cast.guo.id
    browser = Browser(app)
    await browser.post("/sign-in", {"phone": cast.guo.phone})
    page = await browser.post("/sign-in/code", {"code": await code_for(cast.guo.phone)}, follow=True)
    assert page.path == "/desk" and (await browser.get("/people")).status == 404


async def test_no_code_and_no_number_stands_in_the_database_in_clear(database):
    await actions.send_code(HERE, PHONE)
    code = await code_for(PHONE)
    (row,) = await PhoneCode.all().values("code", "phone_mark", "browser")
    assert code not in str(row.values()) and row["phone_mark"] != PHONE
    assert row["code"] != secrecy.keyed("code", code), "bound to browser and number"
