"""The two sides of something never wait in one room: the later one's times, the waitlist's offers, moves at the desk."""

from asyncio import gather
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock, settings
from portal.booking import actions, queries, rules
from portal.booking.models import Appointment, Mode, State, Wait, WaitState
from portal.booking.queries import Asker
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Side
from portal.database import transaction
from portal.law.topics import Topic
from portal.records import new_id
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


@pytest.fixture
async def morning(cast):
    """Two firms sit from nine to twelve; Mei comes at ten and has said that it is about Tao."""
    cast.lins, cast.chens = (await make.duty(cast.lin)).made, (await make.duty(cast.chen)).made
    cast.mei_comes = await book(cast.mei, cast.chens[2].starts_at, other="陶建国")
    return cast


async def book(person, at, browser="", other="", mode=Mode.DESK, actor=None) -> Appointment:
    browser = browser or f"browser of {person.name}"
    await actions.hold(browser, at, Topic.DEBT, other, "", person)
    return await actions.book(person, browser, topic=Topic.DEBT, other_side=other, mode=mode, actor=actor)


async def dispute(*sides: tuple[Side, str]) -> None:
    matter = new_id()
    async with transaction():
        for side, name in sides:
            await conflicts.meet("dispute", matter, side, name)


@pytest.mark.parametrize(
    ("minutes", "apart"), [(-90, True), (-60, False), (0, False), (60, False), (61, True)]
)
def test_an_hour_lies_between_the_two_with_both_ends(minutes, apart):
    ten = datetime(2026, 11, 24, 10)
    assert rules.is_apart(ten + timedelta(minutes=minutes), [ten], HOUR) is apart
    assert rules.is_apart(ten, [], HOUR)


async def test_whom_somebody_has_named_gets_no_time_within_an_hour_and_reads_that_it_is_taken(morning):
    times = [slot.starts_at for slot in morning.chens]
    for at in times[:5]:
        with pytest.raises(actions.TimeTaken) as told:
            await actions.hold("tao", at, Topic.DEBT, person=morning.tao)
        assert told.value.text == "这个时间刚刚被约走了，请另选一个。"
        assert told.value.nearest == [times[5]]
    assert (await book(morning.tao, times[5])).starts_at == times[5]
    assert (await book(morning.yu, times[2])).starts_at == times[2]


async def test_a_dispute_keeps_both_apart_whoever_comes_first(cast):
    slots = (await make.duty(cast.chen)).made
    await make.duty(cast.lin)
    await dispute((Side.A, "梅秀英"), (Side.B, "陶建国"))
    await book(cast.tao, slots[0].starts_at)
    with pytest.raises(actions.TimeTaken):
        await actions.hold("mei", slots[1].starts_at, Topic.DEBT, person=cast.mei)
    assert await book(cast.mei, slots[3].starts_at)


async def test_an_hour_is_kept_clear_on_its_far_side_too_whoever_books_first(cast):
    slots = (await make.duty(cast.chen)).made
    await make.duty(cast.lin)
    await dispute((Side.A, "梅秀英"), (Side.B, "陶建国"))
    mei = await book(cast.mei, slots[3].starts_at)
    with pytest.raises(actions.TimeTaken):
        await actions.hold("tao", slots[0].starts_at, Topic.DEBT, person=cast.tao, is_long=True)
    long = Asker.of("tao", cast.tao, is_long=True)
    assert await queries.keeps_apart(await queries.facing(long), [slots[0].starts_at]) == []
    tao = await book(cast.tao, slots[0].starts_at)
    assert await queries.meetings(mei.community_id) == {}
    async with transaction():
        await Appointment.filter(id=tao.id).update(second_slot_id=slots[1].id)
    assert await queries.meetings(mei.community_id) == {mei.id: tao.id, tao.id: mei.id}


async def test_nobody_learns_from_the_times_when_somebody_comes_whom_they_name(morning):
    at = morning.chens[2].starts_at
    another_day = (await make.duty(morning.lin, make.working_day(2))).made
    await book(morning.yu, another_day[0].starts_at, other="梅秀英")  # what is said is on record by now
    await actions.hold("a stranger", at, Topic.DEBT, "梅秀英", "13800000001", morning.yu)
    made = await actions.book(morning.yu, "a stranger", topic=Topic.DEBT, other_side="梅秀英")
    assert made.starts_at == at
    assert await queries.meetings(made.community_id) == {
        made.id: morning.mei_comes.id,
        morning.mei_comes.id: made.id,
    }


