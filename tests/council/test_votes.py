"""One person once, whatever the way; what is secret stays so; and the hour closes the vote, not a job."""

import asyncio
from datetime import timedelta

import pytest

from portal import clock, invariants, journal
from portal.council import actions, member_queries, queries, vote_queries
from portal.council.models import (
    Attendance,
    Ballot,
    Choice,
    Kind,
    Meeting,
    Member,
    Motion,
    Recusal,
    Voted,
    Way,
)
from portal.council.vote_rules import Tally, Verdict
from portal.errors import Conflict, Forbidden
from portal.notices import Notice
from tests.council.called import afterwards, all_for, by_roll, council, during, motion, seat


async def one_motion(cast, secret: bool = False, others: int = 4):
    seats, made = await council(cast, others), await motion(cast)
    called = await by_roll(cast, made, secret=[made] if secret else [])
    return seats, await Motion.get(id=made.id), called


async def unsound() -> list[str]:
    return [
        result.promise async for result in invariants.check() if result.broken and "motion" in result.promise
    ]


async def test_whoever_votes_online_and_on_paper_at_once_has_voted_once(cast):
    seats, made, called = await one_motion(cast)
    with during(called):
        done = await asyncio.gather(
            actions.vote(cast.mei, made, Choice.FOR),
            actions.count_open(cast.fang, made, Way.PAPER, {seats[0].id: Choice.AGAINST}),
            actions.vote(cast.mei, made, Choice.ABSTAIN),
            return_exceptions=True,
        )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Conflict", "NoneType"]
    assert await Voted.all().count() == await Ballot.all().count() == await Attendance.all().count() == 1
    assert await unsound() == []


async def test_nothing_of_a_batch_is_written_when_one_of_it_voted_already_and_it_says_who(cast):
    seats, made, called = await one_motion(cast)
    with during(called):
        await actions.vote(cast.mei, made, Choice.FOR)
        with pytest.raises(Conflict, match="梅秀英已经投过票"):
            await actions.count_open(
                cast.guo, made, Way.ROOM, {seats[2].id: Choice.FOR, seats[0].id: Choice.FOR}
            )
    assert await Voted.all().count() == 1


async def test_a_secret_ballot_leads_to_nobody(cast):
    seats, made, called = await one_motion(cast, secret=True)
    with during(called):
        await actions.vote(cast.mei, made, Choice.AGAINST)
        first = await Ballot.get()
        await actions.vote(cast.tao, made, Choice.FOR)
        with pytest.raises(Conflict, match="对不上"):
            await actions.count_secret(cast.guo, made, Way.PAPER, [seats[2].id], Tally(1, 1, 0))
        await actions.count_secret(cast.guo, made, Way.PAPER, [one.id for one in seats[2:4]], Tally(1, 0, 1))
    ballots = await Ballot.all()
    assert [one.member_id for one in ballots] == [None] * 4 and not hasattr(first, "created_at")
    assert first.id not in {one.id for one in ballots}, "each vote deals the ballots anew"
    assert [one.id for one in ballots] == sorted(one.id for one in ballots), (
        "they lie in the order of their ids"
    )
    assert {one["choice"] for one in await vote_queries.voters(made)} == {None}
    said = [entry["detail"] for entry in await journal.of(made) if entry["verb"] == "vote"]
    assert said == [{"way": "online"}, {"way": "online"}, {"way": "paper", "votes": 2}]
    with afterwards(called):
        outcome = (await vote_queries.closed(called, [made]))[made.id]
        assert outcome.tally == Tally(2, 1, 1) and outcome.verdict == Verdict.REJECTED


async def test_of_an_open_vote_the_result_names_who_voted_how_and_who_typed_it_in(cast):
    seats, made, called = await one_motion(cast)
    with during(called):
        await actions.vote(cast.mei, made, Choice.FOR)
        await actions.count_open(cast.fang, made, Way.PAPER, {seats[2].id: Choice.AGAINST})
        assert await vote_queries.closed(called, [made]) == {}, "before the end nobody is told how it stands"
    told = {(row["name"], row["way"], row["by"], row["choice"]) for row in await vote_queries.voters(made)}
    assert told == {("梅秀英", "online", None, "for"), ("丁委员", "paper", "方敏", "against")}


async def test_whoever_has_no_seat_or_comes_outside_the_hours_does_not_vote(cast):
    seats, made, called = await one_motion(cast)
    late = await seat(cast, "于生", cast.yu)
    for at in (called.starts_at - timedelta(minutes=1), called.closes_at):
        with clock.standing_at(at), pytest.raises(Conflict):
            await actions.vote(cast.mei, made, Choice.FOR)
    with during(called):
        for nobody in (cast.yu, cast.lin, cast.guo):
            with pytest.raises(Forbidden):
                await actions.vote(nobody, made, Choice.FOR)
        with pytest.raises(Conflict, match="名单上没有"):
            await actions.count_open(cast.guo, made, Way.ROOM, {late.id: Choice.FOR})
        for stranger in (cast.yu, cast.other.tang):
            with pytest.raises(Forbidden):
                await actions.count_open(stranger, made, Way.ROOM, {seats[0].id: Choice.FOR})
    assert await Voted.all().count() == 0
    assert late.id not in {one.id for one in await member_queries.roll(called)}, "came after the notice"


