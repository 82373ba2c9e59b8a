"""What may be said of few: small numbers point at neighbours, so they are not shown outside the house."""

from collections.abc import Sequence
from datetime import date

from portal.languages import _

FEW = 5  # a cell below this would name somebody


def months(last: date, count: int = 12) -> list[str]:
    """The keys (2026-11) of so many months up to and including that of `last`, oldest first."""
    index = last.year * 12 + last.month - 1
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(index - count + 1, index + 1)]


def first_of(month: str) -> date:
    """The first day of a month key."""
    return date(int(month[:4]), int(month[5:7]), 1)


def first_after(month: str) -> date:
    """The first day of the month that follows."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year + number // 12, number % 12 + 1, 1)


def later(last: date, today: date) -> str | None:
    """The month up to which the following year is shown; None when `last` is already this month."""
    index = min(last.year * 12 + last.month + 11, today.year * 12 + today.month - 1)
    return months(date(index // 12, index % 12 + 1, 1), 1)[0] if last < today.replace(day=1) else None


def is_month(text: str) -> bool:
    """Is this a month key of a year the portal could know?"""
    return (
        len(text) == 7
        and text[4] == "-"
        and (text[:4] + text[5:]).isascii()
        and (text[:4] + text[5:]).isdigit()
        and 2000 <= int(text[:4]) <= 2199
        and 1 <= int(text[5:]) <= 12
    )


def percent(part: int, whole: int) -> float | None:
    """A share in per cent with one decimal; nothing when there is nothing to share."""
    return round(100 * part / whole, 1) if whole else None


def shown(count: int) -> str:
    """A count as outsiders see it: zero and five or more as they are, what lies between as "fewer than 5"."""
    return _("少于 %(few)s") % {"few": FEW} if 0 < count < FEW else str(count)


def column(counts: Sequence[int]) -> list[str]:
    """Counts whose sum is published beside them. One that is few is kept back, and then a second with it: otherwise
    whoever subtracts the others from the sum would know it."""
    hidden = {place for place, count in enumerate(counts) if 0 < count < FEW}
    rest = [place for place, count in enumerate(counts) if count >= FEW]
    if len(hidden) == 1 and rest:
        hidden.add(min(rest, key=lambda place: counts[place]))
    kept_back = _("不公布")
    return [kept_back if place in hidden else str(count) for place, count in enumerate(counts)]


def public_percent(part: int, whole: int) -> str:
    """A share as outsiders see it: said only when neither it nor its rest is about fewer than five cases."""
    if whole < FEW or 0 < part < FEW or 0 < whole - part < FEW:
        return _("例数太少，不公布")
    return f"{percent(part, whole):g}%"
