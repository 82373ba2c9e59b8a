"""Seats are kept for whoever was promised one, and everybody concerned hears of what changes."""

import asyncio
from datetime import timedelta

import pytest

from portal import clock, journal
from portal.errors import Conflict, Forbidden
from portal.lectures import actions, queries, rules
from portal.lectures.models import Lecture, Series, SignUp, State
from portal.notices import Notice
from tests import make


async def taken(lecture: Lecture) -> int:
    """The seats taken, having checked that they are those of the sign-ups."""
    now = await Lecture.get(id=lecture.id)
    seats = await SignUp.filter(lecture_id=lecture.id, state="seated").values_list("seats", flat=True)
    assert now.taken == sum(seats) <= now.capacity
    return now.taken


async def mine(person, lecture: Lecture) -> SignUp:
    return await SignUp.get(person_id=person.id, lecture_id=lecture.id).select_related("lecture", "person")


async def told(kind: str) -> list[str]:
    return (
        await Notice.filter(kind=f"lectures/{kind}").order_by("created_at").values_list("address", flat=True)
    )


def plan(**columns) -> rules.Plan:
    starts = clock.at(make.working_day(5), 14 * 60)
    return rules.Plan(
        **{
            "title": "押金怎么要回来",
            "theme": "lease",
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=1),
            "venue": "二楼",
            "capacity": 10,
            **columns,
        }
    )


async def test_seats_run_out_and_whoever_comes_later_waits(cast):
    lecture = await make.lecture(capacity=3)
    assert (await actions.sign_up(cast.mei, lecture, 2, "利息多少算高？")).state == "seated"
    assert (await actions.sign_up(cast.tao, lecture, 2)).state == "waiting"
    assert (await actions.sign_up(cast.yu, lecture, 1)).state == "seated"
    assert await taken(lecture) == 3
    assert await told("seated") == [cast.mei.phone, cast.yu.phone]
    assert [entry["verb"] for entry in await journal.of(await mine(cast.mei, lecture))] == ["create"]
    assert await queries.questions(lecture) == ["利息多少算高？"]


async def test_giving_up_seats_those_who_wait_and_fit_in_their_order(cast):
    lecture = await make.lecture(capacity=4)
    await actions.sign_up(cast.mei, lecture, 3)
    await actions.sign_up(cast.sun, lecture, 1)
    for person, seats in ((cast.tao, 4), (cast.yu, 2), (cast.bai, 1), (cast.dou, 1)):
        assert (await actions.sign_up(person, lecture, seats)).state == "waiting"
    assert await queries.seats_before(await mine(cast.bai, lecture)) == 6
    await actions.give_up(cast.mei, await mine(cast.mei, lecture))
    states = [(await mine(person, lecture)).state for person in (cast.tao, cast.yu, cast.bai, cast.dou)]
    assert states == ["waiting", "seated", "seated", "waiting"]
    assert await taken(lecture) == 4
    assert sorted(await told("promoted")) == sorted([cast.yu.phone, cast.bai.phone])
    assert [entry["verb"] for entry in await journal.of(await mine(cast.yu, lecture))] == [
        "create",
        "promote",
    ]


async def test_whoever_gave_up_comes_back_behind_those_who_wait(cast):
    lecture = await make.lecture(capacity=2)
    await actions.sign_up(cast.mei, lecture, 2)
    await actions.sign_up(cast.tao, lecture, 2)
    await actions.sign_up(cast.yu, lecture, 2)
    await actions.give_up(cast.mei, await mine(cast.mei, lecture))
    assert (await mine(cast.tao, lecture)).state == "seated"
    again = await actions.sign_up(cast.mei, lecture, 2)
    assert again.state == "waiting"
    assert await queries.seats_before(await mine(cast.mei, lecture)) == 2
    assert await SignUp.filter(lecture_id=lecture.id, person_id=cast.mei.id).count() == 1


async def test_seats_are_changed_within_what_is_left(cast):
    lecture = await make.lecture(capacity=4)
    await actions.sign_up(cast.mei, lecture, 2)
    await actions.sign_up(cast.tao, lecture, 1)
    await actions.sign_up(cast.yu, lecture, 3)
    await actions.resize(cast.mei, await mine(cast.mei, lecture), 3)
    assert await taken(lecture) == 4
    with pytest.raises(actions.Full) as full:
        await actions.resize(cast.tao, await mine(cast.tao, lecture), 2)
    assert full.value.seats == 1 and await taken(lecture) == 4
    await actions.resize(cast.yu, await mine(cast.yu, lecture), 2)
    await actions.resize(cast.mei, await mine(cast.mei, lecture), 1)
    assert (await mine(cast.yu, lecture)).state == "seated" and await taken(lecture) == 4


