"""The times as everybody sees them who holds none: asked for once, for as long as nothing changes them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from portal import clock, database, publishing, settings
from portal.booking.queries.browsers import hold_of
from portal.booking.queries.times import Asker, Morning, Time, earliest, free_times, place, window
from portal.fields import instant

# A lawyer whose licence has ended sits on no day after it.
PLANNED = """
SELECT s.id, s.starts_at
FROM slot s JOIN duty d ON d.id = s.duty_id JOIN lawyer l ON l.id = s.lawyer_id JOIN firm f ON f.id = l.firm_id
WHERE s.starts_at >= ? AND s.starts_at < ? AND s.withdrawn_at IS NULL AND l.is_active AND f.is_active
  AND l.licence_until >= d.day AND COALESCE(d.community_id, ?) = ?
ORDER BY s.starts_at
"""
# A time is taken while somebody holds it.
TAKEN = """
SELECT h.slot_id, h.ends_at FROM slot s JOIN hold h ON h.slot_id = s.id
WHERE s.starts_at >= ? AND s.starts_at < ? AND (h.ends_at IS NULL OR h.ends_at > ?)
"""


class Plan(NamedTuple):
    """The mornings that can be booked, the desks at each instant, taken or not, and which instant each time has."""

    mornings: list[Morning]
    desks: dict[datetime, int]
    starts: dict[str, datetime]
    since: datetime
    until: datetime


class Calendar(NamedTuple):
    """The mornings that can be booked, and the span of time in which they look like this if nobody does anything."""

    mornings: list[Morning]
    since: datetime
    until: datetime


async def calendar(now: datetime, community: UUID | None, seen: publishing.Editions) -> Calendar:
    """The clinic's calendar in a community, of the editions that were seen or newer. Do not change what you are given."""

    async def ask() -> Calendar:
        return await _ask(now, community, seen)

    return await publishing.copy(("calendar", community), (seen.get("times", 0),), now, ask)


class Centre(NamedTuple):
    """Where a community's clinic sits (`place`)."""

    said: dict[str, Any]
    since: datetime
    until: datetime


async def centre(now: datetime, community: UUID | None, seen: publishing.Editions) -> dict[str, Any]:
    """The same as `place`, of the editions that were seen or newer."""

    async def ask() -> Centre:
        return Centre(await place(community), now, now + timedelta(days=1))

    return (await publishing.copy(("centre", community), (seen.get("communities", 0),), now, ask)).said


async def shown(now: datetime, asker: Asker, may_hold: bool = True) -> list[Morning]:
    """The same as `free_times`; from the calendar, where nothing the asker holds or needs makes it another for them. Without
    `may_hold` it is known already that they hold nothing."""
    is_own = bool(asker.wait or asker.lawyer) or asker.is_long or database.in_transaction()
    if is_own or (may_hold and await hold_of(asker.browser)):
        return await free_times(now, asker)
    found = await calendar(now, asker.community, await publishing.look())
    return [replace(morning, times=list(morning.times)) for morning in found.mornings]


async def _ask(now: datetime, community: UUID | None, seen: publishing.Editions) -> Calendar:
    """What is planned changes seldom and is many rows; who holds what changes with every booking and is few."""

    async def ask() -> Plan:
        return await _plan(now, community)

    plan = await publishing.copy(("plan", community), (seen.get("plan", 0),), now, ask)
    if not plan.mornings:
        return Calendar([], now, plan.until)
    first, until, left = earliest(now), plan.until, dict(plan.desks)
    for row in await database.rows(TAKEN, first, clock.span(plan.mornings[-1].day)[1], now):
        starts_at = plan.starts.get(row["slot_id"])
        if starts_at is not None:
            left[starts_at] -= 1
            if row["ends_at"] is not None:
                until = min(until, instant(row["ends_at"]) or until)
    notice = timedelta(minutes=settings.current().notice_minutes)
    mornings = {morning.day: replace(morning, times=[]) for morning in plan.mornings}
    for starts_at, free in left.items():
        if starts_at >= first:
            mornings[clock.day_of(starts_at)].times.append(Time(starts_at, free))
        if starts_at > first:
            until = min(until, starts_at - notice)
    return Calendar(list(mornings.values()), now, until)


async def _plan(now: datetime, community: UUID | None) -> Plan:
    mornings, until = await window(now), clock.span(clock.day_of(now))[1]
    desks: dict[datetime, int] = {}
    starts: dict[str, datetime] = {}
    if mornings:
        nobody, open_on = UUID(int=0), {morning.day for morning in mornings}
        last = clock.span(mornings[-1].day)[1]
        for row in await database.rows(PLANNED, now, last, nobody, community or nobody):
            starts_at = instant(row["starts_at"])
            assert starts_at is not None
            if clock.day_of(starts_at) in open_on:
                desks[starts_at] = desks.get(starts_at, 0) + 1
                starts[row["id"]] = starts_at
    return Plan(mornings, desks, starts, now, until)
