"""Booking on the migrated database: who gets which time, and what becomes of it."""

from asyncio import gather
from datetime import datetime, timedelta

import pytest

from portal import clock, journal, locality, notices, settings
from portal.booking import actions, drafts, queries
from portal.booking.actions import holds
from portal.booking.models import Appointment, Hold, State, Wait, WaitState
from portal.booking.queries import Asker
from portal.conflicts.models import Check, Party, Side
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.law.topics import Topic
from portal.notices import Notice
from portal.people.models import Person
from portal.roster.models import Slot
from tests import make

pytestmark = pytest.mark.anyio
EIGHT = 8 * 60


@pytest.fixture(autouse=True)
def monday_morning():
    """It is a Monday at half past eight in China: a working day, in daytime, before the clinic opens."""
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), EIGHT + 30)):
        yield


async def hold_and_book(person, at, browser="b", topic=Topic.DEBT, other="", phone="") -> Appointment:
    await actions.hold(browser, at, topic, other, phone, person)
    return await actions.book(person, browser, topic=topic, other_side=other, other_phone=phone)


async def test_the_first_browser_holds_the_last_desk_and_the_second_is_shown_the_nearest_times(cast):
    duty = await make.duty(cast.chen)
    times = [slot.starts_at for slot in duty.made]
    held = await actions.hold("first", times[2], Topic.DEBT)
    assert held.slot_id == duty.made[2].id
    with pytest.raises(actions.TimeTaken) as refused:
        await actions.hold("second", times[2], Topic.DEBT)
    assert refused.value.nearest == [times[0], times[1], times[3]]


async def test_a_browser_holds_one_time_and_lets_the_old_one_go(cast):
    times = [slot.starts_at for slot in (await make.duty(cast.chen)).made]
    await actions.hold("b", times[0], Topic.DEBT)
    await actions.hold("b", times[1], Topic.DEBT)
    assert await Hold.all().values_list("browser", "slot__starts_at") == [("b", times[1])]
    assert (await queries.hold_of("b"))["starts_at"] == times[1]
    assert await actions.hold("other", times[0], Topic.DEBT)


async def test_a_hold_that_has_ended_may_be_taken_over_and_not_before(cast):
    at = (await make.slot(cast.chen)).starts_at
    await actions.hold("slow", at, Topic.DEBT)
    minutes = settings.current().hold_minutes
    with clock.standing_at(clock.now() + timedelta(minutes=minutes - 1)), pytest.raises(actions.TimeTaken):
        await actions.hold("quick", at, Topic.DEBT)
    with clock.standing_at(clock.now() + timedelta(minutes=minutes + 1)):
        await actions.hold("quick", at, Topic.DEBT)
        assert await Hold.all().values_list("browser", flat=True) == ["quick"]


async def test_times_that_are_past_near_withdrawn_far_off_or_nobodys_are_refused(cast):
    day = make.working_day()
    slot = await make.slot(cast.chen, day)
    gone = await make.slot(cast.wu, day, make.NINE + 30)
    async with transaction():
        await Slot.filter(id=gone.id).update(withdrawn_at=clock.now())
    far = await make.slot(cast.lin, clock.today() + timedelta(days=60))
    near = await make.slot(cast.lin, clock.today(), EIGHT + 40)
    past = await make.slot(cast.wu, clock.today(), EIGHT)
    unknown = slot.starts_at + timedelta(minutes=7)
    for at in (gone.starts_at, far.starts_at, near.starts_at, past.starts_at, unknown):
        with pytest.raises(actions.TimeTaken) as refused:
            await actions.hold("b", at, Topic.DEBT)
        assert refused.value.nearest == [slot.starts_at]
    assert not await Hold.all().exists()


