"""Which times are free for whom."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from portal import clock, database, locality, settings
from portal.booking import rules
from portal.booking.models import MATTER, Appointment, State
from portal.booking.rules import Desk, Loads
from portal.conflicts import queries as conflicts
from portal.conflicts.rules import Names
from portal.fields import instant
from portal.people.models import Person
from portal.roster import queries as roster
from portal.roster.skills import ANY, Preference, preference

FAIR_OVER = timedelta(days=90)
LONGEST = timedelta(hours=2)  # that one time lasts: the next at the same desk starts within it
OPEN = (State.BOOKED, State.CHECKED_IN, State.CALLED, State.PARKED, State.STARTED)

# A time is free when nobody holds it, when the hold has ended, or when it is held for the one who asks: this browser, this
# somebody on the waitlist, or the waitlist as a whole. Before any community is entered, times belong to none.
DESKS = """
SELECT s.id, s.starts_at, l.id AS lawyer, p.number, p.name, l.topics, l.speaks, l.gender, l.licence_until, f.id AS firm, f.weight,
  f.name AS firm_name, s.ends_at, CASE WHEN h.id IS NULL OR (h.ends_at IS NOT NULL AND (h.ends_at <= ?
    OR (h.browser = ? AND h.browser <> '') OR h.wait_id = ?
    OR (h.browser = '' AND h.wait_id IS NULL AND h.beside_id IS NULL AND 1 = ?)
    OR h.beside_id IN (SELECT first.id FROM hold first WHERE first.wait_id = ?))) THEN 1 ELSE 0 END AS is_free
FROM slot s JOIN duty d ON d.id = s.duty_id JOIN lawyer l ON l.id = s.lawyer_id JOIN firm f ON f.id = l.firm_id JOIN person p ON p.id = l.person_id
LEFT JOIN hold h ON h.slot_id = s.id
WHERE s.starts_at >= ? AND s.starts_at < ? AND s.withdrawn_at IS NULL AND l.is_active AND f.is_active
  AND COALESCE(d.community_id, ?) = ?
ORDER BY s.starts_at, p.number
"""

PLACE = "SELECT name, address, desk, phone, hours FROM community WHERE id = ?"

LOADS = """
SELECT lawyer_id, firm_id, COUNT(*) AS n FROM appointment WHERE starts_at >= ? AND state <> 'cancelled'
GROUP BY lawyer_id, firm_id
"""


# As `sight.own` has it: what is protected only after its passphrase was said.
OWN = """
SELECT starts_at, state, missed_because FROM appointment
WHERE person_id = ? AND (protection_id IS NULL OR protection_id = ?) AND starts_at >= ? AND state <> 'cancelled'
"""


class Asker(NamedTuple):
    """For whom a time is looked for, and in which community: it decides which desks there are, which holds are no
    hindrance, and which firms are."""

    browser: str = ""
    wait: UUID | None = None
    served: Names = Names()
    others: Names = Names()
    community: UUID | None = None
    matter: UUID | None = None  # the appointment that is to be seated anew
    is_long: bool = False  # needs two times, one right after the other at the same desk
    lawyer: UUID | None = None  # whose times alone are wanted
    against: Names = Names()  # who must not wait in the room with them (`apart.facing`)
    is_staff: bool = False  # at the desk somebody sees to it for them
    likes: Preference = ANY  # what they would rather have in a lawyer

    @classmethod
    def of(
        cls,
        browser: str = "",
        person: Person | None = None,
        other_side: str = "",
        other_phone: str = "",
        wait: UUID | None = None,
        community: UUID | None = None,
        is_long: bool = False,
    ) -> "Asker":
        """From what was typed, and from who is signed in; in the community that is meant, unless another is named.

        While nobody knows who asks, names are compared with nothing: no stranger learns whom a firm has met.
        """
        served = Names.of([person.name], [person.phone]) if person else Names()
        others = Names.of([other_side], [other_phone]) if person else Names()
        return cls(browser, wait, served, others, community or locality.current(), is_long=is_long)


class Time(NamedTuple):
    """An instant at which the clinic sits; `left` desks are still free."""

    starts_at: datetime
    left: int


@dataclass
class Morning:
    """A working morning that can be booked."""

    day: date
    is_provisional: bool
    note: str
    times: list[Time] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Free desks over the whole morning."""
        return sum(time.left for time in self.times)


def earliest(now: datetime) -> datetime:
    """Nothing that starts before this can be booked any more."""
    return now + timedelta(minutes=settings.current().notice_minutes)


async def asker_of(appointment: Appointment) -> Asker:
    """The appointment itself asks for a time: both sides as they were recorded. `person` must be loaded."""
    served, others = await conflicts.sides(MATTER, appointment.id)
    mine = Names.of([appointment.person.name], [appointment.person.phone])
    both = Names(served.keys | mine.keys, served.phones | mine.phones)
    who = f"appointment {appointment.number}"
    is_long = appointment.second_slot_id is not None
    likes = preference(appointment.needs)
    return Asker(who, None, both, others, appointment.community_id, appointment.id, is_long, likes=likes)


async def window(now: datetime) -> list[Morning]:
    """The working mornings that can be booked, today's first."""
    found = await roster.working_mornings(clock.day_of(now), settings.current().mornings)
    return [Morning(day, bool(provisional), str(note or "")) for day, provisional, note in found]


