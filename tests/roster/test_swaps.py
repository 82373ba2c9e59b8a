"""A morning finds another lawyer: asked once, taken once, and whoever is booked there is forgotten by nobody."""

from asyncio import gather
from datetime import date, timedelta

import pytest

from app import app
from portal import clock, database, invariants, journal
from portal.booking import queries
from portal.booking.actions import accept_swap
from portal.booking.models import Appointment, Hold
from portal.conflicts.actions import meet
from portal.conflicts.models import Check, Side
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.notices import Notice
from portal.people.models import Role
from portal.roster import actions, swap_actions, swap_queries
from portal.roster.models import Duty, Firm, Lawyer, Leave, Pattern, Slot, Swap
from tests import make
from tests.forms_browser import Browser

MONDAY = date(2026, 11, 23)
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def monday_at_eight():
    with clock.standing_at(clock.at(MONDAY, 8 * 60)):
        yield


async def weekly(lawyer: Lawyer) -> Duty:
    """Every Wednesday, the first of which is this week's."""
    await actions.add_pattern(lawyer.person, lawyer, weekday=3, from_on=MONDAY)
    return await Duty.get(lawyer_id=lawyer.id, day=WEDNESDAY)


async def first_slot(duty: Duty, n: int = 0) -> Slot:
    return (await Slot.filter(duty_id=duty.id).order_by("starts_at"))[n]


async def told(kind: str) -> list:
    return sorted(await Notice.filter(kind=kind).values_list("person_id", flat=True), key=str)


async def sound() -> None:
    assert {result.promise: result.broken async for result in invariants.check() if result.broken} == {}


async def test_everybody_who_could_come_is_asked_and_nobody_else(cast):
    duty = await weekly(cast.chen)
    await actions.take_leave(cast.wu.person, cast.wu, WEDNESDAY, WEDNESDAY)
    busy = await make.lawyer("忙律师", cast.lanting)
    await make.duty(busy, WEDNESDAY)
    old = await make.lawyer("旧律师", cast.lanting, licence_until=MONDAY)
    gone = await make.lawyer("走律师", cast.lanting, is_active=False)
    _swap, asked = await swap_actions.ask(cast.chen.person, duty)
    assert asked == 1 and await told("roster/swap") == [cast.lin.person_id]
    able = {one.id for one in await swap_queries.able(WEDNESDAY, duty.community_id)}
    assert able == {cast.lin.id}
    for one in (
        cast.wu,
        cast.lin,
        cast.other.ge,
        busy,
        old,
        gone,
    ):  # each one's own page says what the list says
        assert bool(await swap_queries.for_lawyer(one)) == (one.id in able)


async def test_who_accepts_has_the_morning_and_everybody_booked_there_is_told_once(cast):
    duty = await weekly(cast.chen)
    booked = [
        await make.appointment(cast.mei, await first_slot(duty)),
        await make.appointment(cast.tao, await first_slot(duty, 3)),
    ]
    swap, _asked = await swap_actions.ask(cast.chen.person, duty, "开庭")
    done = await accept_swap(cast.lin.person, swap, cast.lin)
    assert (done.seated, done.left) == (2, 0)
    for one in booked:
        now = await Appointment.get(id=one.id).select_related("slot")
        assert now.lawyer_id == cast.lin.id and now.firm_id == cast.lanting.id
        assert now.starts_at == one.starts_at == now.slot.starts_at and now.slot.withdrawn_at is None
        assert await Hold.filter(appointment_id=one.id, slot_id=now.slot_id).exists()
        assert await Check.filter(matter=one.id, firm_id=cast.lanting.id, is_clear=True).exists()
    assert len(await told("booking/reassigned")) == 2
    assert await told("roster/relieved") == [cast.chen.person_id]
    assert set(await Notice.filter(kind="roster/swap").values_list("state", flat=True)) == {"withheld"}
    new = await Duty.get(lawyer_id=cast.lin.id, day=WEDNESDAY)
    assert new.withdrawn_at is None and new.confirmed_at is not None
    assert (new.from_minute, new.until_minute) == (duty.from_minute, duty.until_minute)
    assert (await Duty.get(id=duty.id)).withdrawn_at is not None
    assert [leave.first_on for leave in await Leave.filter(lawyer_id=cast.chen.id)] == [WEDNESDAY]
    assert await actions.materialise() == 0  # the plan agrees
    assert [entry["verb"] for entry in await journal.of(swap)] == ["create", "accept"]
    await sound()


