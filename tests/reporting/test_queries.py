"""Every figure agrees with cases made by hand, also those that were taken up again."""

from datetime import date, datetime, timedelta

import pytest

from portal import clock, locality
from portal.database import transaction
from portal.disputes.models import Dispute, Level
from portal.feedback.models import Feedback
from portal.lectures.models import State as LectureState
from portal.people.models import Protection
from portal.reporting import board_queries, queries, rules
from tests import make

TODAY = date(2026, 11, 23)
MONTHS = rules.months(TODAY)


@pytest.fixture(autouse=True)
def in_november():
    with clock.standing_at(clock.at(TODAY, 12 * 60)):
        yield


def at(month: int, day: int = 15, minute: int = 600) -> datetime:
    return clock.at(date(2026, month, day), minute)


async def dispute(state: str, ended: datetime | None, level: int = Level.GRID, **columns) -> Dispute:
    settled = level if state == "settled" else None
    given = {
        "category": "neighbours",
        "words": "楼上半夜吵",
        "state": state,
        "level_arose": Level.UNIT,
        "level": level,
        "level_settled": settled,
        "ended_at": ended,
    }
    async with transaction():
        return await Dispute.create(**make.here(**{**given, **columns}))


async def rows(by: str) -> dict[str, dict]:
    return {row["key"]: row for row in await board_queries.rates_by([locality.current()], MONTHS, by)}


async def test_a_dispute_counts_in_the_month_it_ended_at_the_level_it_was_settled(cast):
    await dispute("settled", at(10), Level.UNIT, created_at=at(8))
    await dispute("settled", at(10), Level.COMMUNITY)
    await dispute("settled", at(10), Level.STREET)
    await dispute("failed", at(10), Level.COMMUNITY)
    await dispute("escalated", at(10), Level.COURT)
    await dispute("withdrawn", at(10))
    await dispute("reported", None, created_at=at(10))
    found = await rows("month")
    row = found["2026-10"]
    assert (row["settled"], row["failed"], row["escalated"], row["withdrawn"]) == (3, 1, 1, 1)
    assert (row["ended"], row["in_grid"], row["in_community"]) == (5, 1, 2)
    assert (row["grid_rate"], row["community_rate"], row["settled_rate"]) == (20.0, 40.0, 60.0)
    assert found["2026-08"]["ended"] == 0 and found["2026-08"]["grid_rate"] is None
    assert list(found) == MONTHS


async def test_one_that_was_taken_up_again_counts_nowhere_until_it_ends_again(cast):
    again = await dispute("accepted", None, Level.GRID, reopened=1, created_at=at(9))
    assert sum(row["ended"] for row in (await rows("month")).values()) == 0
    async with transaction():
        await Dispute.filter(id=again.id).update(
            state="settled", level=Level.COMMUNITY, level_settled=Level.COMMUNITY, ended_at=at(11)
        )
    row = (await rows("month"))["2026-11"]
    assert (row["in_grid"], row["in_community"]) == (0, 1)


async def test_a_month_begins_at_midnight_in_china(cast):
    await dispute("settled", clock.at(date(2026, 10, 1)))
    await dispute("settled", clock.at(date(2026, 10, 1)) - timedelta(microseconds=1))
    found = await rows("month")
    assert (found["2026-09"]["settled"], found["2026-10"]["settled"]) == (1, 1)


async def test_what_ended_before_these_months_is_in_none_of_them(cast):
    await dispute("settled", clock.at(date(2025, 11, 30), 1439))
    assert sum(row["ended"] for row in (await rows("month")).values()) == 0
    await dispute("settled", clock.at(date(2025, 12, 1)))
    assert (await rows("month"))["2025-12"]["ended"] == 1


async def test_the_same_cases_by_grid_by_category_and_by_level(cast):
    one, two = cast.places.grids
    await dispute("settled", at(10), Level.UNIT, grid=one)
    await dispute("failed", at(10), Level.COMMUNITY, grid=one, category="contract")
    await dispute("settled", at(11), Level.COMMUNITY, grid=two)
    await dispute("settled", at(11), Level.COMMUNITY)
    await dispute("reported", None, grid=two, category="labour")
    by_grid = await rows("grid")
    assert (by_grid[str(one.id)]["ended"], by_grid[str(one.id)]["grid_rate"]) == (2, 50.0)
    assert (by_grid[str(two.id)]["label"], by_grid[str(two.id)]["community_rate"]) == ("第2网格", 100.0)
    assert by_grid["none"]["ended"] == 1
    by_category = await rows("category")
    assert {key: row["ended"] for key, row in by_category.items()} == {"neighbours": 3, "contract": 1}
    by_level = await rows("level")
    assert {key: row["settled"] for key, row in by_level.items()} == {"1": 1, "4": 2}


