"""The board's figures put together: as those read them who may open the cases, and as outsiders are told of a half-year."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from portal import locality
from portal.disputes import queries as disputes
from portal.disputes import rules as dispute_rules
from portal.disputes.models import LEVEL_NAMES
from portal.law.dispute_types import DisputeType
from portal.law.topics import ABOUT, Topic
from portal.reporting import queries, rules

By = Literal["month", "grid", "category", "level"]
COUNTS = ("total", "open", "settled", "failed", "withdrawn", "escalated", "in_grid", "in_community")
WEEKS = 12  # of mornings are shown one by one
WAITS = {"until": ("created_at", "starts_at"), "at_desk": ("checked_in_at", "called_at")}


class Told(NamedTuple):
    """A row outsiders read; `ended` is None where it is not told."""

    label: str
    ended: int | None


def rated(row: dict[str, Any]) -> dict[str, Any]:
    """A row of counts with `ended` (those with a result) and its rates in per cent."""
    rates = dispute_rules.rates([row])
    ended = rates.in_grid.whole
    return {
        **row,
        "ended": ended,
        "grid_rate": rates.in_grid.percent,
        "community_rate": rates.in_community.percent,
        "settled_rate": rules.percent(row["settled"], ended),
    }


async def rates_by(communities: Sequence[UUID], months: Sequence[str], by: By) -> list[dict[str, Any]]:
    """Disputes counted by something, those with a result, each row with its rates; every month has a row."""
    found = await disputes.counts(communities, rules.first_of(months[0]), rules.first_after(months[-1]), by)
    if by == "month":
        known = {row["key"]: row for row in found}
        nothing = dict.fromkeys(COUNTS, 0)
        found = [known.get(month, {"key": month, "label": month, **nothing}) for month in months]
    rows = [rated(row) for row in found]
    return rows if by == "month" else [row for row in rows if row["ended"]]


def total(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sums of rows of counts, with their rates."""
    return rated({key: sum(row[key] for row in rows) for key in COUNTS})


