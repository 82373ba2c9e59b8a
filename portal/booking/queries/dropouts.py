"""A lawyer cannot come: whom they were to receive that day, and what is proposed to each, matched as one morning."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from portal import clock, locality
from portal.booking import rules
from portal.booking.matching import Claim, rematch
from portal.booking.models import Appointment, State
from portal.booking.queries.apart import opponents, span
from portal.booking.queries.desk import at_the_desk
from portal.booking.queries.times import (
    OPEN,
    Asker,
    asker_of,
    desks,
    in_conflict,
    loads,
    open_desks,
)
from portal.booking.rules import Desk, Loads
from portal.people.models import Person
from portal.roster.models import Duty, Lawyer

LATER = 6  # times on other days that are offered for each


@dataclass
class Case:
    """One appointment that needs something else: the desk proposed, if any, and every other that would do, in order of time."""

    appointment: Appointment
    proposed: Desk | None = None
    desks: list[Desk] = field(default_factory=list)
    is_stranded: bool = True  # its lawyer is missing; else it makes room for somebody whose lawyer is

    @property
    def is_double(self) -> bool:
        """Does it need two times in a row?"""
        return self.appointment.second_slot_id is not None


@dataclass
class Proposal:
    """A day without this lawyer."""

    day: date
    duty: Duty | None
    cases: list[Case]

    @property
    def is_withdrawn(self) -> bool:
        """Is it known already that they do not come?"""
        return self.duty is None or self.duty.withdrawn_at is not None


async def duty_of(lawyer: Lawyer, day: date) -> Duty | None:
    """The lawyer's morning of that day in the community that is meant, withdrawn or not."""
    return await Duty.filter(lawyer_id=lawyer.id, day=day, community_id=locality.current()).first()


async def own_duty(person: Person, day: date) -> Duty | None:
    """The morning on which this lawyer is expected here that day, today or later."""
    if day < clock.today():
        return None
    mine = Duty.filter(lawyer__person_id=person.id, community_id=locality.current(), withdrawn_at=None)
    return await mine.filter(day=day).first()


async def on_duty(person: Person, day: date) -> list[Duty]:
    """For staff: who is expected at this community's desk that day, today or later; `lawyer.person` is loaded."""
    if day < clock.today() or not person.serves(locality.current()):
        return []
    standing = Duty.filter(community_id=locality.current(), day=day, withdrawn_at=None)
    return await standing.select_related("lawyer__person").order_by("from_minute", "lawyer__person__name")


async def without(person: Person, lawyer: Lawyer, day: date) -> Proposal:
    """What could be done for everybody whom this lawyer was to receive that day, as staff see it.

    The morning is matched as a whole (`matching.rematch`); whoever needs two times in a row is seated first, on two free
    ones, and nobody is moved for it. Conflicts are judged for each. Nothing is claimed yet.
    """
    now, duty = clock.now(), await duty_of(lawyer, day)
    first, until = clock.span(day)
    seen = at_the_desk(person).filter(starts_at__gte=first, starts_at__lt=until, state__in=OPEN)
    seen = seen.select_related("person", "lawyer__person", "firm", "slot", "second_slot")
    booked: list[Appointment] = await seen.order_by("starts_at", "number")
    lost = {one.id: one for one in booked if one.lawyer_id == lawyer.id and one.state != State.STARTED}
    if duty is None or not lost:
        return Proposal(day, duty, [])
    times = await _times(lawyer, day, Asker(community=duty.community_id))
    barred = {one.id: frozenset(await in_conflict(times.all, await asker_of(one))) for one in booked}
    kept, load = {one.slot_id for one in booked if one.id not in lost}, await loads(now)  # type: ignore[attr-defined]
    double = {key: one for key, one in lost.items() if one.second_slot_id}
    against = await opponents(booked)
    units = await _times(lawyer, day, Asker(community=duty.community_id, is_long=True)) if double else Times()
    company = {key: _company(booked, against[key], {}) for key in double}
    seated = _doubles(double.values(), units.free, barred, load, company)
    taken = {slot for desk in seated.values() for slot in (desk.slot, desk.second)}
    long = {one.id for one in booked if one.second_slot_id}
    claims = [
        _claim(one, one.id in lost, barred[one.id], now)._replace(
            against=frozenset(against[one.id] - long), away=_company(booked, against[one.id] & long, seated)
        )
        for one in booked
        if one.id not in double
    ]
    remaining = [desk for desk in times.day if (desk.is_free or desk.slot in kept) and desk.slot not in taken]
    match = rematch(claims, remaining, load, span()) | seated
    cases = []
    for one in booked:
        to, is_lost = match.get(one.id), one.id in lost
        if is_lost or (to is not None and to.slot != one.slot_id):  # type: ignore[attr-defined]
            able = (units if one.id in double else times).able(barred[one.id])
            others = _company(booked, against[one.id], match)
            able = [desk for desk in able if _is_apart(one, desk.starts_at, others)]
            able += [to] if to is not None and to.slot not in {desk.slot for desk in able} else []
            able.sort(key=lambda desk: (desk.starts_at, desk.number))
            cases.append(Case(one, to, able, is_lost))
    return Proposal(day, duty, cases)


