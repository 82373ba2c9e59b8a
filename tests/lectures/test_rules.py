"""Rules of lectures: who may, who fits, which days a series falls on."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from portal.law import code
from portal.law.days import Calendar, Day
from portal.lectures import rules, themes
from portal.lectures.models import State

STARTS = datetime(2026, 12, 15, 6, 0, tzinfo=UTC)
BEFORE, AFTER = STARTS - timedelta(minutes=1), STARTS
HERE, ELSEWHERE = "here", "elsewhere"


def somebody(id: int, serves: str = "") -> SimpleNamespace:
    return SimpleNamespace(id=id, is_staff=bool(serves), serves=lambda community: community == serves)


STAFF, OTHERS, MEI, YU = somebody(1, HERE), somebody(4, ELSEWHERE), somebody(2), somebody(3)


def lecture(state: State = State.OPEN, speaker: int | None = None) -> SimpleNamespace:
    return SimpleNamespace(
        community_id=HERE,
        state=state,
        starts_at=STARTS,
        speaker=SimpleNamespace(person_id=speaker) if speaker else None,
    )


@pytest.mark.parametrize("state", list(State))
def test_seats_are_taken_only_while_it_is_open_and_has_not_begun(state):
    assert rules.is_signing_up(lecture(state), BEFORE) == (state == State.OPEN)
    assert not rules.is_signing_up(lecture(state), AFTER)


def test_only_staff_move_a_lecture_and_it_is_held_only_once_it_began():
    for may in (*rules.MAY.values(), rules.may_edit, rules.may_count):
        for nobody in (MEI, OTHERS):
            assert not may(nobody, lecture(), BEFORE) and not may(nobody, lecture(), AFTER)
    assert rules.may_open(STAFF, lecture(), BEFORE) and not rules.may_open(STAFF, lecture(), AFTER)
    assert rules.may_hold(STAFF, lecture(), AFTER) and not rules.may_hold(STAFF, lecture(), BEFORE)
    assert rules.may_edit(STAFF, lecture(State.PLANNED), BEFORE)
    assert not rules.may_edit(STAFF, lecture(State.HELD), BEFORE)
    assert not rules.may_edit(STAFF, lecture(), AFTER)


def test_people_are_counted_from_an_hour_before():
    assert not rules.may_count(STAFF, lecture(), STARTS - timedelta(minutes=61))
    assert rules.may_count(STAFF, lecture(), STARTS - timedelta(minutes=60))
    assert rules.may_count(STAFF, lecture(State.HELD), STARTS + timedelta(days=9))
    assert not rules.may_count(STAFF, lecture(State.CANCELLED), AFTER)


def test_seats_are_given_up_by_their_owner_or_staff_and_promoted_by_nobody():
    sign_up = SimpleNamespace(person_id=MEI.id, lecture=lecture(), state="seated")
    assert rules.may_give_up(MEI, sign_up, BEFORE) and rules.may_give_up(STAFF, sign_up, BEFORE)
    assert not rules.may_give_up(YU, sign_up, BEFORE) and not rules.may_give_up(MEI, sign_up, AFTER)
    assert rules.may_return(MEI, sign_up, BEFORE) and not rules.may_return(STAFF, sign_up, BEFORE)
    assert not rules.may_promote(STAFF, sign_up, BEFORE)


def test_questions_are_read_by_staff_and_the_speaker():
    assert rules.may_read_questions(STAFF, lecture())
    assert rules.may_read_questions(MEI, lecture(speaker=MEI.id))
    assert not rules.may_read_questions(YU, lecture(speaker=MEI.id))
    assert not rules.may_read_questions(None, lecture(speaker=MEI.id))


@pytest.mark.parametrize(
    ("waiting", "left", "chosen"),
    [
        ([2, 2], 4, [0, 1]),
        ([2, 3, 2], 4, [0, 2]),
        ([4, 1], 3, [1]),
        ([1, 4, 1, 1], 3, [0, 2, 3]),
        ([3], 0, []),
        ([], 9, []),
    ],
)
def test_those_waiting_move_up_in_order_and_a_family_too_large_lets_the_next_pass(waiting, left, chosen):
    queue = [SimpleNamespace(place=place, seats=seats) for place, seats in enumerate(waiting)]
    assert [one.place for one in rules.fitting(queue, left)] == chosen


def test_a_series_keeps_its_weekday_and_leaves_out_a_closed_week():
    calendar = Calendar.of([Day(date(2026, 10, 1), False, "国庆节"), Day(date(2026, 10, 10), True, "调休")])
    assert rules.session_days(date(2026, 9, 24), 3, calendar) == [
        date(2026, 9, 24),
        date(2026, 10, 8),
        date(2026, 10, 15),
    ]
    assert rules.session_days(date(2026, 10, 10), 1, calendar) == [date(2026, 10, 10)]
    for first, sessions in ((date(2026, 10, 1), 1), (date(2026, 10, 3), 1), (date(2026, 10, 10), 2)):
        with pytest.raises(ValueError):
            rules.session_days(first, sessions, calendar)


def test_a_reminder_comes_a_day_before_or_not_at_all():
    day_before = STARTS - timedelta(days=1)
    assert rules.reminder_at(STARTS, day_before - timedelta(hours=3)) == day_before
    assert rules.reminder_at(STARTS, day_before - timedelta(hours=2)) is None


def test_articles_are_gathered_under_book_and_chapter():
    assert themes.citations([668, 667, 669, 703, 1079]) == [
        ("第三编 合同 › 第十二章 借款合同", "第 667–669 条"),
        ("第三编 合同 › 第十四章 租赁合同", "第 703 条"),
        ("第五编 婚姻家庭 › 第四章 离婚", "第 1079 条"),
    ]
    assert themes.citations([]) == []


def test_what_the_form_shows_is_read_back_as_the_same_articles():
    numbers = [1, 2, 3, 288, 1254, 1259, 1260]
    assert code.parse(themes.written(numbers)) == numbers


def test_every_theme_has_a_title_that_fits_its_column_and_leads_to_a_topic():
    for key, theme in themes.THEMES.items():
        assert len(key) <= 20 and theme.title
        assert theme.first <= theme.last
        assert str(themes.topic(key).label)
    assert {key for key, _label in themes.options()} == set(themes.THEMES)
    assert themes.title("unknown") == "unknown"
