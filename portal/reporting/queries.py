"""Counts over whole tables, in SQL: a board must cost the same on a busy year as on a quiet one."""

from collections.abc import Sequence
from datetime import date
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


async def helped(communities: Sequence[UUID], months: Sequence[str]) -> dict[str, int]:
    """What residents said thirty days after a prescription, by when they said it: it helped (of which it is solved), it did
    not; nobody is counted who said nothing."""
    counts = ", ".join(
        [
            'COUNT(*) AS "said"',
            _count("helped IN ('solved', 'better')", "helped"),
            _count("helped = 'solved'", "solved"),
        ]
    )
    found = await _by_month(communities, months, "helped_at", '"consultation"', counts)
    return {key: sum(row[key] for row in found.values()) for key in ("said", "helped", "solved")}


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


async def topics(communities: Sequence[UUID], months: Sequence[str]) -> list[tuple[str, int]]:
    """(topic, how many appointments in these months), the most frequent first."""
    since, until = _span(months)
    found = await database.rows(
        'SELECT "topic", COUNT(*) AS "count" FROM "appointment" '
        f"WHERE starts_at >= ? AND starts_at < ? AND {locality.among('community_id', communities)} "
        "GROUP BY 1 ORDER BY 2 DESC, 1",
        since,
        until,
        *communities,
    )
    return [(row["topic"], int(row["count"])) for row in found]


async def waiting(
    communities: Sequence[UUID], months: Sequence[str], first: str, last: str
) -> dict[str, Any]:
    """`count`, `median` and `p90` of the minutes from one moment of an appointment to another, over those whose resident
    came, that have both, and whose time lies in these months: the shortest wait that half (nine tenths) did not exceed."""
    since, until = _span(months)
    waited = _minutes(first, last)
    found = await database.rows(
        'SELECT "count", MIN(CASE WHEN place * 2 >= "count" THEN waited END) AS "median", '
        'MIN(CASE WHEN place * 10 >= "count" * 9 THEN waited END) AS "p90" FROM ('
        f'SELECT {waited} AS waited, ROW_NUMBER() OVER (ORDER BY {waited}) AS place, COUNT(*) OVER () AS "count" '
        f"FROM appointment WHERE {last} >= {first} AND state IN ('started', 'done') AND starts_at >= ? "
        f"AND starts_at < ? AND {locality.among('community_id', communities)}) AS waits GROUP BY 1",
        since,
        until,
        *communities,
    )
    return found[0] if found else {"count": 0, "median": None, "p90": None}


def _minutes(first: str, last: str) -> str:
    """SQL for the whole minutes from one column of instants to another."""
    if database.engine() == "sqlite":
        return f"(strftime('%s', substr({last}, 1, 19)) - strftime('%s', substr({first}, 1, 19))) / 60"
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {last} - {first}) / 60) AS INTEGER)"


async def mornings(communities: Sequence[UUID], first: date, after: date) -> dict[date, tuple[int, int]]:
    """Day → (times booked and not given back, times offered), for the days with times from `first` to before `after`."""
    kept = (
        "SELECT 1 FROM appointment WHERE appointment.slot_id = slot.id AND appointment.state <> 'cancelled'"
    )
    found = await database.rows(
        'SELECT duty.day AS "day", COUNT(*) AS "offered", '
        f'SUM(CASE WHEN EXISTS ({kept}) THEN 1 ELSE 0 END) AS "booked" '
        "FROM slot JOIN duty ON duty.id = slot.duty_id WHERE slot.starts_at >= ? AND slot.starts_at < ? "
        f"AND slot.withdrawn_at IS NULL AND {locality.among('duty.community_id', communities)} GROUP BY 1",
        clock.at(first),
        clock.at(after),
        *communities,
    )
    return {date.fromisoformat(row["day"]): (int(row["booked"]), int(row["offered"])) for row in found}


async def crossing(communities: Sequence[UUID], months: Sequence[str]) -> dict[tuple[str, int], int]:
    """(category, level) → disputes with a result in these months."""
    since, until = _span(months)
    found = await database.rows(
        'SELECT "category", "level", COUNT(*) AS "count" FROM "dispute" '
        "WHERE state IN ('settled', 'failed', 'escalated') AND ended_at >= ? AND ended_at < ? "
        f"AND {locality.among('community_id', communities)} GROUP BY 1, 2",
        since,
        until,
        *communities,
    )
    return {(row["category"], int(row["level"])): int(row["count"]) for row in found}
