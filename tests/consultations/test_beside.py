"""Who may do what beside a consultation, asked without a database: notes, papers, mergers, names, last days."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from portal import policy
from portal.booking.models import State as Booked
from portal.consultations import rules
from portal.consultations.models import NoteKind, Outcome, State
from portal.consultations.rules import attachments, conflicts, deadlines, mergers, notes

NOW = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)
TODAY = date(2026, 12, 15)


def somebody(name: str, *serves: str) -> SimpleNamespace:
    return SimpleNamespace(id=name, is_staff=bool(serves), serves=lambda community: community in serves)


MEI, CHEN, FANG, TANG = somebody("mei"), somebody("chen"), somebody("fang", "here"), somebody("tang", "there")


def case(state=State.ASKED, booked=Booked.BOOKED, **columns) -> SimpleNamespace:
    """Mei's, at the community that Fang serves, with Chen of the firm where there is an appointment."""
    lawyer = SimpleNamespace(person_id="chen")
    appointment = SimpleNamespace(state=booked, lawyer=lawyer, firm_id="firm", starts_at=NOW)
    return SimpleNamespace(
        **{
            "person_id": "mei",
            "community_id": "here",
            "state": state,
            "outcome": "",
            "appointment": appointment if booked else None,
            "appointment_id": "a" if booked else None,
            "protection_id": None,
            "merged_into_id": None,
            "ended_at": None,
            "relations": frozenset(),
            "parts": frozenset(),
            **columns,
        }
    )


def test_a_lawyers_note_is_for_the_firm_that_wrote_it_and_for_nobody_where_no_firm_did():
    for firm, is_read in (("firm", True), ("another", False), (None, False)):
        assert notes.is_for(SimpleNamespace(kind=NoteKind.LAWYER, firm_id=firm), case()) is is_read
    assert not notes.is_for(SimpleNamespace(kind=NoteKind.LAWYER, firm_id=None), case(booked=None))
    assert notes.is_for(SimpleNamespace(kind=NoteKind.STAFF, firm_id=None), case(booked=None))


def test_staff_of_elsewhere_read_and_write_no_note_of_the_staff_here():
    seen = case(parts=frozenset({policy.NAME}))
    assert notes.reads(FANG, seen) == [NoteKind.STAFF] and notes.reads(TANG, seen) == []
    assert notes.writes(FANG, seen) == NoteKind.STAFF and notes.writes(TANG, seen) is None


def test_papers_come_from_the_resident_from_who_works_on_it_and_from_a_lawyer_who_may_read_it():
    own, read = {"relations": frozenset({policy.OWN})}, {"parts": frozenset({policy.FACTS})}
    assert attachments.may_hand_in(MEI, case(**own), NOW) and attachments.may_hand_in(FANG, case(), NOW)
    assert attachments.may_hand_in(CHEN, case(**read), NOW) and not attachments.may_hand_in(CHEN, case(), NOW)
    agents = case(relations=frozenset({policy.PROXY}))
    assert not attachments.may_hand_in(somebody("tao"), agents, NOW)
    assert not attachments.may_hand_in(TANG, case(), NOW)
    assert not attachments.may_hand_in(MEI, case(merged_into_id="first", **own), NOW)


def test_a_paper_is_taken_back_by_whoever_brought_it_while_it_goes_on():
    assert attachments.may_take_back(MEI, "mei", case())
    for by, ended_at in (("tao", None), (None, None), ("mei", NOW)):
        assert not attachments.may_take_back(MEI, by, case(ended_at=ended_at))


def test_what_was_merged_is_taken_apart_within_a_day_by_staff_of_its_community_on_somebody_elses_matter():
    merged = case(merged_into_id="first")
    for person, hours, may in ((FANG, 23, True), (FANG, 24, False), (TANG, 1, False), (MEI, 1, False)):
        assert mergers.may_separate(person, merged, NOW - timedelta(hours=hours), NOW) is may
    own = case(merged_into_id="first", person_id="fang")
    assert not mergers.may_separate(FANG, own, NOW, NOW) and not mergers.may_separate(FANG, case(), NOW, NOW)


def test_only_what_ended_by_being_merged_is_open_again_and_only_what_waits_ends_by_it():
    assert mergers.was_ended(case(State.CLOSED, outcome=Outcome.MERGED))
    assert not mergers.was_ended(case(State.CLOSED, outcome=Outcome.WITHDRAWN))
    assert not mergers.was_ended(case(State.ADVISED, outcome=Outcome.ADVISED))
    waits, started = case(booked=None), case(State.STARTED)
    assert mergers.ends_with_it(waits, started) and not mergers.ends_with_it(case(), started)
    assert not mergers.ends_with_it(waits, case(State.CLOSED))


def test_names_are_judged_by_its_lawyer_and_completed_by_who_works_on_it_while_it_is_open():
    assert conflicts.may_judge(CHEN, case()) and not conflicts.may_judge(FANG, case())
    assert not conflicts.may_judge(CHEN, case(State.CLOSED))
    assert not conflicts.may_judge(CHEN, case(booked=Booked.CANCELLED))
    assert conflicts.may_complete(CHEN, case()) and conflicts.may_complete(FANG, case())
    for person, one in ((MEI, case()), (TANG, case()), (FANG, case(State.CLOSED)), (FANG, case(booked=None))):
        assert not conflicts.may_complete(person, one)


@pytest.mark.parametrize(("left", "is_pressing"), [(-1, False), (0, True), (6, True), (7, False)])
def test_a_last_day_presses_from_six_days_before_until_it_is_over(left, is_pressing):
    assert rules.is_pressing(left) is is_pressing
    listed, on = deadlines.near(TODAY), TODAY + timedelta(days=left)
    assert (listed["last_on__gte"] <= on < listed["last_on__lt"]) is is_pressing and len(listed) == 2