async def test_of_two_who_accept_at_one_moment_one_has_the_morning(cast):
    duty = await weekly(cast.chen)
    one = await make.appointment(cast.mei, await first_slot(duty))
    swap, _asked = await swap_actions.ask(cast.chen.person, duty)
    outcomes = await gather(
        accept_swap(cast.wu.person, swap, cast.wu),
        accept_swap(cast.lin.person, await Swap.get(id=swap.id), cast.lin),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "HandedOver"]
    assert "已经有人接了" in next(outcome.text for outcome in outcomes if isinstance(outcome, Conflict))
    taken = (await Swap.get(id=swap.id)).taken_by_id
    assert await Duty.filter(day=WEDNESDAY, withdrawn_at=None).values_list("lawyer_id", flat=True) == [taken]
    assert (await Appointment.get(id=one.id)).lawyer_id == taken
    assert len(await told("booking/reassigned")) == 1
    await sound()


async def test_whom_the_new_firm_may_not_serve_goes_to_a_third_or_stays_on_the_list(cast):
    duty = await weekly(cast.chen)
    ours = await make.appointment(cast.mei, await first_slot(duty))
    theirs = await make.appointment(cast.tao, await first_slot(duty, 1))
    async with transaction():
        for one, person in ((ours, cast.mei), (theirs, cast.tao)):
            await meet("appointment", one.id, Side.CLIENT, person.name, person.phone, person)
        await meet("appointment", ours.id, Side.OTHER, "钱多多", "13777770000")
        # Lin's firm has met the other side of Mei's matter as its own client, and Tao on nobody's side.
        await meet("dispute", theirs.id, Side.CLIENT, "钱多多", "13777770000", None, cast.lanting.id)
    third = await make.lawyer("第三人", await make.firm())
    await make.duty(third, WEDNESDAY, 1)  # 9:00 only
    swap, _asked = await swap_actions.ask(cast.chen.person, duty)
    done = await accept_swap(cast.lin.person, swap, cast.lin)
    assert (done.seated, done.left) == (2, 0)
    assert (await Appointment.get(id=ours.id)).lawyer_id == third.id
    assert (await Appointment.get(id=theirs.id)).lawyer_id == cast.lin.id
    await sound()


async def test_where_nobody_else_is_free_the_appointment_stays_on_the_desks_list(cast):
    duty = await weekly(cast.chen)
    ours = await make.appointment(cast.mei, await first_slot(duty))
    async with transaction():
        await meet("appointment", ours.id, Side.CLIENT, cast.mei.name, cast.mei.phone, cast.mei)
        await meet("appointment", ours.id, Side.OTHER, "钱多多", "13777770000")
        await meet("dispute", ours.id, Side.CLIENT, "钱多多", "13777770000", None, cast.lanting.id)
    swap, _asked = await swap_actions.ask(cast.chen.person, duty)
    done = await accept_swap(cast.lin.person, swap, cast.lin)
    assert (done.seated, done.left) == (0, 1)
    assert [one.id for one in await queries.affected(cast.fang)] == [ours.id]
    assert not await told("booking/reassigned")
    await sound()


async def test_a_call_is_opened_once_by_who_may_and_lapses_when_the_morning_begins(cast):
    duty = await weekly(cast.chen)
    with pytest.raises(Forbidden):
        await swap_actions.ask(cast.lin.person, duty)
    with pytest.raises(Forbidden):
        await swap_actions.ask(cast.other.tang, duty)
    speaks_for = await make.person("所联络", Role.FIRM_COORDINATOR, firm=cast.hengdao)
    stranger = await make.person("别所联络", Role.FIRM_COORDINATOR, firm=cast.lanting)
    with pytest.raises(Forbidden):
        await swap_actions.ask(stranger, duty)
    swap, _asked = await swap_actions.ask(speaks_for, duty)
    with pytest.raises(Conflict, match="已经在找人"):
        await swap_actions.ask(cast.fang, duty)
    with clock.standing_at(clock.at(WEDNESDAY, 9 * 60)):
        assert await swap_queries.for_lawyer(cast.lin) == []
        with pytest.raises(Conflict, match="已经开始"):
            await accept_swap(cast.lin.person, swap, cast.lin)
        with pytest.raises(Refusal, match="已经开始"):
            await swap_actions.ask(cast.chen.person, duty)


