"""What the votes come to, counted anew from the ballots whenever it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal import clock
from portal.council import member_queries, vote_rules
from portal.council.models import Attendance, Ballot, Meeting, Member, Motion, Recusal, Voted
from portal.council.vote_rules import Outcome
from portal.people.models import Person


@dataclass(frozen=True)
class Own:
    """How a member stands to a meeting: by which way they voted on which motion, and from which they stood aside."""

    member: Member
    voted: dict[UUID, str]
    aside: dict[UUID, bool]  # by themselves?


async def present(meeting: Meeting) -> tuple[int, int]:
    """How many members there are, and how many of them take part."""
    roll = {member.id for member in await member_queries.roll(meeting)}
    return len(roll), len(roll & set(await _attending(meeting)))


async def _attending(meeting: Meeting) -> list[Any]:
    return list(await Attendance.filter(meeting_id=meeting.id).values_list("member_id", flat=True))


async def outcomes(meeting: Meeting, motions: Sequence[Motion]) -> dict[UUID, Outcome]:
    """What each motion's votes come to, by its id: the same before and after it is written down."""
    ids = [motion.id for motion in motions]
    members = [member.id for member in await member_queries.roll(meeting)]
    attending, terms = await _attending(meeting), vote_rules.terms_of(meeting)
    aside = await Recusal.filter(motion_id__in=ids).values_list("motion_id", "member_id")
    ballots = await Ballot.filter(motion_id__in=ids).values_list("motion_id", "choice")
    return {
        one: vote_rules.judge(
            terms,
            meeting.kind,
            members,
            attending,
            [member for motion, member in aside if motion == one],
            [choice for motion, choice in ballots if motion == one],
        )
        for one in ids
    }


async def closed(meeting: Meeting | None, motions: Sequence[Motion]) -> dict[UUID, Outcome]:
    """The same once voting is over; before that nobody is told how it stands."""
    if meeting is None or not vote_rules.is_by_roll(meeting):
        return {}
    is_over = vote_rules.stage(meeting, clock.now()) == vote_rules.Stage.OVER
    return await outcomes(meeting, motions) if is_over else {}


async def own(person: Person | None, meeting: Meeting) -> Own | None:
    """How this person stands to the meeting; None for whoever has no seat."""
    member = await member_queries.seat(person, meeting)
    if member is None or person is None:
        return None
    of_meeting = {"motion__meeting_id": meeting.id, "member_id": member.id}
    voted = await Voted.filter(**of_meeting).values_list("motion_id", "way")
    aside = await Recusal.filter(**of_meeting).values_list("motion_id", "by_id")
    return Own(member, dict(voted), {motion: by == person.id for motion, by in aside})


async def voters(motion: Motion) -> list[dict[str, Any]]:
    """Who voted, by which way and typed in by whom; of an open vote also what. By name."""
    found = (
        await Voted.filter(motion_id=motion.id)
        .order_by("member__name")
        .values("member_id", "member__name", "way", "by__name")
    )
    said = Ballot.filter(motion_id=motion.id, member_id__isnull=False)
    choices = dict(await said.values_list("member_id", "choice"))
    return [
        {
            "member_id": row["member_id"],
            "name": row["member__name"],
            "way": row["way"],
            "by": row["by__name"],
            "choice": choices.get(row["member_id"]),
        }
        for row in found
    ]


async def recused(motion: Motion) -> list[dict[str, Any]]:
    """Who stood aside from a motion, and why by its code."""
    found = Recusal.filter(motion_id=motion.id).order_by("member__name")
    return await found.values("member_id", "member__name", "reason", "by_id")


async def attending(meeting: Meeting) -> dict[UUID, str]:
    """Who takes part, by which way."""
    return dict(await Attendance.filter(meeting_id=meeting.id).values_list("member_id", "way"))


async def waits_for(person: Person) -> list[dict[str, Any]]:
    """Meetings at which this person may vote now, the one that closes first before the others."""
    if not await Member.filter(person_id=person.id).exists():
        return []
    now = clock.now()
    found = Meeting.filter(state="noticed", starts_at__lte=now, closes_at__gt=now).order_by("closes_at")
    rows = []
    for meeting in await found.limit(20):
        mine = await own(person, meeting)
        left = Motion.filter(meeting_id=meeting.id)
        if mine and await left.exclude(id__in=[*mine.voted, *mine.aside]).exists():
            rows.append({"number": meeting.number, "title": meeting.title, "closes_at": meeting.closes_at})
    return rows
