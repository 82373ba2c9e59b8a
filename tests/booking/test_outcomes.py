"""Calls in vain, and what a resident says to having been missed: who writes it down, who decides, what counts."""

from asyncio import gather
from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock, journal
from portal.booking import actions
from portal.booking.models import Appointment, Hold, Mode, State
from portal.database import transaction
from portal.desk import centre
from portal.errors import Conflict, Forbidden
from portal.notices import Notice, owe
from portal.notices import State as Owing
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio
NINE = 9 * 60


@pytest.fixture(autouse=True)
def monday_morning():
    """It is a Monday at five past nine in China: the first times of the morning have begun."""
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), NINE + 5)):
        yield


async def today(cast, who=None, **columns) -> Appointment:
    """Booked for nine o'clock this morning."""
    slot = await make.slot(cast.chen, clock.today())
    return await fresh(await make.appointment(who or cast.mei, slot, **columns))


async def fresh(one: Appointment) -> Appointment:
    return await Appointment.get(id=one.id).select_related("lawyer__person", "person", "slot", "second_slot")


async def missed(cast, **columns) -> Appointment:
    one = await today(cast, **columns)
    await actions.miss(cast.chen.person, one, "no_answer")
    return await fresh(one)


# -- calls ---------------------------------------------------------------------------------------------------------------


async def test_after_the_third_call_in_vain_the_resident_is_written_to_and_it_leaves_the_list(cast):
    one = await today(cast, mode=Mode.PHONE)
    async with transaction():
        await owe(cast.mei, "booking/reminder", key=f"booking/reminder:{one.number}:0:hours", about=one)
    assert [await actions.ring(cast.chen.person, one, how) for how in ("busy", "voicemail")] == [False, False]
    assert not await Notice.filter(kind="booking/not_reached").exists()
    assert await actions.ring(cast.fang, one, "no_answer")
    now = await fresh(one)
    assert (now.state, now.missed_because, now.calls) == (State.MISSED, "no_answer", 3)
    assert await Notice.filter(kind="booking/not_reached", person_id=cast.mei.id).count() == 1
    assert (await Notice.get(kind="booking/reminder")).state == Owing.WITHHELD
    told = [entry for entry in await journal.of(one) if entry["verb"] == "ring"]
    assert [entry["detail"]["how"] for entry in told] == ["busy", "voicemail", "no_answer"]
    with pytest.raises(Conflict):
        await actions.ring(cast.chen.person, now, "busy")


async def test_a_wrong_number_is_kept_as_one(cast):
    one = await today(cast, mode=Mode.PHONE, calls=2)
    await actions.ring(cast.chen.person, one, "wrong_number")
    assert (await fresh(one)).missed_because == "wrong_number"


async def test_only_its_lawyer_and_staff_ring_and_only_whoever_waits_for_a_call(cast):
    one = await today(cast, mode=Mode.PHONE)
    for stranger in (cast.mei, cast.yu, cast.lin.person, cast.other.tang):
        with pytest.raises(Forbidden):
            await actions.ring(stranger, one, "busy")
    slot = await make.slot(cast.wu, clock.today())
    with pytest.raises(Forbidden):
        await actions.ring(cast.wu.person, await fresh(await make.appointment(cast.tao, slot)), "busy")
    with pytest.raises(KeyError):
        await actions.ring(cast.chen.person, one, "bored")


async def test_two_who_write_down_the_same_call_count_it_once(cast):
    one = await today(cast, mode=Mode.PHONE)
    copies = [await fresh(one) for _ in range(3)]
    outcomes = await gather(
        *[actions.ring(cast.chen.person, copy, "busy") for copy in copies], return_exceptions=True
    )
    assert [type(one) for one in outcomes].count(Conflict) == 2 and outcomes.count(False) == 1
    assert (await fresh(one)).calls == 1


async def test_the_lawyers_page_has_the_number_to_tap_and_the_codes(cast):
    one = await today(cast, mode=Mode.PHONE)
    browser = await make.sign_in(Browser(app), cast.chen.person)
    page = await browser.get(f"/appointments/{one.number}")
    assert page.all(f"//a[@href='tel:{cast.mei.phone}']")
    form = page.form(f"/appointments/{one.number}/ring")
    assert form.choices("how") == ["no_answer", "busy", "wrong_number", "voicemail", "not_now"]
    again = await form.fill(how="busy").submit()
    assert again.has("已经打过 1 次没有打通")
    wrong = await browser.post(f"/appointments/{one.number}/ring", {"how": "bored"})
    assert wrong.status == 422


