"""Attendance, standing aside and voting: in the room, on paper or online, one person once across all of them."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from portal import clock, database, journal
from portal.council import member_queries, rules, vote_rules
from portal.council.actions.conclusions import lock
from portal.council.models import (
    Attendance,
    Ballot,
    Choice,
    Meeting,
    Member,
    Motion,
    MotionState,
    Recusal,
    Voted,
    Way,
)
from portal.council.vote_rules import Stage, Tally
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person
from portal.records import new_id

# Whoever comes second finds the row there and writes none, whatever was asked before.
VOTED = """
INSERT INTO voted (id, created_at, motion_id, member_id, way, by_id) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
THERE = """
INSERT INTO attendance (id, created_at, meeting_id, member_id, way, by_id) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING"""
ASIDE = """
INSERT INTO recusal (id, created_at, motion_id, member_id, reason, by_id) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""


async def vote(person: Person, motion: Motion, choice: Choice) -> None:
    """A member votes online for themselves, and takes part by that. Forbidden for whoever does not sit in this council;
    Conflict outside the hours of voting, for whoever stood aside, and when their vote is in already, by whatever way."""
    async with transaction():
        meeting = await _open(motion)
        member = await member_queries.seat(person, meeting)
        if member is None:
            raise Forbidden(_("只有这次会议的成员才能表决。"))
        await _cast(None, motion, meeting, Way.ONLINE, [member], [choice])
        await journal.record(person, "vote", motion, way=str(Way.ONLINE))


async def count_open(person: Person, motion: Motion, way: Way, votes: Mapping[UUID, Choice]) -> None:
    """Staff type in open votes of the room or of paper, by member. Nothing of it is written if one voted already."""
    async with transaction():
        meeting = await _counted(person, motion)
        members = await _members(meeting, list(votes))
        await _cast(person, motion, meeting, way, members, [votes[member.id] for member in members])
        await journal.record(person, "vote", motion, way=str(way), votes=len(members))


async def count_secret(
    person: Person, motion: Motion, way: Way, voters: Collection[UUID], tally: Tally
) -> None:
    """Staff type in secret votes: who handed one in, and how many there were of each kind, which must be as many."""
    if tally.total != len(voters):
        raise Conflict(_("勾选的人数和票数对不上，请再核对。"))
    choices = [
        *[Choice.FOR] * tally.votes_for,
        *[Choice.AGAINST] * tally.votes_against,
        *[Choice.ABSTAIN] * tally.abstained,
    ]
    async with transaction():
        meeting = await _counted(person, motion)
        await _cast(person, motion, meeting, way, await _members(meeting, list(voters)), choices)
        await journal.record(person, "vote", motion, way=str(way), votes=len(voters))


async def attend(person: Person, meeting: Meeting, there: Collection[UUID]) -> None:
    """Staff say who is in the room. Whoever voted already takes part and stays."""
    async with transaction():
        meeting = await lock(meeting)
        if not rules.may_count(person, meeting, clock.now()):
            raise Conflict(_("现在不是表决的时间，不能登记。"))
        roll = {member.id for member in await member_queries.roll(meeting)}
        if set(there) - roll:
            raise Conflict(_("名单上没有这个人。"))
        voted = await Voted.filter(motion__meeting_id=meeting.id).values_list("member_id", flat=True)
        gone = Attendance.filter(meeting_id=meeting.id, way=Way.ROOM)
        await gone.exclude(member_id__in=[*there, *voted]).delete()
        for member in sorted(there, key=str):
            await _there(person, meeting, member, Way.ROOM)
        await journal.record(person, "attend", meeting, present=len(there))


async def recuse(person: Person, motion: Motion, member: Member, reason: str) -> None:
    """A member stands aside from one motion, or staff note it: before their vote is in, for a reason out of a list. They
    count neither as a member nor as present where this motion is concerned."""
    async with transaction():
        meeting = await _recusing(person, motion, member)
        if await Voted.filter(motion_id=motion.id, member_id=member.id).exists():
            raise Conflict(_("已经投过票，不能再回避。"))
        row = (new_id(), clock.now(), motion.id, member.id, reason, person.id)
        if not await database.change(ASIDE, *row):
            raise Conflict(_("已经登记过回避。"))
        await journal.record(person, "recuse", motion, meeting=meeting.number, reason=reason)


async def rejoin(person: Person, motion: Motion, member: Member) -> None:
    """Take that back: only whoever said it, while voting lasts."""
    async with transaction():
        meeting = await _recusing(person, motion, member)
        mine = Recusal.filter(motion_id=motion.id, member_id=member.id, by_id=person.id)
        if not await mine.delete():
            raise Conflict(_("只有登记回避的人才能收回。"))
        await journal.record(person, "rejoin", motion, meeting=meeting.number)


async def _recusing(person: Person, motion: Motion, member: Member) -> Meeting:
    meeting = await _meeting_of(motion)
    if not rules.may_recuse(meeting, clock.now()):
        raise Conflict(_("表决已经截止。"))
    if member.person_id != person.id and not person.serves(meeting.community_id):
        raise Forbidden
    if member.id not in {one.id for one in await member_queries.roll(meeting)}:
        raise Conflict(_("名单上没有这个人。"))
    return meeting


async def _meeting_of(motion: Motion) -> Meeting:
    """The meeting that weighs it, locked; Conflict when none does."""
    now = await Motion.get(id=motion.id).select_related("meeting")
    if now.meeting is None or now.state != MotionState.ADMITTED:
        raise Conflict(_("这项议题现在不在表决。"))
    meeting = await lock(now.meeting)
    if not await Motion.filter(id=motion.id, state=MotionState.ADMITTED, meeting_id=meeting.id).exists():
        raise Conflict
    motion.is_secret = now.is_secret
    return meeting


async def _open(motion: Motion) -> Meeting:
    meeting = await _meeting_of(motion)
    if not vote_rules.is_by_roll(meeting) or vote_rules.stage(meeting, clock.now()) != Stage.VOTING:
        raise Conflict(_("现在不是表决的时间。开会以后、截止以前才能投票。"))
    return meeting


async def _counted(person: Person, motion: Motion) -> Meeting:
    meeting = await _open(motion)
    if not rules.may_count(person, meeting, clock.now()):
        raise Forbidden
    return meeting


async def _members(meeting: Meeting, ids: Collection[UUID]) -> list[Member]:
    known = {member.id: member for member in await member_queries.roll(meeting)}
    if set(ids) - known.keys():
        raise Conflict(_("名单上没有这个人。"))
    return [known[one] for one in ids]


async def _there(actor: Person | None, meeting: Meeting, member: UUID, way: Way) -> None:
    row = (new_id(), clock.now(), meeting.id, member, str(way), actor.id if actor else None)
    await database.change(THERE, *row)


async def _cast(
    actor: Person | None, motion: Motion, meeting: Meeting, way: Way,
    members: Sequence[Member], choices: Sequence[Choice],
) -> None:  # fmt: skip
    """Who voted, and the ballots: of an open vote each with its member; of a secret one all of the motion's are written
    anew under new random ids, so that neither their order nor their place leads from a ballot to whoever voted just now."""
    aside = set(await Recusal.filter(motion_id=motion.id).values_list("member_id", flat=True))
    for member in members:
        if member.id in aside:
            raise Conflict(_("%(name)s已经回避，不能投这一票。") % {"name": member.name})
        row = (new_id(), clock.now(), motion.id, member.id, str(way), actor.id if actor else None)
        if not await database.change(VOTED, *row):
            raise Conflict(_("%(name)s已经投过票了，一个人只算一票。") % {"name": member.name})
        await _there(actor, meeting, member.id, way)
    if motion.is_secret:
        before = Ballot.filter(motion_id=motion.id)
        kept = await before.values_list("choice", flat=True)
        await before.delete()
        mixed = [Ballot(motion_id=motion.id, choice=choice) for choice in [*kept, *choices]]
    else:
        pairs = zip(members, choices, strict=True)
        mixed = [Ballot(motion_id=motion.id, member_id=member.id, choice=choice) for member, choice in pairs]
    await Ballot.bulk_create(sorted(mixed, key=lambda ballot: ballot.id))
