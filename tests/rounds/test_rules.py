"""How far a round is, and until when doors can be answered."""

from datetime import date
from types import SimpleNamespace

import pytest

from portal.rounds import rules
from portal.rounds.models import Answer, State

LAST = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("state", "today", "may"),
    [
        (State.OPEN, date(2026, 11, 1), True),
        (State.OPEN, LAST, True),
        (State.OPEN, date(2026, 12, 2), False),
        (State.CLOSED, date(2026, 11, 1), False),
    ],
)
def test_doors_are_answered_up_to_and_including_the_last_day(state, today, may):
    assert rules.may_visit(SimpleNamespace(state=state, until_on=LAST), today) is may


@pytest.mark.parametrize(
    ("role", "may"), [("dispatcher", True), ("lead", True), ("grid_officer", False), ("unit_head", False)]
)
def test_only_staff_close_a_round(role, may):
    assert rules.may_close(SimpleNamespace(roles=frozenset({role})), None, None) is may


def test_nobody_at_home_is_visited_but_not_answered():
    rows = [("calm", 5), ("need", 1), ("dispute", 1), ("absent", 2), ("pending", 1)]
    found = rules.progress({"answer": answer, "count": count} for answer, count in rows)
    assert (found["total"], found["answered"], found["percent"]) == (10, 7, 70)
    assert found[Answer.ABSENT] == 2


def test_a_round_without_doors_is_at_nought():
    assert rules.progress([])["percent"] == 0
