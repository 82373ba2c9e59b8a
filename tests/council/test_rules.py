"""What makes a decision valid, tried at its edges."""

from datetime import UTC, date, datetime
from fractions import Fraction
from math import ceil
from types import SimpleNamespace

import pytest

from portal.council import rules
from portal.council.models import MeetingState, MotionState
from portal.council.rules import Tally

NOW = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
STAFF = SimpleNamespace(id=1, is_staff=True, serves=lambda community: community == "here")
OTHERS = SimpleNamespace(id=3, is_staff=True, serves=lambda community: community == "elsewhere")
MEI = SimpleNamespace(id=2, is_staff=False, serves=lambda community: False)


def test_the_quorum_is_two_thirds_rounded_up_whatever_per_cent_can_say():
    for members in range(1, 201):
        assert rules.quorum(members, 66) == rules.quorum(members, 67) == ceil(Fraction(2 * members, 3))
        assert rules.quorum(members, 50) == ceil(Fraction(members, 2))
        assert rules.quorum(members, 100) == members


def test_one_fewer_than_the_quorum_decides_nothing_and_says_why():
    assert rules.has_quorum(20, 30, 66) and not rules.has_quorum(19, 30, 66)
    said = rules.short_of_quorum(19, 30, 66)
    assert "30" in said and "20" in said and "19" in said


@pytest.mark.parametrize(
    ("yes", "no", "abstained", "passed"),
    [(11, 9, 0, True), (10, 10, 0, False), (10, 0, 10, False), (0, 20, 0, False), (20, 0, 0, True)],
)
def test_more_than_half_of_those_present_must_say_yes(yes, no, abstained, passed):
    assert rules.passes(Tally(yes, no, abstained), 20) == passed


def test_a_vote_adds_up_to_those_present():
    assert rules.is_whole(Tally(10, 5, 5), 20)
    assert not rules.is_whole(Tally(10, 5, 4), 20) and not rules.is_whole(Tally(10, 5, 6), 20)


def test_notice_and_publication_are_counted_from_the_next_day():
    assert rules.earliest(date(2026, 12, 30), 3) == date(2027, 1, 2)
    assert rules.published_until(date(2026, 12, 20)) == date(2027, 1, 4)


def test_a_meeting_is_over_by_the_clock_and_not_by_what_somebody_typed():
    meeting = SimpleNamespace(community_id="here", state=MeetingState.NOTICED, starts_at=NOW)
    assert rules.is_over(meeting, NOW)
    meeting.state = MeetingState.HELD
    assert not rules.is_over(meeting, NOW)


def test_only_staff_screen_call_off_hold_and_assign_and_nobody_decides_by_a_button():
    meeting = SimpleNamespace(community_id="here", state=MeetingState.HELD, starts_at=NOW, minutes="")
    motion = SimpleNamespace(community_id="here", state=MotionState.PASSED)
    for may in (rules.may_screen, rules.may_cancel, rules.may_hold):
        assert may(STAFF, meeting, NOW) and not may(MEI, meeting, NOW) and not may(OTHERS, meeting, NOW)
    assert not rules.may_decide(STAFF, motion, NOW)
    assert rules.may_write_minutes(STAFF, meeting) and not rules.may_write_minutes(MEI, meeting)
    meeting.minutes = "已公布"
    assert not rules.may_write_minutes(STAFF, meeting)
    assert rules.may_assign(STAFF, motion) and not rules.may_assign(MEI, motion)
    motion.state = MotionState.REJECTED
    assert not rules.may_assign(STAFF, motion)
