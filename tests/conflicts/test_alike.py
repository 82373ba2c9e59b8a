"""Who may be the same person, held against pairs judged by hand: `pairs.csv` says what should be said of each, and why."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.conflicts.alike import Likeness, Named, alike
from portal.law.names import normal, sound

PAIRS = Path(__file__).parent / "pairs.csv"


def pairs() -> list[tuple[Likeness, str, Named, Named]]:
    """(what should be said, why, one, other)."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return [
            (Likeness[row["expected"].upper()], row["why"], named(row), named(row, "other_"))
            for row in csv.DictReader(file)
        ]


def named(row: dict[str, str], which: str = "") -> Named:
    former = tuple(filter(None, row[f"{which}former"].split("、")))
    shared = (row[f"{which}{name}"] for name in ("name", "phone", "building", "tail"))
    return Named(*shared, former=former)


def measured() -> dict[Likeness, tuple[float, float]]:
    """Grade → (precision, recall) over the pairs."""
    said: Counter[Likeness] = Counter()
    meant: Counter[Likeness] = Counter()
    right: Counter[Likeness] = Counter()
    for expected, _why, one, other in pairs():
        found = alike(one, other)
        said[found] += 1
        meant[expected] += 1
        right[found] += found is expected
    return {grade: (right[grade] / said[grade], right[grade] / meant[grade]) for grade in Likeness}


def test_the_pairs_are_many_and_of_every_kind():
    found = pairs()
    assert len(found) >= 200 and len({(one, other) for _grade, _why, one, other in found}) == len(found)
    assert min(Counter(grade for grade, *_rest in found).values()) >= 60


# (precision, recall) as they were measured; README says the same.
FLOORS = {
    Likeness.CERTAIN: (0.957, 1.0),
    Likeness.POSSIBLE: (1.0, 0.921),
    Likeness.NONE: (0.932, 1.0),
}


@pytest.mark.parametrize("grade", Likeness)
def test_what_is_said_is_right_as_often_as_it_was(grade):
    precision, recall = measured()[grade]
    least_precision, least_recall = FLOORS[grade]
    assert round(precision, 3) >= least_precision and round(recall, 3) >= least_recall, (precision, recall)


def test_nobody_is_told_apart_or_together_by_how_many_letters_differ():
    one, other = Named("王建国", building="1", tail="1234"), Named("王建华", building="1", tail="1234")
    assert alike(one, other) is Likeness.NONE
    assert alike(Named("张伟"), Named("张玮")) is Likeness.NONE
    assert alike(Named("张伟", building="1"), Named("张玮", building="1")) is Likeness.POSSIBLE
    assert alike(Named("张伟", is_former=True), Named("张伟")) is Likeness.POSSIBLE


@given(st.text(max_size=12), st.text(max_size=12), st.sampled_from(["", "1"]), st.booleans())
def test_it_is_the_same_both_ways_and_nobody_is_nobody(name, named, building, is_former):
    one, other = Named(name, building=building, is_former=is_former), Named(named, building=building)
    assert alike(one, other) is alike(other, one)
    if not normal(name):
        assert alike(one, other) is Likeness.NONE and sound(name) == ""
    if normal(name):
        assert alike(Named(name), Named(name)) is Likeness.CERTAIN