def added(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The sums of rows whose first column is their month."""
    return {key: sum(row[key] for row in rows) for key in rows[0] if key != "month"}


def shares(rows: Sequence[dict[str, Any]], part: str, whole: str) -> list[float | None]:
    """One count's share in another, row by row."""
    return [rules.percent(row[part], row[whole]) for row in rows]


def _named(found: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(str(ABOUT[Topic(key)].label), count) for key, count in found]


# -- inside --------------------------------------------------------------------------------------------------------------


async def inside(communities: Sequence[UUID], months: Sequence[str], today: date) -> dict[str, Any]:
    """Everything on the board, in whole numbers."""
    by_month = await rates_by(communities, months, "month")
    clinic = await queries.clinic(communities, months)
    feedback = await queries.feedback(communities, months)
    return {
        "total": total(by_month),
        "by_month": by_month,
        "by_grid": await rates_by(communities, months, "grid"),
        "by_category": await rates_by(communities, months, "category"),
        "crossing": await crossing(communities, months),
        "clinic": clinic,
        "clinic_total": added(clinic),
        "filled": [rules.percent(row["booked"] - row["cancelled"], row["offered"]) for row in clinic],
        "shares": shares,
        "feedback": feedback,
        "feedback_total": added(feedback),
        "helped": rules.told_of(await queries.helped(communities, months)),
        "lectures": await queries.lectures(communities, months),
        "topics": _named(await queries.topics(communities, months)),
        "weeks": await weeks(communities, min(rules.first_after(months[-1]), today + timedelta(days=1))),
        **{name: await queries.waiting(communities, months, *wait) for name, wait in WAITS.items()},
    }


async def crossing(
    communities: Sequence[UUID], months: Sequence[str]
) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """(category, its words, [(level, disputes with a result)]) for the categories that had any."""
    found = await queries.crossing(communities, months)
    known = {category for category, _level in found}
    levels = [int(level) for level in LEVEL_NAMES]
    return [
        (kind.value, str(kind.label), [(level, found.get((kind.value, level), 0)) for level in levels])
        for kind in DisputeType
        if kind.value in known
    ]


async def weeks(communities: Sequence[UUID], after: date) -> list[tuple[date, list[tuple[int, int] | None]]]:
    """The last weeks before a day, each with its Monday and (booked, offered) for Monday to Friday, and for days of the
    weekend in weeks where the clinic was open on one."""
    last = after - timedelta(days=1)
    monday = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    found = await queries.mornings(communities, monday, after)
    days = 7 if any(day.weekday() > 4 for day in found) else 5
    starts = [monday + timedelta(days=7 * n) for n in range(WEEKS)]
    return [(start, [found.get(start + timedelta(days=n)) for n in range(days)]) for start in starts]


# -- outside -------------------------------------------------------------------------------------------------------------


async def outside(here: UUID | None, halves: Sequence[str], half: str) -> dict[str, Any]:
    """What outsiders are told of a half-year in a community, and of the disputes of those beside it."""
    ours, months = [here] if here else [], rules.months_in(half)
    over = [(one, await whole(ours, one)) for one in halves]
    lectures = added(await queries.lectures(ours, months))
    return {
        "half": half,
        "said": dict(over)[half],
        "over": over,
        "clinic": visits(added(await queries.clinic(ours, months))),
        "feedback": answers(added(await queries.feedback(ours, months))),
        "came": lectures["came"],
        "held": lectures["held"],
        **{name: await queries.waiting(ours, months, *wait) for name, wait in WAITS.items()},
    }


async def whole(communities: Sequence[UUID], half: str) -> dict[str, Any]:
    """The two promises over a half-year. The rate of the community is told only where it does not tell how few were
    settled between grid and community."""
    row = total(await rates_by(communities, rules.months_in(half), "month"))
    between, beyond = row["in_community"] - row["in_grid"], row["ended"] - row["in_community"]
    may_tell = not any(map(rules.is_few, (between, beyond)))
    return {
        "ended": row["ended"],
        "grid_rate": rules.public_percent(row["in_grid"], row["ended"]),
        "community_rate": rules.public_percent(row["in_community"], row["ended"]) if may_tell else None,
    }


async def told_by(
    communities: Sequence[UUID], months: Sequence[str], by: Literal["grid", "category"]
) -> list[Told]:
    """Disputes with a result by grid or by category, community by community, as on the plan of each: every place and
    category has a row, also those without any, and what is small is kept back beside the sum of its community."""
    rows = []
    for community in communities:
        labels = await disputes.labels(by, [community])
        found = {row["key"]: row["ended"] for row in await rates_by([community], months, by)}
        counts = [found.get(key, 0) for key in labels]
        hidden = rules.kept_back([(count,) for count in counts])
        where = f"{_named_community(community)} " if len(communities) > 1 else ""
        rows += [
            Told(f"{where}{label}", None if place in hidden else count)
            for place, (label, count) in enumerate(zip(labels.values(), counts, strict=True))
        ]
    return rows


def _named_community(key: UUID) -> str:
    return next((known.name for known in locality.choices() if known.id == key), "")


def visits(counts: dict[str, int]) -> dict[str, int | None]:
    """The clinic's sums: what became of all that was booked is a line of numbers with its sum."""
    parts = ("attended", "missed", "cancelled")
    line = [*(counts[part] for part in parts), counts["booked"] - sum(counts[part] for part in parts)]
    hidden = rules.kept_back([(count,) for count in line])
    became = {part: None if n in hidden else counts[part] for n, part in enumerate(parts)}
    return {**counts, **became}


def answers(counts: dict[str, int]) -> dict[str, float | None]:
    """The sum of feedback and its three rates."""
    return {
        "received": counts["received"],
        "response": rules.public_percent(counts["responded"], counts["received"]),
        "solved": rules.public_percent(counts["solved"], counts["answered"]),
        "satisfied": rules.public_percent(counts["satisfied"], counts["asked"]),
    }
