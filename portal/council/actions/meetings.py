"""Meetings: called with due notice, called off, and the result of one that is counted by hand."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from portal import clock, journal, locality, notices, states
from portal.council import charter_rules, member_queries, rules, vote_rules
from portal.council.actions.conclusions import decide
from portal.council.actions.motions import tell
from portal.council.models import (
    Ballot,
    Kind,
    Meeting,
    Member,
    Motion,
    MotionState,
    Recusal,
    Voted,
)
from portal.council.vote_rules import Outcome, Tally, Verdict
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person


async def call(
    person: Person,
    title: str,
    place: str,
    starts_at: datetime,
    members: int | None,
    motions: Sequence[Motion],
    *,
    kind: Kind = Kind.COUNCIL,
    closes_at: datetime | None = None,
    secret: Collection[UUID] = (),
    chair: Member | None = None,
) -> Meeting:
    """Give public notice of a meeting and of what it will weigh, by the charter as it stands: what of it is changed later
    changes nothing of this meeting.

    `members` None: those who sit are known by name, vote one by one until `closes_at`, and are told; a number: nobody is
    known by name, and staff count by hand. The motions whose ids are in `secret` are voted on by secret ballot. Conflict
    when it is too few days ahead, when voting would end before it begins, or when a motion is on another agenda.
    """
    if not person.is_staff:
        raise Forbidden
    here = locality.current()
    terms = await member_queries.terms(here, kind)
    if clock.day_of(starts_at) < charter_rules.earliest(clock.today(), terms.notice_days):
        raise Conflict(_("会议要提前通知，这个日子太近了。"))
    if closes_at is not None and closes_at <= starts_at:
        raise Conflict(_("表决截止要晚于开会时间。"))
    async with transaction():
        noticed = clock.now()
        roll = (
            await member_queries.sitting(here, kind, clock.day_of(starts_at), noticed)
            if members is None
            else []
        )
        if members is None and not roll:
            raise Conflict(_("还没有登记这类会议的成员，请先登记名单。"))
        pinned = {**terms.pinned(), "roll": members is None, "chair": str(chair.id) if chair else ""}
        meeting = await Meeting.create(
            title=title,
            community_id=here,
            place=place,
            starts_at=starts_at,
            closes_at=closes_at,
            kind=kind,
            charter=pinned,
            members=len(roll) if members is None else members,
            noticed_at=noticed,
        )
        await journal.record(person, "create", meeting, members=meeting.members, motions=len(motions))
        for motion in motions:
            await _schedule(person, motion, meeting, motion.id in secret)
        for member in roll:
            if member.person is not None:
                key = f"convened:{meeting.id}:{member.id}"
                await notices.owe(
                    member.person,
                    "council/convened",
                    key=key,
                    number=meeting.number,
                    starts_at=starts_at,
                    place=place,
                )
    return meeting


async def _schedule(person: Person, motion: Motion, meeting: Meeting, is_secret: bool) -> None:
    """Put a motion on the agenda. What an earlier meeting began without deciding counts for nothing here."""
    same = Motion.filter(
        id=motion.id,
        state=MotionState.ADMITTED,
        meeting_id=motion.meeting_id,
        community_id=meeting.community_id,
    )
    if not await same.update(meeting_id=meeting.id, is_secret=is_secret):
        raise Conflict(_("有一项议题刚刚被列入了别的会议，请重新选择。"))
    for left in (Ballot, Voted, Recusal):
        await left.filter(motion_id=motion.id).delete()
    await journal.record(person, "schedule", motion, meeting=meeting.number)
    await tell(motion, "council/scheduled", starts_at=meeting.starts_at, place=meeting.place)


async def cancel(person: Person, meeting: Meeting) -> None:
    """Call it off; its motions are free for another meeting, and its members are told."""
    if not rules.may_cancel(person, meeting, clock.now()):
        raise Forbidden(_("这次会议已经开始表决，不能取消。"))
    async with transaction():
        await states.move(person, meeting, "cancel")
        for motion in await Motion.filter(meeting_id=meeting.id).select_related("person"):
            await tell(motion, "council/called_off", starts_at=meeting.starts_at)
        for member in await member_queries.roll(meeting) if vote_rules.is_by_roll(meeting) else []:
            if member.person is not None:
                key = f"unconvened:{meeting.id}:{member.id}"
                await notices.owe(member.person, "council/unconvened", key=key, starts_at=meeting.starts_at)


async def hold(person: Person, meeting: Meeting, present: int, tallies: Mapping[UUID, Tally]) -> None:
    """Write down the result of a meeting that was counted by hand: who was there, and the vote on each motion by its id.

    A motion without a vote stays admitted, for the next meeting. Conflict before the hour of the meeting, below the
    quorum if there is any vote, or when a vote does not add up to those present.
    """
    if not rules.may_hold(person, meeting, clock.now()):
        raise Conflict(_("会议还没有到时间，不能登记结果。"))
    terms = vote_rules.terms_of(meeting)
    needed = charter_rules.quorum(terms, meeting.kind, meeting.members)
    if tallies and present < needed:
        raise Conflict(vote_rules.too_few(present, meeting.members, needed))
    if present > meeting.members or not all(rules.is_whole(tally, present) for tally in tallies.values()):
        raise Conflict(_("票数和到会人数对不上，请再核对。"))
    async with transaction():
        await states.move(person, meeting, "hold", present=present)
        found = await Motion.filter(meeting_id=meeting.id, id__in=list(tallies)).select_related("person")
        if len(found) != len(tallies):
            raise Conflict
        for motion in found:
            tally = tallies[motion.id]
            has_passed = charter_rules.passes(terms, tally.votes_for, present)
            verdict = Verdict.PASSED if has_passed else Verdict.REJECTED
            outcome = Outcome(meeting.members, present, needed, 0, tally, verdict)
            await decide(person, motion, outcome, clock.now(), terms.published_days)
