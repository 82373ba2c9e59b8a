"""Who must not wait in one room: where the other side of somebody is booked, near which time, at which centre."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q

from portal import clock, settings
from portal.booking import rules
from portal.booking.models import MATTER, Appointment, Mode
from portal.booking.queries.times import OPEN, Asker
from portal.booking.queue_rules import HERE, TALK
from portal.conflicts import queries as conflicts
from portal.conflicts.models import Side
from portal.conflicts.rules import Names
from portal.people.models import Person

LONGEST = timedelta(hours=1)  # that a second time begins after the first


async def facing(asker: Asker, *, is_staff: bool = False) -> Asker:
    """The same asker, with whoever must not sit in the room with them: to be asked before names are taken in turn.

    What the asker says themselves of somebody counts only for staff, who know more than they may say; a resident would
    learn from the times that are refused when somebody comes whom they name.
    """
    against = await conflicts.facing(asker.served, own_word=is_staff)
    return asker._replace(against=against, is_staff=is_staff)


async def near_opponents(asker: Asker, first: datetime, until: datetime) -> list[datetime]:
    """The instants from `first` to `until`, and as far around as people are kept apart, at which somebody comes to the
    asker's centre who must not sit in the room with them."""
    if not asker.against:
        return []
    theirs = conflicts.named_as(asker.against, MATTER, Side.CLIENT)
    apart = span()
    booked = Appointment.filter(
        Q(id__in=theirs),
        community_id=asker.community,
        mode=Mode.DESK,
        state__in=OPEN,
        starts_at__gte=first - apart - LONGEST,
        starts_at__lte=until + apart,
    )
    if asker.matter:
        booked = booked.exclude(id=asker.matter)
    found = await booked.values_list("starts_at", "second_slot__starts_at")
    return [at for times in found for at in times if at is not None]


def span() -> timedelta:
    """How far apart the two sides are kept."""
    return timedelta(minutes=settings.current().apart_minutes)


async def is_apart(asker: Asker, starts_at: datetime) -> bool:
    """May the asker come at this instant without meeting whom they must not meet?"""
    return await keeps_apart(asker, [starts_at]) == [starts_at]


async def keeps_apart(asker: Asker, times: Iterable[datetime]) -> list[datetime]:
    """Those of these instants at which the asker meets nobody whom they must not meet, in the same order. Whoever needs two
    times is in the room for both."""
    wanted = list(times)
    if not wanted or not asker.against:
        return wanted
    stays = _halves(asker.is_long)
    near = await near_opponents(asker, min(wanted), max(wanted) + stays[-1])
    return [at for at in wanted if all(rules.is_apart(at + later, near, span()) for later in stays)]


def _halves(is_long: bool) -> list[timedelta]:
    """How long after an appointment's instant its times begin: one, or two after one another."""
    return [timedelta(), TALK] if is_long else [timedelta()]


async def is_waiting_apart(person: Person, appointment: Appointment) -> bool:
    """For staff who check somebody in: does somebody wait already whom they must not sit with?"""
    return person.serves(appointment.community_id) and await meets_somebody(appointment)


async def meets_somebody(appointment: Appointment) -> bool:
    """Does somebody of the other side wait here now? For the desk, and for the words that send somebody there."""
    other = (await meetings(appointment.community_id, clock.day_of(appointment.starts_at))).get(
        appointment.id
    )
    return await Appointment.filter(id=other, state__in=HERE).exists() if other else False


async def opponents(coming: Iterable[Appointment]) -> dict[UUID, set[UUID]]:
    """Each of these appointments → those among them whose people must not sit in the room with theirs. `person` is loaded."""
    found = {one.id: one for one in coming}
    people = {
        key: Names.of([one.person.name], [one.person.phone])
        for key, one in found.items()
        if one.mode == Mode.DESK
    }
    against: dict[UUID, set[UUID]] = {key: set() for key in found}
    for pair in await conflicts.quarrels(people):
        one, other = pair
        if found[one].person_id != found[other].person_id:
            against[one].add(other)
            against[other].add(one)
    return against


async def meetings(community: UUID | None, day: date | None = None) -> dict[UUID, UUID]:
    """Appointments of a community, of one day or all that come, at which the two sides of something would meet:
    each → the other one."""
    first, until = clock.span(day or clock.today())
    coming = Appointment.filter(
        community_id=community, mode=Mode.DESK, state__in=OPEN, starts_at__gte=first
    ).select_related("person")
    found = {one.id: one for one in await (coming.filter(starts_at__lt=until) if day else coming)}
    return {
        key: other
        for key, others in (await opponents(found.values())).items()
        for other in others
        if not all(rules.is_apart(at, _times(found[other]), span()) for at in _times(found[key]))
    }


def _times(one: Appointment) -> list[datetime]:
    return [one.starts_at + later for later in _halves(one.second_slot_id is not None)]
