"""Working days as the State Council sets them: holidays closed, make-up weekends open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from chinese_calendar.constants import Holiday, holidays, workdays

from portal.law.tables import Title

SATURDAY = 5
FARTHEST = 3660  # working days: more than anybody plans, few enough to walk

_ONE = timedelta(days=1)

_NAMES = {
    Holiday.new_years_day.value: Title("元旦", "New Year's Day"),
    Holiday.spring_festival.value: Title("春节", "Spring Festival"),
    Holiday.tomb_sweeping_day.value: Title("清明节", "Tomb-Sweeping Day"),
    Holiday.labour_day.value: Title("劳动节", "Labour Day"),
    Holiday.dragon_boat_festival.value: Title("端午节", "Dragon Boat Festival"),
    Holiday.national_day.value: Title("国庆节", "National Day"),
    Holiday.mid_autumn_festival.value: Title("中秋节", "Mid-Autumn Festival"),
    Holiday.anti_fascist_70th_day.value: Title("抗战胜利纪念日", "Victory Day"),
}

# Statutory holidays since 2025 (全国年节及纪念日放假办法, revised 2024-11-10):
# 13 days in all; here month, day and length.
# The Spring Festival has four days, and New Year's Eve is the first of them.
_FIXED = (
    (Holiday.new_years_day, 1, 1, 1),
    (Holiday.labour_day, 5, 1, 2),
    (Holiday.national_day, 10, 1, 3),
)

# First day of the first lunar month, Qingming, fifth of the fifth and fifteenth of the eighth lunar month.
# Two independent lunisolar computations agree on every date (the calendar is GB/T 33661-2017). The days off
# around them are not known before the State Council's notice of the autumn before.
_LUNAR = {
    2027: (date(2027, 2, 6), date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15)),
    2028: (date(2028, 1, 26), date(2028, 4, 4), date(2028, 5, 28), date(2028, 10, 3)),
    2029: (date(2029, 2, 13), date(2029, 4, 4), date(2029, 6, 16), date(2029, 9, 22)),
    2030: (date(2030, 2, 3), date(2030, 4, 5), date(2030, 6, 5), date(2030, 9, 12)),
}

FIRST_YEAR = min(holidays).year
LAST_PUBLISHED = max(holidays).year
LAST_YEAR = max(LAST_PUBLISHED, *_LUNAR)


class Day(NamedTuple):
    """One day that does not follow the week's rule, or is not certain to: what staff keep a table of."""

    on: date
    open: bool
    name: Title | str
    provisional: bool = False


def is_workday(day: date, exceptions: Mapping[date, bool]) -> bool:
    """Monday to Friday, but where an exception says open (True) or closed (False), that."""
    return exceptions.get(day, day.weekday() < SATURDAY)


@dataclass(frozen=True)
class Calendar:
    """The days a community goes by: its rows, and Monday to Friday for the rest."""

    days: Mapping[date, Day] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Day]) -> "Calendar":
        """The calendar of these rows; a later row about the same day wins."""
        return cls({row.on: row for row in rows})

    @cached_property
    def exceptions(self) -> dict[date, bool]:
        """Date → open, for every row."""
        return {on: row.open for on, row in self.days.items()}

    @cached_property
    def published_years(self) -> frozenset[int]:
        """Years whose arrangement is known: National Day is in the rows, closed, and no row is provisional.

        A single row that staff add to an unknown year (a power cut, say) does not make the year known.
        """
        doubtful = {on.year for on, row in self.days.items() if row.provisional}
        known = {on.year for on, row in self.days.items() if (on.month, on.day) == (10, 1) and not row.open}
        return frozenset(known - doubtful)

    def is_workday(self, day: date) -> bool:
        """Whether public offices work on this day, as far as is known."""
        row = self.days.get(day)
        return row.open if row else day.weekday() < SATURDAY

    def is_provisional(self, day: date) -> bool:
        """Whether the arrangement of this day's year is still to be published."""
        return day.year not in self.published_years

    def name(self, day: date) -> Title | str:
        """What the day is called in the table: the holiday, the make-up day; empty on ordinary days."""
        row = self.days.get(day)
        return row.name if row else ""


