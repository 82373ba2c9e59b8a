"""Who sits in which council, by which charter, and who may vote at a meeting."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from portal import clock, locality
from portal.council import charter_rules
from portal.council.charter_rules import Terms
from portal.council.models import Charter, Kind, Meeting, Member
from portal.people.models import Person


async def terms(community: UUID | None, kind: str) -> Terms:
    """The charter of one kind of meeting: what the lead set, else the usual."""
    row = await Charter.filter(community_id=community, kind=kind).first()
    return charter_rules.read(
        kind, {name: getattr(row, name) for name in Terms.__annotations__} if row else {}
    )


async def charters() -> list[tuple[Kind, Terms]]:
    """Every kind of meeting here with its numbers."""
    return [(kind, await terms(locality.current(), kind)) for kind in Kind]


def ends_after(day: date) -> Q:
    """The term has no end, or one after this day."""
    return Q(ended_on__isnull=True) | Q(ended_on__gt=day)


async def sitting(community: UUID | None, kind: str, on: date, noticed_at: datetime) -> list[Member]:
    """Who sits on the day of a meeting and was written down when notice of it was given: nobody joins to vote on what
    they have read on its agenda. By name, their persons loaded."""
    held = Member.filter(ends_after(on), community_id=community, kind=kind)
    known = held.filter(began_on__lte=on, created_at__lte=noticed_at)
    return await known.order_by("name", "id").select_related("person")


async def roll(meeting: Meeting) -> list[Member]:
    """Who may vote at this meeting."""
    return await sitting(
        meeting.community_id, meeting.kind, clock.day_of(meeting.starts_at), meeting.noticed_at
    )


async def seat(person: Person | None, meeting: Meeting) -> Member | None:
    """The seat that this person has at this meeting."""
    if person is None or not meeting.charter.get("roll"):
        return None
    return next((member for member in await roll(meeting) if member.person_id == person.id), None)


async def chair_of(meeting: Meeting) -> UUID | None:
    """The person who chairs the meeting, where its notice named one who is known to the portal."""
    found = await Member.get_or_none(id=meeting.charter["chair"]) if meeting.charter.get("chair") else None
    return found.person_id if found else None


async def current(kind: str, today: date) -> list[Member]:
    """Who sits here today or will, by name."""
    held = Member.filter(ends_after(today), community_id=locality.current(), kind=kind)
    return await held.order_by("name", "id")


async def overlapping(
    community: UUID | None, kind: str, name: str, who: Person | None, began_on: date, ended_on: date | None
) -> bool:
    """Does this person, or somebody of this name, sit within this term?"""
    same: Any = Q(name=name)
    if who is not None:
        same = Q(person_id=who.id) | Q(name=name, person_id__isnull=True)
    held = Member.filter(ends_after(began_on), same, community_id=community, kind=kind)
    return await (held.filter(began_on__lt=ended_on) if ended_on else held).exists()
