"""Whose turn it is on the waitlist."""

from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from portal import locality
from portal.booking.models import Wait, WaitState
from portal.booking.rules import PATIENT
from portal.people import sight
from portal.people.models import Person

ROW = (
    *("number", "topic", "state", "created_at", "offered_until", "protection_id"),
    *("person__name", "person__contact_by", "person__phone_mark"),
)


def in_turn(community: UUID | None) -> Any:
    """Who waits in this community, in the order of being asked: as they came, those who left two offers unanswered behind
    the rest."""
    behind = RawSQL(f"CASE WHEN declined >= {PATIENT} THEN declined ELSE 0 END")
    waiting = _waiting().filter(community_id=community)
    return waiting.annotate(behind=behind).order_by("behind", "created_at")


def _waiting() -> Any:
    """Places that may be offered something: nothing is done for whoever wants what is kept of them left alone."""
    return Wait.filter(state=WaitState.WAITING, person__frozen_at=None)


async def is_anybody_waiting(community: UUID | None) -> bool:
    """Does a time that comes free in this community have takers?"""
    return bool(await _waiting().filter(community_id=community).exists())


async def where_anybody_waits() -> list[UUID | None]:
    """The communities with somebody on the waitlist, those whose people have waited longest first."""
    waiting = _waiting().order_by("created_at")
    return list(dict.fromkeys(await waiting.values_list("community_id", flat=True)))


async def lined_up(person: Person, wanted: Q, state: str = "") -> list[dict[str, Any]]:
    """Whom this person serves of those who wait: with an offer first, for they may need a call, then in turn."""
    served, here = sight.served(person), locality.current()
    offered = Wait.filter(served, wanted, state=WaitState.OFFERED, community_id=here).order_by(
        "offered_until"
    )
    found = [] if state == WaitState.WAITING else await offered.values(*ROW)
    turns = [] if state == WaitState.OFFERED else await in_turn(here).filter(served, wanted).values(*ROW)
    return [*found, *turns]


async def before(wait: Wait) -> int:
    """How many wait in front."""
    turns = await in_turn(wait.community_id).values_list("id", flat=True)
    return turns.index(wait.id) if wait.id in turns else 0