async def test_a_booking_is_assigned_recorded_checked_and_confirmed(cast):
    slot = await make.slot(cast.chen)
    booked = await hold_and_book(cast.mei, slot.starts_at, other="陶建国", phone="13800000002")
    assert (booked.lawyer_id, booked.firm_id, booked.state) == (cast.chen.id, cast.hengdao.id, State.BOOKED)
    assert booked.assigned[0]["chosen"] and booked.assigned[0]["knows"]
    assert await Hold.get(slot=slot).values("appointment_id", "browser", "ends_at") == {
        "appointment_id": booked.id,
        "browser": "",
        "ends_at": None,
    }
    parties = (
        await Party.filter(matter=booked.id, firm_id=cast.hengdao.id)
        .order_by("side")
        .values_list("side", "name")
    )
    assert parties == [(Side.CLIENT, "梅秀英"), (Side.OTHER, "陶建国")]
    assert await Check.filter(matter=booked.id).values_list("is_clear", flat=True) == [True]
    assert [entry["verb"] for entry in await journal.of(booked)] == ["create"]
    kinds = await Notice.all().order_by("next_at").values_list("kind", flat=True)
    assert kinds == [
        "booking/booked",
        "booking/reminder",
    ]  # tomorrow at nine: only the one two hours before is left


async def test_a_firm_that_served_the_other_side_is_passed_over_and_nothing_is_said_of_why(cast):
    at = (await make.slot(cast.chen)).starts_at
    await make.slot(cast.wu)
    await make.slot(cast.lin)
    await hold_and_book(cast.tao, at, other="梅秀英")
    first = await Appointment.get(person=cast.tao)
    assert first.firm_id == cast.hengdao.id
    async with transaction():
        await Appointment.filter(id=first.id).update(mode="phone")  # or the two would sit in one room
    second = await hold_and_book(cast.mei, at, browser="m", other="陶建国")
    assert second.firm_id == cast.lanting.id
    barred = [row for row in second.assigned if not row["suits"]]
    assert {row["firm"] for row in barred} == {"衡道律师事务所"}
    assert all(row.keys() == {"lawyer", "firm", "suits", "chosen"} for row in barred)
    assert await Check.filter(matter=second.id, is_clear=False).count() == 1


async def test_a_conflict_known_only_after_signing_in_moves_the_booking_to_another_desk_of_that_time(cast):
    at = (await make.slot(cast.chen)).starts_at
    other = await make.slot(cast.lin)
    async with transaction():
        await Party.create(
            matter_kind="appointment",
            matter=cast.tao.id,
            side=Side.OTHER,
            firm=cast.hengdao,
            name="梅秀英",
        )
    held = await actions.hold("b", at, Topic.DEBT)
    assert held.slot_id != other.id
    booked = await actions.book(cast.mei, "b", topic=Topic.DEBT)
    assert booked.slot_id == other.id
    assert await Hold.all().count() == 1


async def test_when_only_firms_in_conflict_are_left_the_time_is_refused_and_nothing_is_kept(cast):
    at = (await make.slot(cast.chen)).starts_at
    async with transaction():
        await Party.create(
            matter_kind="appointment",
            matter=cast.tao.id,
            side=Side.OTHER,
            firm=cast.hengdao,
            name="x",
            phone="13800000001",
        )
    await actions.hold("b", at, Topic.DEBT)
    with pytest.raises(actions.TimeTaken):
        await actions.book(cast.mei, "b", topic=Topic.DEBT)
    assert not await Appointment.all().exists() and not await Notice.all().exists()


async def test_confirming_late_still_books_while_nobody_else_has_the_time(cast):
    at = (await make.slot(cast.chen, make.working_day(2))).starts_at
    await actions.hold("b", at, Topic.DEBT)
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        await actions.tidy()
        await drafts.keep("b", slot=at.astimezone(clock.CHINA).strftime("%Y%m%dT%H%M"))
        assert (await actions.book(cast.mei, "b", topic=Topic.DEBT)).starts_at == at


