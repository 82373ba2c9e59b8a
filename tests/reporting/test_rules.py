"""What is said of few, and how months are counted."""

from datetime import date

import pytest

from portal.reporting import rules


def test_twelve_months_end_with_this_one_and_cross_the_year():
    assert rules.months(date(2026, 2, 14), 4) == ["2025-11", "2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize(("month", "after"), [("2026-11", date(2026, 12, 1)), ("2026-12", date(2027, 1, 1))])
def test_a_month_ends_where_the_next_begins(month, after):
    assert rules.first_after(month) == after


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "二〇二六-01", "2026-1a", "٢٠٢٦-01", "2026_01"]
)
def test_only_a_real_month_is_a_month(text):
    assert not rules.is_month(text)
    assert rules.is_month("2026-01")


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0"), (1, "少于 5"), (4, "少于 5"), (5, "5"), (1200, "1200")]
)
def test_small_numbers_are_not_shown_to_outsiders(count, said):
    assert rules.shown(count) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (3, 4, "例数太少，不公布"),
        (2, 40, "例数太少，不公布"),  # the part is few
        (38, 40, "例数太少，不公布"),  # the rest is few
        (40, 40, "100%"),
        (0, 40, "0%"),
        (30, 40, "75%"),
    ],
)
def test_a_share_is_said_only_when_neither_side_of_it_is_few(part, whole, said):
    assert rules.public_percent(part, whole) == said


def test_nothing_shared_out_is_no_percentage():
    assert rules.percent(0, 0) is None
    assert rules.percent(1, 3) == 33.3


@pytest.mark.parametrize(
    ("last", "later"),
    [
        (date(2026, 11, 1), None),
        (date(2026, 10, 1), "2026-11"),
        (date(2025, 11, 1), "2026-11"),
        (date(2024, 12, 1), "2025-12"),
        (date(2024, 1, 1), "2025-01"),
    ],
)
def test_the_year_after_is_offered_up_to_this_month(last, later):
    assert rules.later(last, date(2026, 11, 23)) == later


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([0, 7, 12], ["0", "7", "12"]),
        ([3, 7, 12], ["不公布", "不公布", "12"]),  # with the sum, 7 and 12 would tell the 3
        ([3, 2, 12], ["不公布", "不公布", "12"]),
        ([3, 0, 0], ["不公布", "0", "0"]),
        ([], []),
    ],
)
def test_a_small_number_in_a_column_cannot_be_found_by_subtraction(counts, said):
    assert rules.column(counts) == said
