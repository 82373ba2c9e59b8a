"""The days on which the clinic is open."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from portal import clock, database, publishing
from portal.law import days
from portal.law.tables import Title
from portal.roster import models


class Morning(NamedTuple):
    """A morning on which the clinic is open. `note` is what the day is called when it is not an ordinary one."""

    on: date
    is_provisional: bool
    note: str


@cache
def titles() -> dict[str, Title]:
    """The names of holidays that the portal knows in two languages, by their Chinese."""
    named: dict[str, Title] = {}
    for year in range(days.LAST_PUBLISHED - 3, days.LAST_YEAR + 1):
        named |= {row.name.zh: row.name for row in days.seed_rows(year) if isinstance(row.name, Title)}
    return named


class Known(NamedTuple):
    """The calendar of whole years, read in this span of time."""

    calendar: days.Calendar
    since: datetime
    until: datetime


async def calendar(first: date, last: date) -> days.Calendar:
    """The clinic's calendar for these days. Whole years are read: whether a year is published depends on all of it. Outside
    a transaction, once for each edition of it."""
    if database.in_transaction():
        return await _calendar(first, last)
    now, seen = clock.now(), await publishing.look()

    async def read() -> Known:
        return Known(await _calendar(first, last), now, now + timedelta(days=1))

    key = ("days", first.year, last.year)
    return (await publishing.copy(key, (seen.get("days", 0),), now, read)).calendar


async def _calendar(first: date, last: date) -> days.Calendar:
    rows = await models.Day.filter(day__gte=date(first.year, 1, 1), day__lte=date(last.year, 12, 31)).values(
        "day", "is_open", "name", "is_provisional"
    )
    return days.Calendar.of(
        days.Day(row["day"], row["is_open"], titles().get(row["name"], row["name"]), row["is_provisional"])
        for row in rows
    )


async def legal_calendar(first: date, last: date) -> days.Calendar:
    """The calendar by which periods of the law end (民法典 203), for these days.

    The State Council's, as published; for years it has not published, what staff entered or confirmed, else the statutory
    holidays as provisional. What a community closes for by itself moves no period of the law in a published year.
    """
    own = await calendar(first, last)
    rows: list[days.Day] = []
    for year in range(first.year, last.year + 1):
        entered = [row for on, row in own.days.items() if on.year == year]
        rows += days.published(year) or entered or days.expected(year)
    return days.Calendar.of(rows)


async def working_mornings(today: date, n: int) -> list[Morning]:
    """The next n mornings on which the clinic is open, today's included. Unpublished days are marked provisional."""
    known = await calendar(today, today + timedelta(days=2 * n + 30))
    found: list[Morning] = []
    day = days.roll(today, known)
    while len(found) < n:
        found.append(Morning(day, known.is_provisional(day), str(known.name(day))))
        day = days.next_workday(day, known)
    return found
