"""When a pattern falls due, which times a morning makes, who is licensed and away."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest

from portal.languages import speaking
from portal.roster import rules
from portal.roster.models import Pattern

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def pattern(**columns) -> Pattern:
    return Pattern(
        **{
            "weekday": 3,
            "nth": 0,
            "every": 1,
            "from_minute": 540,
            "until_minute": 720,
            "from_on": date(2026, 11, 1),
            "until_on": None,
            **columns,
        }
    )


def fallen(one: Pattern, first: date = date(2026, 11, 1), last: date = date(2027, 1, 31)) -> list[str]:
    return [day.strftime("%m-%d") for day in rules.days(first, last) if rules.falls_on(one, day)]


def test_every_week_falls_on_each_such_weekday_from_the_first_day_on():
    weekly = pattern(from_on=date(2026, 12, 2), until_on=date(2026, 12, 16))
    assert fallen(weekly) == ["12-02", "12-09", "12-16"]


def test_every_other_week_counts_weeks_from_the_week_it_begins_in():
    # It begins on a Friday: the Wednesday of that week is past, so the first one is two weeks later.
    assert fallen(pattern(every=2, from_on=date(2026, 11, 6)))[:3] == ["11-18", "12-02", "12-16"]
    assert fallen(pattern(every=2, from_on=date(2026, 11, 2)))[:3] == ["11-04", "11-18", "12-02"]
    assert fallen(pattern(every=3, from_on=date(2026, 12, 21)))[:3] == ["12-23", "01-13"]


def test_the_rhythm_of_weeks_holds_across_the_new_year():
    gaps = list(rules.days(date(2026, 12, 1), date(2027, 3, 1)))
    found = [day for day in gaps if rules.falls_on(pattern(every=2), day)]
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(days=14)}


@pytest.mark.parametrize(
    ("nth", "expected"),
    [
        (1, ["11-04", "12-02", "01-06"]),
        (2, ["11-11", "12-09", "01-13"]),
        (4, ["11-25", "12-23", "01-27"]),
        (5, ["12-30"]),
    ],
)
def test_the_nth_weekday_of_a_month(nth: int, expected: list[str]):
    assert fallen(pattern(nth=nth)) == expected


def test_the_seventh_of_a_month_belongs_to_its_first_week_of_days():
    assert fallen(pattern(weekday=6, nth=1)) == ["11-07", "12-05", "01-02"]
    assert fallen(pattern(weekday=6, nth=2))[0] == "11-14"


def test_a_pattern_taken_back_before_it_began_never_falls():
    assert fallen(pattern(from_on=date(2026, 12, 2), until_on=date(2026, 12, 1))) == []


def test_a_pattern_says_itself_as_people_do_in_both_languages():
    assert pattern(nth=2).label == "每月第二个周三 9:00–12:00"
    assert pattern(every=2, from_minute=570).label == "隔周周三 9:30–12:00"
    with speaking("en"):
        assert pattern(nth=2).label == "second Wednesday of each month, 9:00–12:00"
        assert pattern(every=3).label == "every 3 weeks on Wednesday, 9:00–12:00"
        assert pattern().label == "every Wednesday, 9:00–12:00"


def test_two_patterns_clash_only_where_they_share_a_day():
    first = date(2026, 11, 23)
    assert rules.clashes(pattern(), pattern(nth=2), first)
    assert not rules.clashes(pattern(), pattern(weekday=4), first)
    assert not rules.clashes(pattern(nth=1), pattern(nth=2), first)
    assert not rules.clashes(pattern(until_on=date(2026, 12, 1)), pattern(from_on=date(2026, 12, 2)), first)
    odd, even = pattern(every=2, from_on=date(2026, 11, 2)), pattern(every=2, from_on=date(2026, 11, 9))
    assert not rules.clashes(odd, even, first)


def test_a_morning_makes_times_of_half_an_hour_and_none_that_does_not_fit():
    nine_to_twelve = rules.times(540, 720)
    assert len(nine_to_twelve) == 6 and nine_to_twelve[0] == (540, 570) and nine_to_twelve[-1] == (690, 720)
    assert rules.times(540, 585) == [(540, 570)]
    assert rules.times(540, 560) == []


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (540, 720, True),
        (480, 780, True),
        (540, 540, False),
        (720, 540, False),
        (545, 720, False),
        (450, 720, False),
    ],
)
def test_a_morning_lies_on_half_hours_within_the_clinics_hours(start: int, end: int, fits: bool):
    assert rules.is_morning(start, end) is fits


def test_a_licence_counts_on_its_last_day_and_not_after():
    lawyer = SimpleNamespace(licence_until=date(2026, 12, 2), is_active=True)
    firm = SimpleNamespace(is_active=True)
    assert rules.may_sit(lawyer, firm, date(2026, 12, 2))
    assert not rules.may_sit(lawyer, firm, date(2026, 12, 3))
    assert not rules.may_sit(lawyer, SimpleNamespace(is_active=False), date(2026, 12, 2))
    lawyer.is_active = False
    assert not rules.may_sit(lawyer, firm, date(2026, 12, 2))


@pytest.mark.parametrize(
    ("first", "last", "meets"), [(1, 4, False), (1, 5, True), (6, 6, True), (7, 9, True), (8, 9, False)]
)
def test_leave_overlaps_by_its_first_and_last_day_too(first: int, last: int, meets: bool):
    leave = SimpleNamespace(first_on=date(2026, 12, 5), last_on=date(2026, 12, 7), withdrawn_at=None)
    assert rules.overlaps(date(2026, 12, first), date(2026, 12, last), leave) is meets
    leave.withdrawn_at = NOW
    assert not rules.overlaps(date(2026, 12, first), date(2026, 12, last), leave)


def test_what_is_due_heeds_licence_and_leave_and_takes_the_oldest_rule():
    lawyer, firm = (
        SimpleNamespace(licence_until=date(2026, 12, 9), is_active=True),
        SimpleNamespace(is_active=True),
    )
    old, young = pattern(nth=1), pattern()
    leave = SimpleNamespace(first_on=date(2026, 12, 9), last_on=date(2026, 12, 9), withdrawn_at=None)
    assert rules.due([old, young], [], lawyer, firm, date(2026, 12, 2)) is old
    assert rules.due([old, young], [], lawyer, firm, date(2026, 12, 9)) is young
    assert rules.due([old, young], [leave], lawyer, firm, date(2026, 12, 9)) is None
    assert rules.due([old, young], [], lawyer, firm, date(2026, 12, 16)) is None
    assert rules.due([old, young], [], lawyer, firm, date(2026, 12, 3)) is None


async def test_lawyers_plan_their_own_mornings_and_staff_everybodys(cast):
    planners = {
        name
        for name in vars(cast)
        if hasattr(person := getattr(cast, name), "is_staff") and rules.may_plan(person, cast.chen, NOW)
    }
    assert planners == {"fang", "he", "guo"}
    assert rules.may_plan(cast.chen.person, cast.chen, NOW)
    assert not rules.may_plan(cast.wu.person, cast.chen, NOW)
