"""The morning's queue: numbers, who is called next, who is called again, sent away for a while, given up."""

from asyncio import gather
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock
from portal.booking import actions, queries, queue_rules
from portal.booking.models import Appointment, Mode, State
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Side
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.records import new_id
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio
NINE = 9 * 60
TODAY = datetime(2026, 11, 23).date()


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(TODAY, NINE)):
        yield


@pytest.fixture
async def morning(cast):
    """Chen's times from nine on: Mei at nine, Tao at ten, Yu at eleven."""
    cast.slots = (await make.duty(cast.chen, TODAY)).made
    cast.nine = await make.appointment(cast.mei, cast.slots[0])
    cast.ten = await make.appointment(cast.tao, cast.slots[2])
    cast.eleven = await make.appointment(cast.yu, cast.slots[4])
    return cast


async def fresh(appointment) -> Appointment:
    return await Appointment.get(id=appointment.id)


def at(hour: int, minute: int = 0):
    return clock.standing_at(clock.at(TODAY, hour * 60 + minute))


STEPS = {
    "check_in": actions.check_in,
    "call": actions.call,
    "recall": actions.recall,
    "park": actions.park,
    "come_back": actions.come_back,
    "start": actions.start,
    "finish": actions.finish,
    "miss": lambda actor, one: actions.miss(actor, one, "no_answer"),
}


@pytest.mark.parametrize("state", State)
async def test_every_step_goes_where_the_table_says_and_no_other_goes_at_all(morning, state):
    with at(12):
        for verb, step in STEPS.items():
            async with transaction():
                await Appointment.filter(id=morning.nine.id).update(state=state, calls=3, mode=Mode.PHONE)
            now = await fresh(morning.nine)
            goes_to = Appointment.MOVES.get((state, verb))
            if goes_to is None:
                with pytest.raises(Conflict):
                    await step(morning.chen.person, now)
            else:
                await step(morning.chen.person, now)
            assert (await fresh(morning.nine)).state == (goes_to or state), (state, verb)


async def test_numbers_are_counted_as_people_come_from_one_each_day_and_in_each_community(morning):
    for one, number in ((morning.eleven, 1), (morning.nine, 2), (morning.ten, 3)):
        await actions.check_in(morning.fang, await fresh(one))
        assert (await fresh(one)).ticket == number
    elsewhere = await make.duty(morning.other.ge, TODAY, community=morning.other.places.community)
    there = await make.appointment(morning.other.an, elsewhere.made[0])
    await actions.check_in(morning.other.tang, there)
    tomorrow = await make.appointment(morning.mei, (await make.duty(morning.wu, make.working_day())).made[0])
    assert (await fresh(there)).ticket == 1
    with clock.standing_at(tomorrow.starts_at):
        await actions.check_in(morning.fang, tomorrow)
        assert (await fresh(tomorrow)).ticket == 1


async def test_two_who_come_at_once_have_two_numbers(morning):
    both = [await fresh(morning.nine), await fresh(morning.ten)]
    await gather(*(actions.check_in(morning.fang, one) for one in both))
    assert {(await fresh(one)).ticket for one in both} == {1, 2}


async def test_an_appointment_at_its_time_goes_first_and_everybody_else_in_the_order_of_coming(morning):
    walk_in = await make.appointment(morning.yu, morning.slots[1], channel="counter")
    for minute, one in enumerate((walk_in, morning.eleven, morning.ten, morning.nine)):
        with at(8, 50 + minute):
            await actions.check_in(morning.fang, await fresh(one))
    called = []
    for hour, minute in ((9, 0), (9, 30), (10, 0), (10, 30)):
        with at(hour, minute):
            one = await actions.call_next(morning.chen.person, morning.chen.id)
            assert one is not None
            called.append(one.id)
            await actions.start(morning.chen.person, one)
            await actions.finish(morning.chen.person, one)
    assert called == [morning.nine.id, walk_in.id, morning.ten.id, morning.eleven.id]
    assert await actions.call_next(morning.chen.person, morning.chen.id) is None


async def test_nobody_calls_at_a_desk_that_is_not_theirs(morning):
    await actions.check_in(morning.fang, morning.nine)
    assert await actions.call_next(morning.fang, morning.lin.id) is None, "who has come is Chen's"
    for nobody in (morning.lin.person, morning.mei, morning.other.tang):
        assert await actions.call_next(nobody, morning.chen.id) is None
        with pytest.raises(Forbidden):
            await actions.call(nobody, await fresh(morning.nine))


async def test_whoever_is_away_keeps_their_number_and_their_place(morning):
    for one in (morning.ten, morning.eleven):
        await actions.check_in(morning.fang, await fresh(one))
    await actions.call(morning.chen.person, await fresh(morning.ten))
    await actions.park(morning.fang, await fresh(morning.ten))
    assert (await fresh(morning.ten)).calls == 0, "who was away is called three times anew"
    queue = await queries.queue(morning.chen.person, TODAY)
    assert queue_rules.next_up(queue, clock.now()).id == morning.eleven.id
    await actions.come_back(morning.fang, await fresh(morning.ten))
    queue = await queries.queue(morning.chen.person, TODAY)
    assert queue_rules.next_up(queue, clock.now()).id == morning.ten.id
    assert (await fresh(morning.ten)).ticket == 1


