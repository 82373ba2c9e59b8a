"""A time is kept longer once, and two times after one another are one unit: taken, moved and given back together."""

from datetime import datetime, timedelta

import pytest

from portal import clock, invariants, settings
from portal.booking import actions, drafts, queries, rules
from portal.booking.actions import holds
from portal.booking.forms import write_time
from portal.booking.models import Appointment, Hold, State, WaitState
from portal.booking.queries import Asker
from portal.database import transaction
from portal.errors import Conflict
from portal.law.topics import Topic
from portal.roster.models import Slot
from tests import make

pytestmark = pytest.mark.anyio
EIGHT = 8 * 60


@pytest.fixture(autouse=True)
def monday_morning():
    """It is a Monday at half past eight in China: a working day, in daytime, before the clinic opens."""
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), EIGHT + 30)):
        yield


async def broken() -> list[str]:
    """The promises about data that do not hold now."""
    return [result.promise async for result in invariants.check() if result.broken]


async def held() -> dict[datetime, str]:
    """What is held, as (time: by whom)."""
    rows = await Hold.all().values_list("slot__starts_at", "browser", "appointment_id", "beside_id")
    return {
        at: "booked" if booked else "beside" if beside else browser for at, browser, booked, beside in rows
    }


async def book_long(person, at, browser="b", **more) -> Appointment:
    await actions.hold(browser, at, Topic.DEBT, is_long=True)
    return await actions.book(person, browser, topic=Topic.DEBT, **more)


# -- kept longer ---------------------------------------------------------------------------------------------------------


async def test_a_time_is_kept_longer_once_and_nobody_takes_it_meanwhile(cast):
    at = (await make.slot(cast.chen)).starts_at
    minutes = settings.current().hold_minutes
    first = (await actions.hold("slow", at, Topic.DEBT)).ends_at
    assert await actions.extend("slow") == first + timedelta(minutes=minutes)
    with pytest.raises(Conflict, match="一次"):
        await actions.extend("slow")
    with clock.standing_at(clock.now() + timedelta(minutes=minutes + 2)):
        with pytest.raises(actions.TimeTaken):
            await actions.hold("quick", at, Topic.DEBT)
        assert (await queries.hold_of("slow"))["may_extend"] is False
    with clock.standing_at(clock.now() + timedelta(minutes=2 * minutes + 1)):
        assert await actions.hold("quick", at, Topic.DEBT)
        assert (await queries.hold_of("quick"))["may_extend"] is True


async def test_what_has_ended_is_not_kept_longer_nor_what_another_browser_holds(cast):
    at = (await make.slot(cast.chen)).starts_at
    await actions.hold("slow", at, Topic.DEBT)
    for browser in ("other", ""):
        with pytest.raises(actions.TimeTaken):
            await actions.extend(browser)
    with (
        clock.standing_at(clock.now() + timedelta(minutes=settings.current().hold_minutes)),
        pytest.raises(actions.TimeTaken, match="到了"),
    ):
        await actions.extend("slow")


async def test_choosing_the_same_time_again_does_not_keep_it_longer(cast):
    at = (await make.slot(cast.chen)).starts_at
    first = await actions.hold("b", at, Topic.DEBT)
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        again = await actions.hold("b", at, Topic.DEBT)
        assert again.ends_at == first.ends_at
        until = await actions.extend("b")
        assert (await actions.hold("b", at, Topic.DEBT)).ends_at == until
        with pytest.raises(Conflict):
            await actions.extend("b")


async def test_both_times_of_a_unit_are_kept_longer_together(cast):
    at = (await make.duty(cast.chen)).made[0].starts_at
    await actions.hold("b", at, Topic.DEBT, is_long=True)
    until = await actions.extend("b")
    assert set(await Hold.all().values_list("ends_at", flat=True)) == {until}


# -- two as one ----------------------------------------------------------------------------------------------------------


async def test_two_times_are_offered_only_where_both_are_free_at_one_desk(cast):
    chen = await make.duty(cast.chen, times=3)
    lin = await make.duty(cast.lin, chen.day, times=2)
    times = [slot.starts_at for slot in chen.made]
    await make.appointment(cast.tao, chen.made[1])
    mornings = await queries.free_times(clock.now(), Asker.of("b", is_long=True))
    assert [(time.starts_at, time.left) for morning in mornings for time in morning.times] == [
        (times[0], 1),
        (times[1], 0),
    ]
    await make.appointment(cast.yu, lin.made[1])
    with pytest.raises(actions.TimeTaken) as refused:
        await actions.hold("b", times[0], Topic.DEBT, is_long=True)
    assert refused.value.nearest == []
    assert await Hold.filter(browser="b").count() == 0


