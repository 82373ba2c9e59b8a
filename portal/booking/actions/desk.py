"""The morning itself: who has come, whose turn it is, who is being received, who did not come."""

from datetime import datetime
from typing import Any

from portal import clock, states
from portal.booking import rules
from portal.booking.actions import assignment
from portal.booking.models import MISSED_REASONS, Appointment
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.people.models import Person


async def check_in(actor: Person, appointment: Appointment) -> None:
    """The resident is here. The lawyer sees it at once."""
    await _step(actor, appointment, "check_in", checked_in_at=clock.now())


async def call(actor: Person, appointment: Appointment) -> None:
    """It is the resident's turn."""
    await _step(actor, appointment, "call", called_at=clock.now())


async def start(actor: Person, appointment: Appointment) -> None:
    """The talk begins."""
    await _step(actor, appointment, "start", started_at=clock.now())


async def finish(actor: Person, appointment: Appointment) -> None:
    """The talk is over."""
    await _step(actor, appointment, "finish", ended_at=clock.now())


async def miss(actor: Person, appointment: Appointment, because: str) -> None:
    """Nobody came, for one of MISSED_REASONS; KeyError for any other."""
    if because not in MISSED_REASONS:
        raise KeyError(because)
    detail = {"because": because}
    await _step(actor, appointment, "miss", detail, missed_because=because, ended_at=clock.now())


async def _step(
    actor: Person,
    appointment: Appointment,
    verb: str,
    detail: dict[str, Any] | None = None,
    **columns: datetime | str,
) -> None:
    """Judge and move. Raises Conflict when the state does not allow it, Forbidden when the person may not."""
    async with transaction():
        await appointment.fetch_related("lawyer", "person")
        if not states.allowed(appointment, verb):
            raise Conflict
        if not rules.MAY[verb](actor, appointment, clock.now()):
            raise Forbidden
        await states.move(actor, appointment, verb, detail=detail, **columns)
        if verb in ("start", "miss"):
            await assignment.forget_reminders(appointment)
