"""The morning itself: who has come, whose turn it is, who is being received, who did not come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from portal import clock, database, states
from portal.booking import queries, queue_rules, rules
from portal.booking.actions import assignment
from portal.booking.models import MISSED_REASONS, Appointment, Mode
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.people.models import Person


async def check_in(actor: Person, appointment: Appointment) -> None:
    """The resident is here. The lawyer sees it at once."""
    await _step(actor, appointment, "check_in", checked_in_at=clock.now())


async def call(actor: Person, appointment: Appointment) -> None:
    """It is the resident's turn."""
    await _step(actor, appointment, "call", called_at=clock.now(), calls=appointment.calls + 1)


async def recall(actor: Person, appointment: Appointment) -> None:
    """Nobody came in: call once more."""
    await _step(actor, appointment, "recall", called_at=clock.now(), calls=appointment.calls + 1)


async def park(actor: Person, appointment: Appointment) -> None:
    """The resident is away for a while; the next is called meanwhile."""
    await _step(actor, appointment, "park", calls=0)


async def come_back(actor: Person, appointment: Appointment) -> None:
    """The resident is back, and waits at the place they had."""
    await _step(actor, appointment, "come_back")


async def call_next(actor: Person, lawyer: UUID) -> Appointment | None:
    """Call in whoever is next at this lawyer's desk today; None when nobody waits. Two who press at once call two people,
    or one of them is told that somebody was called meanwhile.

    Raises Conflict, or Forbidden for whoever is neither this lawyer nor works at the desk.
    """
    waiting = [one for one in await queries.queue(actor, clock.today()) if one.lawyer_id == lawyer]
    following = queue_rules.next_up(waiting, clock.now())
    if following is not None:
        await call(actor, following)
    return following


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
    **columns: datetime | str | int,
) -> None:
    """Judge and move. Raises Conflict when the state does not allow it, Forbidden when the person may not.

    Who comes to the desk today is given a number on the way, if they have none yet.
    """
    async with transaction():
        await appointment.fetch_related("lawyer", "person")
        if not states.allowed(appointment, verb):
            raise Conflict
        if not rules.MAY[verb](actor, appointment, clock.now()):
            raise Forbidden
        if verb in ("check_in", "call") and appointment.mode == Mode.DESK:
            columns |= await ticket(appointment)
        await states.move(actor, appointment, verb, detail=detail, **columns)
        if verb in ("start", "miss"):
            await assignment.forget_reminders(appointment)


async def ticket(appointment: Appointment) -> dict[str, int]:
    """The next number of the day in the community, as a column to write, for who has none yet; nothing on another day.

    Numbers are counted from one each morning, in the order in which people come, by one transaction at a time.
    """
    day = clock.today()
    if appointment.ticket is not None or clock.day_of(appointment.starts_at) != day:
        return {}
    await database.serialise(f"tickets of {appointment.community_id} on {day}")
    first, until = clock.span(day)
    given = Appointment.filter(
        community_id=appointment.community_id,
        starts_at__gte=first,
        starts_at__lt=until,
        ticket__isnull=False,
    )
    last = await given.order_by("-ticket").first()
    return {"ticket": (last.ticket or 0) + 1 if last else 1}
