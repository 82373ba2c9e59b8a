"""The calendar the clinic goes by, and who comes when."""

from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from portal.law import days
from portal.law.tables import Title
from portal.roster import models


class Morning(NamedTuple):
    """A morning on which the clinic is open. `note` is what the day is called when it is not an ordinary one."""

    on: date
    is_provisional: bool
    note: str


@cache
def _titles() -> dict[str, Title]:
    """The names of holidays that the portal knows in two languages, by their Chinese."""
    named: dict[str, Title] = {}
    for year in range(days.LAST_PUBLISHED - 3, days.LAST_YEAR + 1):
        named |= {row.name.zh: row.name for row in days.seed_rows(year) if isinstance(row.name, Title)}
    return named


async def calendar(first: date, last: date) -> days.Calendar:
    """The clinic's calendar for these days. Whole years are read: whether a year is published depends on all of it."""
    rows = await models.Day.filter(day__gte=date(first.year, 1, 1), day__lte=date(last.year, 12, 31)).values(
        "day", "is_open", "name", "is_provisional"
    )
    return days.Calendar.of(
        days.Day(row["day"], row["is_open"], _titles().get(row["name"], row["name"]), row["is_provisional"])
        for row in rows
    )


async def working_mornings(today: date, n: int) -> list[Morning]:
    """The next n mornings on which the clinic is open, today's included. Unpublished days are marked provisional."""
    known = await calendar(today, today + timedelta(days=2 * n + 30))
    found: list[Morning] = []
    day = days.roll(today, known)
    while len(found) < n:
        found.append(Morning(day, known.is_provisional(day), str(known.name(day))))
        day = days.next_workday(day, known)
    return found