async def test_whoever_stands_aside_has_no_vote_on_it_until_they_take_it_back(cast):
    seats, made, called = await one_motion(cast)
    with pytest.raises(Forbidden):
        await actions.recuse(cast.yu, made, seats[0], "interest")
    await actions.recuse(cast.mei, made, seats[0], "interest")
    with during(called):
        with pytest.raises(Conflict, match="已经回避"):
            await actions.vote(cast.mei, made, Choice.FOR)
        await actions.vote(cast.tao, made, Choice.FOR)
        with pytest.raises(Conflict, match="不能再回避"):
            await actions.recuse(cast.guo, made, seats[1], "neighbour")
        with pytest.raises(Conflict):
            await actions.rejoin(cast.guo, made, seats[0])
        await actions.rejoin(cast.mei, made, seats[0])
        await actions.vote(cast.mei, made, Choice.FOR)
    assert await Recusal.all().count() == 0


async def test_two_who_note_the_same_standing_aside_at_once_note_it_once(cast):
    seats, made, _called = await one_motion(cast)
    done = await asyncio.gather(
        actions.recuse(cast.mei, made, seats[0], "relative"),
        actions.recuse(cast.guo, made, seats[0], "relative"),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "NoneType"]
    assert await Recusal.all().count() == 1


async def test_the_hour_closes_the_vote_and_whoever_comes_first_writes_it_down_once(cast):
    seats, made, called = await one_motion(cast)
    await actions.recuse(cast.tao, made, seats[1], "neighbour")
    with during(called):
        assert not await actions.conclude(called)
        await actions.attend(cast.guo, called, [one.id for one in seats[2:5]])
        await actions.vote(cast.mei, made, Choice.FOR)
        votes = {seats[2].id: Choice.FOR, seats[3].id: Choice.FOR, seats[4].id: Choice.AGAINST}
        await actions.count_open(cast.guo, made, Way.ROOM, votes)
    with afterwards(called):
        before = (await vote_queries.closed(called, [made]))[made.id]
        assert (before.verdict, before.members, before.present, before.recused) == ("passed", 5, 4, 1)
        done = await asyncio.gather(
            actions.conclude(called), actions.conclude_due(), actions.conclude(called)
        )
        assert sum(done) == 1
        now = await Motion.get(id=made.id)
        assert (now.state, now.votes_for, now.votes_against, now.recused) == ("passed", 3, 1, 1)
        assert now.decided_at == called.closes_at and now.published_from == clock.today()
        assert now.published_until == clock.today() + timedelta(days=15)
        assert (await vote_queries.closed(await Meeting.get(id=called.id), [now]))[made.id] == before
    assert await Notice.filter(kind="council/decided").count() == 1
    assert [entry["verb"] for entry in await journal.of(called)].count("hold") == 1
    assert await unsound() == []


async def test_below_the_quorum_the_outcome_says_by_how_many_and_the_next_meeting_begins_anew(cast):
    _seats, made, called = await one_motion(cast)
    with during(called):
        await actions.vote(cast.mei, made, Choice.FOR)
        await actions.vote(cast.tao, made, Choice.FOR)
    with afterwards(called):
        outcome = (await vote_queries.closed(called, [made]))[made.id]
        assert (outcome.verdict, outcome.quorum, outcome.missing) == ("short", 4, 2)
        assert await actions.conclude_due() == 1
        assert [one.id for one in await queries.waiting()] == [made.id]
        again = await by_roll(cast, *await queries.waiting())
    assert await Voted.all().count() == await Ballot.all().count() == 0
    held = await Meeting.get(id=called.id)
    assert [(one["number"], one["quorum"], one["present"]) for one in held.charter["left"]] == [
        (made.number, 4, 2)
    ]
    with during(again):
        await all_for(cast, again, made)
    with afterwards(again):
        assert await actions.conclude(again)
    assert (await Motion.get(id=made.id)).state == "passed"
    assert await Notice.filter(kind="council/undecided").count() == 1


async def test_attendance_is_ticked_anew_but_whoever_voted_stays(cast):
    seats, made, called = await one_motion(cast)
    with during(called):
        await actions.attend(cast.guo, called, [one.id for one in seats[1:4]])
        await actions.vote(cast.mei, made, Choice.FOR)
        await actions.attend(cast.guo, called, [seats[4].id])
    assert set(await vote_queries.attending(called)) == {seats[0].id, seats[4].id}
    with pytest.raises(Conflict):
        await actions.attend(cast.guo, called, [seats[4].id])


async def test_what_is_changed_later_changes_no_meeting_that_was_called(cast):
    seats, made, called = await one_motion(cast)
    strict = (await member_queries.terms(called.community_id, "council")).pinned() | {
        "pass_of": 9,
        "pass_in": 10,
    }
    await actions.set_charter(cast.guo, Kind.COUNCIL, type(await terms())(**strict))
    await actions.dismiss(cast.guo, seats[5])
    gone = await Member.get(id=seats[5].id)
    assert gone.ended_on == clock.today() + timedelta(days=1)
    with during(called):
        await all_for(cast, called, made)
        assert await Voted.all().count() == 5, "whose term ends before the meeting does not sit in it"
    kept = await Meeting.get(id=called.id)
    assert kept.charter["pass_in"] == 2 and kept.members == 6


async def terms():
    return await member_queries.terms(None, "council")


async def test_a_meeting_at_which_members_vote_is_called_off_only_before_it_begins(cast):
    _seats, _made, called = await one_motion(cast)
    with during(called), pytest.raises(Forbidden):
        await actions.cancel(cast.guo, called)
    await actions.cancel(cast.guo, called)
    kinds = ["council/convened", "council/unconvened"]
    assert [await Notice.filter(kind=kind).count() for kind in kinds] == [2, 2]
