"""What is said of few, and how months are counted."""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reporting import rules
from portal.reporting.rules import Branch


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
    ("today", "newest"),
    [
        (date(2026, 1, 1), "2025-2"),
        (date(2026, 6, 30), "2025-2"),
        (date(2026, 7, 1), "2026-1"),
        (date(2026, 12, 31), "2026-1"),
    ],
)
def test_a_half_year_is_told_of_once_it_is_over(today, newest):
    assert rules.halves(today)[0] == newest


def test_half_years_do_not_overlap_and_leave_no_month_out():
    told = [month for half in reversed(rules.halves(date(2026, 11, 23))) for month in rules.months_in(half)]
    assert told == rules.months(date(2026, 6, 30), 24)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0"), (1, "少于 5"), (4, "少于 5"), (5, "5"), (1200, "1200"), (None, "不公布")]
)
def test_small_numbers_are_not_shown_to_outsiders(count, said):
    assert rules.shown(count) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, None),
        (2, 4, None),
        (4, 40, None),
        (36, 40, None),
        (5, 10, 50.0),
        (40, 40, 100.0),
        (0, 40, 0.0),
        (30, 40, 75.0),
    ],
)
def test_a_share_is_said_only_when_neither_side_of_it_is_few(part, whole, said):
    assert rules.public_percent(part, whole) == said


def test_nothing_shared_out_is_no_percentage():
    assert rules.percent(0, 0) is None
    assert rules.percent(1, 3) == 33.3


# -- kept back ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([], set()),
        ([0, 7, 12], set()),
        ([3, 7, 12], {0, 1}),  # with the sum, 7 and 12 would tell the 3
        ([3, 2, 12, 20], {0, 1, 2}),
        ([1, 1, 1, 1, 1, 0, 9, 20], {0, 1, 2, 3, 4, 5, 6}),  # five that are five together would be ones
        ([4, 4, 4, 6], {0, 1, 2, 3}),  # three that are twelve together would be fours
        ([3, 0, 0], {0, 1, 2}),
        ([7], set()),
    ],
)
def test_a_small_number_is_kept_back_with_so_many_others_that_the_sum_does_not_tell_it(counts, hidden):
    assert rules.kept_back([(count,) for count in counts]) == hidden


def test_a_row_is_told_wholly_or_not_at_all():
    assert rules.kept_back([(20, 2), (9, 9), (30, 30)]) == {0, 1}
    assert rules.kept_back([(20, 0), (9, 9), (30, 30)]) == set()


@pytest.mark.parametrize(
    ("rows", "columns", "most"), [(2, 1, 12), (3, 1, 12), (4, 1, 9), (5, 1, 6), (2, 2, 9)]
)
def test_whoever_knows_the_rule_and_the_sums_cannot_tell_a_small_number(rows, columns, most):
    """Every table there is up to a size: among all that look alike from outside, each small number has another value."""
    alike = defaultdict(list)
    for numbers in product(range(most + 1), repeat=rows * columns):
        table = [numbers[n * columns : (n + 1) * columns] for n in range(rows)]
        hidden = rules.kept_back(table)
        sums = [sum(column) for column in zip(*table, strict=True)]
        told = None if any(map(rules.is_few, sums)) else tuple(sums)
        alike[told, tuple(None if n in hidden else row for n, row in enumerate(table))].append(numbers)
    for (sums, _rows), looks in alike.items():
        if sums is None:
            continue  # nothing to subtract from
        for place in range(rows * columns):
            values = {numbers[place] for numbers in looks}
            assert len(values) > 1 or not rules.is_few(values.pop()), looks


@given(st.lists(st.tuples(*[st.integers(0, 30)] * 2), max_size=8))
def test_of_two_columns_neither_can_be_taken_apart(rows):
    hidden = rules.kept_back(rows)
    sums = [sum(column) for column in zip(*rows, strict=True)]
    assert not any(rules.is_few(count) for n, row in enumerate(rows) if n not in hidden for count in row)
    if hidden and not any(map(rules.is_few, sums)):
        assert len(hidden) > 1
        assert not any(rules.is_few(sum(rows[n][column] for n in hidden)) for column in (0, 1))


def leaf(key: str, count: int) -> Branch:
    return Branch(key, count)


def test_inside_a_place_that_is_not_told_nothing_is():
    one = Branch("one", 3, (leaf("a", 0), leaf("b", 3)))
    two = Branch("two", 12, (leaf("c", 6), leaf("d", 6)))
    three = Branch("three", 20, (leaf("e", 14), leaf("f", 6)))
    told = rules.told(Branch("all", 35, (one, two, three)))
    assert told["all"] == 35
    assert {key for key, count in told.items() if count is None} == {"one", "a", "b", "two", "c", "d"}


def test_a_place_with_one_place_in_it_tells_no_more_than_itself():
    assert rules.told(Branch("all", 9, (Branch("one", 9, (leaf("a", 9),)),)))["a"] == 9
    assert set(rules.told(Branch("all", 3, (Branch("one", 3, (leaf("a", 3),)),))).values()) == {None}


towns = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=5), max_size=6)


@given(towns)
def test_no_small_number_on_the_plan_is_what_a_sum_leaves_over(town):
    grids = tuple(
        Branch(f"{n}", sum(grid), tuple(leaf(f"{n}.{m}", count) for m, count in enumerate(grid)))
        for n, grid in enumerate(town)
    )
    told = rules.told(Branch("all", sum(map(sum, town)), grids))
    assert not any(rules.is_few(count) for count in told.values() if count is not None)
    for branch in (Branch("all", sum(map(sum, town)), grids), *grids):
        missing = [part for part in branch.inside if told[part.key] is None]
        if told[branch.key] is not None and missing:
            assert len(missing) > 1 and not rules.is_few(sum(part.number for part in missing))
