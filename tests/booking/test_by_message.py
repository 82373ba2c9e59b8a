"""Moving and cancelling from a message: by its link and the last four digits, or by answering one word."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from app import app
from portal import clock
from portal.booking import actions, reply_rules
from portal.booking.forms import write_time
from portal.booking.models import Appointment, State
from portal.database import transaction
from portal.delivery import deliver
from portal.law.topics import Topic
from portal.notices import Channel, Notice
from portal.people import actions as people
from portal.people.models import ContactBy, Link, Person
from tests import make
from tests.forms_browser import Browser, Page

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


async def booked(cast, at, who=None) -> Appointment:
    await actions.hold("b", at, Topic.DEBT)
    return await actions.book(who or cast.mei, "b", topic=Topic.DEBT)


async def link_in(kind: str) -> str:
    """The path of the link in the newest message of this kind."""
    found = await Notice.filter(kind=kind).order_by("-created_at", "-id").first()
    return urlsplit(found.read_values()["link"]).path


async def enter(path: str, phone: str) -> tuple[Browser, Page]:
    """Open a link on a telephone nobody is signed in on, and give the digits."""
    browser = Browser(app)
    page = await (await browser.get(path)).follow() if (await browser.get(path)).status == 303 else None
    page = page or await browser.get("/link")
    return browser, await page.form("/link").fill(digits=phone[-4:]).submit()


# -- the link ------------------------------------------------------------------------------------------------------------


async def test_the_link_shows_the_time_and_the_number_and_nothing_else(cast):
    duty = await make.duty(cast.chen, make.working_day(3))
    one = await booked(cast, duty.made[0].starts_at)
    assert await link_in("booking/reminder") == await link_in("booking/booked")
    assert (await Link.get()).ends_at <= one.starts_at + timedelta(days=1)
    _browser, page = await enter(await link_in("booking/booked"), cast.mei.phone)
    assert page.path == "/link/appointment" and page.has(one.number, "9:00")
    for secret in (cast.mei.name, cast.chen.person.name, "借钱", "法律", cast.mei.phone):
        assert secret not in page.all("//main")[0].text_content(), secret


async def test_two_taps_move_it_and_the_next_message_has_the_next_link(cast):
    duty = await make.duty(cast.chen, make.working_day(3))
    one = await booked(cast, duty.made[0].starts_at)
    old = await link_in("booking/booked")
    _browser, page = await enter(old, cast.mei.phone)
    page = await page.click("改时间")
    done = await page.form("/link/appointment/move").fill(slot=write_time(duty.made[2].starts_at)).submit()
    assert done.status == 200 and done.has("改好了", one.number)
    now = await Appointment.get(id=one.id)
    assert now.starts_at == duty.made[2].starts_at and now.booked_by_id is None
    new = await link_in("booking/moved")
    assert new != old
    stale = await Browser(app).get(old)
    assert (await stale.follow()).status == 404
    assert (await enter(new, cast.mei.phone))[1].path == "/link/appointment"


async def test_it_is_cancelled_with_a_word_of_why_and_the_page_says_so_afterwards_too(cast):
    one = await booked(cast, (await make.slot(cast.chen, make.working_day(3))).starts_at)
    browser, page = await enter(await link_in("booking/booked"), cast.mei.phone)
    done = await page.form("/link/appointment/cancellation").fill(reason="要住院").submit()
    assert done.has("取消好了")
    now = await Appointment.get(id=one.id)
    assert (now.state, now.reason) == (State.CANCELLED, "要住院")
    again = await browser.get("/link/appointment")
    assert again.has("已经取消") and not again.all("//form[@action='/link/appointment/cancellation']")
    assert (await browser.get("/link/appointment/move")).has("已经取消")


async def test_without_the_digits_nothing_is_shown_or_done(cast):
    one = await booked(cast, (await make.slot(cast.chen, make.working_day(3))).starts_at)
    browser = Browser(app)
    await browser.get(await link_in("booking/booked"))
    for page in (
        await browser.get("/link/appointment"),
        await browser.post("/link/appointment/cancellation", {"reason": ""}),
        await browser.post("/link/appointment/move", {"slot": "20261201T0900"}),
    ):
        page = await page.follow() if page.status == 303 else page
        assert page.path == "/link" and one.number not in page.text
    assert (await Appointment.get(id=one.id)).state == State.BOOKED


async def test_who_must_be_careful_or_is_rung_or_has_a_passphrase_is_sent_no_link(cast):
    duty = await make.duty(cast.chen, make.working_day(3))
    async with transaction():
        await Person.filter(id=cast.mei.id).update(is_neutral=True)
        await Person.filter(id=cast.tao.id).update(contact_by=ContactBy.CALL)
    for n, who in enumerate((cast.mei, cast.tao)):
        await booked(cast, duty.made[n].starts_at, await make.reload(who))
    assert not await Link.all().exists()
    made = await booked(cast, duty.made[2].starts_at, cast.yu)
    one = await Appointment.get(id=made.id).select_related("person")
    path = await link_in("booking/booked")
    async with transaction():
        secret = await people.protect(cast.yu, "春天的雨一直在下", ContactBy.NONE)
        await actions.protect(cast.yu, one, secret.id)
    assert (await (await Browser(app).get(path)).follow()).status == 404


async def test_the_words_carry_the_link_and_once_sent_it_is_kept_nowhere(cast):
    await booked(cast, (await make.slot(cast.chen, make.working_day(3))).starts_at)
    path = await link_in("booking/booked")
    sent = []

    async def send(notice, words):
        sent.append(words)
        return "1"

    await deliver(send)
    (words,) = [one for one in sent if "约好了" in one]
    assert path in words and "后四位" in words
    assert "link" not in (await Notice.filter(kind="booking/booked").first()).read_values()


# -- the answer ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["取消", " 取 消。", "取消！", "取消预约", "ＣＡＮＣＥＬ", "Cancel."])
def test_one_word_asks_to_cancel_however_it_is_written(words):
    assert reply_rules.asks_to_cancel(words)


@pytest.mark.parametrize("words", ["", "不取消", "取消了吗？", "我不想取消", "退订", "好的"])
def test_anything_else_is_for_a_person_to_read(words):
    assert not reply_rules.asks_to_cancel(words)


async def test_the_only_appointment_ahead_is_cancelled_and_answered(cast):
    duty = await make.duty(cast.chen, make.working_day(2))
    one = await booked(cast, duty.made[0].starts_at)
    assert (await actions.cancel_by_phone(cast.mei.phone)).id == one.id
    now = await Appointment.get(id=one.id)
    assert (now.state, now.reason) == (State.CANCELLED, "短信回复取消")
    assert await Notice.filter(kind="booking/cancelled", person_id=cast.mei.id).count() == 1


@pytest.mark.parametrize("many", [0, 2])
async def test_with_none_or_several_staff_are_to_ask_once_a_day(cast, many):
    duty = await make.duty(cast.chen, make.working_day(2))
    for slot in duty.made[:many]:
        await make.appointment(cast.mei, slot)
    for _again in range(2):
        assert await actions.cancel_by_phone(cast.mei.phone) is None
    (asked,) = await Notice.filter(kind="booking/unclear")
    assert (asked.channel, asked.person_id) == (Channel.CALL, cast.mei.id)
    assert await Appointment.filter(state=State.BOOKED).count() == many
    desk = await make.sign_in(Browser(app), cast.fang)
    assert (await desk.get("/calls")).has("回了“取消”")


async def test_an_unknown_number_and_what_stands_behind_a_passphrase_are_left_alone(cast):
    assert await actions.cancel_by_phone("13900000000") is None
    made = await make.appointment(cast.mei, await make.slot(cast.chen, make.working_day(2)))
    one = await Appointment.get(id=made.id).select_related("person")
    async with transaction():
        secret = await people.protect(cast.mei, "春天的雨一直在下", ContactBy.NONE)
        await actions.protect(cast.mei, one, secret.id)
    assert await actions.cancel_by_phone(cast.mei.phone) is None
    assert (await Appointment.get(id=one.id)).state == State.BOOKED
    assert not await Notice.filter(kind="booking/unclear").exists()


async def test_what_has_begun_is_not_cancelled_by_a_word(cast):
    slot = await make.slot(cast.chen, clock.today(), 9 * 60)
    one = await make.appointment(cast.mei, slot)
    with clock.standing_at(slot.starts_at + timedelta(minutes=1)):
        assert await actions.cancel_by_phone(cast.mei.phone) is None
    assert (await Appointment.get(id=one.id)).state == State.BOOKED


async def test_what_stands_behind_a_passphrase_is_told_without_a_link(cast):
    async with transaction():
        protection = await people.protect(cast.mei, "三只橘猫晒太阳", ContactBy.SMS)
    at = (await make.slot(cast.chen)).starts_at
    await actions.hold("b", at, Topic.DEBT)
    made = await actions.book(cast.mei, "b", topic=Topic.DEBT, protection=protection.id)
    assert made.protection_id and not await Link.exists()
    assert all("link" not in one.read_values() for one in await Notice.all())
