"""A lawyer says that they come, comes and goes; whoever answers for the desk hears what is missing."""

from datetime import date, timedelta

import pytest

from app import app
from portal import clock, database, journal
from portal.errors import Conflict, Forbidden, Refusal
from portal.notices import Notice
from portal.roster import actions, morning_actions, reminder_actions, rules, swap_actions, swap_queries, work
from portal.roster.models import Day, Duty
from tests import make
from tests.forms_browser import Browser

MONDAY = date(2026, 11, 23)
FRIDAY = MONDAY + timedelta(days=4)
NEXT_MONDAY = MONDAY + timedelta(days=7)


def at(day: date, minute: int = 9 * 60):
    return clock.standing_at(clock.at(day, minute))


async def as_(person, language: str = "zh-CN") -> Browser:
    return await make.sign_in(Browser(app, language=language), person)


async def kinds() -> list[str]:
    return sorted(await Notice.filter(kind__startswith="roster/").values_list("kind", flat=True))


async def test_who_sits_in_five_days_is_asked_once_by_day_and_again_when_two_working_days_are_left(cast):
    with at(MONDAY):
        duty = await make.duty(cast.chen, NEXT_MONDAY)
    with at(MONDAY + timedelta(days=2), 7 * 60):
        assert await reminder_actions.remind_of_mornings() == 0
    with at(MONDAY + timedelta(days=1)):
        assert await reminder_actions.remind_of_mornings() == 0  # six days before
    with at(MONDAY + timedelta(days=2)):
        assert await reminder_actions.remind_of_mornings() == 1
        assert await reminder_actions.remind_of_mornings() == 0
        assert await kinds() == ["roster/confirm"] and await swap_queries.unsure() == []
    with at(MONDAY + timedelta(days=3)):  # Thursday: Friday and Monday are left
        assert [one["id"] for one in await swap_queries.unsure()] == [duty.id]
        assert await work.say_ahead() == 1
        assert await kinds() == ["roster/confirm", "roster/unsure"]
    with at(FRIDAY):
        assert await reminder_actions.remind_of_mornings() == 0


async def test_a_holiday_between_brings_the_task_forward(cast):
    with at(MONDAY):
        await make.duty(cast.chen, NEXT_MONDAY)
        async with database.transaction():
            await Day.create(day=FRIDAY, is_open=False, name="停电")
    with at(MONDAY + timedelta(days=2)):
        assert len(await swap_queries.unsure()) == 1
    with at(MONDAY + timedelta(days=1)):
        assert await swap_queries.unsure() == []


async def test_who_confirmed_or_looks_for_a_substitute_is_not_asked(cast):
    with at(FRIDAY):
        sure, calling = await make.duty(cast.chen, NEXT_MONDAY), await make.duty(cast.lin, NEXT_MONDAY)
        await morning_actions.confirm(cast.chen.person, sure)
        await morning_actions.confirm(cast.chen.person, sure)
        await swap_actions.ask(cast.lin.person, calling)
        assert await reminder_actions.remind_of_mornings() == 0
        assert [entry["verb"] for entry in await journal.of(sure)] == ["confirm"]
        with pytest.raises(Forbidden):
            await morning_actions.confirm(cast.wu.person, sure)
        with pytest.raises(Forbidden):
            await morning_actions.confirm(cast.other.tang, calling)


async def test_a_morning_offered_this_near_is_confirmed_by_being_offered_and_one_staff_enter_is_not(cast):
    with at(MONDAY):
        await actions.add_morning(cast.chen.person, cast.chen, FRIDAY)
        await actions.add_morning(cast.fang, cast.lin, FRIDAY)
        await actions.add_morning(cast.wu.person, cast.wu, NEXT_MONDAY)
        said = {one.lawyer_id: one.confirmed_at is not None for one in await Duty.all()}
    assert said == {cast.chen.id: True, cast.lin.id: False, cast.wu.id: False}


async def test_the_desk_is_told_who_has_not_confirmed_and_confirms_for_whom_it_rang(cast):
    with at(FRIDAY):
        duty = await make.duty(cast.chen, NEXT_MONDAY)
        page = await (await as_(cast.fang)).get("/desk")
        assert page.has("还没确认的值班", "没有律师值班的上午")
        page = await page.click("陈明理")
        page = await page.press("律师会来，已问过")
        assert page.path == f"/roster/duties/{duty.id}" and (await Duty.get(id=duty.id)).confirmed_at
        assert not (await (await as_(cast.fang)).get("/desk")).has("还没确认的值班")


async def test_on_friday_each_lead_hears_once_how_the_next_four_weeks_stand(cast):
    with at(FRIDAY - timedelta(days=1)):
        await make.duty(cast.chen, NEXT_MONDAY)
        called = await make.duty(cast.lin, NEXT_MONDAY + timedelta(days=7))
        await swap_actions.ask(cast.lin.person, called)
        assert await reminder_actions.digest() == 0
    with at(FRIDAY, 7 * 60):
        assert await reminder_actions.digest() == 0
    with at(FRIDAY):
        assert await reminder_actions.digest() == 2  # here and in the other community
        assert await reminder_actions.digest() == 0
        told = await Notice.get(kind="roster/digest", person_id=cast.guo.id)
        said = told.read_values()
        assert (said["holes"], said["unsure"], said["calls"]) == (18, 1, 1)
        assert said["first"].startswith("2026-12-01")
        there = (await Notice.get(kind="roster/digest", person_id=cast.other.pan.id)).read_values()
        assert (there["holes"], there["unsure"], there["calls"]) == (20, 0, 0)