class Times(NamedTuple):
    """What can be had without the lawyer: the times of the day, the taken ones too, and the free ones of later days."""

    day: Sequence[Desk] = ()
    later: Sequence[Desk] = ()

    @property
    def all(self) -> list[Desk]:
        """Of every firm that sits at a desk."""
        return [*self.day, *self.later]

    @property
    def free(self) -> list[Desk]:
        """Those of the day that nobody has."""
        return [desk for desk in self.day if desk.is_free]

    def able(self, barred: Collection[UUID]) -> list[Desk]:
        """Every free one of the day that would do, and the first of each of the next instants on other days."""
        suits = (desk for desk in self.later if desk.firm not in barred)
        first = [next(group) for _at, group in groupby(suits, lambda desk: desk.starts_at)]
        return [*(desk for desk in self.free if desk.firm not in barred), *first[:LATER]]


async def _times(lawyer: Lawyer, day: date, asker: Asker) -> Times:
    now, (first, until) = clock.now(), clock.span(day)
    found = await desks(max(first, now), until, asker)
    later = [desk for desk in await open_desks(now, asker) if desk.starts_at >= until]
    others = [[desk for desk in those if desk.lawyer != lawyer.id] for those in (found, later)]
    return Times(*others)


def _claim(one: Appointment, is_lost: bool, barred: frozenset[UUID], now: datetime) -> Claim:
    """The appointment as the matching knows it: who has come, has begun or has two times stays where they are. Whom another
    lawyer's absence has left without one as well is seated with the others."""
    has_desk = not is_lost and (one.slot.withdrawn_at is None or one.state == State.STARTED)
    is_settled = one.state != State.BOOKED or one.starts_at <= now or one.second_slot_id is not None
    slot = one.slot_id if has_desk else None  # type: ignore[attr-defined]
    return Claim(one.id, one.starts_at, slot, one.topic, barred, has_desk and is_settled)


def _instants(one: Appointment, at: datetime) -> set[datetime]:
    """When somebody whose appointment is at `at` may sit in the room: who has two times comes at both."""
    return {at, at + (one.second_slot.starts_at - one.starts_at)} if one.second_slot else {at}


def _company(
    booked: Iterable[Appointment], whom: Collection[UUID], seated: Mapping[UUID, Desk]
) -> frozenset[datetime]:
    """When these appointments are: where they were seated anew, else as booked."""
    times = (
        _instants(one, seated[one.id].starts_at if one.id in seated else one.starts_at)
        for one in booked
        if one.id in whom
    )
    return frozenset(at for instants in times for at in instants)


def _is_apart(one: Appointment, at: datetime, company: Collection[datetime]) -> bool:
    """May this appointment be at this instant without being brought near such company?"""
    return at == one.starts_at or all(
        rules.is_apart(instant, company, span()) for instant in _instants(one, at)
    )


def _doubles(
    doubles: Iterable[Appointment],
    free: Iterable[Desk],
    barred: Mapping[UUID, Collection[UUID]],
    load: Loads,
    company: Mapping[UUID, Collection[datetime]],
) -> dict[UUID, Desk]:
    """Two free times in a row for each who needs them, the earliest first: nearest in time, then as `rules.rank` has it; never
    near their `company` as it is booked."""
    seated: dict[UUID, Desk] = {}
    left = list(free)
    for one in doubles:
        suits = [desk for desk in left if _is_apart(one, desk.starts_at, company[one.id])]
        ranked = [each.desk for each in rules.rank(suits, one.topic, barred[one.id], load)]
        if ranked:
            away = [abs(desk.starts_at - one.starts_at) for desk in ranked]
            seated[one.id] = best = ranked[away.index(min(away))]
            gone = {best.slot, best.second}
            left = [desk for desk in left if not gone & {desk.slot, desk.second}]
    return seated