async def test_a_call_that_was_withdrawn_is_taken_by_nobody_and_said_to_nobody_any_more(cast):
    duty = await weekly(cast.chen)
    swap, _asked = await swap_actions.ask(cast.chen.person, duty)
    assert [call.name for call in await swap_queries.for_lawyer(cast.lin)] == [cast.chen.person.name]
    with pytest.raises(Forbidden):
        await swap_actions.withdraw(cast.lin.person, swap)
    await swap_actions.withdraw(cast.chen.person, swap)
    assert set(await Notice.filter(kind="roster/swap").values_list("state", flat=True)) == {"withheld"}
    assert await swap_queries.for_lawyer(cast.lin) == []
    with pytest.raises(Conflict):
        await accept_swap(cast.lin.person, swap, cast.lin)
    with pytest.raises(Conflict):
        await swap_actions.withdraw(cast.chen.person, swap)
    assert (await Duty.get(id=duty.id)).withdrawn_at is None
    await actions.take_leave(cast.chen.person, cast.chen, WEDNESDAY, WEDNESDAY)
    with pytest.raises(Conflict, match="已经撤下"):
        await swap_actions.ask(cast.chen.person, duty)


async def test_only_who_could_come_may_take_it_and_only_for_themselves_unless_staff(cast):
    duty = await weekly(cast.chen)
    swap, _asked = await swap_actions.ask(cast.chen.person, duty)
    with pytest.raises(Forbidden):
        await accept_swap(cast.wu.person, swap, cast.lin)
    await actions.take_leave(cast.wu.person, cast.wu, WEDNESDAY, WEDNESDAY)
    with pytest.raises(Refusal, match="那天不能来"):
        await accept_swap(cast.wu.person, swap, cast.wu)
    assert (await Swap.get(id=swap.id)).taken_at is None
    await accept_swap(cast.fang, swap, cast.lin)
    assert (await Swap.get(id=swap.id)).taken_by_id == cast.lin.id
    assert (await Duty.get(lawyer_id=cast.lin.id, day=WEDNESDAY)).confirmed_at


