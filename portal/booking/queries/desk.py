"""What awaits the desk: the morning's queue, bookings that lost their lawyer, and the search over all of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tortoise.expressions import Q

from portal import clock, locality
from portal.booking.models import Appointment, State
from portal.people import sight
from portal.people.models import Person

ROW = ("id", "number", "starts_at", "state", "topic", "mode", "lawyer_id", "protection_id")
NAMES = {
    "name": "person__name",
    "phone": "person__phone",
    "lawyer": "lawyer__person__name",
    "lawyer_person": "lawyer__person_id",
    "firm": "firm__name",
}


async def queue(person: Person, day: date) -> list[Appointment]:
    """The day's appointments in order of time: a lawyer's own, for staff everybody's."""
    first, until = clock.span(day)
    shown = at_the_desk(person).filter(starts_at__gte=first, starts_at__lt=until)
    return await shown.select_related("person", "lawyer__person", "firm").order_by("starts_at", "number")


async def affected(person: Person) -> list[Appointment]:
    """Coming appointments at times their lawyer has withdrawn: each needs another lawyer, another time, or an apology."""
    hit = Q(state__in=(State.BOOKED, State.CHECKED_IN), slot__withdrawn_at__isnull=False)
    shown = at_the_desk(person).filter(hit, starts_at__gte=clock.span(clock.today())[0])
    return await shown.select_related("person", "lawyer__person", "firm").order_by("starts_at", "number")


def at_the_desk(person: Person) -> Any:
    """What somebody sees at work: staff their community's, a lawyer theirs (not what they booked as a resident)."""
    at_work = sight.served(person) | Q(lawyer__person_id=person.id)
    return locality.narrow(Appointment.visible_to(person).filter(at_work), person)


async def listed(found: Any, page: int, *, size: int = 30) -> tuple[Sequence[dict[str, Any]], int]:
    """One page of a list of appointments as rows, and how many pages there are."""
    pages = max(1, -(-await found.count() // size))
    page = min(max(page, 1), pages)
    rows = found.order_by("-starts_at", "number").limit(size).offset((page - 1) * size)
    return await rows.values(*ROW, **NAMES), pages
