"""Patterns, single mornings, leave and the calendar, each followed through to the times on offer."""

from datetime import date, timedelta

import pytest

from portal import clock, database, journal
from portal.errors import Conflict, Forbidden, Refusal
from portal.law.topics import Topic
from portal.notices import Notice
from portal.people import actions as people_actions
from portal.people import queries as people
from portal.people.models import Credential, Person
from portal.roster import actions, day_actions, firm_actions, queries, work
from portal.roster.models import Day, Duty, Firm, Lawyer, Leave, Pattern, Slot
from tests import make

MONDAY = date(2026, 11, 23)
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def monday_at_eight():
    with clock.standing_at(clock.at(MONDAY, 8 * 60)):
        yield


async def days_on(lawyer: Lawyer) -> list[str]:
    """The days on which the lawyer offers times."""
    slots = await Slot.filter(lawyer_id=lawyer.id, withdrawn_at=None).order_by("starts_at")
    return list(dict.fromkeys(clock.day_of(slot.starts_at).strftime("%m-%d") for slot in slots))


async def verbs(record) -> list[str]:
    return [entry["verb"] for entry in await journal.of(record)]


async def weekly(lawyer: Lawyer, **columns) -> Pattern:
    return await actions.add_pattern(lawyer.person, lawyer, **{"weekday": 3, "from_on": MONDAY, **columns})


async def test_a_pattern_makes_eight_weeks_of_six_half_hours(cast):
    pattern = await weekly(cast.chen)
    days = await days_on(cast.chen)
    assert days[0] == "11-25" and len(days) == 8
    slots = await Slot.filter(lawyer_id=cast.chen.id).order_by("starts_at")
    assert len(slots) == 48
    assert slots[0].starts_at == clock.at(WEDNESDAY, 540) and slots[5].ends_at == clock.at(WEDNESDAY, 720)
    assert await verbs(pattern) == ["create"]


async def test_making_the_mornings_again_changes_nothing_and_later_adds_only_what_is_new(cast):
    await weekly(cast.chen)
    before = set(await Slot.all().values_list("id", flat=True))
    assert await actions.materialise() == 0
    with clock.standing_at(clock.at(MONDAY + timedelta(weeks=1), 480)):
        assert await actions.materialise() == 7  # one duty, six times
    assert before < set(await Slot.all().values_list("id", flat=True))


async def test_holidays_make_no_times_and_make_up_saturdays_make_them_for_their_own_weekday(cast):
    async with database.transaction():
        await Day.create(day=WEDNESDAY, is_open=False, name="停电")
        await Day.create(day=date(2026, 11, 28), is_open=True, name="调休上班")
    await weekly(cast.chen)
    await weekly(cast.lin, weekday=6)
    assert (await days_on(cast.chen))[0] == "12-02"
    assert await days_on(cast.lin) == ["11-28"]


async def test_what_begins_on_the_same_day_offers_only_what_is_still_ahead(cast):
    with clock.standing_at(clock.at(WEDNESDAY, 10 * 60)):
        await weekly(cast.chen)
        first = await Slot.filter(lawyer_id=cast.chen.id).order_by("starts_at").first()
    assert first.starts_at == clock.at(WEDNESDAY, 10 * 60 + 30)


async def test_leave_withdraws_times_and_deletes_none_and_coming_after_all_restores_them(cast):
    await weekly(cast.chen)
    booked = await make.appointment(
        cast.mei, await Slot.filter(lawyer_id=cast.chen.id).order_by("starts_at").first()
    )
    leave, withdrawn = await actions.take_leave(cast.chen.person, cast.chen, MONDAY, WEDNESDAY, "出差")
    assert withdrawn == 6
    assert (await days_on(cast.chen))[0] == "12-02"
    assert (await Slot.get(id=booked.slot_id)).withdrawn_at
    assert await Slot.all().count() == 48
    duty = await Duty.get(lawyer_id=cast.chen.id, day=WEDNESDAY)
    assert duty.withdrawn_at and await verbs(duty) == ["withdraw"]
    assert await actions.materialise() == 0
    assert await actions.withdraw_leave(cast.chen.person, leave) == 6
    assert (await days_on(cast.chen))[0] == "11-25" and await Slot.all().count() == 48
    assert not (await Duty.get(id=duty.id)).withdrawn_at
    with pytest.raises(Refusal, match="已经撤回"):
        await actions.withdraw_leave(cast.chen.person, leave)


