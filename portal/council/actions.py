"""How what touches everyone is weighed: proposed, screened, called, decided, followed up. Each is one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal import clock, journal, limits, locality, notices, settings, states
from portal.council import rules
from portal.council.models import Meeting, MeetingState, Motion, MotionState, Task
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person


async def propose(person: Person, title: str, words: str, sources: Sequence[str] = ()) -> Motion:
    """Put something before the council. `sources` are the numbers of needs and disputes it grew out of.
    Raises TooMany beyond 20 a day of one person who does not work here."""
    await limits.a_day("motion", person)
    async with transaction():
        motion = await Motion.create(
            person=person,
            community_id=locality.current(),
            title=title,
            words=words,
            sources=list(sources),
        )
        await journal.record(person, "create", motion, sources=len(sources))
    return motion


async def admit(person: Person, motion: Motion, reason: str = "") -> None:
    """It will be weighed at a meeting, and is public from now on."""
    await _screen(person, motion, "admit", reason)


async def decline(person: Person, motion: Motion, reason: str) -> None:
    """It is not for the council; whoever proposed it reads why."""
    await _screen(person, motion, "decline", reason)


async def _screen(person: Person, motion: Motion, verb: str, reason: str) -> None:
    if not rules.may_screen(person, motion, clock.now()):
        raise Forbidden
    async with transaction():
        await states.move(person, motion, verb, reason=reason)
        await _tell(motion, "council/screened")


async def call(
    person: Person, title: str, place: str, starts_at: datetime, members: int, motions: Sequence[Motion]
) -> Meeting:
    """Give public notice of a meeting and of what it will weigh. Conflict when that is too few days ahead."""
    if not person.is_staff:
        raise Forbidden
    first = rules.earliest(clock.today(), settings.current().notice_days)
    if clock.day_of(starts_at) < first:
        raise Conflict(_("会议要提前通知，这个日子太近了。"))
    async with transaction():
        meeting = await Meeting.create(
            title=title,
            community_id=locality.current(),
            place=place,
            starts_at=starts_at,
            members=members,
            noticed_at=clock.now(),
        )
        await journal.record(person, "create", meeting, members=members, motions=len(motions))
        for motion in motions:
            earlier = motion.meeting_id
            same = Motion.filter(
                id=motion.id,
                state=MotionState.ADMITTED,
                meeting_id=earlier,
                community_id=meeting.community_id,
            )
            if not await same.update(meeting_id=meeting.id):
                raise Conflict(_("有一项议题刚刚被列入了别的会议，请重新选择。"))
            await journal.record(person, "schedule", motion, meeting=meeting.number)
            await _tell(motion, "council/scheduled", starts_at=starts_at, place=place)
    return meeting


async def cancel(person: Person, meeting: Meeting) -> None:
    """Call it off; its motions are free for another meeting."""
    if not rules.may_cancel(person, meeting, clock.now()):
        raise Forbidden
    async with transaction():
        await states.move(person, meeting, "cancel")
        for motion in await Motion.filter(meeting_id=meeting.id).select_related("person"):
            await _tell(motion, "council/called_off", starts_at=meeting.starts_at)


async def hold(
    person: Person, meeting: Meeting, present: int, tallies: Mapping[UUID, rules.Tally], minutes: str = ""
) -> None:
    """Write down the result: who was there, and the vote on each motion by its id.

    A motion without a vote stays admitted, for the next meeting. Conflict before the hour of the meeting, below the
    quorum if there is any vote, or when a vote does not add up to those present.
    """
    if not rules.may_hold(person, meeting, clock.now()):
        raise Conflict(_("会议还没有到时间，不能登记结果。"))
    percent = settings.current().quorum_percent
    if tallies and not rules.has_quorum(present, meeting.members, percent):
        raise Conflict(rules.short_of_quorum(present, meeting.members, percent))
    if present > meeting.members or not all(rules.is_whole(tally, present) for tally in tallies.values()):
        raise Conflict(_("票数和到会人数对不上，请再核对。"))
    async with transaction():
        await states.move(person, meeting, "hold", present=present, minutes=minutes)
        found = await Motion.filter(meeting_id=meeting.id, id__in=list(tallies)).select_related("person")
        if len(found) != len(tallies):
            raise Conflict
        for motion in found:
            await _decide(person, motion, tallies[motion.id], present)


async def _decide(person: Person, motion: Motion, tally: rules.Tally, present: int) -> None:
    now = clock.now()
    await states.move(
        person,
        motion,
        "pass" if rules.passes(tally, present) else "reject",
        detail={"present": present},
        votes_for=tally.votes_for,
        votes_against=tally.votes_against,
        abstained=tally.abstained,
        decided_at=now,
        published_until=rules.published_until(clock.day_of(now)),
    )
    await _tell(motion, "council/decided")


async def write_minutes(person: Person, meeting: Meeting, minutes: str) -> None:
    """Publish the minutes of a meeting that was held without them."""
    if not rules.may_write_minutes(person, meeting):
        raise Conflict(_("这次会议的纪要已经公布，不能再改。"))
    async with transaction():
        blank = Meeting.filter(id=meeting.id, state=MeetingState.HELD, minutes="")
        if not await blank.update(minutes=minutes):
            raise Conflict
        await journal.record(person, "minute", meeting, characters=len(minutes))


async def assign(person: Person, motion: Motion, words: str, owner: str, due_on: date) -> Task:
    """Say who does what of a decision, until when. Everybody can see whether it is done."""
    if not rules.may_assign(person, motion):
        raise Conflict(_("只有表决通过的议题才能安排督办。"))
    async with transaction():
        task = await Task.create(motion=motion, words=words, owner=owner, due_on=due_on)
        await journal.record(person, "create", task, motion=motion.number, due_on=due_on.isoformat())
    return task


async def finish(person: Person, task: Task) -> None:
    """It is done, as of today."""
    await task.fetch_related("motion")
    if not person.serves(task.motion.community_id):
        raise Forbidden
    async with transaction():
        today = clock.today()
        if not await Task.filter(id=task.id, done_on__isnull=True).update(done_on=today):
            raise Conflict(_("这一项已经办结了。"))
        await journal.record(person, "finish", task, on=today.isoformat())


async def _tell(motion: Motion, kind: str, **values: Any) -> None:
    """Owe whoever proposed it a message. Needs `person` loaded."""
    if motion.person is not None:
        await notices.owe(motion.person, kind, number=motion.number, **values)
