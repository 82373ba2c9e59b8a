"""Who may do what at which level, where a dispute arises, and what the rates say."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import policy
from portal.disputes import rules
from portal.disputes.models import Level
from portal.people.models import STAFF, Role

NOW = datetime(2026, 11, 3, 2, tzinfo=UTC)
HERE = {
    "unit_id": "u1",
    "building_id": "b1",
    "grid_id": "g1",
    "compound_id": "c1",
    "community_id": "ginkgo",
}
MINDED = {
    "dou": (Role.UNIT_HEAD, "u1"),
    "other_unit": (Role.UNIT_HEAD, "u2"),
    "bai": (Role.BUILDING_HEAD, "b1"),
    "other_building": (Role.BUILDING_HEAD, "b2"),
    "sun": (Role.GRID_OFFICER, "g1"),
    "qiu": (Role.GRID_OFFICER, "g2"),
    "jiang": (Role.STREET, "youth"),
    "other_street": (Role.STREET, "peace"),
    "fang": (Role.DISPATCHER, None),
    "he": (Role.MEDIATOR, None),
    "guo": (Role.LEAD, None),
    "tang": (Role.DISPATCHER, None),
    "pan": (Role.LEAD, None),
    "xu": (Role.ADMINISTRATOR, None),
    "kong": (Role.AUDITOR, None),
    "chen": (Role.LAWYER, None),
}
STAND = {  # whose office each level is, of everybody above; staff stand everywhere
    Level.UNIT: {"dou"},
    Level.BUILDING: {"bai"},
    Level.GRID: {"sun"},
    Level.COMMUNITY: set(),
    Level.STREET: {"jiang"},
    Level.COURT: set(),
}
STAFF_HERE = {"fang", "he", "guo"}  # tang and pan work for another community


def somebody(name: str) -> SimpleNamespace:
    role, place = MINDED.get(name, (None, None))
    return SimpleNamespace(
        id=name,
        roles=frozenset({role} if role else ()),
        is_staff=role in STAFF,
        serves=lambda community: name in STAFF_HERE and community == "ginkgo",
        minds=lambda asked: [place] if asked == role and place else [],
    )


def a_dispute(level: int = Level.UNIT, **columns) -> SimpleNamespace:
    known: dict[str, Any] = {
        "reporter_id": "mei",
        "handler_id": None,
        "level_arose": Level.UNIT,
        "level": level,
    }
    known["community"] = SimpleNamespace(street_id="youth")
    return SimpleNamespace(**{**HERE, **known, "accepted_at": None, "ended_at": None, **columns})


EVERYBODY = [*MINDED, "mei", "yu"]


def expected(verb: str, level: Level, name: str) -> bool:
    stands = name in STAFF_HERE | STAND[level]
    if verb == "raise":
        return stands and level < (Level.STREET if name in STAFF_HERE else Level.COMMUNITY)
    if verb == "hand_down":
        return stands and level > Level.UNIT
    if verb == "withdraw":
        return name in STAFF_HERE | {"mei"}
    if verb == "escalate":
        return name in STAFF_HERE or (stands and level >= Level.STREET)
    return stands or (verb == "reopen" and name == "mei")


@pytest.mark.parametrize("verb", rules.MAY)
@pytest.mark.parametrize("level", Level)
def test_the_matrix_of_moves_levels_and_people(level, verb):
    dispute = a_dispute(level, ended_at=NOW - timedelta(days=1))
    may = {name for name in EVERYBODY if rules.MAY[verb](somebody(name), dispute, NOW)}
    assert may == {name for name in EVERYBODY if expected(verb, level, name)}


def test_a_head_of_the_right_office_and_the_wrong_place_has_no_say():
    for name in ("other_unit", "other_building", "qiu"):
        for level in Level:
            assert not rules.stands_with(somebody(name), a_dispute(level))


def test_a_place_that_is_not_known_is_nobodys():
    nowhere = a_dispute(Level.UNIT, unit_id=None, building_id=None, grid_id=None)
    head = somebody("dou")
    head.minds = lambda role: [None]
    assert not rules.stands_with(head, nowhere)


@pytest.mark.parametrize(
    ("relations", "inside"),
    [
        ({policy.COMMUNITY}, True),
        ({policy.OWN, policy.STANDS}, True),
        ({policy.HANDLING}, True),
        ({policy.STREET}, True),
        ({policy.MINDS}, True),
        ({policy.PASSED}, True),
        ({policy.OWN}, False),
        ({policy.PROXY}, False),
        ({policy.OWN, policy.MINDS}, False),
        ({policy.OWN, policy.PASSED}, False),
    ],
)
def test_whoever_reported_it_and_has_nothing_to_settle_sees_plain_words(relations, inside):
    assert rules.is_inside(relations) is inside


@pytest.mark.parametrize(
    ("known", "level"),
    [
        (HERE, Level.UNIT),
        ({**HERE, "unit_id": None}, Level.BUILDING),
        ({**HERE, "unit_id": None, "building_id": None}, Level.GRID),
        (dict.fromkeys(HERE) | {"compound_id": "c1"}, Level.GRID),
        (dict.fromkeys(HERE), Level.COMMUNITY),
    ],
)
def test_a_dispute_arises_at_the_lowest_level_that_could_see_to_it(known, level):
    assert rules.arises_at(SimpleNamespace(**known)) == level


def test_it_is_raised_one_level_at_a_time_unless_somebody_skips_and_only_staff_go_past_the_community():
    assert rules.levels_above(somebody("dou"), a_dispute()) == [
        Level.BUILDING,
        Level.GRID,
        Level.COMMUNITY,
    ]
    assert rules.levels_above(somebody("he"), a_dispute(Level.COMMUNITY)) == [Level.STREET]
    assert rules.levels_above(somebody("sun"), a_dispute(Level.COMMUNITY)) == []


def test_it_is_handed_down_only_where_its_place_is_known():
    assert rules.levels_below(a_dispute(Level.COMMUNITY)) == [Level.GRID, Level.BUILDING, Level.UNIT]
    assert rules.levels_below(a_dispute(Level.GRID, unit_id=None, building_id=None)) == []
    assert rules.levels_below(a_dispute(Level.STREET, **dict.fromkeys(HERE))) == [Level.COMMUNITY]


def test_a_head_settles_where_it_stands_and_staff_at_the_community_unless_they_write_for_a_head():
    assert rules.levels_to_settle(somebody("dou"), a_dispute()) == [Level.UNIT]
    offered = rules.levels_to_settle(somebody("he"), a_dispute())
    assert offered[0] == Level.COMMUNITY
    assert set(offered) == {Level.UNIT, Level.BUILDING, Level.GRID, Level.COMMUNITY}
    taken_up = a_dispute(Level.GRID, accepted_at=NOW, level_arose=Level.BUILDING)
    assert rules.levels_to_settle(somebody("he"), taken_up) == [Level.GRID, Level.BUILDING, Level.COMMUNITY]
    assert rules.levels_to_settle(somebody("he"), a_dispute(Level.STREET))[0] == Level.STREET


def test_the_reporter_can_have_it_taken_up_again_for_thirty_days():
    mei, ended = somebody("mei"), NOW - timedelta(days=30)
    assert rules.may_reopen(mei, a_dispute(ended_at=ended), NOW)
    assert not rules.may_reopen(mei, a_dispute(ended_at=ended - timedelta(seconds=1)), NOW)
    assert rules.may_reopen(somebody("guo"), a_dispute(ended_at=NOW - timedelta(days=400)), NOW)


def test_a_sitting_is_recorded_by_its_mediator_or_whoever_stands_there_from_its_day_on():
    sitting = SimpleNamespace(mediator_id="bai", starts_at=NOW + timedelta(hours=2))
    assert rules.may_record(somebody("bai"), sitting, a_dispute(Level.GRID), NOW)
    assert rules.may_record(somebody("sun"), sitting, a_dispute(Level.GRID), NOW)
    assert not rules.may_record(somebody("mei"), sitting, a_dispute(Level.GRID), NOW)
    assert not rules.may_record(somebody("bai"), sitting, a_dispute(), NOW - timedelta(days=1))


def test_an_agreement_is_for_its_parties_and_those_in_charge():
    assert rules.may_read_agreement(somebody("mei"), a_dispute(), is_party=True)
    assert not rules.may_read_agreement(somebody("mei"), a_dispute(), is_party=False)
    assert rules.may_read_agreement(somebody("dou"), a_dispute(), is_party=False)
    assert not rules.may_read_agreement(somebody("bai"), a_dispute(), is_party=False)


def row(**counts) -> dict[str, int]:
    zero = dict.fromkeys(
        ("settled", "failed", "escalated", "in_grid", "in_community", "open", "withdrawn"), 0
    )
    return zero | counts


def test_the_rates_divide_by_what_ended_with_a_result_alone():
    rates = rules.rates(
        [
            row(settled=6, in_grid=4, in_community=5, open=9, withdrawn=3),
            row(settled=1, in_grid=1, in_community=1, failed=1, escalated=2),
        ]
    )
    assert rates.in_grid == (5, 10) and rates.in_grid.percent == 50.0
    assert rates.in_community == (6, 10)
    assert (rates.open, rates.withdrawn) == (9, 3)


def test_a_rate_of_nothing_is_no_rate():
    assert rules.rates([row(open=4)]).in_grid.percent is None


def test_the_usual_month_runs_from_when_it_was_taken_up():
    assert rules.usually_by(a_dispute()) is None
    assert rules.usually_by(a_dispute(accepted_at=NOW)) == NOW + timedelta(days=30)
