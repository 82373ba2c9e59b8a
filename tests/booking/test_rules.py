"""Who may, who is assigned, when people are reminded: without a database."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from portal.booking import limit_rules, reminder_rules, rules
from portal.booking.forms import read_day, read_time, write_time
from portal.booking.models import Appointment, Mode, State, WaitState
from portal.booking.rules import Desk, Loads
from portal.clock import CHINA
from portal.people.models import Scope

NINE = datetime(2026, 12, 15, 9, 0, tzinfo=CHINA)
MEI, CHEN, LIN, FANG, YU = (
    SimpleNamespace(
        id=name,
        is_staff=name == "fang",
        serves=lambda community, name=name: name == "fang" and community == "here",
        acts_for=(),
    )
    for name in ("mei", "chen", "lin", "fang", "yu")
)


def booked(state: State = State.BOOKED, calls: int = 0, mode: Mode = Mode.DESK) -> SimpleNamespace:
    return SimpleNamespace(
        calls=calls,
        mode=mode,
        person_id="mei",
        community_id="here",
        lawyer=SimpleNamespace(person_id="chen"),
        state=state,
        starts_at=NINE,
        ended_at=NINE if state in (State.DONE, State.MISSED) else None,
        missed_because="",
        protection_id=None,
        contested_at=None,
        weighed_at=None,
    )


def offered(person, state: State, now: datetime) -> set[str]:
    verbs = {verb for start, verb in Appointment.MOVES if start == state}
    return {verb for verb in verbs if rules.MAY[verb](person, booked(state), now)}


BEFORE, MORNING, AFTER = NINE - timedelta(days=2), NINE - timedelta(minutes=10), NINE + timedelta(minutes=10)
CHANGE = {"move", "cancel"}


@pytest.mark.parametrize(
    ("person", "state", "now", "verbs"),
    [
        (MEI, State.BOOKED, BEFORE, CHANGE),
        (MEI, State.BOOKED, AFTER, set()),
        (MEI, State.CHECKED_IN, MORNING, {"cancel"}),
        (MEI, State.CALLED, MORNING, set()),
        (CHEN, State.BOOKED, BEFORE, CHANGE),
        (CHEN, State.BOOKED, MORNING, CHANGE | {"check_in", "start"}),
        (CHEN, State.BOOKED, AFTER, CHANGE | {"check_in", "start", "miss"}),
        (CHEN, State.STARTED, AFTER, {"finish"}),
        (CHEN, State.CALLED, AFTER, {"start", "recall", "park"}),
        (CHEN, State.PARKED, MORNING, {"come_back", "cancel"}),
        (FANG, State.PARKED, AFTER, {"come_back", "cancel", "reassign", "miss"}),
        (MEI, State.PARKED, MORNING, {"cancel"}),
        (FANG, State.BOOKED, BEFORE, CHANGE | {"reassign"}),
        (FANG, State.CHECKED_IN, MORNING, {"call", "start", "park", "cancel", "reassign"}),
        (FANG, State.DONE, AFTER, set()),
        (LIN, State.BOOKED, AFTER, set()),
        (YU, State.BOOKED, BEFORE, set()),
        (YU, State.STARTED, AFTER, set()),
        (MEI, State.MISSED, AFTER, {"contest"}),
        (MEI, State.MISSED, NINE + timedelta(days=14), set()),
        (FANG, State.MISSED, AFTER, set()),
    ],
)
def test_everybody_may_do_their_part_and_no_more(person, state, now, verbs):
    assert offered(person, state, now) == verbs


def test_whoever_stands_in_changes_what_is_not_behind_a_passphrase_while_the_grant_has_that_scope():
    def agent(*scopes, of="mei"):
        grant = SimpleNamespace(resident_id=of, scopes=list(scopes))
        return SimpleNamespace(id="yu", serves=lambda community: False, acts_for=(grant,))

    assert rules.may_change(agent(Scope.BOOK), booked(), BEFORE)
    assert not rules.may_change(agent(Scope.BOOK), booked(), AFTER)
    for other in (agent(Scope.MEDIATION), agent(), agent(Scope.BOOK, of="tao")):
        assert not rules.may_change(other, booked(), BEFORE)
    protected = booked()
    protected.protection_id = "secret"
    assert not rules.may_change(agent(Scope.BOOK), protected, BEFORE)


def test_a_call_in_vain_is_written_down_three_times_for_who_waits_for_one():
    waiting = booked(mode=Mode.PHONE)
    for person, may in ((CHEN, True), (FANG, True), (MEI, False), (LIN, False)):
        assert rules.may_ring(person, waiting, MORNING) == may
    assert not rules.may_ring(CHEN, waiting, BEFORE) and not rules.may_ring(CHEN, booked(), MORNING)
    assert not rules.may_ring(CHEN, booked(calls=3, mode=Mode.PHONE), MORNING)


def test_whoever_was_called_is_missing_after_three_calls_and_who_is_rung_needs_not_come_in_first():
    for calls, verbs in ((1, set()), (2, set()), (3, {"miss"})):
        assert rules.may_miss(CHEN, booked(State.CALLED, calls), MORNING) == bool(verbs)
    assert rules.may_miss(CHEN, booked(State.CALLED, 1, Mode.PHONE), AFTER)
    assert not rules.may_call(CHEN, booked(), MORNING)
    assert rules.may_call(CHEN, booked(mode=Mode.PHONE), MORNING)


def test_the_morning_of_an_appointment_begins_four_hours_before_it():
    assert rules.may_receive(CHEN, booked(), NINE - timedelta(hours=4))
    assert not rules.may_receive(CHEN, booked(), NINE - timedelta(hours=4, minutes=1))


def test_staff_do_not_weigh_what_they_say_of_themselves():
    said = booked(State.MISSED)
    said.contested_at = NINE
    assert rules.may_weigh(FANG, said, AFTER)
    said.person_id = "fang"
    assert not rules.may_weigh(FANG, said, AFTER)


def test_an_offer_is_answered_until_it_runs_out_and_not_after():
    offer = SimpleNamespace(person_id="mei", community_id="here", state=WaitState.OFFERED, offered_until=NINE)
    for person, may in ((MEI, True), (FANG, True), (YU, False)):
        assert rules.may_answer(person, offer, NINE - timedelta(minutes=1)) is may
        assert not rules.may_answer(person, offer, NINE)


def test_who_left_two_offers_unanswered_is_asked_once_a_day():
    def wait(declined, offered_until=NINE):
        return SimpleNamespace(declined=declined, offered_until=offered_until)

    assert rules.may_offer(wait(1), NINE) and rules.may_offer(wait(2, None), NINE)
    assert not rules.may_offer(wait(2), NINE + timedelta(hours=19))
    assert rules.may_offer(wait(2), NINE + timedelta(hours=20))


def test_every_verb_of_the_table_has_a_rule():
    assert {verb for _state, verb in Appointment.MOVES} == rules.MAY.keys()


def desk(name: str, firm: int, weight: int = 1, topics=(), is_free: bool = True) -> Desk:
    n = UUID(int=int.from_bytes(name.encode(), "big"))
    return Desk(n, NINE, n, name, UUID(int=firm), weight, frozenset(topics), is_free, (name, f"firm {firm}"))


def ranked(desks, conflicts=(), firms=None, lawyers=None) -> list[str]:
    loads = Loads({UUID(int=n): count for n, count in (firms or {}).items()}, lawyers or {})
    return [one.desk.number for one in rules.rank(desks, "debt", [UUID(int=n) for n in conflicts], loads)]


def test_who_knows_the_topic_comes_first_until_another_firm_is_nearly_a_case_below_its_share():
    desks = [desk("A", 1), desk("B", 2, topics=["debt"])]
    assert ranked(desks) == ranked(desks, firms={1: 3, 2: 3}) == ["B", "A"]
    assert ranked(desks, firms={1: 3, 2: 4}) == ["A", "B"]
    assert ranked(desks, firms={2: 40}) == ["A", "B"]


def test_the_firm_furthest_below_its_weight_is_due():
    desks = [desk("A", 1, weight=1), desk("B", 2, weight=4)]
    assert ranked(desks, firms={1: 1, 2: 5}) == ["B", "A"]
    assert ranked(desks, firms={1: 1, 2: 6}) == ["A", "B"]


def test_within_a_firm_who_has_done_least_then_the_number_so_that_the_order_is_always_the_same():
    a, b = desk("A", 1), desk("B", 1)
    assert ranked([b, a]) == ["A", "B"]
    assert ranked([a, b], lawyers={a.lawyer: 2, b.lawyer: 1}) == ["B", "A"]


def test_a_firm_in_conflict_or_a_taken_desk_is_never_assigned():
    assert ranked([desk("A", 1, topics=["debt"]), desk("B", 2), desk("C", 3, is_free=False)], [1]) == ["B"]


def test_over_a_hundred_cases_each_firm_gets_its_share_within_one():
    desks, firms = [desk("A", 1, 1), desk("B", 2, 2), desk("C", 3, 5)], {1: 0, 2: 0, 3: 0}
    for _case in range(100):
        first = ranked(desks, firms=firms)[0]
        firms["ABC".index(first) + 1] += 1
    assert all(abs(firms[n] - 100 * weight / 8) <= 1 for n, weight in ((1, 1), (2, 2), (3, 5)))


def test_the_account_of_a_choice_says_nothing_of_a_conflict_but_that_it_is_unsuitable():
    desks = [desk("A", 1, topics=["debt"]), desk("B", 2)]
    best = rules.rank(desks, "debt", [UUID(int=2)], Loads({UUID(int=1): 3}))
    rows = rules.account(best, desks, [UUID(int=2)], desks[0].slot)
    assert rules.reason(rows[0]) == "专长相符；律所接过 3 件，份额 1；本人接过 0 件；无利益冲突"
    assert rules.reason(rows[1]) == "不合适" and "count" not in rows[1]


@pytest.mark.parametrize(
    ("booked_at", "starts", "due"),
    [
        ((12, 10, 15, 0), (12, 15, 9, 30), [("day", (12, 14, 9, 30)), ("hours", (12, 15, 8, 0))]),
        ((12, 10, 15, 0), (12, 15, 11, 0), [("day", (12, 14, 11, 0)), ("hours", (12, 15, 9, 0))]),
        ((12, 14, 9, 0), (12, 15, 9, 30), [("hours", (12, 15, 8, 0))]),
        ((12, 15, 8, 0), (12, 15, 11, 30), []),
        ((12, 10, 15, 0), (12, 15, 8, 0), [("day", (12, 14, 8, 0))]),
        ((12, 10, 15, 0), (12, 15, 21, 0), [("day", (12, 14, 19, 30)), ("hours", (12, 15, 19, 0))]),
    ],
)
def test_reminders_come_by_day_and_only_when_they_help(booked_at, starts, due):
    at = [datetime(2026, *parts, tzinfo=CHINA) for parts in (booked_at, starts)]
    assert reminder_rules.reminders(*at) == [
        (name, datetime(2026, *parts, tzinfo=CHINA)) for name, parts in due
    ]


def test_offers_are_made_by_day_and_leave_time_to_answer():
    hour, half = timedelta(hours=1), timedelta(minutes=30)
    assert rules.offer_ends(NINE, NINE + 24 * hour, 2 * hour, half) == NINE + 2 * hour
    assert rules.offer_ends(NINE, NINE + 2 * hour, 2 * hour, half) == NINE + 1.5 * hour
    assert rules.offer_ends(NINE, NINE + half, 2 * hour, half) is None
    night = NINE.replace(hour=22)
    assert not rules.is_daytime(night) and rules.next_daytime(night) == (night + timedelta(days=1)).replace(
        hour=8
    )
    assert (
        rules.next_daytime(NINE.replace(hour=3)) == NINE.replace(hour=8) and rules.next_daytime(NINE) == NINE
    )


@pytest.mark.parametrize("text", ["20261215T0930", "20260228T2359"])
def test_a_time_in_a_form_is_read_as_it_is_written(text):
    at = read_time(text)
    assert at is not None and write_time(at) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20261215",
        "20261315T0930",
        "20260230T0900",
        "20261215T2460",
        "99991215T0930",
        "٢٠٢٦١٢١٥T0930",
        "\0",
    ],
)
def test_what_is_no_time_is_none(text):
    assert read_time(text) is None


def test_a_day_in_an_address_is_read_or_replaced():
    today = NINE.date()
    assert read_day("2026-12-16", today).day == 16
    for text in ("", "x" * 10, "0001-01-01", "2026-13-01", "20261216"):
        assert read_day(text, today) == today


def test_who_has_two_ahead_or_eight_in_a_month_gets_no_more_and_an_absent_lawyer_counts_for_nothing():
    now = datetime(2026, 11, 23, 8, 30)
    day = timedelta(days=1)
    gone = [(now - n * day, State.DONE, "") for n in range(1, 8)]
    ahead = (now + day, State.BOOKED, "")

    def beyond(own, at=now + 2 * day):
        return limit_rules.beyond(own, at, now, 2, 8)

    assert beyond([]) == beyond([ahead, *gone[:6]]) == ""
    assert beyond([ahead, ahead]) == beyond([ahead, ahead], None) == "open"
    assert beyond([ahead, *gone]) == "month" and beyond([ahead, *gone], now + 10 * day) == ""
    left_alone = (now - 9 * day, State.MISSED, limit_rules.LAWYER_ABSENT)
    assert beyond([left_alone, *gone]) == ""
    assert beyond([(now - 9 * day, State.MISSED, "left"), *gone]) == "month"