async def test_the_clinic_counts_times_visits_and_advice(cast):
    day = date(2026, 11, 18)
    duty = await make.duty(cast.chen, day, times=6)
    states = ["done", "started", "missed", "cancelled", "booked"]
    for state, slot in zip(states, duty.made, strict=False):
        await make.appointment(cast.mei, slot, state=state)
    async with transaction():
        await type(duty.made[5]).filter(id=duty.made[5].id).update(withdrawn_at=clock.now())
    row = {row["month"]: row for row in await queries.clinic([locality.current()], MONTHS)}["2026-11"]
    assert row == {
        "month": "2026-11",
        "offered": 5,
        "booked": 5,
        "attended": 2,
        "missed": 1,
        "cancelled": 1,
        "prescriptions": 0,
    }


async def test_feedback_is_counted_in_the_month_it_came_in(cast):
    async with transaction():
        for state, satisfied in [
            ("received", None),
            ("dispatched", False),
            ("solved", None),
            ("confirmed", True),
            ("unsolved", None),
            ("not_ours", None),
        ]:
            await Feedback.create(
                **make.here(),
                category="repair",
                words="灯不亮",
                state=state,
                satisfied=satisfied,
                created_at=at(10),
            )
    row = {row["month"]: row for row in await queries.feedback([locality.current()], MONTHS)}["2026-10"]
    assert row == {
        "month": "2026-10",
        "received": 6,
        "responded": 5,
        "answered": 4,
        "solved": 2,
        "asked": 2,
        "satisfied": 1,
    }


async def test_lectures_count_when_they_were_held_with_who_came(cast):
    starts = at(10)
    times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    await make.lecture(state=LectureState.HELD, attended=31, **times)
    await make.lecture(state=LectureState.HELD, **times)
    await make.lecture(state=LectureState.CANCELLED, attended=9, **times)
    row = {row["month"]: row for row in await queries.lectures([locality.current()], MONTHS)}["2026-10"]
    assert (row["held"], row["came"]) == (2, 31)


async def test_disputes_at_protected_addresses_are_in_no_grid(cast):
    one, _two = cast.places.grids
    async with transaction():
        protection = await Protection.create(person=cast.mei, passphrase="-")
    await dispute("settled", at(10), grid=one, protection=protection)
    assert set(await rows("grid")) == {"none"}


async def visit(cast, day: int, state: str, waited: timedelta, at_desk: int | None = None):
    duty = await make.duty(cast.chen, date(2026, 11, day), times=1)
    made = await make.appointment(cast.mei, duty.made[0], state=state)
    called = {}
    if at_desk is not None:
        arrived = made.starts_at - timedelta(minutes=30)
        called = {"checked_in_at": arrived, "called_at": arrived + timedelta(minutes=at_desk)}
    async with transaction():
        await type(made).filter(id=made.id).update(created_at=made.starts_at - waited, **called)


async def test_half_and_nine_tenths_of_those_who_came_waited_no_longer(cast):
    for n in range(10):
        await visit(cast, 2 + n, "done", timedelta(days=n + 1), at_desk=n)
    await visit(cast, 17, "cancelled", timedelta(days=60))
    ours = [locality.current()]
    until = await queries.waiting(ours, MONTHS, "created_at", "starts_at")
    assert until == {"count": 10, "median": 5 * 1440, "p90": 9 * 1440}
    at_desk = await queries.waiting(ours, MONTHS, "checked_in_at", "called_at")
    assert at_desk == {"count": 10, "median": 4, "p90": 8}
    nobody = await queries.waiting(ours, rules.months(date(2020, 1, 1)), "created_at", "starts_at")
    assert nobody == {"count": 0, "median": None, "p90": None}


async def test_of_a_morning_the_times_given_back_are_free_again(cast):
    duty = await make.duty(cast.chen, date(2026, 11, 18), times=6)
    for state, slot in zip(["booked", "done", "cancelled"], duty.made, strict=False):
        await make.appointment(cast.mei, slot, state=state)
    async with transaction():
        await type(duty.made[5]).filter(id=duty.made[5].id).update(withdrawn_at=clock.now())
    found = await queries.mornings([locality.current()], date(2026, 11, 1), date(2026, 11, 24))
    assert found == {date(2026, 11, 18): (2, 5)}
    weeks = await board_queries.weeks([locality.current()], date(2026, 11, 24))
    assert weeks[-1] == (date(2026, 11, 23), [None] * 5)
    assert weeks[-2] == (date(2026, 11, 16), [None, None, (2, 5), None, None])


async def test_topics_and_the_levels_of_each_category_are_counted(cast):
    duty = await make.duty(cast.chen, date(2026, 11, 18), times=3)
    for topic, slot in zip(["debt", "labour", "debt"], duty.made, strict=True):
        await make.appointment(cast.mei, slot, topic=topic)
    assert await queries.topics([locality.current()], MONTHS) == [("debt", 2), ("labour", 1)]
    await dispute("settled", at(10), Level.UNIT)
    await dispute("failed", at(10), Level.COMMUNITY)
    await dispute("withdrawn", at(10), Level.COMMUNITY)
    [(category, _words, counts)] = await board_queries.crossing([locality.current()], MONTHS)
    assert (category, dict(counts)) == ("neighbours", {1: 1, 2: 0, 3: 0, 4: 1, 5: 0, 6: 0})