async def test_confirming_in_two_windows_books_once(cast):
    at = (await make.slot(cast.chen)).starts_at
    await make.slot(cast.lin)
    await actions.hold("b", at, Topic.DEBT)
    outcomes = await gather(
        *[actions.book(cast.mei, "b", topic=Topic.DEBT) for _ in range(2)], return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {Appointment, actions.AlreadyBooked}
    assert await Appointment.all().count() == 1


async def test_a_third_open_appointment_is_refused_politely(cast):
    times = [slot.starts_at for slot in (await make.duty(cast.chen)).made]
    for at in times[:2]:
        await hold_and_book(cast.mei, at)
    await actions.hold("b", times[2], Topic.DEBT)
    with pytest.raises(Conflict, match="2 个"):
        await actions.book(cast.mei, "b", topic=Topic.DEBT)
    with pytest.raises(actions.BeyondLimit):
        await actions.book(cast.mei, "b", topic=Topic.DEBT, actor=cast.fang)
    more = await actions.book(cast.mei, "b", topic=Topic.DEBT, actor=cast.fang, over_limit="明天要开庭")
    assert (more.over_limit, more.booked_by_id) == ("明天要开庭", cast.fang.id)
    assert [entry["verb"] for entry in await journal.of(more)] == ["create", "exceed"]


async def test_cancelling_frees_the_time_withdraws_reminders_and_counts_the_calendar_on(cast):
    slot = await make.slot(cast.chen, make.working_day(3))
    booked = await hold_and_book(cast.mei, slot.starts_at)
    assert await Notice.filter(kind="booking/reminder", state=notices.State.OWED).count() == 2
    await actions.cancel(cast.mei, booked, "临时有事")
    again = await Appointment.get(id=booked.id)
    assert (again.state, again.sequence, again.reason) == (State.CANCELLED, 1, "临时有事")
    assert not await Hold.all().exists()
    assert await Notice.filter(kind="booking/reminder", state=notices.State.OWED).count() == 0
    with pytest.raises(Conflict):
        await actions.cancel(cast.mei, booked)


async def test_of_two_cancellations_at_once_one_is_told_it_was_second(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    two = [await Appointment.get(id=booked.id) for _ in range(2)]
    outcomes = await gather(*[actions.cancel(cast.mei, one) for one in two], return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]


async def test_cancelling_while_moving_leaves_one_state_and_no_stray_hold(cast):
    first, second = [await make.slot(cast.chen), await make.slot(cast.lin, start=make.NINE + 30)]
    booked = await make.appointment(cast.mei, first)
    one, two = [await Appointment.get(id=booked.id) for _ in range(2)]
    outcomes = await gather(
        actions.cancel(cast.mei, one), actions.move(cast.mei, two, second.starts_at), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]
    now = await Appointment.get(id=booked.id)
    held = await Hold.filter(appointment_id=booked.id).values_list("slot_id", flat=True)
    assert held == ([] if now.state == State.CANCELLED else [now.slot_id])


async def test_moving_keeps_the_lawyer_frees_the_old_time_and_remembers_both(cast):
    old, day = await make.slot(cast.chen), make.working_day(2)
    await make.slot(cast.lin, day)
    new = await make.slot(cast.chen, day)
    booked = await hold_and_book(cast.mei, old.starts_at, topic=Topic.MARRIAGE_FAMILY)
    assert booked.lawyer_id == cast.chen.id
    await actions.move(cast.mei, booked, new.starts_at, "孩子生病")
    again = await Appointment.get(id=booked.id)
    assert (again.lawyer_id, again.slot_id, again.sequence) == (cast.chen.id, new.id, 1)
    assert await Hold.all().values_list("slot_id", flat=True) == [new.id]
    moved = (await journal.of(booked))[-1]
    assert moved["verb"] == "move" and moved["detail"]["from_lawyer"] == str(cast.chen.id)
    assert "孩子" not in str(moved["detail"])


async def test_a_stranger_may_do_nothing_to_an_appointment(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    other = (await make.slot(cast.lin, start=make.NINE + 30)).starts_at
    for attempt in (
        actions.cancel(cast.yu, booked),
        actions.move(cast.yu, booked, other),
        actions.reassign(cast.mei, booked),
        actions.check_in(cast.mei, booked),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert (await Appointment.get(id=booked.id)).state == State.BOOKED
    assert not await Appointment.visible_to(cast.yu).exists()


async def test_another_lawyer_takes_over_at_the_same_time_and_the_first_sees_it_no_more(cast):
    slot = await make.slot(cast.chen)
    await make.slot(cast.lin)
    booked = await hold_and_book(cast.mei, slot.starts_at)
    chen = cast.chen.person
    assert await Appointment.visible_to(chen).exists()
    await actions.reassign(cast.fang, booked, cast.lin.id)
    assert not await Appointment.visible_to(chen).exists()
    assert (await Appointment.get(id=booked.id)).firm_id == cast.lanting.id
    firms = await Party.filter(matter=booked.id, side=Side.CLIENT).values_list("firm_id", flat=True)
    assert set(firms) == {cast.hengdao.id, cast.lanting.id}


async def test_the_morning_goes_its_way_and_no_step_is_taken_before_its_day(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    chen = cast.chen.person
    with pytest.raises(Forbidden):
        await actions.call(chen, booked)
    with clock.standing_at(booked.starts_at - timedelta(minutes=5)):
        await actions.check_in(cast.fang, booked)
        with pytest.raises(Conflict):
            await actions.miss(chen, booked, "left")
        await actions.call(chen, booked)
    with clock.standing_at(booked.starts_at):
        await actions.start(chen, booked)
        await actions.finish(chen, booked)
    again = await Appointment.get(id=booked.id)
    assert (
        again.state == State.DONE
        and again.checked_in_at < again.called_at < again.started_at <= again.ended_at
    )


async def test_who_does_not_come_is_missed_with_a_reason_from_the_table(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    with pytest.raises(Forbidden):
        await actions.miss(cast.chen.person, booked, "no_answer")
    with clock.standing_at(booked.starts_at + timedelta(minutes=15)):
        with pytest.raises(KeyError):
            await actions.miss(cast.chen.person, booked, "rude")
        await actions.miss(cast.chen.person, booked, "no_answer")
    assert (await Appointment.get(id=booked.id)).missed_because == "no_answer"


# -- the waitlist --------------------------------------------------------------------------------------------------------


async def left(slot: Slot) -> int:
    """How many desks a stranger is shown as free at this time."""
    mornings = await queries.free_times(clock.now(), Asker.of(""))
    return sum(
        time.left for morning in mornings for time in morning.times if time.starts_at == slot.starts_at
    )


async def test_what_was_lost_in_the_last_moment_is_offered_to_nobody_and_what_was_withdrawn_is_not_taken(
    cast, monkeypatch
):
    slot = await make.slot(cast.chen, make.working_day(2))
    tao = await actions.join(cast.tao, Topic.DEBT, {})

    async def lost(*_asked: object) -> bool:
        return False

    with monkeypatch.context() as just_then:
        just_then.setattr(holds, "take", lost)
        assert await actions.offer_next() is None
    assert (await Wait.get(id=tao.id)).state == WaitState.WAITING
    async with transaction():
        await Slot.filter(id=slot.id).update(withdrawn_at=clock.now())
        assert not await holds.claim(slot.id, clock.now() + timedelta(hours=1), Asker.of("b"))


async def test_a_cancelled_time_is_offered_to_whoever_waits_longest_and_to_nobody_else(cast):
    slot = await make.slot(cast.chen, make.working_day(2))
    booked = await hold_and_book(cast.mei, slot.starts_at)
    tao = await actions.join(cast.tao, Topic.DEBT, {})
    yu = await actions.join(cast.yu, Topic.DEBT, {})
    assert await actions.offer_next() is None
    await actions.cancel(cast.mei, booked)
    assert (await Wait.get(id=tao.id)).state == WaitState.OFFERED
    assert (await Wait.get(id=yu.id)).state == WaitState.WAITING
    assert await left(slot) == 0, "nor is it shown to a stranger, signed in or not"
    with pytest.raises(actions.TimeTaken):
        await actions.hold("quick", slot.starts_at, Topic.DEBT)
    async with transaction():
        assert not await holds.claim(slot.id, clock.now() + timedelta(hours=1), Asker(wait=yu.id))
    got = await actions.accept(cast.tao, await Wait.get(id=tao.id))
    assert (got.starts_at, got.channel) == (slot.starts_at, "waitlist")
    assert (await Wait.get(id=tao.id)).state == WaitState.BOOKED


async def test_a_time_given_back_at_night_is_kept_for_the_waitlist_until_the_morning(cast):
    slot = await make.slot(cast.chen, make.working_day(3))
    booked = await hold_and_book(cast.mei, slot.starts_at)
    tao = await actions.join(cast.tao, Topic.DEBT, {})
    night = clock.at(clock.today(), 23 * 60)
    with clock.standing_at(night):
        await actions.cancel(cast.mei, booked)
        assert (await Wait.get(id=tao.id)).state == WaitState.WAITING
        kept = await Hold.get(slot_id=slot.id)
        assert kept.ends_at == clock.at(clock.today() + timedelta(days=1), EIGHT + 10)
        assert await left(slot) == 0
        with pytest.raises(actions.TimeTaken):
            await actions.hold("owl", slot.starts_at, Topic.DEBT)
    with clock.standing_at(clock.at(clock.today() + timedelta(days=1), EIGHT + 1)):
        assert await actions.serve_waitlist() == 1
        assert (await Wait.get(id=tao.id)).state == WaitState.OFFERED


async def test_an_offer_that_runs_out_goes_to_the_next_and_the_first_keeps_their_place(cast):
    await make.slot(cast.chen, make.working_day(2))
    tao = await actions.join(cast.tao, Topic.DEBT, {})
    yu = await actions.join(cast.yu, Topic.DEBT, {})
    await actions.serve_waitlist()
    tao = await Wait.get(id=tao.id)
    assert tao.state == WaitState.OFFERED
    with clock.standing_at(tao.offered_until + timedelta(seconds=1)):
        with pytest.raises(actions.TimeTaken):
            await actions.accept(cast.tao, tao)
        assert await actions.serve_waitlist() == 2
        tao, yu = await Wait.get(id=tao.id), await Wait.get(id=yu.id)
        assert (tao.state, tao.declined, yu.state) == (WaitState.WAITING, 1, WaitState.OFFERED)
        assert await queries.before(tao) == 0


async def test_after_two_unanswered_offers_those_behind_come_first(cast):
    tao = await actions.join(cast.tao, Topic.DEBT, {})
    yu = await actions.join(cast.yu, Topic.DEBT, {})
    async with transaction():
        await Wait.filter(id=tao.id).update(declined=2)
    assert [wait.id for wait in await queries.in_turn(locality.current())] == [yu.id, tao.id]
    async with transaction():
        await Person.filter(id=cast.yu.id).update(frozen_at=clock.now())
    assert [wait.id for wait in await queries.in_turn(locality.current())] == [tao.id], "who is left alone"


async def test_declining_passes_the_time_on_and_it_is_not_offered_to_the_same_again(cast):
    await make.slot(cast.chen, make.working_day(2))
    tao = await actions.join(cast.tao, Topic.DEBT, {})
    await actions.serve_waitlist()
    await actions.decline(cast.tao, await Wait.get(id=tao.id))
    assert await actions.offer_next() is None
    await actions.join(cast.tao, Topic.LABOUR, {"needs": "听力不好"})
    assert await actions.offer_next() is None, "to join again is not to be offered it again"
    yu = await actions.join(cast.yu, Topic.DEBT, {})
    await actions.serve_waitlist()
    assert (await Wait.get(id=yu.id)).state == WaitState.OFFERED
    await actions.leave(cast.yu, await Wait.get(id=yu.id))
    assert (await Wait.get(id=yu.id)).state == WaitState.LEFT


async def test_whoever_declines_or_leaves_makes_room_for_the_next_at_once(cast):
    await make.slot(cast.chen, make.working_day(2))
    tao, yu = [await actions.join(person, Topic.DEBT, {}) for person in (cast.tao, cast.yu)]
    await actions.serve_waitlist()
    await actions.decline(cast.tao, await Wait.get(id=tao.id))
    assert (await Wait.get(id=yu.id)).state == WaitState.OFFERED
    await actions.leave(cast.yu, await Wait.get(id=yu.id))
    assert not await Hold.filter(wait_id=yu.id).exists()


async def test_nobody_answers_or_leaves_for_a_stranger_and_joining_twice_keeps_the_place(cast):
    tao = await actions.join(cast.tao, Topic.DEBT, {})
    assert (await actions.join(cast.tao, Topic.LABOUR, {})).id == tao.id
    with pytest.raises(Forbidden):
        await actions.leave(cast.yu, tao)
    assert not await Wait.visible_to(cast.yu).exists()


async def test_a_firm_in_conflict_is_not_offered_to_who_waits(cast):
    await make.slot(cast.chen, make.working_day(2))
    async with transaction():
        await Party.create(
            matter_kind="appointment",
            matter=cast.tao.id,
            side=Side.CLIENT,
            firm=cast.hengdao,
            name="陶建国",
        )
    await actions.join(cast.mei, Topic.DEBT, {"other_side": "陶建国"})
    assert await actions.offer_next() is None
    assert await queries.free_times(clock.now(), Asker.of("", None, "陶建国")) is not None


# -- what the page shows -------------------------------------------------------------------------------------------------


async def test_free_times_count_every_desk_whoever_asks_and_whatever_they_name(cast):
    day = make.working_day()
    at = (await make.slot(cast.chen, day)).starts_at
    await make.slot(cast.lin, day)
    async with transaction():
        for side, name in ((Side.CLIENT, "陶建国"), (Side.OTHER, "梅秀英")):
            await Party.create(
                matter_kind="appointment", matter=cast.tao.id, side=side, firm=cast.hengdao, name=name
            )
    now = clock.now()

    async def left(asker: Asker) -> int:
        (time,) = [time for morning in await queries.free_times(now, asker) for time in morning.times]
        return time.left

    assert await left(Asker.of()) == await left(Asker.of("", cast.mei, "陶 建国")) == 2
    await actions.hold("b", at, Topic.DEBT)
    assert await left(Asker.of()) == 1
    assert await left(Asker.of("b")) == 2
    assert len(await queries.free_times(now, Asker.of())) == settings.current().mornings


async def test_a_withdrawn_time_shows_its_booking_to_staff_and_its_lawyer_only(cast):
    slot = await make.slot(cast.chen)
    booked = await make.appointment(cast.mei, slot)
    assert await queries.affected(cast.fang) == []
    async with transaction():
        await Slot.filter(id=slot.id).update(withdrawn_at=clock.now())
    assert [one.id for one in await queries.affected(cast.fang)] == [booked.id]
    assert [one.id for one in await queries.affected(cast.chen.person)] == [booked.id]
    assert await queries.affected(cast.lin.person) == []


async def test_a_draft_keeps_what_was_typed_for_seven_days(cast):
    await drafts.keep("b", topic="debt", words="他不还钱")
    await drafts.keep("b", slot="20261215T0930", words=None)
    assert await drafts.read("b") == {"topic": "debt", "slot": "20261215T0930"}
    with clock.standing_at(clock.now() + timedelta(days=7, seconds=1)):
        assert await drafts.read("b") == {}
        assert await drafts.tidy() == 1
    await drafts.drop("b")
    assert await drafts.read("b") == {}


async def test_the_board_tells_of_a_time_what_the_tables_do_and_nothing_once_the_roster_is_another(cast):
    day = make.working_day()
    first, second = await make.duty(cast.chen, day), await make.duty(cast.lin, day)
    at, asker = first.made[1].starts_at, Asker("mine", community=locality.current())
    other = await actions.hold("other", at, Topic.DEBT)
    board = await queries.board(clock.now(), asker.community)

    async def both() -> tuple[set, set]:
        async with transaction():
            every = await queries.desks(at, at + timedelta(minutes=1), asker)
            return {one for one in await queries.desks_at(at, asker, board) if one.is_free}, {
                one for one in every if one.is_free
            }

    from_board, from_tables = await both()
    assert from_board == from_tables and len(from_board) == 1
    async with transaction():
        await Slot.filter(id__in=[first.made[1].id, second.made[1].id]).update(withdrawn_at=clock.now())
        await Hold.filter(id=other.id).delete()
    assert await both() == (set(), set())
