"""Weeks of days in the shape the calendar draws them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal import clock
from portal.languages import _
from portal.roster import rules
from portal.roster.queries import Covered
from portal.web import wording

Item = dict[str, str]


def mark(day: Covered) -> str:
    """What is to be known of a day: its name when it is no ordinary one, or that it is provisional."""
    return day.note or (_("暂定") if day.is_open and day.is_provisional else "")


def weeks(
    days: list[Covered],
    items: Callable[[Covered], list[Item]],
    note: Callable[[Covered], str] = mark,
) -> list[list[dict[str, Any]]]:
    """Rows from Monday; weekends only where one of them is worked. Days before the first keep the grid in step."""
    shown = {day.on: day for day in days}
    weekend = any(day.on.isoweekday() > 5 and (day.is_open or day.duties) for day in days)
    first, last = rules.monday(days[0].on), rules.monday(days[-1].on)
    return [
        [
            _cell(shown.get(day), items, note)
            for day in rules.days(monday, monday + timedelta(days=6 if weekend else 4))
        ]
        for monday in rules.days(first, last)
        if monday.isoweekday() == 1
    ]


def _cell(
    day: Covered | None, items: Callable[[Covered], list[Item]], note: Callable[[Covered], str]
) -> dict[str, Any]:
    if day is None:
        return {"day": None, "label": "", "is_today": False, "closed": False, "note": "", "items": []}
    return {
        "day": day.on.day,
        "label": wording.day(day.on),
        "is_today": day.on == clock.today(),
        "closed": not day.is_open,
        "note": note(day),
        "items": items(day),
    }