async def test_leave_in_the_middle_of_a_morning_keeps_the_talks_that_have_begun(cast):
    await weekly(cast.chen)
    with clock.standing_at(clock.at(WEDNESDAY, 10 * 60)):
        _, withdrawn = await actions.take_leave(cast.chen.person, cast.chen, WEDNESDAY, WEDNESDAY)
    assert withdrawn == 3


async def test_leave_covers_mornings_that_are_made_only_later(cast):
    await weekly(cast.chen)
    far = WEDNESDAY + timedelta(weeks=9)
    await actions.take_leave(cast.chen.person, cast.chen, far, far)
    with clock.standing_at(clock.at(far - timedelta(days=7), 480)):
        await actions.materialise()
        assert not await Duty.filter(day=far).exists()
        assert await Duty.filter(day=far - timedelta(days=7)).exists()


async def test_leave_is_refused_when_it_overlaps_or_is_past_or_upside_down(cast):
    await actions.take_leave(cast.chen.person, cast.chen, WEDNESDAY, WEDNESDAY)
    for first, last, words in [
        (MONDAY, WEDNESDAY, "已经请过假"),
        (MONDAY - timedelta(days=1), MONDAY, "一年以内"),
        (WEDNESDAY, MONDAY, "还早"),
    ]:
        with pytest.raises(Refusal, match=words):
            await actions.take_leave(cast.chen.person, cast.chen, first, last)
    assert await Leave.all().count() == 1


async def test_one_lawyer_has_one_morning_a_day(cast):
    await weekly(cast.chen)
    with pytest.raises(Refusal, match="每周三 9:00–12:00"):
        await weekly(cast.chen, nth=2)
    with pytest.raises(Refusal, match="撞在同一天"):
        await actions.add_morning(cast.chen.person, cast.chen, WEDNESDAY)
    await weekly(cast.chen, weekday=4)
    assert await Pattern.all().count() == 2


async def test_a_single_morning_needs_an_open_day_without_leave(cast):
    chen = cast.chen
    saturday = date(2026, 11, 28)
    for day, words in [(saturday, "不开门"), (MONDAY - timedelta(days=3), "一年以内")]:
        with pytest.raises(Refusal, match=words):
            await actions.add_morning(chen.person, chen, day)
    await day_actions.edit_days(cast.fang, saturday, saturday, True, "调休上班")
    single = await actions.add_morning(chen.person, chen, saturday, 570, 690)
    assert await days_on(chen) == ["11-28"] and single.is_single
    assert await Slot.filter(withdrawn_at=None).count() == 4
    await actions.take_leave(chen.person, chen, WEDNESDAY, WEDNESDAY)
    with pytest.raises(Refusal, match="请了假"):
        await actions.add_morning(chen.person, chen, WEDNESDAY)
    with clock.standing_at(clock.at(MONDAY, 12 * 60)), pytest.raises(Refusal, match="已经过去"):
        await actions.add_morning(chen.person, chen, MONDAY)


async def test_a_single_morning_taken_back_stays_away_and_can_be_offered_again(cast):
    single = await actions.add_morning(cast.chen.person, cast.chen, WEDNESDAY)
    assert await actions.withdraw_morning(cast.chen.person, single) == 6
    await actions.materialise()
    assert await days_on(cast.chen) == []
    await actions.add_morning(cast.chen.person, cast.chen, WEDNESDAY, 540, 600)
    assert await Slot.filter(withdrawn_at=None).count() == 2 and await Slot.all().count() == 6