async def test_staff_find_the_later_one_another_time_and_read_no_reason(morning):
    made = await book(morning.yu, morning.chens[2].starts_at, other="梅秀英")
    assert [one.id for one in await queries.too_close(morning.fang)] == [made.id]
    fang = await make.sign_in(Browser(app), morning.fang)
    assert (await fang.get("/queue")).has("有 1 个预约要和别人错开时间")
    page = await fang.get("/queue/affected")
    assert page.has("要错开时间的预约", made.number)
    assert not page.has("梅") and not page.has(morning.mei_comes.number)
    await actions.move(morning.fang, await Appointment.get(id=made.id), morning.lins[5].starts_at)
    assert await queries.too_close(morning.fang) == []
    for nobody in (morning.chen.person, morning.lin.person, morning.other.tang):
        assert await queries.too_close(nobody) == []


async def test_other_days_other_centres_and_telephones_keep_nobody_away(morning):
    later = (await make.duty(morning.lin, make.working_day(2))).made
    assert await book(morning.tao, later[2].starts_at)
    async with transaction():
        await Appointment.filter(id=morning.mei_comes.id).update(mode=Mode.PHONE)
    assert await book(morning.tao, morning.chens[3].starts_at)


async def test_who_was_cancelled_keeps_nobody_away(morning):
    await actions.cancel(morning.mei, morning.mei_comes)
    assert await book(morning.tao, morning.chens[3].starts_at)


async def test_a_resident_is_not_moved_near_the_other_side_and_staff_read_that_it_does_not_suit(morning):
    booked = await book(morning.tao, morning.lins[5].starts_at)
    for actor, said in ((morning.tao, "这个时间刚刚被约走了"), (morning.fang, "这个时间不合适")):
        with pytest.raises(actions.TimeTaken) as told:
            await actions.move(actor, await Appointment.get(id=booked.id), morning.lins[3].starts_at)
        assert told.value.text.startswith(said) and "梅" not in told.value.text
    assert (await Appointment.get(id=booked.id)).starts_at == morning.lins[5].starts_at


async def test_staff_also_keep_apart_whom_only_the_later_one_names(morning):
    booked = await book(morning.yu, morning.lins[5].starts_at, other="梅秀英")
    with pytest.raises(actions.TimeTaken):
        await actions.move(morning.fang, booked, morning.lins[3].starts_at)


async def test_another_lawyer_at_the_same_time_is_found_for_those_who_meet_already(morning):
    booked = await book(morning.yu, morning.chens[2].starts_at, other="梅秀英")
    another = await make.lawyer()
    await make.duty(another)
    await actions.reassign(morning.fang, await Appointment.get(id=booked.id))
    assert (await Appointment.get(id=booked.id)).lawyer_id == another.id


async def test_the_waitlist_offers_no_time_near_the_other_side(morning):
    wait = await actions.join(morning.tao, Topic.DEBT, {})
    assert await actions.offer_next() == wait
    offered = await Wait.get(id=wait.id).prefetch_related("hold__slot")
    assert offered.state == WaitState.OFFERED
    assert offered.hold.slot.starts_at == morning.lins[5].starts_at


async def test_the_counter_keeps_them_apart_and_who_is_rung_meets_nobody(morning):
    at = morning.chens[3].starts_at
    with pytest.raises(actions.TimeTaken):
        await actions.seat(morning.fang, morning.tao, [at], topic=Topic.DEBT)
    rung = await actions.seat(morning.fang, morning.tao, [at], topic=Topic.DEBT, mode=Mode.PHONE)
    await actions.cancel(morning.tao, rung)
    await actions.hold("tao", at, Topic.DEBT)
    assert await actions.book(morning.tao, "tao", topic=Topic.DEBT, mode=Mode.PHONE)


async def test_the_second_half_of_an_hour_counts_as_the_first(morning):
    async with transaction():
        await Appointment.filter(id=morning.mei_comes.id).update(second_slot_id=morning.chens[3].id)
    with pytest.raises(actions.TimeTaken):
        await actions.hold("tao", morning.chens[5].starts_at, Topic.DEBT, person=morning.tao)


async def test_the_span_is_a_setting(morning):
    before = settings.use(replace(settings.current(), apart_minutes=29))
    try:
        assert await book(morning.tao, morning.chens[3].starts_at)
    finally:
        settings.use(before)


async def test_of_two_at_once_one_comes_and_the_other_is_refused(cast):
    slots = (await make.duty(cast.chen)).made
    await make.duty(cast.lin)
    await dispute((Side.A, "梅秀英"), (Side.B, "陶建国"))
    await actions.hold("mei", slots[1].starts_at, Topic.DEBT, person=cast.mei)
    await actions.hold("tao", slots[2].starts_at, Topic.DEBT, person=cast.tao)
    answers = await gather(
        actions.book(cast.mei, "mei", topic=Topic.DEBT),
        actions.book(cast.tao, "tao", topic=Topic.DEBT),
        return_exceptions=True,
    )
    assert sorted(isinstance(one, actions.TimeTaken) for one in answers) == [False, True]
    assert await Appointment.filter(state=State.BOOKED).count() == 1