async def test_hours_begin_when_the_lawyer_says_so_and_end_when_they_go(cast):
    with at(MONDAY):
        duty = await make.duty(cast.chen, FRIDAY)
        for somebody in (cast.chen.person, cast.fang):
            with pytest.raises(Forbidden):
                await morning_actions.arrive(somebody, duty)
    with at(FRIDAY, 6 * 60):
        with pytest.raises(Refusal, match="还早"):
            await morning_actions.arrive(cast.chen.person, duty)
        with pytest.raises(Conflict, match="还没有记到岗"):
            await morning_actions.depart(cast.chen.person, duty)
    with at(FRIDAY, 8 * 60 + 50):
        page = await (await as_(cast.chen.person)).get("/mornings")
        page = await page.press("我到了")
        assert page.has("我走了")
    with at(FRIDAY, 9 * 60):
        await morning_actions.arrive(cast.chen.person, duty)  # the first stands
    with at(FRIDAY, 12 * 60 + 10):
        page = await (await as_(cast.chen.person)).get("/mornings")
        await page.press("我走了")
    with at(FRIDAY, 12 * 60 + 30):
        await morning_actions.depart(cast.chen.person, duty)  # and here the first too
    with at(FRIDAY + timedelta(days=1)):
        for verb in (morning_actions.arrive, morning_actions.depart):
            with pytest.raises(Forbidden):
                await verb(cast.chen.person, duty)
    found = await Duty.get(id=duty.id)
    assert morning_actions.minutes(FRIDAY, found.arrived_at) == 8 * 60 + 50
    assert morning_actions.minutes(FRIDAY, found.left_at) == 12 * 60 + 10
    assert [entry["verb"] for entry in await journal.of(duty)] == ["arrive", "depart"]


async def test_staff_write_down_afterwards_when_somebody_came_and_went(cast):
    with at(MONDAY):
        duty = await make.duty(cast.chen, MONDAY)
    with at(FRIDAY):
        page = await (await as_(cast.fang)).get(f"/roster/duties/{duty.id}")
        wrong = await page.press("保存", arrived="12:00", left="09:00")
        assert wrong.status == 422 and "要晚于" in wrong.errors()[0]
        page = await wrong.press("保存", arrived="09:05", left="11:45")
        assert page.has("上午9:05", "上午11:45")
        with pytest.raises(Forbidden):
            await morning_actions.attend(cast.chen.person, duty, 500, 700)
        with pytest.raises(Forbidden):
            await morning_actions.attend(cast.other.tang, duty, 500, 700)
    assert (await journal.of(duty))[0]["detail"]["arrived"] == 545
    with at(FRIDAY, 11 * 60):
        today = await make.duty(cast.lin, FRIDAY)
        with pytest.raises(Forbidden):
            await morning_actions.attend(cast.lin.person, today, 540, 600)
        with pytest.raises(Refusal, match="要晚于"):
            await morning_actions.attend(cast.fang, today, 540, 540)
        with pytest.raises(Refusal, match="还没到"):
            await morning_actions.attend(cast.fang, today, 540, 720)


async def test_what_has_begun_or_was_taken_back_is_not_confirmed(cast):
    with at(FRIDAY, 9 * 60):
        begun, gone = await make.duty(cast.chen, FRIDAY), await make.duty(cast.chen, NEXT_MONDAY)
        with pytest.raises(Refusal, match="已经开始"):
            await morning_actions.confirm(cast.chen.person, begun)
        gone.withdrawn_at = clock.now()
        with pytest.raises(Conflict, match="已经撤下"):
            await morning_actions.confirm(cast.chen.person, gone)


def test_on_the_morning_itself_nobody_is_asked_any_more():
    asked = [rules.is_asked(MONDAY + timedelta(days=n), None, MONDAY) for n in (0, 1, 5, 6)]
    assert asked == [False, True, True, False]
    assert not rules.is_asked(FRIDAY, clock.at(MONDAY), MONDAY)


@pytest.mark.parametrize(
    ("arrived", "left", "minutes", "is_recorded"),
    [
        (None, None, 180, False),
        (550, None, 170, False),
        (None, 700, 160, False),
        (530, 725, 195, True),
        (730, 725, 0, True),
    ],
)
def test_hours_are_as_recorded_and_as_planned_where_nobody_wrote_them_down(
    arrived, left, minutes, is_recorded
):
    assert rules.served(540, 720, arrived, left) == (minutes, is_recorded)


async def test_the_queue_of_the_day_takes_it_down_for_the_lawyer_and_for_the_desk(cast):
    with at(FRIDAY, 8 * 60 + 55):
        own, other = await make.duty(cast.chen, FRIDAY), await make.duty(cast.lin, FRIDAY)
        page = await (await (await as_(cast.chen.person)).get("/queue")).press("我到了")
        assert page.path.startswith("/queue") and page.has("我走了")
        page = await (await (await as_(cast.fang)).get("/queue")).press("林知远律师到了")
        assert page.has("林知远律师走了", "陈明理律师走了")
        assert await Duty.filter(id__in=[own.id, other.id], arrived_at__isnull=False).count() == 2