async def test_a_unit_of_two_is_held_booked_and_given_back_whole(cast):
    duty = await make.duty(cast.chen)
    times = [slot.starts_at for slot in duty.made]
    await actions.hold("b", times[1], Topic.DEBT, is_long=True)
    shown = await queries.hold_of("b")
    assert (shown["starts_at"], shown["until"], shown["is_long"]) == (times[1], times[3], True)
    for at in times[1:3]:
        with pytest.raises(actions.TimeTaken):
            await actions.hold("other", at, Topic.DEBT)
    booked = await actions.book(cast.mei, "b", topic=Topic.DEBT)
    assert (booked.slot_id, booked.second_slot_id) == (duty.made[1].id, duty.made[2].id)
    await booked.fetch_related("slot", "second_slot")
    assert booked.ends_at == times[3]
    assert await held() == {times[1]: "booked", times[2]: "beside"}
    assert await broken() == []
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        await actions.tidy()
        assert await held() == {times[1]: "booked", times[2]: "beside"}
    await actions.cancel(cast.mei, booked)
    assert await held() == {}


async def test_whoever_holds_two_and_then_wants_one_of_them_gets_it_and_gives_up_the_other(cast):
    times = [slot.starts_at for slot in (await make.duty(cast.chen)).made]
    await actions.hold("b", times[0], Topic.DEBT, is_long=True)
    await actions.hold("b", times[1], Topic.DEBT)
    assert await held() == {times[1]: "b"}
    await actions.hold("b", times[0], Topic.DEBT, is_long=True)
    assert await held() == {times[0]: "b", times[1]: "beside"}
    await actions.hold("b", times[1], Topic.DEBT, is_long=True)
    assert await held() == {times[1]: "b", times[2]: "beside"}


async def test_a_unit_that_ran_out_is_still_booked_whole_when_both_are_free_and_not_at_all_otherwise(cast):
    duty = await make.duty(cast.chen, times=2)
    times = [slot.starts_at for slot in duty.made]
    await actions.hold("b", times[0], Topic.DEBT, is_long=True)
    await drafts.keep("b", slot=write_time(times[0]), is_long=True)
    later = clock.now() + timedelta(minutes=settings.current().hold_minutes + 1)
    with clock.standing_at(later):
        await actions.tidy()
        await actions.hold("quick", times[1], Topic.DEBT)
        with pytest.raises(actions.TimeTaken):
            await actions.book(cast.mei, "b", topic=Topic.DEBT)
        assert await held() == {times[1]: "quick"}
        async with transaction():
            await Hold.all().delete()
        assert (await actions.book(cast.mei, "b", topic=Topic.DEBT)).second_slot_id == duty.made[1].id


async def test_when_the_second_half_is_lost_meanwhile_the_first_is_given_up_too(cast):
    times = [slot.starts_at for slot in (await make.duty(cast.chen, times=2)).made]
    asker = Asker.of("b", is_long=True)
    (unit,) = await queries.desks(times[0], times[0] + timedelta(minutes=1), asker)
    await actions.hold("quick", times[1], Topic.DEBT)
    async with transaction():
        assert not await holds.take(unit, clock.now() + timedelta(minutes=10), asker)
    assert await held() == {times[1]: "quick"}


async def test_a_unit_moves_whole_even_to_where_it_overlaps_itself(cast):
    duty = await make.duty(cast.chen, times=4)
    times = [slot.starts_at for slot in duty.made]
    booked = await book_long(cast.mei, times[0])
    for first, second in ((1, 2), (0, 1), (2, 3)):
        await actions.move(cast.mei, await Appointment.get(id=booked.id), times[first])
        assert await held() == {times[first]: "booked", times[second]: "beside"}
        assert await broken() == []
    await make.appointment(cast.tao, duty.made[0])
    with pytest.raises(actions.TimeTaken):
        await actions.move(cast.mei, await Appointment.get(id=booked.id), times[0])
    now = await Appointment.get(id=booked.id)
    assert (now.starts_at, now.second_slot_id, now.sequence) == (times[2], duty.made[3].id, 3)


async def test_a_unit_goes_to_another_lawyer_whole(cast):
    duty = await make.duty(cast.chen, times=2)
    await make.duty(cast.wu, duty.day, times=1)
    other = await make.duty(cast.lin, duty.day, times=2)
    booked = await book_long(cast.mei, duty.made[0].starts_at)
    if booked.lawyer_id != cast.chen.id:
        await actions.reassign(cast.fang, booked, cast.chen.id)
    await actions.reassign(cast.fang, await Appointment.get(id=booked.id))
    now = await Appointment.get(id=booked.id)
    assert (now.slot_id, now.second_slot_id) == (other.made[0].id, other.made[1].id)
    assert await broken() == []


