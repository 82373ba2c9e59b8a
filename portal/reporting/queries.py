"""Counts over whole tables, in SQL: a board must cost the same on a busy year as on a quiet one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal import clock, database, locality
from portal.reporting.rules import first_after, first_of


def _span(months: Sequence[str]) -> tuple[Any, Any]:
    return clock.at(first_of(months[0])), clock.at(first_after(months[-1]))


async def _by_month(
    communities: Sequence[UUID],
    months: Sequence[str],
    column: str,
    table: str,
    counts: str,
    where: str = "1 = 1",
    belongs: str = "community_id",
) -> dict[str, dict[str, int]]:
    """month → counts, for the rows of a table whose instant lies in these months, of these communities alone; `belongs`
    is the column that says of which one a row is."""
    since, until = _span(months)
    found = await database.rows(
        f'SELECT {database.month_of(column)} AS "month", {counts} FROM {table} '
        f"WHERE {column} >= ? AND {column} < ? AND {where} AND {locality.among(belongs, communities)} GROUP BY 1",
        since,
        until,
        *communities,
    )
    return {
        row["month"]: {key: int(value or 0) for key, value in row.items() if key != "month"} for row in found
    }


def _count(condition: str, name: str) -> str:
    return f'SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS "{name}"'


async def clinic(communities: Sequence[UUID], months: Sequence[str]) -> list[dict[str, Any]]:
    """The use of these communities' clinics by month: offered, booked, attended, missed, cancelled, prescriptions."""
    offered = await _by_month(
        communities,
        months,
        "starts_at",
        '"slot" JOIN "duty" ON "duty"."id" = "slot"."duty_id"',
        'COUNT(*) AS "offered"',
        '"slot"."withdrawn_at" IS NULL',
    )
    booked = await _by_month(
        communities,
        months,
        "starts_at",
        '"appointment"',
        ", ".join(
            [
                'COUNT(*) AS "booked"',
                _count("state IN ('started', 'done')", "attended"),
                _count("state = 'missed'", "missed"),
                _count("state = 'cancelled'", "cancelled"),
            ]
        ),
    )
    written = await _by_month(
        communities,
        months,
        "issued_at",
        '"prescription" JOIN "consultation" ON "consultation"."id" = "prescription"."consultation_id"',
        'COUNT(*) AS "prescriptions"',
        'version = 1 AND "prescription"."state" <> \'draft\'',
    )
    nothing = dict.fromkeys(("offered", "booked", "attended", "missed", "cancelled", "prescriptions"), 0)
    return [
        {
            "month": month,
            **nothing,
            **offered.get(month, {}),
            **booked.get(month, {}),
            **written.get(month, {}),
        }
        for month in months
    ]


async def feedback(communities: Sequence[UUID], months: Sequence[str]) -> list[dict[str, Any]]:
    """Feedback by the month it came in: received, responded, answered, solved, asked back, satisfied."""
    counts = ", ".join(
        [
            'COUNT(*) AS "received"',
            _count("state <> 'received'", "responded"),
            _count("state IN ('solved', 'confirmed', 'unsolved', 'not_ours')", "answered"),
            _count("state IN ('solved', 'confirmed')", "solved"),
            _count("satisfied IS NOT NULL", "asked"),
            _count("satisfied", "satisfied"),
        ]
    )
    found = await _by_month(communities, months, "created_at", '"feedback"', counts)
    nothing = dict.fromkeys(("received", "responded", "answered", "solved", "asked", "satisfied"), 0)
    return [{"month": month, **nothing, **found.get(month, {})} for month in months]


async def lectures(communities: Sequence[UUID], months: Sequence[str]) -> list[dict[str, Any]]:
    """Lectures held by month, and who came."""
    found = await _by_month(
        communities,
        months,
        "starts_at",
        '"lecture"',
        'COUNT(*) AS "held", SUM(COALESCE(attended, 0)) AS "came"',
        "state = 'held'",
    )
    return [{"month": month, "held": 0, "came": 0, **found.get(month, {})} for month in months]
