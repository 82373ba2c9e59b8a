"""What may be said of few, and of which months: small numbers point at neighbours, so they are not told outside the house."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from portal import policy
from portal.languages import _

FEW = 5  # a cell below this would name somebody

INSIDE = policy.STAFF | policy.HEADS  # open single cases, each those they may find
OVERSIGHT = frozenset({"street", "auditor"})  # read sums down to a building, and no case behind them

# -- months and half-years -------------------------------------------------------------------------------------------


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


def halves(today: date, count: int = 4) -> list[str]:
    """The keys (2026-1) of so many half-years that are over, the newest first.

    Outsiders are told of these alone: they do not overlap and they do not grow, so nobody finds a small number as the
    difference of two periods or of two days on which they looked.
    """
    index = today.year * 2 + (today.month > 6)
    return [f"{n // 2}-{n % 2 + 1}" for n in range(index - 1, index - 1 - count, -1)]


def months_in(half: str) -> list[str]:
    """The six months of a half-year."""
    year, number = half.split("-")
    return [f"{year}-{month:02}" for month in range(int(number) * 6 - 5, int(number) * 6 + 1)]


def say_half(half: str) -> str:
    """2026年上半年; first half of 2026."""
    year, number = half.split("-")
    return (_("%(year)s年上半年") if number == "1" else _("%(year)s年下半年")) % {"year": year}


# -- shares ------------------------------------------------------------------------------------------------------------


def percent(part: int, whole: int) -> float | None:
    """A share in per cent with one decimal; nothing when there is nothing to share."""
    return round(100 * part / whole, 1) if whole else None


# -- what outsiders are told ---------------------------------------------------------------------------------------------


def is_inside(person: Any) -> bool:
    """May they open single cases, so that nothing is kept back from their sums?"""
    return person is not None and bool(person.roles & INSIDE)


def is_overseer(person: Any) -> bool:
    """Are they told sums down to a building?"""
    return person is not None and bool(person.roles & OVERSIGHT)


def may_read_board(person: Any) -> bool:
    """Is the board for them, or the public page?"""
    return person is not None and bool(person.roles & (policy.STAFF | OVERSIGHT))


def is_few(count: int) -> bool:
    """Is this so small that it would name somebody? Zero names nobody."""
    return 0 < count < FEW


def kept_back(rows: Sequence[Sequence[int]]) -> set[int]:
    """The places of those rows that are not told where the sums of their columns are.

    A row is told wholly or not at all. With what holds a small number everything is kept back that is nothing, and what
    comes next in size, all of it that is alike: whoever subtracts what is told from the sums is left with several
    possible answers, also if they know this rule. A sum that is few itself is not told, and gives nothing away.
    """
    hidden = {place for place, row in enumerate(rows) if any(map(is_few, row))}
    if not hidden:
        return hidden
    hidden |= {place for place, row in enumerate(rows) if not any(row)}
    if any(is_few(sum(column)) for column in zip(*rows, strict=True)):
        return hidden
    rest = {sum(row) for place, row in enumerate(rows) if place not in hidden}
    for smallest in sorted(rest):
        hidden |= {place for place, row in enumerate(rows) if sum(row) == smallest}
        together = zip(*(rows[place] for place in hidden), strict=True)
        if len(hidden) > 1 and not any(is_few(sum(column)) for column in together):
            break
    return hidden


class Branch(NamedTuple):
    """A place with its count and the places inside it; what lies in none of them is one more of them."""

    key: str
    number: int
    inside: tuple["Branch", ...] = ()


def told(tree: Branch) -> Mapping[str, int | None]:
    """Of a place and all inside it: key → count, None where it is not told. What lies inside a place that is not told is
    not told either, else its sum would be."""
    found: dict[str, int | None] = {}

    def tell(branch: Branch, is_told: bool) -> None:
        found[branch.key] = branch.number if is_told else None
        hidden = kept_back([(part.number,) for part in branch.inside])
        for place, part in enumerate(branch.inside):
            tell(part, is_told and place not in hidden)

    tell(tree, not is_few(tree.number))
    return found


def shown(count: int | None) -> str:
    """A count that stands alone, as outsiders see it: zero and five or more as they are, what lies between as "fewer
    than 5"."""
    if count is None:
        return _("不公布")
    return _("少于 %(few)s") % {"few": FEW} if is_few(count) else str(count)


def public_percent(part: int, whole: int) -> float | None:
    """A share in per cent, only when neither it nor its rest is about fewer than five cases."""
    return None if whole < FEW or is_few(part) or is_few(whole - part) else percent(part, whole)


def told_of(counts: Mapping[str, int]) -> dict[str, Any]:
    """Whether it helped, with its share; none while fewer than FEW said so, when a share would tell of single people."""
    is_enough = counts["said"] >= FEW
    return {**counts, "percent": percent(counts["helped"], counts["said"]) if is_enough else None}
