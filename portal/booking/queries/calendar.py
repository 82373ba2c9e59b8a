"""The times as everybody sees them who holds none: asked for once, for as long as nothing changes them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from portal import clock, database, publishing, settings
from portal.booking.queries.times import Asker, Morning, Time, earliest, free_times, hold_of, window
from portal.fields import instant

# A time is taken while somebody holds it; `h` is whoever does now. A lawyer whose licence has ended sits on no day after it.
LEFT = """
SELECT s.starts_at, SUM(CASE WHEN h.id IS NULL THEN 1 ELSE 0 END) AS free, MIN(h.ends_at) AS changes_at
FROM slot s JOIN duty d ON d.id = s.duty_id JOIN lawyer l ON l.id = s.lawyer_id JOIN firm f ON f.id = l.firm_id
LEFT JOIN hold h ON h.slot_id = s.id AND (h.ends_at IS NULL OR h.ends_at > ?)
WHERE s.starts_at >= ? AND s.starts_at < ? AND s.withdrawn_at IS NULL AND l.is_active AND f.is_active
  AND l.licence_until >= d.day AND COALESCE(d.community_id, ?) = ?
GROUP BY s.starts_at ORDER BY s.starts_at
"""


class Calendar(NamedTuple):
    """The mornings that can be booked, and the span of time in which they look like this if nobody does anything."""

    mornings: list[Morning]
    since: datetime
    until: datetime


async def calendar(now: datetime, community: UUID | None, seen: publishing.Editions) -> Calendar:
    """The clinic's calendar in a community, of the editions that were seen or newer. Do not change what you are given."""

    async def ask() -> Calendar:
        return await _ask(now, community)

    return await publishing.copy(("calendar", community), (seen.get("times", 0),), now, ask)


async def shown(now: datetime, asker: Asker) -> list[Morning]:
    """The same as `free_times`; from the calendar, where nothing the asker holds or needs makes it another for them."""
    is_own = bool(asker.wait or asker.lawyer) or asker.is_long or database.in_transaction()
    if is_own or await hold_of(asker.browser):
        return await free_times(now, asker)
    found = await calendar(now, asker.community, await publishing.look())
    return [replace(morning, times=list(morning.times)) for morning in found.mornings]


async def _ask(now: datetime, community: UUID | None) -> Calendar:
    mornings, until = await window(now), clock.span(clock.day_of(now))[1]
    if not mornings:
        return Calendar([], now, until)
    nobody, first = UUID(int=0), earliest(now)
    last = clock.span(mornings[-1].day)[1]
    by_day = {morning.day: morning for morning in mornings}
    notice = timedelta(minutes=settings.current().notice_minutes)
    for row in await database.rows(LEFT, now, first, last, nobody, community or nobody):
        starts_at, changes_at = instant(row["starts_at"]), instant(row["changes_at"])
        assert starts_at is not None
        if morning := by_day.get(clock.day_of(starts_at)):
            morning.times.append(Time(starts_at, int(row["free"])))
        until = min(until, starts_at - notice if starts_at > first else until, changes_at or until)
    return Calendar(mornings, now, until)