async def test_an_ended_pattern_withdraws_what_comes_after_its_last_day(cast):
    pattern = await weekly(cast.chen)
    assert await actions.end_pattern(cast.fang, pattern, WEDNESDAY) == 42
    assert await days_on(cast.chen) == ["11-25"]
    assert await verbs(pattern) == ["create", "end"]
    with pytest.raises(Refusal, match="本来到"):
        await actions.end_pattern(cast.fang, await Pattern.get(id=pattern.id), WEDNESDAY + timedelta(days=7))


async def test_nobody_plans_another_lawyers_mornings_but_staff(cast):
    pattern = await weekly(cast.chen)
    leave, _ = await actions.take_leave(cast.chen.person, cast.chen, MONDAY, MONDAY)
    for stranger in (cast.yu, cast.wu.person, cast.sun):
        for attempt in (
            actions.add_pattern(stranger, cast.chen, weekday=1, from_on=MONDAY),
            actions.add_morning(stranger, cast.chen, MONDAY + timedelta(days=1)),
            actions.end_pattern(stranger, pattern, MONDAY),
            actions.take_leave(stranger, cast.chen, WEDNESDAY, WEDNESDAY),
            actions.withdraw_leave(stranger, leave),
        ):
            with pytest.raises(Forbidden):
                await attempt
    assert len(await days_on(cast.chen)) == 8


async def test_an_expired_licence_cannot_be_rostered_and_a_renewed_one_brings_the_mornings_back(cast):
    expired = await make.lawyer("钱过期", cast.lanting, licence_until=MONDAY)
    with pytest.raises(Refusal, match="2026-11-23"):
        await actions.add_morning(cast.fang, expired, WEDNESDAY)
    await weekly(cast.chen)
    known = {"licence": cast.chen.licence, "topics": [], "is_active": True}
    until = WEDNESDAY + timedelta(days=7)
    assert await firm_actions.change_lawyer(cast.fang, cast.chen, licence_until=until, **known) == 36
    assert await days_on(cast.chen) == ["11-25", "12-02"]
    await firm_actions.change_lawyer(cast.fang, cast.chen, licence_until=date(2030, 1, 1), **known)
    assert len(await days_on(cast.chen)) == 8


async def test_a_firm_that_leaves_takes_its_lawyers_mornings_with_it(cast):
    await weekly(cast.chen)
    await weekly(cast.lin)
    known = {"name": "衡道律师事务所", "code": "", "phone": "", "weight": 3}
    await firm_actions.change_firm(cast.fang, cast.hengdao, is_active=False, **known)
    assert await days_on(cast.chen) == [] and len(await days_on(cast.lin)) == 8
    with pytest.raises(Refusal, match="停止合作"):
        await weekly(cast.wu)


async def test_closing_a_day_withdraws_its_times_and_tells_the_lawyer_and_opening_restores_them(cast):
    await weekly(cast.chen)
    assert await day_actions.edit_days(cast.fang, WEDNESDAY, WEDNESDAY, False, "停电检修") == 6
    assert (await days_on(cast.chen))[0] == "12-02"
    notice = await Notice.get(kind="roster/closed")
    assert notice.person_id == cast.chen.person_id
    await day_actions.edit_days(cast.fang, WEDNESDAY, WEDNESDAY, True, "")
    await day_actions.edit_days(cast.fang, WEDNESDAY, WEDNESDAY, True, "照常开门")  # nobody need be told
    assert (await days_on(cast.chen))[0] == "11-25"
    assert await Notice.all().count() == 1
    assert await verbs(await Day.get(day=WEDNESDAY)) == ["edit"] * 3


async def test_a_morning_agreed_by_hand_stands_until_something_forbids_it(cast):
    await make.duty(cast.chen, WEDNESDAY)
    assert await actions.materialise() == 0
    await day_actions.edit_days(cast.fang, WEDNESDAY, WEDNESDAY, False, "停电")
    assert await days_on(cast.chen) == []


