"""The clinic's calendar: filled from what is published, corrected and confirmed by staff."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from portal import clock, database, journal, notices
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.law import days
from portal.roster import rules
from portal.roster.duty_actions import LOCK, settle
from portal.roster.models import Day, Duty

MOST = 31  # days edited at once: longer than any holiday


async def seed_days(years: Iterable[int], actor: Any = None) -> int:
    """Fill the calendar of these years with what is known; how many days that changed.

    A published year replaces guesses and leaves alone what staff edited. A year that is not published yet comes as its
    statutory holidays, provisional, and only where nothing is known; a year without any facts stays empty.
    """
    wanted = {year: _seed(year) for year in set(years)}
    if not any([await _stale(year, rows) for year, rows in wanted.items()]):
        return 0
    changed = 0
    async with transaction():
        await database.serialise(LOCK)
        for year, rows in wanted.items():
            for row, old in await _stale(year, rows):
                changed += 1
                if row is None:
                    await Day.filter(id=old.id).delete()
                elif old is None:
                    await Day.create(day=row.on, **_columns(row))
                else:
                    await Day.filter(id=old.id).update(**_columns(row))
        await settle(actor)
    return changed


async def edit_days(actor: Any, first: date, last: date, is_open: bool, name: str) -> int:
    """Open or close the clinic on these days, both included; how many times were withdrawn.

    Lawyers who would have come are told. What staff say stands, whatever is published later.
    """
    _judge(actor)
    if last < first or (last - first).days >= MOST:
        raise Refusal(_("一次最多改 %(n)s 天，最后一天不能早于第一天。") % {"n": MOST})
    if first < clock.today():
        raise Refusal(_("已经过去的日子不能再改。"))
    async with transaction():
        await database.serialise(LOCK)
        before = await _sitting(first, last)
        values: dict[str, Any] = dict(is_open=is_open, name=name, is_provisional=False, is_edited=True)
        for on in rules.days(first, last):
            if await Day.filter(day=on).update(**values):
                day = await Day.get(day=on)
            else:
                day = await Day.create(day=on, **values)
            await journal.record(actor, "edit", day, day=on, is_open=is_open)
        plan = await settle(actor, first, last)
        after = {duty.id for duty in await _sitting(first, last)}
        for duty in before:
            if duty.id not in after:
                starts_at = clock.at(duty.day, duty.from_minute)
                await notices.owe(duty.lawyer.person, "roster/closed", starts_at=starts_at)
    return len(plan.withdrawn)


async def confirm_year(actor: Any, year: int) -> None:
    """The year's arrangement is published and the table agrees with it: nothing in it is provisional any more."""
    _judge(actor)
    rows = Day.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))
    if not await Day.filter(day=date(year, 10, 1), is_open=False).exists():
        raise Refusal(_("这一年的表里还没有国庆节，请先把放假安排填完整。"))
    async with transaction():
        await database.serialise(LOCK)
        first = await rows.filter(is_provisional=True).first()
        if first is None:
            raise Conflict(_("这一年已经确认过了。"))
        await rows.filter(is_provisional=True).update(is_provisional=False)
        await journal.record(actor, "confirm", first, year=year)


def _judge(actor: Any) -> None:
    if not rules.may_manage(actor, None, clock.now()):
        raise Forbidden


def _seed(year: int) -> list[days.Day]:
    try:
        return days.seed_rows(year)
    except ValueError:
        return []


async def _stale(year: int, rows: list[days.Day]) -> list[tuple[Any, Any]]:
    """(what should be, what is) for every day that differs; None for what is not."""
    there = {row.day: row for row in await Day.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))}
    if there and all(row.provisional for row in rows):
        return []
    pairs: list[tuple[Any, Any]] = []
    for row in rows:
        old = there.pop(row.on, None)
        if old is None or (not old.is_edited and any(getattr(old, k) != v for k, v in _columns(row).items())):
            pairs.append((row, old))
    return pairs + [(None, old) for old in there.values() if not old.is_edited]


def _columns(row: days.Day) -> dict[str, Any]:
    return {
        "is_open": row.open,
        "name": getattr(row.name, "zh", row.name),
        "is_provisional": row.provisional,
    }


async def _sitting(first: date, last: date) -> list[Any]:
    """The mornings that stand on these days, with their lawyers."""
    found = Duty.filter(day__gte=first, day__lte=last, withdrawn_at=None)
    return await found.select_related("lawyer__person")
