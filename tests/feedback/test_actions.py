"""Feedback on the database: the clock over a holiday, endings that stay apart, words that are never lost."""

from datetime import date, timedelta

import pytest

from portal import clock, journal
from portal.database import transaction
from portal.errors import Conflict, Forbidden, TooMany
from portal.feedback import actions
from portal.feedback.models import Category, Feedback, Handler, Reply, State, Way
from portal.law import days
from portal.notices import Notice
from portal.people.models import Person
from portal.roster.models import Day

MONDAY = date(2026, 9, 28)  # three days before the National Day holiday, 10 October is a make-up Saturday


@pytest.fixture(autouse=True)
def before_the_holiday():
    with clock.standing_at(clock.at(MONDAY, 10 * 60)):
        yield


async def golden_week() -> None:
    async with transaction():
        for row in days.seed_rows(2026):
            await Day.create(day=row.on, is_open=row.open, name=str(row.name), is_provisional=row.provisional)


async def raised(person: Person | None, words: str = "三单元楼道灯不亮", **columns) -> Feedback:
    return await actions.raise_(person, Category.REPAIR, words, **columns)


async def test_nobody_raises_more_than_twenty_a_day(cast):
    for n in range(20):
        await raised(cast.mei, f"第 {n} 件事")
    with pytest.raises(TooMany):
        await raised(cast.mei, "第 21 件事")


async def handled(cast, **columns) -> Feedback:
    record = await raised(cast.mei, **columns)
    await actions.dispatch(cast.fang, record, Handler.PROPERTY)
    return record


def at(day: date, minute: int = 10 * 60):
    return clock.standing_at(clock.at(day, minute))


async def test_five_working_days_pass_over_the_holiday_and_count_the_make_up_saturday(cast):
    await golden_week()
    record = await handled(cast)  # 29, 30 September, 8, 9 October, and the Saturday
    assert record.due_at == clock.at(date(2026, 10, 10), 17 * 60)
    assert (await Feedback.get(id=record.id)).due_at == record.due_at


async def test_without_the_holiday_in_the_table_it_would_be_due_in_a_plain_week(cast):
    assert (await handled(cast)).due_at == clock.at(MONDAY + timedelta(days=7), 17 * 60)


async def test_sending_it_back_and_passing_it_on_again_does_not_reset_the_clock(cast):
    record = await handled(cast)
    due, dispatched = record.due_at, record.dispatched_at
    with at(MONDAY + timedelta(days=2)):
        await actions.send_back(cast.fang, record, "这是公共区域，归街道。")
        await actions.dispatch(cast.fang, record, Handler.COMMITTEE)
    assert (record.due_at, record.dispatched_at) == (due, dispatched)
    assert record.handler == Handler.COMMITTEE
    hands = [entry["detail"]["handler"] for entry in await journal.of(record) if entry["verb"] == "dispatch"]
    assert hands == [Handler.PROPERTY, Handler.COMMITTEE]
    assert await Reply.filter(feedback_id=record.id, verb="return").values_list("words", flat=True) == [
        "这是公共区域，归街道。"
    ]


@pytest.mark.parametrize(
    ("verb", "state", "kind"),
    [
        ("solve", State.SOLVED, "feedback/solved"),
        ("give_up", State.UNSOLVED, "feedback/unsolved"),
        ("disown", State.NOT_OURS, "feedback/not_ours"),
    ],
)
async def test_each_ending_is_its_own_and_told_in_its_own_words(cast, verb, state, kind):
    record = await handled(cast)
    await actions.answer(cast.fang, record, verb, "灯已经换了。")
    stored = await Feedback.get(id=record.id)
    assert (stored.state, stored.answer) == (state, "灯已经换了。")
    assert stored.answered_at is not None
    assert await Notice.filter(kind=kind, person_id=cast.mei.id).count() == 1
    assert [entry["verb"] for entry in await journal.of(record)] == ["raise", "dispatch", verb]


async def test_only_staff_answer_and_only_whoever_raised_it_confirms(cast):
    record = await handled(cast)
    for stranger in (cast.mei, cast.yu, cast.sun):
        with pytest.raises(Forbidden):
            await actions.answer(stranger, record, "solve", "好了")
    await actions.answer(cast.fang, record, "solve", "好了")
    with pytest.raises(Forbidden):
        await actions.confirm(cast.tao, record, True)
    await actions.confirm(cast.mei, record, True)
    stored = await Feedback.get(id=record.id)
    assert (stored.state, stored.satisfied) == (State.CONFIRMED, True)