async def test_after_three_calls_nobody_came_in(morning):
    chen = morning.chen.person
    await actions.check_in(morning.fang, morning.nine)
    await actions.call(chen, await fresh(morning.nine))
    for calls in (1, 2):
        assert (await fresh(morning.nine)).calls == calls
        with pytest.raises(Forbidden):
            await actions.miss(chen, await fresh(morning.nine), "left")
        await actions.recall(chen, await fresh(morning.nine))
    await actions.miss(chen, await fresh(morning.nine), "left")
    assert (await fresh(morning.nine)).missed_because == "left"


def somebody(state=State.CHECKED_IN, starts=NINE, came=NINE, channel="web", n=1) -> SimpleNamespace:
    return SimpleNamespace(
        id=n,
        lawyer_id="chen",
        state=state,
        mode=Mode.DESK,
        channel=channel,
        created_at=clock.at(TODAY, came) if channel == "counter" else clock.at(TODAY) - timedelta(days=3),
        starts_at=clock.at(TODAY, starts),
        checked_in_at=clock.at(TODAY, came),
        ticket=n,
    )


def test_at_the_door_only_who_is_expected_at_the_desk_about_now_checks_in():
    one = somebody(State.BOOKED, starts=NINE + 60)
    one.protection_id = None
    for minutes, may in ((-61, False), (-60, True), (0, True), (30, True), (31, False)):
        assert queue_rules.may_arrive(one, clock.at(TODAY, NINE + 60 + minutes)) is may, minutes
    for wrong in ({"mode": Mode.PHONE}, {"state": State.CANCELLED}, {"protection_id": "secret"}):
        other = SimpleNamespace(**{**vars(one), **wrong})
        assert not queue_rules.may_arrive(other, one.starts_at), wrong


def test_a_walk_in_never_goes_before_an_appointment_that_is_due():
    walk_in = somebody(channel="counter", starts=NINE, came=NINE - 30, n=1)
    due = somebody(starts=NINE + 10, came=NINE + 5, n=2)
    early = somebody(starts=NINE + 60, came=NINE - 20, n=3)
    away = somebody(State.PARKED, starts=NINE, n=4)
    now = clock.at(TODAY, NINE + 15)
    order = queue_rules.in_order([early, away, walk_in, due], now)
    assert [one.ticket for one in order] == [2, 1, 3]


def test_a_walk_in_is_told_about_when():
    now = clock.at(TODAY, NINE + 2)
    one = somebody(channel="counter", starts=NINE + 60, n=9)
    inside = somebody(State.STARTED, n=1)
    due = somebody(starts=NINE, came=NINE + 1, n=2)
    coming = somebody(State.BOOKED, starts=NINE + 30, n=3)
    assert queue_rules.ahead_of(one, [inside, due, coming, one], now) == 3
    opens = clock.at(TODAY, NINE)
    assert queue_rules.estimate(one, 3, now, opens) == clock.at(TODAY, NINE + 95)
    assert queue_rules.estimate(one, 0, now, opens) == clock.at(TODAY, NINE + 5)
    assert queue_rules.estimate(coming, 0, now, opens) == clock.at(TODAY, NINE + 30)
    early = clock.at(TODAY, NINE - 60)
    assert queue_rules.estimate(one, 1, early, opens) == clock.at(TODAY, NINE + 30)


async def test_one_tap_on_the_lawyers_page_and_on_the_desks_calls_the_next(morning):
    await actions.check_in(morning.fang, morning.nine)
    await actions.check_in(morning.fang, morning.ten)
    chen = await make.sign_in(Browser(app), morning.chen.person)
    page = await chen.get("/queue")
    assert page.has("叫下一位：1 号", "2 号")
    await page.form("/queue/next").submit()
    assert (await fresh(morning.nine)).state == State.CALLED
    page = await chen.get("/queue")
    assert not page.has("叫下一位") and page.has("再叫一次", "暂时走开")
    await page.form(f"/appointments/{morning.nine.number}/pause").submit()
    fang = await make.sign_in(Browser(app), morning.fang)
    page = await fang.get("/queue")
    assert page.has("陈明理律师叫下一位：2 号", "回来了")
    await page.form("/queue/next").submit()
    assert (await fresh(morning.ten)).state == State.CALLED
    mei = await make.sign_in(Browser(app), morning.mei)
    assert (await mei.get(f"/appointments/{morning.nine.number}")).has("您的位置留着")
    assert (await mei.get("/desk")).has("回来了请告诉服务台")
    assert (await chen.get("/desk")).has("暂时走开")


async def test_the_desk_is_told_to_seat_the_second_side_elsewhere_and_only_the_desk(morning):
    async with transaction():
        await Appointment.filter(id=morning.ten.id).update(starts_at=morning.slots[1].starts_at)
        matter = new_id()
        await conflicts.meet("dispute", matter, Side.A, "梅秀英")
        await conflicts.meet("dispute", matter, Side.B, "陶建国")
    await actions.check_in(morning.fang, await fresh(morning.nine))
    fang = await make.sign_in(Browser(app), morning.fang)
    page = await fang.get("/queue")
    assert page.has("分开坐")
    after = await page.form(f"/appointments/{morning.ten.number}/arrival").submit()
    assert after.has("请带到另一间等候") and not after.has("梅秀英")
    for person in (morning.chen.person, morning.tao):
        page = await (await make.sign_in(Browser(app), person)).get(f"/appointments/{morning.ten.number}")
        assert not page.has("分开坐")
