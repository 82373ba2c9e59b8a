"""From a proposal to what came of it; nothing is decided that should not be."""

from datetime import timedelta

import pytest

from portal import clock, journal
from portal.council import actions, queries
from portal.council.models import Meeting, Motion, Task
from portal.council.vote_rules import Tally
from portal.errors import Conflict, Forbidden, TooMany
from portal.notices import Notice
from tests import make
from tests.council.called import by_hand as meeting
from tests.council.called import motion


async def hold(cast, made: Meeting, present: int, *votes: tuple[Motion, int, int, int]) -> None:
    tallies = {motion.id: Tally(*counts) for motion, *counts in votes}
    with clock.standing_at(made.starts_at + timedelta(hours=2)):
        await actions.hold(cast.guo, made, present, tallies)


async def told(kind: str) -> int:
    return await Notice.filter(kind=f"council/{kind}").count()


async def test_nobody_proposes_more_than_twenty_a_day(cast):
    for _n in range(20):
        await motion(cast, admitted=False)
    with pytest.raises(TooMany):
        await motion(cast, admitted=False)


async def test_a_motion_is_proposed_admitted_weighed_and_passed(cast):
    first = await motion(cast)
    called = await meeting(cast, first)
    await hold(cast, called, 20, (first, 11, 6, 3))
    now = await Motion.get(id=first.id)
    assert (now.state, now.votes_for, now.votes_against, now.abstained) == ("passed", 11, 6, 3)
    assert now.published_until == clock.day_of(called.starts_at) + timedelta(days=15)
    assert (await Meeting.get(id=called.id)).present == 20
    assert [await told(kind) for kind in ("screened", "scheduled", "decided")] == [1, 1, 1]
    verbs = [entry["verb"] for entry in await journal.of(first)]
    assert verbs == ["create", "admit", "schedule", "pass"]


async def test_a_decision_may_be_no_and_a_tie_is_a_no(cast):
    first, second = await motion(cast), await motion(cast, "楼道装监控")
    called = await meeting(cast, first, second)
    await hold(cast, called, 20, (first, 10, 10, 0), (second, 2, 18, 0))
    assert {one.state for one in await Motion.all()} == {"rejected"}
    with pytest.raises(Conflict):
        await actions.assign(cast.guo, await Motion.get(id=first.id), "划线", "物业", make.working_day(9))


async def test_below_the_quorum_nothing_is_decided_and_the_motion_waits_for_the_next_meeting(cast):
    first = await motion(cast)
    called = await meeting(cast, first)
    assert await queries.waiting() == []
    with pytest.raises(Conflict, match="至少要到 20 人"):
        await hold(cast, called, 19, (first, 19, 0, 0))
    assert (await Meeting.get(id=called.id)).state == "noticed"
    await hold(cast, called, 19)
    assert (await Meeting.get(id=called.id)).state == "held"
    assert (await Motion.get(id=first.id)).state == "admitted"
    waiting = await queries.waiting()
    assert [one.id for one in waiting] == [first.id]
    await hold(cast, await meeting(cast, *waiting), 20, (first, 20, 0, 0))
    assert (await Motion.get(id=first.id)).state == "passed"


@pytest.mark.parametrize(("present", "votes"), [(20, (10, 5, 4)), (20, (15, 5, 1)), (31, (31, 0, 0))])
async def test_votes_that_do_not_add_up_change_nothing(cast, present, votes):
    first = await motion(cast)
    called = await meeting(cast, first)
    with pytest.raises(Conflict):
        await hold(cast, called, present, (first, *votes))
    assert (await Meeting.get(id=called.id)).state == "noticed"
    assert (await Motion.get(id=first.id)).votes_for is None


async def test_votes_on_a_motion_of_another_meeting_are_refused(cast):
    first, other = await motion(cast), await motion(cast, "楼道装监控")
    called = await meeting(cast, first)
    with pytest.raises(Conflict):
        await hold(cast, called, 20, (first, 20, 0, 0), (other, 20, 0, 0))
    assert {one.state for one in await Motion.all()} == {"admitted"}


async def test_a_meeting_is_noticed_in_time_and_not_held_early(cast):
    with pytest.raises(Conflict):
        await actions.call(cast.guo, "太急", "二楼", clock.at(clock.today() + timedelta(days=2), 720), 30, [])
    called = await actions.call(
        cast.guo, "正好", "二楼", clock.at(clock.today() + timedelta(days=3), 0), 30, []
    )
    with pytest.raises(Conflict):
        await actions.hold(cast.guo, called, 20, {})
    with pytest.raises(Forbidden):
        await actions.call(cast.mei, "不是工作人员", "二楼", called.starts_at, 30, [])


async def test_a_motion_stands_on_one_agenda_and_is_free_again_when_the_meeting_is_called_off(cast):
    first = await motion(cast)
    stale = await Motion.get(id=first.id).select_related("person")
    called = await meeting(cast, first)
    with pytest.raises(Conflict):
        await meeting(cast, stale)
    assert await Meeting.all().count() == 1
    await actions.cancel(cast.guo, called)
    assert [one.id for one in await queries.waiting()] == [first.id] and await told("called_off") == 1


async def test_until_it_is_admitted_only_staff_and_whoever_proposed_it_see_a_motion(cast):
    proposed = await motion(cast, admitted=False)
    declined = await motion(cast, "换物业", admitted=False)
    await actions.decline(cast.guo, declined, "这是业主大会的事。")
    for one in (proposed, declined):
        seen = [await Motion.visible_to(who).filter(id=one.id).exists() for who in (None, cast.yu)]
        assert seen == [False, False]
        assert await Motion.visible_to(cast.mei).filter(id=one.id).exists()
        assert await Motion.visible_to(cast.guo).filter(id=one.id).exists()
    with pytest.raises(Forbidden):
        await actions.admit(cast.mei, proposed)


async def test_what_was_decided_is_followed_up_and_what_is_late_is_seen(cast):
    first = await motion(cast)
    called = await meeting(cast, first)
    await hold(cast, called, 20, (first, 20, 0, 0))
    passed = await Motion.get(id=first.id)
    due = clock.today() + timedelta(days=10)
    await actions.assign(cast.guo, passed, "划线", "物业公司", due)
    task = await actions.assign(cast.guo, passed, "公示收费", "居委会", due)
    await actions.finish(cast.guo, task)
    with pytest.raises(Conflict):
        await actions.finish(cast.guo, task)
    assert (await queries.progress(due)).overdue == []
    progress = await queries.progress(due + timedelta(days=1))
    assert (progress.done, progress.open) == (1, 1)
    assert [late["words"] for late in progress.overdue] == ["划线"]
    assert (await Task.get(id=task.id)).done_on == clock.today()
