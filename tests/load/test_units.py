"""Single times and units of two, wanted by many at once: none overlaps another, and no half is left behind."""

import asyncio
from datetime import datetime

import pytest

from portal import clock, invariants
from portal.booking import actions
from portal.booking.models import Appointment, Hold
from portal.law.topics import Topic
from portal.roster.models import Slot
from tests import make

pytestmark = [pytest.mark.anyio, pytest.mark.load]
MANY = 50


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


async def taken() -> list[tuple]:
    """Every time that an appointment has, singles and both halves, in order."""
    rows = await Appointment.exclude(state="cancelled").values_list("slot_id", "second_slot_id")
    return sorted(slot for row in rows for slot in row if slot)


async def test_fifty_after_few_times_never_overlap_and_leave_no_half_unit(cast):
    duties = [await make.duty(lawyer, make.working_day(), 6) for lawyer in (cast.chen, cast.lin)]
    times = [slot.starts_at for slot in duties[0].made]
    people = [await make.person() for _ in range(MANY)]

    async def book(n: int) -> None:
        is_long = n % 2 == 0
        at = times[n % (5 if is_long else 6)]
        await actions.hold(f"b{n}", at, Topic.DEBT, is_long=is_long)
        booked = await actions.book(people[n], f"b{n}", topic=Topic.DEBT)
        assert (booked.second_slot_id is not None) == is_long

    outcomes = await asyncio.gather(*[book(n) for n in range(MANY)], return_exceptions=True)
    assert {type(one) for one in outcomes} <= {type(None), actions.TimeTaken}
    slots = await taken()
    assert len(slots) == len(set(slots)) and outcomes.count(None) == await Appointment.all().count() >= 6
    assert await Hold.filter(ends_at=None).count() == len(slots)
    assert await Hold.filter(appointment_id=None, browser="", beside_id=None).count() == 0
    assert [result async for result in invariants.check() if result.broken] == []


async def test_units_that_move_and_are_cancelled_at_once_stay_whole(cast):
    duties = [await make.duty(lawyer, make.working_day(), 6) for lawyer in (cast.chen, cast.wu, cast.lin)]
    times = [slot.starts_at for slot in duties[0].made]
    booked = []
    for n in range(6):
        await actions.hold(f"b{n}", times[n % 3 * 2], Topic.DEBT, is_long=True)
        person = await make.person()
        booked.append((person, await actions.book(person, f"b{n}", topic=Topic.DEBT)))

    async def change(n: int) -> None:
        person, one = booked[n % 6]
        mine = await Appointment.get(id=one.id)
        await (actions.cancel(person, mine) if n % 4 == 0 else actions.move(person, mine, times[n % 5]))

    async def single(n: int) -> None:
        await actions.hold(f"s{n}", times[n % 6], Topic.DEBT)
        await actions.book(await make.person(), f"s{n}", topic=Topic.DEBT)

    work = [change(n) for n in range(24)] + [single(n) for n in range(12)]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert all(one is None or getattr(one, "status", 500) in (403, 409) for one in outcomes), outcomes
    slots = await taken()
    assert len(slots) == len(set(slots)) <= await Slot.all().count()
    assert [result async for result in invariants.check() if result.broken] == []
