"""The desks of the clinic whoever sits at them now, read once for each edition of the roster: what is left to ask when a time
is chosen is who has taken which of them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from portal import clock, database, publishing
from portal.booking.queries.times import Asker, desks, window
from portal.booking.rules import Desk

# The edition of the board as this transaction finds it, and the times at one instant that are not to be had by a browser.
STANDS = """
SELECT name, count FROM edition WHERE name = 'plan'
UNION ALL
SELECT CAST(h.slot_id AS VARCHAR(36)), 0 FROM slot s JOIN hold h ON h.slot_id = s.id
WHERE s.starts_at = ? AND (h.ends_at IS NULL OR (h.ends_at > ? AND (h.browser = '' OR h.browser <> ?)))
"""

# The same of several instants, with whose each is.
TAKEN = """
SELECT name, count, '' AS browser FROM edition WHERE name = 'plan'
UNION ALL
SELECT CAST(h.slot_id AS VARCHAR(36)), 0, CASE WHEN h.ends_at IS NULL THEN '' ELSE h.browser END
FROM slot s JOIN hold h ON h.slot_id = s.id WHERE s.starts_at IN ({instants}) AND (h.ends_at IS NULL OR h.ends_at > ?)
"""


class Board(NamedTuple):
    """Every desk, as if nobody had taken any, by its time and by the text of its slot's id; the days that can be booked."""

    desks: dict[datetime, dict[str, Desk]]
    days: frozenset[date]
    edition: int
    since: datetime
    until: datetime


async def board(now: datetime, community: UUID | None) -> Board:
    """The board of a community, of the roster as it is committed. Not inside `transaction()`."""
    edition = (await publishing.look()).get("plan", 0)

    async def draw() -> Board:
        found: dict[datetime, dict[str, Desk]] = {}
        days = frozenset(morning.day for morning in await window(now))
        last = clock.span(max(days))[1] if days else now
        for desk in await desks(now, last, Asker(community=community)):
            found.setdefault(desk.starts_at, {})[str(desk.slot)] = desk._replace(is_free=True)
        return Board(found, days, edition, now, clock.span(clock.day_of(now))[1])

    return await publishing.copy(("board", community), (edition,), now, draw)


async def desks_at(starts_at: datetime, asker: Asker, known: Board | None) -> list[Desk]:
    """The desks at an instant, the taken ones too or not; from the board where the roster is still as it shows, and nothing
    but the time itself is asked for."""
    if known is not None and asker.wait is None and asker.lawyer is None and not asker.is_long:
        rows = await database.rows(STANDS, starts_at, clock.now(), asker.browser)
        stands = {row["name"]: row["count"] for row in rows}
        if stands.pop("plan", 0) == known.edition:
            there = known.desks.get(starts_at, {})
            return [desk for slot, desk in there.items() if slot not in stands]
    return await desks(starts_at, starts_at + timedelta(minutes=1), asker)


async def taken_at(instants: Collection[datetime], now: datetime) -> tuple[dict[str, str], int]:
    """(slot → the browser for which it is kept, empty where it is nobody's to take; the edition of the board), for the
    times at these instants, as this transaction finds them. What is free is missing."""
    sql = TAKEN.format(instants=", ".join("?" * len(instants)))
    found = {row["name"]: row for row in await database.rows(sql, *instants, now)}
    edition = found.pop("plan", {"count": 0})["count"]
    return {slot: row["browser"] for slot, row in found.items()}, edition