def seed_rows(year: int) -> list[Day]:
    """The days of a year that break the week's rule, to fill the table with; staff confirm and correct them.

    Published years come whole, make-up days too. Other years come as their statutory holidays alone, every
    row provisional. ValueError for a year about which nothing is known, rather than a guess.
    """
    if rows := published(year) or expected(year):
        return rows
    raise ValueError(f"the holidays of {year} are not known; enter them by hand")


def published(year: int) -> list[Day]:
    """The State Council's arrangement of a year, make-up days too; empty where we know of none."""
    if not FIRST_YEAR <= year <= LAST_PUBLISHED:
        return []
    rows = [Day(on, False, _NAMES[name]) for on, name in holidays.items() if on.year == year]
    rows += [Day(on, True, _make_up(_NAMES[name])) for on, name in workdays.items() if on.year == year]
    return sorted(rows, key=lambda row: row.on)


def expected(year: int) -> list[Day]:
    """The statutory holidays of a year alone, every row provisional; empty where we cannot say when they fall."""
    if year not in _LUNAR:
        return []
    spring, qingming, dragon, autumn = _LUNAR[year]
    spans = [(kind, date(year, month, day), length) for kind, month, day, length in _FIXED]
    spans += [
        (Holiday.spring_festival, spring - _ONE, 4),
        (Holiday.tomb_sweeping_day, qingming, 1),
        (Holiday.dragon_boat_festival, dragon, 1),
        (Holiday.mid_autumn_festival, autumn, 1),
    ]
    named: dict[date, Title] = {}
    for kind, first, length in spans:
        for on in (first + offset * _ONE for offset in range(length)):
            here, name = named.get(on), _NAMES[kind.value]
            named[on] = Title(f"{here.zh}、{name.zh}", f"{here.en}, {name.en}") if here else name
    return [Day(on, False, named[on], provisional=True) for on in sorted(named)]


def _make_up(holiday: Title) -> Title:
    return Title(f"{holiday.zh}调休上班", f"Make-up workday for {holiday.en}")


def roll(day: date, calendar: Calendar) -> date:
    """The day itself when it is a working day, otherwise the first one after it."""
    while not calendar.is_workday(day):
        day += _ONE
    return day


def next_workday(day: date, calendar: Calendar) -> date:
    """The first working day after this day."""
    return roll(day + _ONE, calendar)


def add_workdays(day: date, n: int, calendar: Calendar) -> date:
    """The nth working day after this day, which is not counted itself.

    Negative n counts back; 0 is the day. ValueError beyond 3,660 working days.
    """
    if abs(n) > FARTHEST:
        raise ValueError(f"{n} working days is beyond any plan")
    step = _ONE if n > 0 else -_ONE
    for _ in range(abs(n)):
        day += step
        while not calendar.is_workday(day):
            day += step
    return day


def workdays_between(start: date, end: date, calendar: Calendar) -> int:
    """How many working days come after start up to and including end; negative when end comes first.

    The inverse of `add_workdays`. Counted by arithmetic, so a span of centuries costs no more than a week.
    """
    if end < start:
        return -_count(end, start, calendar)
    return _count(start, end, calendar) - calendar.is_workday(start) + calendar.is_workday(end)


def _count(first: date, stop: date, calendar: Calendar) -> int:
    """Working days in [first, stop)."""
    weeks, rest = divmod((stop - first).days, 7)
    count = weeks * 5 + sum((first.weekday() + offset) % 7 < SATURDAY for offset in range(rest))
    for on, row in calendar.days.items():
        if first <= on < stop:
            count += row.open - (on.weekday() < SATURDAY)
    return count