async def desks(first: datetime, until: datetime, asker: Asker) -> list[Desk]:
    """Every lawyer's time in the asker's community in [first, until) that is not withdrawn, the taken ones too, in order
    of time. For an asker who needs two each is a unit of two, where there are two."""
    nobody, wait = UUID(int=0), asker.wait or UUID(int=0)
    ours = (clock.now(), asker.browser, wait, int(asker.wait is not None), wait)
    beyond = until + LONGEST if asker.is_long else until
    found = await database.rows(DESKS, *ours, first, beyond, nobody, asker.community or nobody)
    made = []
    for row in found:
        starts_at = instant(row["starts_at"])
        assert starts_at is not None
        if str(row["licence_until"]) < clock.day_of(starts_at).isoformat():
            continue
        made.append(
            Desk(
                slot=_key(row["id"]),
                starts_at=starts_at,
                lawyer=_key(row["lawyer"]),
                number=row["number"],
                firm=_key(row["firm"]),
                weight=row["weight"],
                topics=_members(_text(row["topics"])),
                is_free=bool(row["is_free"]),
                names=(row["name"], row["firm_name"]),
                ends_at=instant(row["ends_at"]) if asker.is_long else None,
                speaks=_members(_text(row["speaks"])),
                gender=row["gender"],
            )
        )
    if asker.lawyer is not None:
        made = [desk for desk in made if desk.lawyer == asker.lawyer]
    return [desk for desk in rules.pairs(made) if desk.starts_at < until] if asker.is_long else made


@lru_cache(maxsize=8192)
def _key(text: str) -> UUID:
    """An id; the same ones come again with every question."""
    return UUID(text)


@lru_cache(maxsize=1024)
def _members(text: str) -> frozenset[str]:
    """What a column of JSON lists."""
    return frozenset(json.loads(text))


def _text(column: Any) -> str:
    """A column of JSON as text, whichever engine gave it."""
    return column if isinstance(column, str) else json.dumps(column)


async def in_conflict(found: Iterable[Desk], asker: Asker) -> dict[UUID, list[UUID]]:
    """Firm → parties in its way, for the firms of these desks."""
    matter = (MATTER, asker.matter) if asker.matter else None
    return await conflicts.check({desk.firm for desk in found}, asker.served, asker.others, matter)


async def loads(now: datetime) -> Loads:
    """How much each firm and each lawyer has done lately and has before them."""
    firms: dict[UUID, int] = {}
    lawyers: dict[UUID, int] = {}
    for row in await database.rows(LOADS, now - FAIR_OVER):
        firm, lawyer = UUID(str(row["firm_id"])), UUID(str(row["lawyer_id"]))
        firms[firm] = firms.get(firm, 0) + row["n"]
        lawyers[lawyer] = lawyers.get(lawyer, 0) + row["n"]
    return Loads(firms, lawyers)


async def open_desks(now: datetime, asker: Asker) -> list[Desk]:
    """The free desks of the whole window that this asker could be given, in order of time."""
    mornings = await window(now)
    if not mornings:
        return []
    days = {morning.day for morning in mornings}
    found = await desks(earliest(now), clock.span(max(days))[1], asker)
    barred = await in_conflict(found, asker)
    return [
        desk
        for desk in found
        if desk.is_free and desk.firm not in barred and clock.day_of(desk.starts_at) in days
    ]


async def free_times(now: datetime, asker: Asker) -> list[Morning]:
    """The mornings of the window with every time the clinic sits; two questions to the database in all.

    Days without any lawyer have no times. Every free desk counts, those of firms in conflict too: nobody learns from a list
    of times which firm has met whom. Conflict is judged when a desk is chosen.
    """
    mornings = await window(now)
    if not mornings:
        return []
    found = await desks(earliest(now), clock.span(mornings[-1].day)[1], asker)
    by_day = {morning.day: morning for morning in mornings}
    for starts_at, group in groupby(found, lambda desk: desk.starts_at):
        if morning := by_day.get(clock.day_of(starts_at)):
            morning.times.append(Time(starts_at, sum(desk.is_free for desk in group)))
    return mornings


async def first_free(now: datetime) -> datetime | None:
    """The first time anybody could be given in the community that is meant; None when everything is taken."""
    free = await open_desks(now, Asker(community=locality.current()))
    return free[0].starts_at if free else None


def nearest(to: datetime, free: Iterable[datetime], most: int = 3) -> list[datetime]:
    """The free instants nearest to one that is not to be had, in order of time."""
    others = sorted({at for at in free if at != to}, key=lambda at: (abs(at - to), at))
    return sorted(others[:most])


async def place(community: UUID | None) -> dict[str, Any]:
    """Where this community's clinic sits: name, address, desk, phone, hours."""
    found = await database.rows(PLACE, community) if community else []
    return found[0] if found else dict.fromkeys(("name", "address", "desk", "phone", "hours"), "")


async def own_times(person: Person, since: datetime) -> list[tuple[datetime, str, str]]:
    """Somebody's appointments from an instant on as (when, state, why missed), those apart whose passphrase was not said."""
    found = await database.rows(OWN, person.id, person.unlocked or UUID(int=0), since)
    return [(instant(row["starts_at"]) or since, row["state"], row["missed_because"]) for row in found]


async def free_lawyers(appointment: Appointment, asker: Asker) -> list[tuple[Desk, bool]]:
    """The desks free at the appointment's own time, and whether each is of a firm without conflict."""
    at = appointment.starts_at
    found = [desk for desk in await desks(at, at + timedelta(minutes=1), asker) if desk.is_free]
    barred: Collection[UUID] = await in_conflict(found, asker)
    return [(desk, desk.firm not in barred) for desk in found if desk.lawyer != appointment.lawyer_id]