async def test_an_empty_morning_is_offered_to_all_who_could_come_and_the_first_has_it(cast):
    asked = await swap_actions.invite(cast.fang, WEDNESDAY)
    assert asked == 3 and await swap_actions.invite(cast.fang, WEDNESDAY) == 3
    assert await Notice.filter(kind="roster/empty").count() == 3
    with pytest.raises(Forbidden):
        await swap_actions.invite(cast.chen.person, WEDNESDAY)
    outcomes = await gather(
        swap_actions.fill(cast.wu.person, cast.wu, WEDNESDAY),
        swap_actions.fill(cast.lin.person, cast.lin, WEDNESDAY),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Pattern"]
    assert await Duty.filter(day=WEDNESDAY, withdrawn_at=None).count() == 1
    assert await Pattern.all().count() == 1
    assert set(await Notice.filter(kind="roster/empty").values_list("state", flat=True)) == {"withheld"}
    with pytest.raises(Refusal, match="八周"):
        await swap_actions.invite(cast.fang, WEDNESDAY + timedelta(weeks=9))
    with pytest.raises(Conflict, match="已经有律师"):
        await swap_actions.invite(cast.fang, WEDNESDAY)


async def test_nobody_is_promised_a_morning_of_a_firm_that_left(cast):
    duty = await weekly(cast.chen)
    swap, _asked = await swap_actions.ask(cast.chen.person, duty)
    async with database.transaction():
        await Firm.filter(id=cast.lanting.id).update(is_active=False)
    with pytest.raises(Refusal):
        await accept_swap(cast.lin.person, swap, cast.lin)


# -- through the pages ---------------------------------------------------------------------------------------------------


async def as_(person, language: str = "zh-CN") -> Browser:
    return await make.sign_in(Browser(app, language=language), person)


async def test_a_lawyer_finds_a_substitute_with_one_tap_and_a_colleague_takes_it_with_another(cast):
    duty = await weekly(cast.chen)
    await make.appointment(cast.mei, await first_slot(duty))
    page = await (await as_(cast.chen.person)).get("/mornings")
    page = await page.press("找人顶班")
    assert page.path == "/mornings" and page.has("已经问了 2 位律师", "在找人顶班")
    page = await (await as_(cast.lin.person)).get("/mornings")
    assert page.has("同行在找人顶班", cast.chen.person.name)
    page = await page.press("我来顶")
    assert page.path == "/mornings" and page.has("林知远律师来", "1 位居民已经通知", "已确认")
    page = await (await as_(cast.wu.person)).get("/mornings")
    assert not page.has("同行在找人顶班")
    page = await (await as_(cast.chen.person)).get(f"/roster/duties/{duty.id}")
    assert page.has("这个上午由林知远律师来")


async def test_staff_enter_who_agreed_on_the_telephone(cast):
    duty = await weekly(cast.chen)
    await swap_actions.ask(cast.chen.person, duty, "开庭")
    browser = await as_(cast.fang)
    page = await (await browser.get("/roster")).click("11月25日 周三 陈明理")
    assert page.has("原因：开庭")
    page = await page.press("由这位律师来", lawyer=cast.lin.person.number)
    assert page.path == "/roster" and page.has("这个上午由林知远律师来")


async def test_a_reason_is_for_staff_and_the_lawyer_alone_and_a_strangers_call_is_not_there(cast):
    duty = await weekly(cast.chen)
    swap, _asked = await swap_actions.ask(cast.chen.person, duty, "看病")
    coordinator = await make.person("所联络", Role.FIRM_COORDINATOR, firm=cast.hengdao)
    page = await (await as_(coordinator)).get(f"/roster/duties/{duty.id}")
    assert page.status == 200 and page.has("在找人顶班") and not page.has("看病")
    elsewhere = await make.person("别所联络", Role.FIRM_COORDINATOR, firm=cast.lanting)
    assert (await (await as_(elsewhere)).get(f"/roster/duties/{duty.id}")).status == 404
    assert (await (await as_(cast.mei)).post(f"/swaps/{swap.id}/acceptance", {})).status == 404
    assert (await (await as_(elsewhere)).post(f"/roster/swaps/{swap.id}/withdrawal", {})).status == 404


async def test_an_empty_morning_is_called_for_on_the_board_and_taken_on_a_lawyers_own_page(cast):
    page = await (await as_(cast.fang)).get("/roster")
    page = await page.press("请律师来补")
    assert page.path == "/roster" and page.has("已经问了 3 位律师")
    page = await (await as_(cast.lin.person)).get("/mornings")
    page = await page.press("这天我来")
    assert page.has("这个上午归您了") and await Duty.filter(lawyer_id=cast.lin.id).count() == 1


async def test_a_coordinator_sees_the_firms_mornings_asks_for_a_substitute_and_proposes_a_lawyer(cast):
    duty = await weekly(cast.chen)
    theirs = await weekly(cast.lin)
    await make.appointment(cast.mei, await first_slot(duty), needs="听力不好")
    speaks = await make.person("所联络", Role.FIRM_COORDINATOR, firm=cast.hengdao)
    browser = await as_(speaks)
    page = await browser.get("/firm")
    assert page.has("衡道律师事务所", "陈明理", "吴清和") and not page.has("林知远")
    assert not any(word in page.response.text for word in (cast.mei.name, "听力"))
    other = await browser.get(f"/firm?firm={cast.lanting.id}")
    assert other.has("衡道律师事务所") and not other.has("林知远")
    assert not (await browser.get("/desk")).has("林知远")
    page = await page.press("找人顶班")
    assert page.path == "/firm" and page.has("已经问了 1 位律师")  # Wu; Lin sits that day
    assert (await (await as_(speaks)).get("/desk")).has("在找人顶班")
    thursday = WEDNESDAY + timedelta(days=1)
    form = page.form("/firm/proposal?firm=" + str(cast.hengdao.id))
    assert str(thursday) in form.choices("day") and cast.lin.person.number not in form.choices("lawyer")
    page = await page.press("请律师考虑", day=str(thursday), lawyer=cast.wu.person.number)
    assert page.has("已经请吴清和律师考虑") and await told("roster/proposed") == [cast.wu.person_id]
    assert not await Duty.filter(day=thursday).exists()
    with pytest.raises(Forbidden):
        await swap_actions.propose(speaks, cast.lin, thursday)
    friday = thursday + timedelta(days=1)
    await actions.take_leave(cast.wu.person, cast.wu, friday, friday)
    with pytest.raises(Refusal, match="那天不能来"):
        await swap_actions.propose(speaks, cast.wu, friday)
    assert (await browser.get(f"/roster/duties/{theirs.id}")).status == 404
    for path in ("/queue", "/appointments", f"/roster/{cast.chen.person.number}", "/roster", "/firms"):
        assert (await browser.get(path)).status == 404
    page = await (await as_(cast.wu.person)).get("/mornings")
    assert page.has("同行在找人顶班", "还没有律师的上午")
    assert (await (await as_(cast.chen.person)).get("/firm")).status == 404
