"""When a pattern falls due, which times a morning makes, and who may decide on them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from portal.people.models import Role

LENGTH = 30  # minutes of one talk
FIRST_MINUTE, LAST_MINUTE = 8 * 60, 13 * 60  # between these a morning may lie
USUAL = (9 * 60, 12 * 60)  # a morning nobody said otherwise about
AHEAD = timedelta(weeks=8)  # how far mornings are made in advance
FARTHEST = timedelta(days=366)  # how far ahead anybody plans leave or a single morning
REMIND = timedelta(days=30)  # before a licence ends its lawyer is told
ENDING = timedelta(days=60)  # before a licence ends staff see that it does
SOON = timedelta(days=3)  # a hole this near is urgent
ASKED = timedelta(days=5)  # before a morning its lawyer is asked whether they come
SURE = 2  # working days before a morning by which they have said so
AHEAD_OF_TIME = timedelta(hours=2)  # before a morning begins its lawyer may say that they are there
DAYTIME = range(8 * 60, 20 * 60)  # minutes in China at which lawyers are written to by the clock's hand

_ONE = timedelta(days=1)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def falls_on(pattern: Any, day: date) -> bool:
    """Whether the pattern names this day, before holidays and leave are looked at.

    Every n weeks counts calendar weeks from the week of `from_on`, so the rhythm holds whatever weekday it began on.
    """
    if day.isoweekday() != pattern.weekday or day < pattern.from_on:
        return False
    if pattern.until_on and day > pattern.until_on:
        return False
    if pattern.nth:
        return (day.day - 1) // 7 + 1 == pattern.nth
    return (monday(day) - monday(pattern.from_on)).days // 7 % pattern.every == 0


def clashes(pattern: Any, other: Any, first: date) -> bool:
    """Whether both name the same day within a year from `first`: a lawyer has one morning a day."""
    if pattern.weekday != other.weekday:
        return False
    return any(falls_on(pattern, day) and falls_on(other, day) for day in days(first, first + FARTHEST))


def times(from_minute: int, until_minute: int, length: int = LENGTH) -> list[tuple[int, int]]:
    """The talks that fit into a morning, as (start, end) in minutes since midnight; a rest at the end stays free."""
    starts = range(from_minute, until_minute - length + 1, length)
    return [(start, start + length) for start in starts]


def is_morning(from_minute: int, until_minute: int) -> bool:
    """Whole and half hours within the clinic's hours, with room for one talk at least.

    Half hours only: then no two times of one lawyer ever overlap, however patterns change.
    """
    on_the_half = from_minute % LENGTH == 0 == until_minute % LENGTH
    return on_the_half and FIRST_MINUTE <= from_minute < until_minute <= LAST_MINUTE


def is_licensed(lawyer: Any, day: date) -> bool:
    """The licence is valid on this day, its last day included."""
    return day <= lawyer.licence_until


def may_sit(lawyer: Any, firm: Any, day: date) -> bool:
    """May this lawyer be rostered on this day: still with us, from a firm still with us, licensed on the day."""
    return lawyer.is_active and firm.is_active and is_licensed(lawyer, day)


def overlaps(first: date, last: date, leave: Any) -> bool:
    """Whether the days from first to last meet a leave that stands."""
    return leave.withdrawn_at is None and first <= leave.last_on and leave.first_on <= last


def is_away(leaves: Iterable[Any], day: date) -> bool:
    """Whether the lawyer asked to be spared this day."""
    return any(overlaps(day, day, leave) for leave in leaves)


def due(patterns: Iterable[Any], leaves: Iterable[Any], lawyer: Any, firm: Any, day: date) -> Any | None:
    """The pattern that brings this lawyer in on an open day; the oldest where several do, None where none does."""
    if not may_sit(lawyer, firm, day) or is_away(leaves, day):
        return None
    return next((pattern for pattern in patterns if falls_on(pattern, day)), None)


def may_plan(person: Any, lawyer: Any, now: datetime) -> bool:
    """Lawyers plan their own absence, staff everybody's: who is ill is missing wherever they are expected."""
    return person.is_staff or lawyer.person_id == person.id


def may_seat(person: Any, lawyer: Any, community: Any) -> bool:
    """Lawyers offer their mornings to any community (its id), staff fill and clear the desk of their own."""
    return person.serves(community) or lawyer.person_id == person.id


def may_manage(person: Any, subject: Any, now: datetime) -> bool:
    """Firms, lawyers and the calendar are the staff's to keep."""
    return bool(person.is_staff)


def may_call(person: Any, lawyer: Any, community: Any) -> bool:
    """Ask others to take a lawyer's morning: they themselves, their firm's coordinator, the staff of the desk."""
    return may_seat(person, lawyer, community) or lawyer.firm_id in person.minds(Role.FIRM_COORDINATOR)


def may_attend(person: Any, lawyer: Any, community: Any, day: date, today: date) -> bool:
    """Write down when somebody came and went: the lawyer on the day itself, staff also afterwards; nobody beforehand."""
    is_theirs = lawyer.person_id == person.id and day == today
    return day <= today and (is_theirs or person.serves(community))


def is_open(swap: Any, starts_at: datetime, now: datetime) -> bool:
    """May the morning still be taken? A call lapses when it begins."""
    return swap.taken_at is None and swap.withdrawn_at is None and now < starts_at


def is_asked(day: date, confirmed_at: datetime | None, today: date) -> bool:
    """Is it time for the lawyer to say whether they come? On the morning itself they come or do not."""
    return confirmed_at is None and today < day <= today + ASKED


def is_unsure(day: date, confirmed_at: datetime | None, today: date, workdays: int) -> bool:
    """Has the lawyer not said so with so few working days to go? `workdays`: from today to the morning."""
    return confirmed_at is None and today < day and workdays <= SURE


def served(from_minute: int, until_minute: int, arrived: int | None, left: int | None) -> tuple[int, bool]:
    """The minutes of a morning, and whether they are as recorded. What nobody wrote down is as planned. Minutes since
    midnight."""
    begins, ends = (from_minute if arrived is None else arrived), (until_minute if left is None else left)
    return max(ends - begins, 0), arrived is not None and left is not None
