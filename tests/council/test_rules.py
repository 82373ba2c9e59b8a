"""What makes a decision valid, tried at its edges."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil
from types import SimpleNamespace
from uuid import uuid4

import pytest

from portal.council import charter_rules, rules, vote_rules
from portal.council.charter_rules import USUAL, Terms
from portal.council.models import Choice, Kind, MeetingState, MotionState
from portal.council.vote_rules import Stage, Tally, Verdict

NOW = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)


def somebody(id: int, community: str = "", lead: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        id=id,
        is_staff=bool(community),
        serves=lambda place: bool(community) and community == place,
        minds=lambda role: [community] if lead else [],
    )


STAFF, OTHERS, MEI = somebody(1, "here"), somebody(3, "elsewhere"), somebody(2)
LEAD = somebody(4, "here", lead=True)


def meeting(state: str = MeetingState.NOTICED, roll: bool = False, **columns) -> SimpleNamespace:
    known = {"community_id": "here", "state": state, "starts_at": NOW, "closes_at": NOW + timedelta(hours=2)}
    return SimpleNamespace(**{**known, "kind": Kind.COUNCIL, "charter": {"roll": roll}, **columns})


def test_the_quorum_is_the_charters_part_rounded_up_and_of_residents_always_more_than_half():
    for members in range(1, 201):
        two_thirds = charter_rules.quorum(USUAL[Kind.DEPUTIES], Kind.DEPUTIES, members)
        assert two_thirds == ceil(Fraction(2 * members, 3))
        assert charter_rules.quorum(USUAL[Kind.RESIDENTS], Kind.RESIDENTS, members) == members // 2 + 1
        assert charter_rules.quorum(Terms(3, 1, 1, 1, 2, 15), Kind.COUNCIL, members) == members


@pytest.mark.parametrize(
    ("kind", "terms", "field", "article"),
    [
        (Kind.RESIDENTS, Terms(9, 1, 2, 1, 2, 15), "notice_days", "第二十六条"),
        (Kind.RESIDENTS, Terms(10, 1, 3, 1, 2, 15), "quorum_of", "第二十七条"),
        (Kind.DEPUTIES, Terms(3, 3, 5, 1, 2, 15), "quorum_of", "第二十九条"),
        (Kind.DEPUTIES, Terms(3, 2, 3, 1, 3, 15), "pass_of", "第二十九条"),
        (Kind.COUNCIL, Terms(3, 2, 3, 1, 2, 14), "published_days", "第三十四条"),
        (Kind.COUNCIL, Terms(3, 4, 3, 1, 2, 15), "quorum_of", "全部"),
        (Kind.COUNCIL, Terms(3, 2, 3, 2, 2, 15), "pass_of", "通不过"),
    ],
)
def test_no_charter_goes_below_the_law_and_the_refusal_names_the_article(kind, terms, field, article):
    refused = charter_rules.refusals(kind, terms)
    assert list(refused) == [field] and article in refused[field]
    assert not any(charter_rules.refusals(one, usual) for one, usual in USUAL.items())


@pytest.mark.parametrize(
    ("yes", "present", "passed"),
    [(11, 20, True), (10, 20, False), (0, 20, False), (20, 20, True), (1, 1, True)],
)
def test_more_than_half_of_those_present_must_say_yes(yes, present, passed):
    assert charter_rules.passes(USUAL[Kind.COUNCIL], yes, present) == passed


def test_a_stricter_charter_asks_for_more():
    strict = Terms(3, 2, 3, 2, 3, 15)
    assert not charter_rules.passes(strict, 14, 21) and charter_rules.passes(strict, 15, 21)


def test_a_vote_adds_up_to_those_present():
    assert rules.is_whole(Tally(10, 5, 5), 20)
    assert not rules.is_whole(Tally(10, 5, 4), 20) and not rules.is_whole(Tally(10, 5, 6), 20)


def test_notice_and_publication_are_counted_from_the_next_day():
    assert charter_rules.earliest(date(2026, 12, 30), 3) == date(2027, 1, 2)
    assert charter_rules.published_until(date(2026, 12, 20)) == date(2027, 1, 4)


def judged(members: int, there: int, aside: int, votes: str):
    """Of so many members the first `there` take part and the first `aside` stand aside; votes: + - 0."""
    known = [uuid4() for _ in range(members)]
    choices = [{"+": Choice.FOR, "-": Choice.AGAINST, "0": Choice.ABSTAIN}[vote] for vote in votes]
    terms = USUAL[Kind.COUNCIL]
    return vote_rules.judge(terms, Kind.COUNCIL, known, known[:there], known[:aside], choices)


@pytest.mark.parametrize(
    ("members", "there", "aside", "votes", "verdict", "missing"),
    [
        (6, 4, 0, "+++-", Verdict.PASSED, 0),
        (6, 4, 0, "++--", Verdict.REJECTED, 0),
        (
            6,
            4,
            0,
            "++0",
            Verdict.REJECTED,
            0,
        ),  # one of those present did not vote: two of four are no majority
        (6, 3, 0, "+++", Verdict.SHORT, 1),
        (6, 4, 0, "", Verdict.UNASKED, 0),
        (6, 4, 1, "++0", Verdict.SHORT, 1),  # of five who are left four are needed, and three are there
        (6, 5, 1, "+++-", Verdict.PASSED, 0),
        (2, 2, 2, "", Verdict.SHORT, 0),  # nobody is left to decide
    ],
)
def test_whoever_stands_aside_is_in_no_part_of_the_sum(members, there, aside, votes, verdict, missing):
    outcome = judged(members, there, aside, votes)
    assert (outcome.verdict, outcome.missing, outcome.recused) == (verdict, missing, aside)
    assert (outcome.members, outcome.present) == (members - aside, there - aside)


def test_where_a_meeting_stands_follows_from_the_hour_alone():
    voted = meeting(roll=True)
    before, within, after = NOW - timedelta(1), NOW, NOW + timedelta(hours=2)
    assert [vote_rules.stage(voted, at) for at in (before, within, after)] == [
        Stage.CALLED,
        Stage.VOTING,
        Stage.OVER,
    ]
    assert [vote_rules.is_due(voted, at) for at in (before, within, after)] == [False, False, True]
    assert vote_rules.closing(meeting(roll=True, closes_at=None)) == NOW + timedelta(days=1)
    assert vote_rules.stage(meeting(MeetingState.CANCELLED, True), after) == Stage.CANCELLED
    assert not vote_rules.is_due(meeting(MeetingState.HELD, True), after)
    assert not vote_rules.is_due(meeting(), after), "what is counted by hand waits for a hand"
    assert rules.is_over(meeting(), NOW) and not rules.is_over(meeting(MeetingState.HELD), NOW)


def test_only_staff_screen_call_off_hold_and_assign_and_nobody_decides_by_a_button():
    held = meeting(MeetingState.HELD)
    motion = SimpleNamespace(community_id="here", state=MotionState.PASSED, decision="")
    for may in (rules.may_cancel, rules.may_hold, rules.may_write_minutes):
        assert may(STAFF, held, NOW) and not may(MEI, held, NOW) and not may(OTHERS, held, NOW)
    assert rules.may_screen(STAFF, motion, NOW) and not rules.may_screen(MEI, motion, NOW)
    assert not rules.may_decide(STAFF, motion, NOW)
    assert rules.may_assign(STAFF, motion) and not rules.may_assign(MEI, motion)
    assert rules.may_conclude(STAFF, motion) and not rules.may_conclude(OTHERS, motion)
    motion.state, motion.decision = MotionState.REJECTED, "不办。"
    assert not rules.may_assign(STAFF, motion) and not rules.may_conclude(STAFF, motion)


def test_once_members_vote_by_name_nobody_calls_it_off_or_types_in_a_sum():
    voted = meeting(roll=True)
    assert rules.may_cancel(STAFF, voted, NOW - timedelta(1)) and not rules.may_cancel(STAFF, voted, NOW)
    assert not rules.may_hold(STAFF, voted, NOW)
    assert rules.may_count(STAFF, voted, NOW) and not rules.may_count(MEI, voted, NOW)
    assert not rules.may_count(STAFF, voted, NOW + timedelta(hours=2))
    assert not rules.may_count(STAFF, voted, NOW - timedelta(1))
    assert rules.may_recuse(voted, NOW - timedelta(1)) and not rules.may_recuse(
        voted, NOW + timedelta(hours=2)
    )


def test_minutes_are_signed_by_the_chair_or_a_lead_and_never_by_their_author():
    minutes = SimpleNamespace(signed_at=None, written_by_id=STAFF.id)
    held = meeting(MeetingState.HELD, True)
    assert rules.may_sign(LEAD, held, minutes, None) and rules.may_sign(MEI, held, minutes, MEI.id)
    assert not rules.may_sign(MEI, held, minutes, None) and not rules.may_sign(STAFF, held, minutes, STAFF.id)
    minutes.written_by_id = LEAD.id
    assert not rules.may_sign(LEAD, held, minutes, None)
    minutes.written_by_id, minutes.signed_at = STAFF.id, NOW
    assert not rules.may_sign(LEAD, held, minutes, None)