async def test_nobody_signs_up_twice_too_late_or_to_what_is_not_open(cast):
    lecture, planned = await make.lecture(), await make.lecture(state=State.PLANNED)
    await actions.sign_up(cast.mei, lecture, 1)
    with pytest.raises(Conflict, match="已经报过名"):
        await actions.sign_up(cast.mei, lecture, 1)
    both = [actions.sign_up(cast.tao, lecture, 2) for _ in range(2)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {SignUp, Conflict}
    with pytest.raises(Conflict):
        await actions.sign_up(cast.yu, planned, 1)
    seats = await mine(cast.mei, lecture)
    with clock.standing_at(lecture.starts_at):
        with pytest.raises(Conflict):
            await actions.sign_up(cast.yu, lecture, 1)
        with pytest.raises(Conflict):
            await actions.give_up(cast.mei, seats)
    with pytest.raises(Conflict):
        await actions.give_up(cast.yu, seats)
    assert await taken(lecture) == 3


async def test_cancelling_tells_everybody_and_gives_every_seat_back(cast):
    lecture = await make.lecture(capacity=1)
    await actions.sign_up(cast.mei, lecture, 1)
    await actions.sign_up(cast.tao, lecture, 2)
    await actions.sign_up(cast.yu, lecture, 1)
    await actions.give_up(cast.yu, await mine(cast.yu, lecture))
    with pytest.raises(Forbidden):
        await actions.cancel(cast.mei, lecture)
    await actions.cancel(cast.guo, lecture)
    assert sorted(await told("cancelled")) == sorted([cast.mei.phone, cast.tao.phone])
    assert await taken(lecture) == 0
    assert not await SignUp.filter(lecture_id=lecture.id).exclude(state="cancelled").exists()


async def test_another_time_is_told_and_more_seats_go_to_those_who_wait(cast):
    lecture = await make.lecture(capacity=2)
    await actions.sign_up(cast.mei, lecture, 2)
    await actions.sign_up(cast.tao, lecture, 2)
    with pytest.raises(actions.Full) as full:
        await actions.revise(cast.fang, lecture, plan(capacity=1))
    assert full.value.seats == 2
    same_time = {"starts_at": lecture.starts_at, "ends_at": lecture.ends_at, "venue": lecture.venue}
    await actions.revise(cast.fang, lecture, plan(capacity=3, **same_time))
    assert await told("changed") == []
    await actions.revise(cast.fang, lecture, plan(capacity=4))
    assert sorted(await told("changed")) == sorted([cast.mei.phone, cast.tao.phone])
    assert await taken(lecture) == 4
    assert (await Lecture.get(id=lecture.id)).title == "押金怎么要回来"


async def test_whoever_has_a_seat_is_reminded_the_day_before_and_nobody_else(cast):
    async def due() -> list[tuple]:
        owed = Notice.filter(kind="lectures/reminder", state="owed").order_by("address")
        return [(one.address, one.next_at) for one in await owed]

    lecture = await make.lecture(capacity=2)
    await actions.sign_up(cast.mei, lecture, 2)
    await actions.sign_up(cast.tao, lecture, 2)
    day_before = lecture.starts_at - timedelta(days=1)
    assert await due() == [(cast.mei.phone, day_before)]
    await actions.give_up(cast.mei, await mine(cast.mei, lecture))
    assert await due() == [(cast.tao.phone, day_before)]
    moved = plan(capacity=9)
    await actions.revise(cast.fang, lecture, moved)
    assert await due() == [(cast.tao.phone, moved.starts_at - timedelta(days=1))]
    await actions.sign_up(cast.mei, lecture, 2)
    assert len(await due()) == 2
    await actions.cancel(cast.fang, lecture)
    assert await due() == []


async def test_a_series_is_planned_in_one_go_and_announced_when_wished(cast):
    plans = [plan(title=f"第{n}讲", articles=[703, 704], speaker_id=cast.chen.id) for n in range(6)]
    made = await actions.plan(cast.fang, plans, announce=True)
    assert [one.state for one in made] == ["open"] * 6
    assert await Series.all().count() == 1
    assert len(await queries.siblings(cast.yu, made[0])) == 6
    alone = (await actions.plan(cast.fang, [plan()]))[0]
    assert alone.state == "planned" and await queries.siblings(cast.fang, alone) == []
    assert not await Lecture.visible_to(cast.yu).filter(id=alone.id).exists()
    with pytest.raises(Forbidden):
        await actions.plan(cast.mei, [plan()])


async def test_who_came_is_written_down_and_the_lecture_is_held_once(cast):
    lecture = await make.lecture()
    seats = await actions.sign_up(cast.mei, lecture, 3)
    with pytest.raises(Conflict):
        await actions.hold(cast.fang, lecture, 3)
    with clock.standing_at(lecture.starts_at + timedelta(hours=1)):
        await actions.count(cast.fang, lecture, {seats.id: 2})
        assert (await queries.sheet(lecture)).came == 2
        stale = await Lecture.get(id=lecture.id)
        await actions.hold(cast.fang, lecture, 9)
        with pytest.raises(Conflict):
            await actions.hold(cast.fang, stale, 8)
    now = await Lecture.get(id=lecture.id)
    assert (now.state, now.attended) == ("held", 9)
    assert [entry["verb"] for entry in await journal.of(lecture)] == ["count", "hold"]
