"""Working days: the published, the provisional, and sums over both."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.languages import speaking
from portal.law.days import (
    LAST_YEAR,
    Calendar,
    Day,
    add_workdays,
    is_workday,
    next_workday,
    roll,
    seed_rows,
    workdays_between,
)

KNOWN = Calendar.of(seed_rows(2025) + seed_rows(2026) + seed_rows(2027))
WEEKS = Calendar()

OFF_2026 = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
MADE_UP_2026 = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


def test_the_rows_of_2026_are_those_of_the_notice():
    rows = {row.on: row for row in seed_rows(2026)}
    closed = {date(2026, month, day) for month, first, last in OFF_2026 for day in range(first, last + 1)}
    opened = {date(2026, month, day) for month, day in MADE_UP_2026}
    assert {on for on, row in rows.items() if not row.open} == closed
    assert {on for on, row in rows.items() if row.open} == opened
    assert len(rows) == 39
    assert not any(row.provisional for row in rows.values())
    assert str(rows[date(2026, 2, 17)].name) == "春节"
    assert str(rows[date(2026, 2, 28)].name) == "春节调休上班"
    with speaking("en"):
        assert str(rows[date(2026, 4, 5)].name) == "Tomb-Sweeping Day"
        assert str(rows[date(2026, 10, 10)].name) == "Make-up workday for National Day"


@pytest.mark.parametrize(
    ("year", "dates"),
    [
        (2027, "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03"),
        (2028, "01-01 01-25 01-26 01-27 01-28 04-04 05-01 05-02 05-28 10-01 10-02 10-03"),
    ],
)
def test_an_unpublished_year_has_its_statutory_holidays_and_says_that_they_are_provisional(year, dates):
    rows = seed_rows(year)
    assert [row.on.isoformat() for row in rows] == [f"{year}-{day}" for day in dates.split()]
    assert all(row.provisional and not row.open for row in rows)


def test_two_holidays_on_one_day_share_the_row():
    assert {str(row.name) for row in seed_rows(2028) if row.on == date(2028, 10, 3)} == {"国庆节、中秋节"}


@pytest.mark.parametrize("year", [1999, LAST_YEAR + 1, 9999])
def test_nothing_is_guessed_about_other_years(year):
    with pytest.raises(ValueError, match=str(year)):
        seed_rows(year)


def test_a_year_counts_as_published_once_every_row_is_confirmed():
    assert KNOWN.published_years == {2025, 2026}
    confirmed = Calendar.of(row._replace(provisional=False) for row in seed_rows(2027))
    assert confirmed.published_years == {2027}
    one_left = Calendar.of([*confirmed.days.values(), Day(date(2027, 2, 9), False, "春节", True)])
    assert one_left.published_years == frozenset()


def test_one_local_closing_does_not_publish_a_year():
    assert Calendar.of([Day(date(2027, 3, 3), False, "停电")]).published_years == frozenset()
    assert WEEKS.is_provisional(date(2026, 3, 3))


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-16", False),
        ("2026-03-07", False),
        ("2026-03-09", True),
        ("2026-09-20", True),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2027-02-05", False),
    ],
)
def test_whether_offices_work(day, open_):
    on = date.fromisoformat(day)
    assert KNOWN.is_workday(on) is open_
    assert is_workday(on, KNOWN.exceptions) is open_


def test_without_exceptions_the_week_rules():
    monday = date(2026, 11, 23)
    assert [is_workday(monday + timedelta(days=n), {}) for n in range(7)] == [True] * 5 + [False] * 2


def test_a_day_in_the_table_tells_its_name():
    assert str(KNOWN.name(date(2026, 10, 1))) == "国庆节"
    assert KNOWN.name(date(2026, 3, 3)) == ""


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-02-25", -3, "2026-02-13"),
        ("2026-02-25", 0, "2026-02-25"),
        ("2026-02-15", 1, "2026-02-24"),
        ("2026-02-15", -1, "2026-02-14"),
    ],
)
def test_working_days_are_counted_over_holidays_and_made_up_weekends(start, n, end):
    assert add_workdays(date.fromisoformat(start), n, KNOWN) == date.fromisoformat(end)


def test_the_next_working_day_is_never_today():
    assert next_workday(date(2026, 9, 30), KNOWN) == date(2026, 10, 8)
    assert next_workday(date(2026, 2, 13), KNOWN) == date(2026, 2, 14)
    assert roll(date(2026, 2, 14), KNOWN) == date(2026, 2, 14)
    assert roll(date(2026, 2, 15), KNOWN) == date(2026, 2, 24)


def test_a_span_of_millennia_is_counted_at_once():
    assert workdays_between(date(1, 1, 1), date(9999, 12, 31), WEEKS) == 2_608_614
    with pytest.raises(ValueError):
        add_workdays(date(2026, 1, 1), 10**9, KNOWN)


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(DAYS, st.integers(-200, 200))
def test_counting_undoes_adding(day, n):
    end = add_workdays(day, n, KNOWN)
    assert workdays_between(day, end, KNOWN) == n
    assert n == 0 or KNOWN.is_workday(end)


@given(DAYS, DAYS)
def test_the_arithmetic_count_is_the_count_day_by_day(first, last):
    first, last = min(first, last), max(first, last)
    walked = sum(KNOWN.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert workdays_between(first, last, KNOWN) == walked


@given(DAYS)
def test_rolling_lands_on_a_working_day_and_passes_none(day):
    end = roll(day, KNOWN)
    assert KNOWN.is_workday(end)
    assert not any(KNOWN.is_workday(day + timedelta(days=n)) for n in range((end - day).days))
