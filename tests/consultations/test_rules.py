"""Who may do what with a consultation and its 处方, and what must stand in one."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from portal.booking.models import State as Booked
from portal.clock import CHINA
from portal.consultations import rules
from portal.consultations.intake import Intake
from portal.consultations.models import Danger, Onward, PrescriptionState, State
from portal.law.periods import PERIODS
from portal.law.topics import Topic

NOW = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)
# What the hash is over, besides the sections.
SAID = ("correction", "articles", "version", "number", "consultation_id", "lawyer_id", "issued_at")
MEI, CHEN, FANG, YU = (
    SimpleNamespace(
        id=name,
        is_staff=name == "fang",
        serves=lambda community, name=name: name == "fang" and community == "here",
    )
    for name in ("mei", "chen", "fang", "yu")
)


def consultation(state=State.ASKED, booked=Booked.BOOKED, starts_at=NOW):
    lawyer = SimpleNamespace(person_id="chen")
    appointment = SimpleNamespace(state=booked, lawyer=lawyer, starts_at=starts_at) if booked else None
    return SimpleNamespace(person_id="mei", community_id="here", state=state, appointment=appointment)


def prescription(**columns):
    return SimpleNamespace(
        **{
            "number": "K7F3-29QX",
            "consultation_id": "c",
            "lawyer_id": "l",
            "version": 1,
            "state": PrescriptionState.DRAFT,
            "articles": [675, 188],
            "correction": "",
            "issued_at": NOW,
            "facts": "借款三万元",
            "questions": "能不能起诉",
            "law": "",
            "steps": "先发催告",
            "deadlines": "",
            "risks": "",
            "next_place": "",
            "consultation": consultation(State.STARTED, Booked.STARTED),
            **columns,
        }
    )


@pytest.mark.parametrize("who", [MEI, FANG, YU])
def test_nobody_but_the_lawyer_starts_writes_or_issues(who):
    assert rules.may_start(CHEN, consultation(), NOW) and not rules.may_start(who, consultation(), NOW)
    assert rules.may_write(CHEN, consultation(), NOW) and not rules.may_write(who, consultation(), NOW)
    assert rules.may_issue(CHEN, prescription(), NOW) and not rules.may_issue(who, prescription(), NOW)


def test_nothing_is_begun_before_the_morning_of_the_appointment():
    tomorrow, begun = NOW + timedelta(days=1), (State.STARTED, Booked.STARTED)
    early = consultation(starts_at=tomorrow)
    assert not rules.may_start(CHEN, early, NOW) and not rules.may_write(CHEN, early, NOW)
    assert rules.is_ahead(CHEN, early, NOW) and not rules.is_ahead(FANG, early, NOW)
    assert rules.may_start(CHEN, early, tomorrow) and not rules.is_ahead(CHEN, early, tomorrow)
    assert rules.may_write(CHEN, consultation(*begun, starts_at=tomorrow), NOW)


@pytest.mark.parametrize(
    ("who", "state", "booked", "may"),
    [
        (FANG, State.ASKED, None, True),
        (FANG, State.ASKED, Booked.BOOKED, False),
        (FANG, State.ASKED, Booked.CANCELLED, True),
        (FANG, State.STARTED, Booked.STARTED, False),
        (CHEN, State.STARTED, Booked.STARTED, True),
        (CHEN, State.ASKED, Booked.CALLED, False),
        (CHEN, State.ADVISED, Booked.DONE, False),
        (MEI, State.ASKED, None, False),
        (YU, State.STARTED, Booked.STARTED, False),
    ],
)
def test_a_booked_time_is_settled_before_its_consultation_is_closed(who, state, booked, may):
    assert rules.may_close(who, consultation(state, booked), NOW) is may


def test_staff_do_not_handle_what_they_asked_themselves():
    own = consultation(State.ASKED, None)
    own.person_id = "fang"
    assert not rules.may_close(FANG, own, NOW) and not rules.may_refer(FANG, own, NOW)


@pytest.mark.parametrize("name", ["facts", "questions", "steps"])
def test_a_prescription_without_facts_questions_or_steps_is_not_issued(name):
    incomplete = prescription(**{name: "  "})
    assert rules.missing(incomplete) == [name]
    assert not rules.may_issue(CHEN, incomplete, NOW)


def test_only_an_issued_version_is_corrected_and_nobody_supersedes_by_hand():
    issued = prescription(
        state=PrescriptionState.ISSUED, consultation=consultation(State.ADVISED, Booked.DONE)
    )
    assert rules.may_correct(CHEN, issued, NOW) and not rules.may_correct(FANG, issued, NOW)
    assert not rules.may_correct(CHEN, prescription(), NOW)
    assert not rules.may_revise(CHEN, issued, NOW) and not rules.MAY_PRESCRIPTION["supersede"](
        CHEN, issued, NOW
    )


@pytest.mark.parametrize("name", [*rules.SECTIONS, *SAID])
def test_the_hash_tells_any_change_of_what_was_issued(name):
    same, other = prescription(), prescription()
    later = NOW + timedelta(microseconds=1)
    changed = {"articles": [188, 675], "version": 2, "issued_at": later}.get(name, "别的")
    setattr(other, name, changed)
    assert rules.content_hash(prescription()) == rules.content_hash(same)
    assert len(rules.content_hash(same)) == 64
    assert rules.content_hash(other) != rules.content_hash(same)


def test_the_hash_is_the_same_wherever_the_clock_stands_and_windows_are_told_apart_by_articles_too():
    elsewhere = prescription(issued_at=NOW.astimezone(CHINA))
    assert rules.content_hash(elsewhere) == rules.content_hash(prescription())
    assert rules.text_hash(prescription(articles=[188])) != rules.text_hash(prescription())


@pytest.mark.parametrize("danger", list(Danger))
def test_every_danger_is_answered_with_110_12338_and_120(danger):
    assert {"110", "12338", "120"} <= {hotline.phone for hotline in rules.help_for([danger])}


def test_without_danger_nobody_is_frightened():
    assert rules.help_for([]) == []


def test_every_place_to_refer_to_is_known_and_every_period_is_in_the_law():
    assert [rules.onward_help(to) is None for to in Onward] == [to == Onward.MEDIATION for to in Onward]
    assert all(key in PERIODS for topic in Topic for key in rules.periods_of(topic))


def test_an_intake_reads_only_what_is_of_the_right_kind():
    told = Intake.read(
        {"topic": "x", "words": 7, "dangers": ["violence", {}, "fire"], "mode": [], "is_neutral": True}
    )
    assert told == Intake(dangers=("violence",), is_neutral=True)
    assert told.is_urgent and not Intake().is_urgent