async def test_when_the_second_half_loses_its_lawyer_the_whole_needs_another(cast):
    booked = await book_long(cast.mei, (await make.duty(cast.chen, times=2)).made[0].starts_at)
    async with transaction():
        await Slot.filter(id=booked.second_slot_id).update(withdrawn_at=clock.now())
    assert [one.id for one in await queries.affected(cast.fang)] == [booked.id]


async def test_both_freed_times_go_to_the_waitlist_one_to_each(cast):
    duty = await make.duty(cast.chen, make.working_day(2), times=2)
    booked = await book_long(cast.mei, duty.made[0].starts_at)
    waits = [await actions.join(person, Topic.DEBT, {}) for person in (cast.tao, cast.yu)]
    await actions.cancel(cast.mei, booked)
    await actions.serve_waitlist()
    for wait in waits:
        await wait.refresh_from_db()
        assert wait.state == WaitState.OFFERED
    assert await Hold.filter(wait_id=None).count() == 0
    assert await broken() == []


async def test_who_waits_for_two_is_offered_two_and_takes_or_passes_on_both(cast):
    day = make.working_day(2)
    single = await make.slot(cast.lin, day)
    wait = await actions.join(cast.mei, Topic.DEBT, {"is_long": True})
    await actions.serve_waitlist()
    await wait.refresh_from_db()
    assert wait.state == WaitState.WAITING and single
    duty = await make.duty(cast.chen, day, times=2)
    times = [slot.starts_at for slot in duty.made]
    await actions.serve_waitlist()
    await wait.refresh_from_db()
    assert wait.state == WaitState.OFFERED and await Hold.all().count() == 2
    for at in times[:2]:
        assert at not in {
            time.starts_at
            for morning in await queries.free_times(clock.now(), Asker.of("b", is_long=True))
            for time in morning.times
            if time.left
        }
    other = Asker(wait=cast.tao.id, community=wait.community_id)
    halves = {slot.id for slot in duty.made}
    assert not halves & {desk.slot for desk in await queries.open_desks(clock.now(), other)}
    booked = await actions.accept(cast.mei, wait)
    assert booked.second_slot_id == duty.made[1].id
    assert await held() == {times[0]: "booked", times[1]: "beside"}
    assert await broken() == []


async def test_nobody_is_at_another_desk_during_the_second_half(cast):
    duty = await make.duty(cast.chen, times=2)
    await make.duty(cast.lin, duty.day, times=2)
    booked = await book_long(cast.mei, duty.made[0].starts_at)
    await actions.hold("n", duty.made[1].starts_at, Topic.DEBT)
    with pytest.raises(actions.AlreadyBooked) as refused:
        await actions.book(cast.mei, "n", topic=Topic.DEBT)
    assert refused.value.appointment.id == booked.id
    assert booked.state == State.BOOKED


async def test_broken_units_are_named(cast):
    duty = await make.duty(cast.chen, times=4)
    await book_long(cast.mei, duty.made[0].starts_at)
    second = await Hold.get(slot_id=duty.made[1].id)
    async with transaction():
        await Appointment.all().update(second_slot_id=duty.made[2].id)
    assert len(await broken()) == 2
    async with transaction():
        await Appointment.all().update(second_slot_id=duty.made[1].id)
        await Hold.filter(id=second.id).update(ends_at=clock.now())
    assert len(await broken()) == 1


def test_a_unit_is_two_times_of_one_lawyer_one_right_after_the_other():
    from uuid import uuid4

    chen, wu = uuid4(), uuid4()
    half = timedelta(minutes=30)
    nine = clock.at(datetime(2026, 11, 24).date(), 9 * 60)

    def desk(lawyer, starts_at, is_free=True):
        return rules.Desk(
            uuid4(), starts_at, lawyer, "N", uuid4(), 1, frozenset(), is_free, ends_at=starts_at + half
        )

    first, gap, other = desk(chen, nine), desk(chen, nine + 2 * half), desk(wu, nine + half)
    assert rules.pairs([first, other, gap]) == []
    between = desk(chen, nine + half, is_free=False)
    joined = rules.pairs([first, other, between, gap])
    assert [(one.slot, one.second, one.is_free) for one in joined] == [
        (first.slot, between.slot, False),
        (between.slot, gap.slot, False),
    ]