async def test_not_saying_whether_one_is_content_is_no_verdict(cast):
    record = await handled(cast)
    await actions.answer(cast.fang, record, "solve", "好了")
    await actions.confirm(cast.mei, record, None)
    assert (await Feedback.get(id=record.id)).satisfied is None


async def test_reopening_gives_three_working_days_and_loses_no_word(cast):
    await golden_week()
    record = await handled(cast)
    await actions.answer(cast.fang, record, "solve", "第一次修好了。")
    with at(date(2026, 10, 9)):
        await actions.reopen(cast.mei, record, "昨晚又灭了。")
        assert record.due_at == clock.at(date(2026, 10, 13), 17 * 60)  # Saturday works: 10, 12, 13 October
        await actions.answer(cast.fang, record, "solve", "换了整条线路。")
    said = await Reply.filter(feedback_id=record.id).order_by("created_at").values_list("verb", "words")
    assert [tuple(row) for row in said] == [
        ("solve", "第一次修好了。"),
        ("reopen", "昨晚又灭了。"),
        ("solve", "换了整条线路。"),
    ]
    assert (record.reopened, record.handler, record.satisfied) == (1, Handler.PROPERTY, None)
    assert await Notice.filter(kind="feedback/solved", person_id=cast.mei.id).count() == 2


async def test_after_fifteen_days_it_stays_closed(cast):
    record = await handled(cast)
    await actions.answer(cast.fang, record, "solve", "好了")
    with at(MONDAY + timedelta(days=15), 11 * 60), pytest.raises(Forbidden):
        await actions.reopen(cast.mei, record, "又坏了")


async def test_two_who_answer_at_once_are_not_both_heard(cast):
    record = await handled(cast)
    other = await Feedback.get(id=record.id)
    await actions.answer(cast.fang, record, "solve", "好了")
    with pytest.raises(Conflict):
        await actions.answer(cast.guo, other, "give_up", "修不了")
    assert await Reply.filter(feedback_id=record.id).count() == 1


async def test_the_same_words_twice_in_two_minutes_are_one(cast):
    first = await raised(cast.mei)
    again = await raised(cast.mei)
    assert again.id == first.id
    assert (await raised(cast.mei, "另一件事")).id != first.id
    assert (await raised(cast.tao)).id != first.id
    with clock.standing_at(clock.now() + timedelta(minutes=3)):
        assert (await raised(cast.mei)).id != first.id


async def test_two_doors_with_the_same_words_are_two(cast):
    first = await raised(None, taken_by=cast.dou, way=Way.DOOR, place="101")
    second = await raised(None, taken_by=cast.dou, way=Way.DOOR, place="102")
    assert first.id != second.id
    assert (await raised(None, taken_by=cast.dou, way=Way.DOOR, place="101")).id == first.id


async def test_two_strangers_who_ask_for_help_in_the_same_words_are_two(cast):
    first = await actions.ask_for_help(None, "13800000011", "", "请打电话给我。")
    second = await actions.ask_for_help(None, "13800000012", "", "请打电话给我。")
    again = await actions.ask_for_help(None, "13800000011", "", "请打电话给我。")
    assert first.id == again.id != second.id
    assert (first.person_id, first.place) == (None, "13800000011")


async def test_whoever_signed_in_asks_for_help_under_their_own_name(cast):
    made = await actions.ask_for_help(cast.mei, "13800000001", "", "想办老年证")
    assert (made.person_id, made.place, made.category) == (cast.mei.id, "", Category.HELP)


async def test_passing_it_on_twice_to_the_same_hands_is_told_once(cast):
    record = await handled(cast)
    await actions.dispatch(cast.fang, record, Handler.PROPERTY)
    assert await Notice.filter(kind="feedback/dispatched").count() == 1
    await actions.dispatch(cast.fang, record, Handler.COMMITTEE)
    assert await Notice.filter(kind="feedback/dispatched").count() == 2


async def test_heads_see_only_what_lies_in_their_place(cast):
    places = cast.places
    here = await raised(
        cast.mei, grid=places.grids[0], building=places.buildings[0], unit=places.units[0], place="1号楼"
    )
    other = await raised(cast.tao, grid=places.grids[1], building=places.buildings[2], place="3号楼")
    seen = {
        name: set(await Feedback.visible_to(getattr(cast, name)).values_list("id", flat=True))
        for name in ("dou", "bai", "sun", "qiu", "mei", "yu", "fang", "xu", "kong")
    }
    assert seen["dou"] == seen["bai"] == seen["sun"] == seen["mei"] == {here.id}
    assert seen["qiu"] == {other.id}
    assert seen["fang"] == {here.id, other.id}
    assert seen["yu"] == seen["xu"] == seen["kong"] == set()
    assert not await Feedback.visible_to(None).exists()
