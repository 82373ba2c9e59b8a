"""What becomes of an appointment at which nobody met: rung in vain, said to have been missed, and what its resident says."""

from datetime import datetime
from typing import Any

from portal import clock, states
from portal.booking import rules
from portal.booking.actions import assignment, holds
from portal.booking.models import RINGS, Appointment
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.people.models import Person


async def ring(actor: Person, appointment: Appointment, how: str) -> bool:
    """Write down a call in vain, for one of RINGS (KeyError for any other); True when it was the last.

    After `rules.RINGS` of them the appointment is missed, and its resident is written to. Raises Conflict when somebody else
    wrote one down meanwhile, Forbidden for others than its lawyer and staff.
    """
    if how not in RINGS:
        raise KeyError(how)
    async with transaction():
        await _judged(actor, appointment, "ring")
        calls = appointment.calls + 1
        if not await Appointment.filter(id=appointment.id, calls=appointment.calls).update(calls=calls):
            raise Conflict
        await states.move(actor, appointment, "ring", detail={"how": how, "call": calls}, calls=calls)
        if calls < rules.RINGS:
            return False
        because = "wrong_number" if how == "wrong_number" else "no_answer"
        ended: dict[str, Any] = {"missed_because": because, "ended_at": clock.now()}
        await states.move(actor, appointment, "miss", detail={"because": because}, **ended)
        await assignment.forget_reminders(appointment)
        await assignment.announce("booking/not_reached", appointment, appointment.person)
    return True


async def contest(person: Person, appointment: Appointment, words: str) -> None:
    """The resident says that they were there, or could not be reached; staff decide. Once, within `rules.CONTESTABLE`."""
    said: dict[str, Any] = {"contested": words, "contested_at": clock.now()}
    async with transaction():
        await _judged(person, appointment, "contest")
        if not await Appointment.filter(id=appointment.id, contested_at=None).update(
            contested_at=clock.now()
        ):
            raise Conflict
        await states.move(person, appointment, "contest", **said)


async def uphold(actor: Person, appointment: Appointment, reason: str) -> None:
    """It stays missed, and the resident is told why."""
    await _weigh(actor, appointment, "uphold", reason=reason)


async def excuse(actor: Person, appointment: Appointment, reason: str) -> None:
    """It does not count as missed: it is as if it had been cancelled. The resident is told."""
    await _weigh(actor, appointment, "excuse", reason=reason, missed_because="")


async def _weigh(actor: Person, appointment: Appointment, verb: str, **changes: Any) -> None:
    now: datetime = clock.now()
    async with transaction():
        await _judged(actor, appointment, verb)
        open_still = Appointment.filter(id=appointment.id, contested_at__isnull=False, weighed_at=None)
        if not await open_still.update(weighed_at=now):
            raise Conflict
        await states.move(actor, appointment, verb, weighed_at=now, **changes)
        if verb == "excuse":
            await holds.give_back(appointment.slot)
        await assignment.announce("booking/weighed", appointment, appointment.person)


async def _judged(actor: Person, appointment: Appointment, verb: str) -> None:
    """Raises Conflict when the state does not allow it, Forbidden when the person may not."""
    await appointment.fetch_related("lawyer__person", "person", "slot")
    if not states.allowed(appointment, verb):
        raise Conflict
    if not rules.MAY[verb](actor, appointment, clock.now()):
        raise Forbidden