async def test_only_staff_change_the_calendar_and_never_the_past(cast):
    for stranger in (cast.chen.person, cast.mei, cast.sun, cast.xu):
        with pytest.raises(Forbidden):
            await day_actions.edit_days(stranger, WEDNESDAY, WEDNESDAY, False, "停电")
        with pytest.raises(Forbidden):
            await day_actions.confirm_year(stranger, 2026)
    for first, last in [
        (MONDAY - timedelta(days=1), MONDAY),
        (WEDNESDAY, MONDAY),
        (MONDAY, date(2027, 1, 1)),
    ]:
        with pytest.raises(Refusal):
            await day_actions.edit_days(cast.fang, first, last, False, "停电")
    assert not await Day.all().exists()


async def test_the_calendar_is_seeded_once_and_a_guessed_year_stays_provisional_until_confirmed(cast):
    assert await day_actions.seed_days([2026, 2027, 2099]) == 39 + 13
    assert await day_actions.seed_days([2026, 2027]) == 0
    known = await queries.calendar(MONDAY, date(2027, 1, 10))
    assert not known.is_provisional(WEDNESDAY) and known.is_provisional(date(2027, 1, 4))
    assert not known.is_workday(date(2027, 1, 1)) and known.is_workday(date(2026, 10, 10))
    await day_actions.edit_days(cast.fang, date(2027, 2, 9), date(2027, 2, 11), False, "春节")
    await day_actions.confirm_year(cast.guo, 2027)
    assert await day_actions.seed_days([2027]) == 0
    known = await queries.calendar(MONDAY, date(2027, 1, 10))
    assert not known.is_provisional(date(2027, 1, 4)) and not known.is_workday(date(2027, 2, 9))
    with pytest.raises(Conflict):
        await day_actions.confirm_year(cast.guo, 2027)
    with pytest.raises(Refusal, match="国庆节"):
        await day_actions.confirm_year(cast.guo, 2031)


async def test_a_published_year_replaces_guesses_and_leaves_edited_days_alone(cast):
    async with database.transaction():
        await Day.create(day=date(2026, 10, 1), is_open=False, name="国庆", is_provisional=True)
        await Day.create(day=date(2026, 3, 3), is_open=False, name="猜的", is_provisional=True)
        await Day.create(day=date(2026, 10, 10), is_open=False, name="装修", is_edited=True)
    await day_actions.seed_days([2026])
    assert (await Day.get(day=date(2026, 10, 1))).name == "国庆节"
    assert not (await Day.get(day=date(2026, 10, 10))).is_open
    assert not await Day.filter(day=date(2026, 3, 3)).exists() and await Day.all().count() == 39


async def test_the_next_mornings_skip_days_off_and_name_make_up_days(cast):
    await day_actions.seed_days([2026, 2027])
    found = await queries.working_mornings(date(2026, 9, 18), 4)
    assert [(day.on.day, day.note) for day in found] == [(18, ""), (20, "国庆节调休上班"), (21, ""), (22, "")]
    over_new_year = await queries.working_mornings(date(2026, 12, 31), 2)
    assert [(day.on, day.is_provisional) for day in over_new_year] == [
        (date(2026, 12, 31), False),
        (date(2027, 1, 4), True),
    ]


async def test_the_board_counts_lawyers_and_shows_holes_on_open_days_only(cast):
    await weekly(cast.chen)
    await weekly(cast.lin)
    board = await queries.coverage(MONDAY, MONDAY + timedelta(days=6))
    assert [day.lawyers for day in board] == [0, 0, 2, 0, 0, 0, 0]
    assert [day.on.day for day in board if day.is_hole] == [23, 24, 26, 27]
    assert {duty["times"] for duty in board[2].duties} == {6}
    await make.duty(cast.other.ge, MONDAY, community=cast.other.places.community)
    assert (await queries.coverage(MONDAY, MONDAY))[0].is_hole


async def test_the_open_times_carry_lawyer_firm_and_topics(cast):
    await weekly(cast.chen)
    found = await queries.open_slots(*clock.span(WEDNESDAY))
    assert len(found) == 6
    assert found[0]["firm_id"] == cast.hengdao.id and found[0]["topics"] == ["debt", "contract"]
    await actions.take_leave(cast.chen.person, cast.chen, WEDNESDAY, WEDNESDAY)
    assert await queries.open_slots(*clock.span(WEDNESDAY)) == []