# -- missed, and not so --------------------------------------------------------------------------------------------------


async def test_a_resident_says_once_what_was_and_staff_see_it_on_their_desk(cast):
    one = await missed(cast)
    browser = await make.sign_in(Browser(app), cast.mei)
    form = (await browser.get(f"/appointments/{one.number}")).form(f"/appointments/{one.number}/contest")
    assert (await form.submit()).status == 422
    said = await form.fill(contested="我到了，在门口等了一个小时").submit()
    assert said.has("收到")
    assert (await fresh(one)).contested == "我到了，在门口等了一个小时"
    with pytest.raises(Forbidden):
        await actions.contest(cast.mei, await fresh(one), "再说一次")
    blocks = {str(block.title): block for block in await centre.of_staff(cast.fang)}
    block = blocks["说没有缺席的，要核实"]
    assert block.count == 1 and block.items[0].parameters == {"number": one.number}
    elsewhere = {str(block.title): block for block in await centre.of_staff(cast.other.tang)}
    assert elsewhere["说没有缺席的，要核实"].count == 0


async def test_what_is_lifted_counts_for_nothing_and_the_resident_is_told(cast):
    one = await missed(cast)
    await actions.contest(cast.mei, one, "我到了")
    desk = await make.sign_in(Browser(app), cast.fang)
    page = await desk.get(f"/appointments/{one.number}")
    assert page.has("我到了")
    form = page.form(f"/appointments/{one.number}/verdict")
    assert (await form.fill(verdict="excuse").submit()).status == 422
    await form.fill(verdict="excuse", reason="门口的监控看到了").submit()
    now = await fresh(one)
    assert (now.state, now.missed_because, now.reason) == (State.CANCELLED, "", "门口的监控看到了")
    assert not await Hold.all().exists()
    assert await Notice.filter(kind="booking/weighed", person_id=cast.mei.id).count() == 1
    with pytest.raises(Conflict):
        await actions.uphold(cast.fang, now, "不对")


async def test_what_is_upheld_stays_missed_with_the_reason_on_the_residents_page(cast):
    one = await missed(cast)
    await actions.contest(cast.mei, one, "我到了")
    await actions.uphold(cast.guo, await fresh(one), "当天没有人报到")
    browser = await make.sign_in(Browser(app), cast.mei)
    page = await browser.get(f"/appointments/{one.number}")
    assert page.has("仍记为未到", "当天没有人报到")
    with pytest.raises(Forbidden):
        await actions.excuse(cast.fang, await fresh(one), "改主意")


async def test_nobody_contests_for_somebody_else_nor_late_nor_where_the_lawyer_was_absent(cast):
    one = await missed(cast)
    for other in (cast.tao, cast.fang, cast.chen.person):
        with pytest.raises(Forbidden):
            await actions.contest(other, one, "不是这样")
    with clock.standing_at(clock.now() + timedelta(days=15)), pytest.raises(Forbidden):
        await actions.contest(cast.mei, one, "太晚了")
    slot = await make.slot(cast.wu, clock.today())
    absent = await fresh(await make.appointment(cast.tao, slot))
    await actions.miss(cast.fang, absent, "lawyer_absent")
    with pytest.raises(Forbidden):
        await actions.contest(cast.tao, await fresh(absent), "律师没来")


async def test_the_lawyer_and_the_resident_do_not_decide(cast):
    one = await missed(cast)
    await actions.contest(cast.mei, one, "我到了")
    for other in (cast.mei, cast.chen.person, cast.other.tang):
        with pytest.raises(Forbidden):
            await actions.excuse(other, await fresh(one), "算了")


async def test_whoever_is_rung_has_no_number_on_the_wall(cast):
    one = await today(cast, mode=Mode.PHONE)
    await actions.call(cast.chen.person, one)
    now = await fresh(one)
    assert (now.state, now.ticket) == (State.CALLED, None)
