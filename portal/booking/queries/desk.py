"""What awaits the desk: the morning's queue, bookings that lost their lawyer, and the search over all of them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.expressions import Q

from portal import clock, database, locality, paging
from portal.booking import queue_rules
from portal.booking.models import MATTER, Appointment, Mode, State
from portal.booking.queries.apart import meetings
from portal.booking.queries.times import OPEN
from portal.conflicts import possible
from portal.paging import Leaf
from portal.people import sight
from portal.people.models import Person
from portal.roster.models import Duty

STANDING = (
    *("id", "lawyer_id", "state", "mode", "channel"),
    *("created_at", "starts_at", "checked_in_at", "ticket"),
)
ROW = ("id", "number", "starts_at", "state", "topic", "mode", "lawyer_id", "protection_id")
WALLED = f"""
SELECT a.id FROM wall w JOIN appointment a ON a.id = w.matter AND a.firm_id = w.firm_id
WHERE w.matter_kind = ? AND a.state IN ({", ".join("?" for _state in OPEN)}) AND a.starts_at >= ? ORDER BY a.starts_at
"""
LEFT = """
SELECT a.id FROM appointment a JOIN slot s ON s.id = a.slot_id JOIN duty d ON d.id = s.duty_id
WHERE d.community_id <> a.community_id AND a.starts_at >= ? ORDER BY a.starts_at
"""
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


async def unconfirmed(person: Person, appointments: Iterable[Appointment]) -> set[UUID]:
    """The ids of this lawyer's own among them of which they see names only yet; `lawyer` must be loaded."""
    own = [one.id for one in appointments if one.lawyer.person_id == person.id]
    return await possible.unconfirmed(person, MATTER, own)


async def standing(person: Person, day: date) -> list[tuple[Any, ...]]:
    """How the day's appointments stand, in one cheap question: the queue is drawn the same for as long as this is the same."""
    first, until = clock.span(day)
    shown = at_the_desk(person).filter(starts_at__gte=first, starts_at__lt=until)
    return list(
        await shown.order_by("id").values_list("id", "state", "starts_at", "lawyer_id", "ticket", "calls")
    )


class Turn(NamedTuple):
    """How somebody's turn stands: how many come before them, and about when it is theirs."""

    state: str
    ahead: int
    ticket: int | None
    about: datetime
    calls: int


async def turn(person: Person, appointment: Appointment) -> Turn | None:
    """For who comes to the desk today: how it stands (see `queue_rules.ahead_of`)."""
    day = clock.day_of(appointment.starts_at)
    if appointment.person_id != person.id or appointment.mode != Mode.DESK or day != clock.today():
        return None
    return await place_of(appointment)


async def place_of(appointment: Appointment) -> Turn:
    """How an appointment of today stands in its lawyer's queue."""
    first, until = clock.span(clock.day_of(appointment.starts_at))
    same = Appointment.filter(lawyer_id=appointment.lawyer_id, starts_at__gte=first, starts_at__lt=until)
    now = clock.now()
    ahead = queue_rules.ahead_of(appointment, await same.only(*STANDING), now)
    duty = await Duty.get(slots__appointments__id=appointment.id)
    about = queue_rules.estimate(appointment, ahead, now, clock.at(duty.day, duty.from_minute))
    return Turn(str(appointment.state), ahead, appointment.ticket, about, appointment.calls)


async def arriving(person: Person) -> list[Appointment]:
    """This person's own appointments to which they may check in at the door now."""
    first, until = clock.span(clock.today())
    mine = Appointment.filter(person_id=person.id, starts_at__gte=first, starts_at__lt=until)
    return [one for one in await mine.order_by("starts_at") if queue_rules.may_arrive(one, clock.now())]


async def too_close(person: Person) -> list[Appointment]:
    """Coming appointments at which the two sides of something would meet, of each two the one that was made later: staff
    find it another time."""
    if not person.is_staff:
        return []
    met = await meetings(locality.current())
    shown = at_the_desk(person).filter(id__in=list(met))
    found = await shown.select_related("person", "lawyer__person", "firm").order_by("starts_at", "number")
    made = {one.id: one.created_at for one in found}
    return [one for one in found if met[one.id] not in made or made[met[one.id]] < one.created_at]


async def affected(person: Person) -> list[Appointment]:
    """Coming appointments at times their lawyer has withdrawn or spends in another community by now, or of a firm that a
    wall keeps out: each needs another lawyer, another time, or an apology."""
    gone = (
        Q(slot__withdrawn_at__isnull=False)
        | Q(second_slot__withdrawn_at__isnull=False)
        | Q(id__in=await _left_behind())
    )
    hit = gone & Q(state__in=(State.BOOKED, State.CHECKED_IN))
    hit |= Q(id__in=await walled_off())
    shown = at_the_desk(person).filter(hit, starts_at__gte=clock.span(clock.today())[0])
    return await shown.select_related("person", "lawyer__person", "firm").order_by("starts_at", "number")


async def _left_behind() -> list[UUID]:
    """Appointments from today on whose lawyer sits in another community by now."""
    found = await database.rows(LEFT, clock.span(clock.today())[0])
    return [UUID(str(row["id"])) for row in found]


async def walled_off() -> list[UUID]:
    """Appointments from today on that are still with a lawyer whose firm a wall keeps out."""
    found = await database.rows(WALLED, MATTER, *OPEN, clock.span(clock.today())[0])
    return [UUID(str(row["id"])) for row in found]


def at_the_desk(person: Person) -> Any:
    """What somebody sees at work: staff their community's, a lawyer theirs (not what they booked as a resident)."""
    at_work = sight.served(person) | Q(lawyer__person_id=person.id)
    return locality.narrow(Appointment.visible_to(person).filter(at_work), person)


async def listed(person: Person, wanted: Q, page: int) -> Leaf:
    """One page of the appointments this person sees, the latest first."""
    seen = locality.narrow(Appointment.visible_to(person), person).filter(wanted)
    return await paging.leaf(seen.order_by("-starts_at", "number"), page, *ROW, **NAMES)
