"""Whose turn it is on the waitlist."""

from typing import Any

from tortoise.expressions import RawSQL

from portal.booking.models import Wait, WaitState
from portal.booking.rules import PATIENT


def in_turn() -> Any:
    """Who waits, in the order of being asked: as they came, those who left two offers unanswered behind the rest."""
    behind = RawSQL(f"CASE WHEN declined >= {PATIENT} THEN declined ELSE 0 END")
    return Wait.filter(state=WaitState.WAITING).annotate(behind=behind).order_by("behind", "created_at")


async def is_anybody_waiting() -> bool:
    """Does a time that comes free have takers?"""
    return await Wait.filter(state=WaitState.WAITING).exists()


async def before(wait: Wait) -> int:
    """How many wait in front."""
    turns = await in_turn().values_list("id", flat=True)
    return turns.index(wait.id) if wait.id in turns else 0