async def test_a_preview_names_closed_days_too(cast):
    await day_actions.seed_days([2026, 2027])
    shown = await queries.preview(Pattern(weekday=5, from_minute=540, until_minute=720, from_on=MONDAY))
    closed = [day for day in shown if not day.is_open]
    assert len(shown) == 8 and [(day.on, day.note) for day in closed] == [(date(2027, 1, 1), "元旦")]


async def lawyer_of(actor: Person, firm: Firm, **columns) -> Lawyer:
    return await firm_actions.add_lawyer(
        actor,
        **{
            "name": "周新来",
            "phone": "13811112222",
            "firm": firm,
            "licence": "12201201510123456",
            "licence_until": date(2028, 5, 31),
            "topics": [Topic.DEBT],
            **columns,
        },
    )


async def test_a_new_lawyer_is_a_person_with_an_office_and_is_let_in_by_invitation(cast):
    made = await lawyer_of(cast.guo, cast.lanting)
    person = await make.reload(await made.person)
    assert person.roles == {"lawyer"} and person.minds("lawyer") == [cast.lanting.id]
    assert not await Credential.filter(person_id=person.id).exists()
    assert await people_actions.invite(cast.guo, person)
    made.person = person
    await weekly(made)


async def test_a_lawyer_half_taken_in_is_not_taken_in(cast):
    with pytest.raises(Refusal):
        await lawyer_of(cast.guo, cast.lanting, licence=cast.chen.licence)
    assert not await Person.filter(people.has_phone("13811112222")).exists()
    assert not await Lawyer.filter(licence="12201201510123456").exists()


@pytest.mark.parametrize(
    ("columns", "field"),
    [({"phone": "13800000001"}, "phone"), ({"licence": "chen"}, "licence")],
)
async def test_what_belongs_to_somebody_else_is_refused_beside_its_field(cast, columns, field):
    if field == "licence":
        columns = {"licence": cast.chen.licence}
    with pytest.raises(firm_actions.Taken) as taken:
        await lawyer_of(cast.guo, cast.lanting, **columns)
    assert taken.value.field == field
    with pytest.raises(firm_actions.Taken):
        await firm_actions.add_firm(cast.fang, "衡道律师事务所")


async def test_only_who_may_give_the_office_takes_a_lawyer_in_or_moves_one(cast):
    with pytest.raises(Forbidden):
        await lawyer_of(cast.fang, cast.lanting)
    known = {"licence": cast.chen.licence, "licence_until": date(2030, 1, 1), "topics": [], "is_active": True}
    with pytest.raises(Forbidden):
        await firm_actions.change_lawyer(cast.fang, cast.chen, firm=cast.lanting, **known)
    await firm_actions.change_lawyer(cast.guo, cast.chen, firm=cast.lanting, **known)
    person = await make.reload(cast.chen.person)
    assert person.minds("lawyer") == [cast.lanting.id]
    assert (await Lawyer.get(id=cast.chen.id)).firm_id == cast.lanting.id


async def test_a_licence_that_ends_soon_is_mentioned_once(cast):
    for days in (-1, 20, 31):
        await make.lawyer("钱将尽", cast.lanting, licence_until=MONDAY + timedelta(days=days))
    assert await firm_actions.remind_of_licences() == 1
    assert await firm_actions.remind_of_licences() == 0
    assert await Notice.filter(kind="roster/licence").count() == 1
    ending = await Lawyer.filter(await queries.wanted(cast.fang, "", "ending"))
    assert {one.person_id for one in ending} and len(ending) == 3


async def test_the_job_fills_the_calendar_and_makes_the_mornings_and_then_rests(cast):
    async with database.transaction():
        await Pattern.create(lawyer=cast.chen, weekday=3, from_minute=540, until_minute=720, from_on=MONDAY)
    assert await work.look_ahead() == 39 + 13
    assert await Slot.all().count() == 48
    assert await work.look_ahead() == 0
