"""One month of a community: everything for those inside, for outsiders what names nobody."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from portal.reporting import board_queries, queries, rules

CASES = ("ended", "in_grid", "in_community", "settled")
VISITS = ("attended", "prescriptions")
RAISED = ("received", "answered", "solved")


async def month(communities: Sequence[UUID], key: str, today: date, *, inside: bool) -> dict[str, int | None]:
    """The month's counts. What was offered is nobody's secret. Of cases, outsiders are told only when the half-year is
    over, and then of those months that are not kept back beside its sums: a month told earlier would be the difference
    by which a small number is found later. None is what is not told (yet)."""
    half = f"{key[:4]}-{1 if int(key[5:]) <= 6 else 2}"
    months = [one for one in rules.months_in(half) if one <= f"{today.year}-{today.month:02}"]
    place = months.index(key)
    clinic = await queries.clinic(communities, months)
    lectures = (await queries.lectures(communities, months))[place]
    feedback = await queries.feedback(communities, months)
    cases = await board_queries.rates_by(communities, months, "month")
    found = {"offered": clinic[place]["offered"], "held": lectures["held"], "came": lectures["came"]}
    is_over = half in rules.halves(today)
    for rows, columns in ((cases, CASES), (clinic, VISITS), (feedback, RAISED)):
        may_tell = inside or (
            is_over and place not in rules.kept_back([_apart(row, columns) for row in rows])
        )
        found |= {name: rows[place][name] if may_tell else None for name in columns}
    return found


def _apart(row: dict[str, Any], columns: Sequence[str]) -> tuple[int, ...]:
    """The counts and what lies between each and the first of them, none of which may be few."""
    return (*(row[name] for name in columns), *(abs(row[columns[0]] - row[name]) for name in columns[1:]))
