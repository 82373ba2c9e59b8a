"""A council that sits, a motion that is admitted, a meeting that is called: what these tests begin with."""

from datetime import timedelta

from portal import clock
from portal.council import actions, member_queries
from portal.council.models import Choice, Kind, Meeting, Member, Motion
from portal.people.models import Person
from tests import make

NAMES = ("丁", "卜", "于", "千", "土", "士", "寸")


async def motion(cast, title: str = "空地改成停车位", admitted: bool = True) -> Motion:
    made = await actions.propose(cast.mei, title, "三号楼前的空地长期闲置，建议划成停车位。")
    if admitted:
        await actions.admit(cast.guo, made)
    return made


async def seat(cast, name: str, who: Person | None = None, kind: Kind = Kind.COUNCIL) -> Member:
    return await actions.appoint(cast.guo, kind, name, clock.today(), None, who)


async def council(cast, others: int = 4) -> list[Member]:
    """Mei and Tao, who can vote online, and others who are known by name alone."""
    sitting = [await seat(cast, "梅秀英", cast.mei), await seat(cast, "陶建国", cast.tao)]
    return sitting + [await seat(cast, f"{name}委员") for name in NAMES[:others]]


async def by_hand(cast, *motions: Motion, members: int = 30) -> Meeting:
    starts = clock.at(make.working_day(4), 9 * 60)
    return await actions.call(cast.guo, "第四季度会议", "二楼会议室", starts, members, motions)


async def by_roll(cast, *motions: Motion, secret=(), chair: Member | None = None) -> Meeting:
    """A meeting at nine whose votes are in by noon."""
    starts = clock.at(make.working_day(4), 9 * 60)
    return await actions.call(
        cast.guo,
        "第四季度会议",
        "二楼会议室",
        starts,
        None,
        motions,
        closes_at=starts + timedelta(hours=3),
        secret={one.id for one in secret},
        chair=chair,
    )


def during(meeting: Meeting):
    return clock.standing_at(meeting.starts_at + timedelta(hours=1))


def afterwards(meeting: Meeting):
    return clock.standing_at(meeting.closes_at + timedelta(minutes=1))


async def all_for(cast, called: Meeting, made: Motion) -> None:
    """Everybody on the roll is in the room and says yes."""
    roll = await member_queries.roll(called)
    await actions.count_open(cast.guo, made, "room", {member.id: Choice.FOR for member in roll})
