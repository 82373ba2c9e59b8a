"""Whose turn it is on the waitlist."""

from typing import Any
from uuid import UUID

from tortoise.expressions import RawSQL

from portal.booking.models import Wait, WaitState
from portal.booking.rules import PATIENT


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


async def before(wait: Wait) -> int:
    """How many wait in front."""
    turns = await in_turn(wait.community_id).values_list("id", flat=True)
    return turns.index(wait.id) if wait.id in turns else 0
