"""Who does what to feedback, by whom it is usually done, and when it is late."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from portal import states
from portal.feedback import rules
from portal.feedback.models import Category, Feedback, Handler, State

NOW = datetime(2026, 9, 28, 2, tzinfo=UTC)
ANSWERED = {State.SOLVED, State.UNSOLVED, State.NOT_OURS, State.CONFIRMED}


def somebody(name: str, serves: str = "") -> SimpleNamespace:
    return SimpleNamespace(id=name, serves=lambda community: community == serves)


dispatcher, resident, head = somebody("fang", "ginkgo"), somebody("mei"), somebody("dou")
stranger, from_elsewhere = somebody("yu"), somebody("tang", "pagoda")


def raised(state: str, answered: datetime | None = None, due: datetime | None = None) -> Feedback:
    answered = answered or (NOW if state in ANSWERED else None)
    record = Feedback(words="漏水", category=Category.REPAIR, state=state, answered_at=answered, due_at=due)
    record.person_id, record.taken_by_id, record.community_id = "mei", None, "ginkgo"
    return record


@pytest.mark.parametrize(
    ("state", "person", "verbs"),
    [
        (State.RECEIVED, dispatcher, ["dispatch", "disown"]),
        (State.DISPATCHED, dispatcher, ["dispatch", "return", "solve", "give_up", "disown"]),
        (State.SOLVED, dispatcher, ["confirm", "reopen"]),
        (State.UNSOLVED, dispatcher, ["reopen"]),
        (State.NOT_OURS, dispatcher, []),
        (State.CONFIRMED, dispatcher, ["reopen"]),
        (State.RECEIVED, resident, []),
        (State.DISPATCHED, resident, []),
        (State.SOLVED, resident, ["confirm", "reopen"]),
        (State.UNSOLVED, resident, ["reopen"]),
        (State.NOT_OURS, resident, []),
        (State.CONFIRMED, resident, ["reopen"]),
        *[(state, other, []) for state in State for other in (head, stranger, from_elsewhere)],
    ],
)
def test_each_state_offers_each_person_just_this(state, person, verbs):
    assert states.offers(person, raised(state), rules.MAY, NOW) == verbs


def test_a_head_who_took_it_in_at_a_door_may_confirm_it_for_the_household():
    record = raised(State.SOLVED)
    record.person_id, record.taken_by_id = None, "dou"
    assert states.offers(head, record, rules.MAY, NOW) == ["confirm", "reopen"]


@pytest.mark.parametrize(("days", "may"), [(0, True), (14, True), (15, False), (400, False)])
def test_an_answer_can_be_contested_for_fifteen_days(days, may):
    record = raised(State.SOLVED, answered=NOW - timedelta(days=days))
    assert rules.may_reopen(resident, record, NOW) is may


def test_what_was_never_answered_cannot_be_reopened():
    assert not rules.may_reopen(resident, raised(State.DISPATCHED), NOW)


@pytest.mark.parametrize(
    ("state", "due", "late"),
    [
        (State.DISPATCHED, NOW - timedelta(seconds=1), True),
        (State.DISPATCHED, NOW, False),
        (State.DISPATCHED, None, False),
        (State.SOLVED, NOW - timedelta(days=1), False),
        (State.RECEIVED, NOW - timedelta(days=1), False),
    ],
)
def test_only_what_is_being_handled_past_its_day_is_late(state, due, late):
    assert rules.is_late(raised(state, due=due), NOW) is late


def test_every_category_has_somebody_who_usually_does_it():
    assert rules.SUGGESTED.keys() == set(Category)
    assert rules.suggested("greenery") == Handler.PROPERTY
    assert rules.suggested("welfare") == Handler.COMMITTEE
    assert rules.suggested("a category of next year") == Handler.COMMITTEE


def test_the_three_endings_are_three_states():
    ends = {Feedback.MOVES[State.DISPATCHED, verb] for verb in ("solve", "give_up", "disown")}
    assert ends == {State.SOLVED, State.UNSOLVED, State.NOT_OURS}
