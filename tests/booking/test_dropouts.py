"""The lawyer is ill at 8:30: everybody is proposed something on one screen, and one confirmation carries it out."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock
from portal.booking import actions as booking
from portal.booking import queries
from portal.booking.models import MATTER, Appointment, Hold, Mode, State
from portal.booking.queries.dropouts import _claim
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Check, Party, Side
from portal.database import transaction
from portal.law.topics import Topic
from portal.notices import NEUTRAL, Notice
from portal.people.models import ContactBy, Protection
from portal.people.passwords import HASHER
from portal.records import new_id
from portal.roster.models import Leave, Slot
from tests import make
from tests.forms_browser import Browser, Page

TODAY = datetime(2026, 11, 23).date()  # a Monday


@pytest.fixture(autouse=True)
def half_past_eight():
    with clock.standing_at(clock.at(TODAY, 8 * 60 + 30)):
        yield


async def booked(person, slot: Slot, other_side: str = "", **columns) -> Appointment:
    """Booked as residents do it, both sides recorded."""
    async with transaction():
        await Hold.create(slot=slot, browser=f"b{slot.id}"[:60], ends_at=slot.starts_at)
    return await booking.book(person, f"b{slot.id}"[:60], topic=Topic.DEBT, other_side=other_side, **columns)


async def screen(cast, lawyer, who=None) -> Page:
    browser = await make.sign_in(Browser(app), who or cast.fang)
    return await browser.get(f"/queue/{lawyer.person.number}/replacement")


async def now(appointment: Appointment) -> Appointment:
    return await Appointment.get(id=appointment.id).select_related("lawyer__person", "slot")


async def told(person) -> list[str]:
    sent = Notice.filter(person_id=person.id, kind__in=["booking/moved", "booking/reassigned", NEUTRAL])
    return [str(kind) for kind in await sent.order_by("created_at").values_list("kind", flat=True)]


async def test_one_confirmation_seats_everybody_anew_tells_each_once_and_writes_the_leave(cast):
    mornings = await make.duty(cast.chen, TODAY, times=3)
    others = await make.duty(cast.lin, TODAY, times=3)
    one = await booked(cast.mei, mornings.made[0])
    two = await booked(cast.tao, mornings.made[1])
    page = await screen(cast, cast.chen)
    assert page.has("陈明理律师", "时间不变，换成林知远（兰亭律师事务所）")
    after = await page.press("确认，一起办好")
    assert after.path == "/queue" and after.has("安排好了 2 位")
    assert [(await now(each)).slot_id for each in (one, two)] == [slot.id for slot in others.made[:2]]
    assert await told(cast.mei) == await told(cast.tao) == ["booking/reassigned"]
    leave = await Leave.get()
    assert (leave.lawyer_id, leave.first_on, leave.last_on) == (cast.chen.id, TODAY, TODAY)
    assert await Slot.filter(lawyer_id=cast.chen.id, withdrawn_at=None).count() == 0
    assert await Check.filter(firm_id=cast.lanting.id, matter=one.id).exists()


async def test_a_firm_in_conflict_is_offered_to_nobody_it_may_not_serve(cast):
    await make.duty(cast.lin, TODAY - timedelta(days=0), times=1)
    async with transaction():
        await Party.create(
            matter_kind=MATTER, matter=cast.lin.id, side=Side.CLIENT, name="陶建国", firm_id=cast.lanting.id
        )
    one = await booked(cast.mei, (await make.duty(cast.chen, TODAY, times=1)).made[0], "陶建国")
    page = await screen(cast, cast.chen)
    assert "林知远" not in page.form("/replacement").text and page.has("当天没有合适的律师了")
    after = await page.press("确认，一起办好")
    assert after.path.endswith("/replacement") and after.has("还有 1 位等着安排")
    assert (await now(one)).lawyer_id == cast.chen.id and await told(cast.mei) == []
    affected = await after.browser.get("/queue/affected")
    assert affected.has(one.number) and await affected.click("陈明理律师的一起安排")


async def test_staff_may_choose_another_time_and_that_the_lawyer_rings(cast):
    one = await booked(cast.mei, (await make.duty(cast.chen, TODAY, times=1)).made[0])
    later = (await make.duty(cast.lin, TODAY, times=4)).made[3]
    page = await screen(cast, cast.chen)
    chosen = {f"to-{one.number}": str(later.id), f"ring-{one.number}": "1"}
    await page.press("确认，一起办好", **chosen)
    moved = await now(one)
    assert (moved.slot_id, moved.starts_at, moved.mode) == (later.id, later.starts_at, Mode.PHONE)
    assert await told(cast.mei) == ["booking/moved"]


async def test_two_are_not_put_on_one_chair_and_nothing_typed_is_lost(cast):
    morning = await make.duty(cast.chen, TODAY, times=2)
    one, two = await booked(cast.mei, morning.made[0]), await booked(cast.tao, morning.made[1])
    only = (await make.duty(cast.lin, TODAY, times=2)).made[0]
    page = await screen(cast, cast.chen)
    refused = await page.press("确认，一起办好", **{f"to-{each.number}": str(only.id) for each in (one, two)})
    assert refused.status == 422 and refused.errors() == ["有误：这个时间已经给了上面的一位，请另选一个。"]
    assert refused.form("/replacement").values(f"to-{one.number}") == [str(only.id)]
    assert not await Leave.exists() and (await now(one)).lawyer_id == cast.chen.id


async def test_a_time_somebody_took_meanwhile_is_reported_and_the_rest_is_done(cast):
    morning = await make.duty(cast.chen, TODAY, times=2)
    one, two = await booked(cast.mei, morning.made[0]), await booked(cast.tao, morning.made[1])
    free = (await make.duty(cast.lin, TODAY, times=2)).made
    page = await screen(cast, cast.chen)
    await make.appointment(cast.yu, free[0])
    after = await page.press("确认，一起办好")
    assert after.has("安排好了 1 位", "有 1 位没有办成", "还有 1 位等着安排")
    assert (await now(one)).lawyer_id == cast.chen.id and (await now(two)).slot_id == free[1].id


async def test_a_race_lost_in_the_last_moment_leaves_that_one_as_it_was(cast):
    morning = await make.duty(cast.chen, TODAY, times=1)
    one = await booked(cast.mei, morning.made[0])
    free = (await make.duty(cast.lin, TODAY, times=1)).made
    (case,) = (await queries.without(cast.fang, cast.chen, TODAY)).cases
    await make.appointment(cast.yu, free[0])
    await make.duty(cast.wu, TODAY, times=1)  # free at the same time, and nobody chose it
    done, lost = await booking.carry_out(cast.fang, [booking.Wish(case.appointment, case.proposed)])
    assert done == [] and len(lost) == 1
    still = await now(one)
    assert (still.lawyer_id, still.sequence, await told(cast.mei)) == (cast.chen.id, 0, [])


async def test_whoever_makes_room_goes_first(cast):
    """Only Wu's chair suits Mei, and Tao sits there; Tao can go to Lin, whose firm may not serve Mei."""
    async with transaction():
        await Party.create(
            matter_kind=MATTER, matter=cast.lin.id, side=Side.CLIENT, name="赵对方", firm_id=cast.lanting.id
        )
    stays = await booked(cast.tao, (await make.duty(cast.wu, TODAY, times=1)).made[0])
    stranded = await booked(cast.mei, (await make.duty(cast.chen, TODAY, times=1)).made[0], "赵对方")
    await make.duty(cast.lin, TODAY, times=1)
    page = await screen(cast, cast.chen)
    assert page.has("另一位才见得到律师")
    after = await page.press("确认，一起办好")
    assert after.has("安排好了 2 位")
    assert ((await now(stays)).lawyer_id, (await now(stranded)).lawyer_id) == (cast.lin.id, cast.wu.id)


@pytest.mark.parametrize(
    ("columns", "is_fixed"),
    [
        ({}, False),
        ({"state": State.CHECKED_IN}, True),
        ({"starts_at": clock.at(TODAY, 8 * 60 + 30)}, True),
        ({"second_slot_id": 2}, True),
        ({"slot": SimpleNamespace(withdrawn_at=1), "state": State.CHECKED_IN}, False),
        ({"slot": SimpleNamespace(withdrawn_at=1), "state": State.STARTED}, True),
    ],
)
def test_only_who_has_a_desk_and_has_not_come_yet_makes_room(columns, is_fixed):
    nine = {
        "id": 1,
        "starts_at": clock.at(TODAY, 9 * 60),
        "slot_id": 1,
        "topic": "debt",
        "second_slot_id": None,
    }
    kept = {"slot": SimpleNamespace(withdrawn_at=None), "state": State.BOOKED}
    one = SimpleNamespace(**{**nine, **kept, **columns})
    assert _claim(one, False, frozenset(), clock.now()).is_fixed is is_fixed
    assert _claim(one, True, frozenset(), clock.now()).slot is None


async def test_who_is_being_received_is_not_torn_out_and_nobody_is_seated_in_the_past(cast):
    morning = await make.duty(cast.chen, TODAY, times=3)
    inside, waits = await booked(cast.mei, morning.made[0]), await booked(cast.tao, morning.made[1])
    free = (await make.duty(cast.lin, TODAY, times=3)).made
    async with transaction():
        await Appointment.filter(id=inside.id).update(state=State.STARTED)
    with clock.standing_at(clock.at(TODAY, 9 * 60 + 40)):
        (case,) = (await queries.without(cast.fang, cast.chen, TODAY)).cases
    assert case.appointment.id == waits.id
    assert [desk.slot for desk in case.desks if desk.starts_at < clock.at(TODAY, 12 * 60)] == [free[2].id]


async def test_nobody_is_seated_about_when_the_other_side_comes(cast):
    """Nine is taken; of the later times only half past eleven lies an hour away from Tao, who comes at ten."""
    one = await booked(cast.mei, (await make.duty(cast.chen, TODAY, times=1)).made[0])
    times = (await make.duty(cast.lin, TODAY, times=6)).made
    await make.appointment(cast.yu, times[0])
    await make.appointment(cast.tao, times[2])
    async with transaction():
        matter = new_id()
        await conflicts.meet("dispute", matter, Side.A, cast.mei.name)
        await conflicts.meet("dispute", matter, Side.B, cast.tao.name)
        await conflicts.meet(
            MATTER, (await Appointment.get(person_id=cast.tao.id)).id, Side.CLIENT, cast.tao.name
        )
    (case,) = (await queries.without(cast.fang, cast.chen, TODAY)).cases
    assert case.proposed.slot == times[5].id
    assert [desk.slot for desk in case.desks if desk.starts_at.date() == TODAY] == [times[5].id]
    near = case.proposed._replace(slot=times[1].id, starts_at=times[1].starts_at)
    assert await booking.carry_out(cast.fang, [booking.Wish(case.appointment, near)]) == (
        [],
        [(case.appointment, near, False)],
    )
    assert (await now(one)).starts_at == one.starts_at and await told(cast.mei) == []
    rung = booking.Wish(await now(one), near, by_phone=True)
    assert await booking.carry_out(cast.fang, [rung]) == ([rung], [])


async def test_who_has_two_times_in_a_row_gets_two_again_or_is_rung(cast):
    morning = (await make.duty(cast.chen, TODAY, times=2)).made
    long = await make.appointment(cast.mei, morning[0], second_slot=morning[1])
    async with transaction():
        first = await Hold.get(slot=morning[0])
        await Hold.create(slot=morning[1], beside=first)
    free = (await make.duty(cast.lin, TODAY, times=3)).made
    await make.appointment(cast.yu, free[0])
    page = await screen(cast, cast.chen)
    await page.press("确认，一起办好")
    seated = await now(long)
    assert (seated.slot_id, seated.second_slot_id) == (free[1].id, free[2].id)
    assert await Hold.filter(slot_id__in=[slot.id for slot in morning]).count() == 0


async def test_what_is_protected_shows_no_name_and_is_told_over_its_own_channel(cast):
    async with transaction():
        kept = await Protection.create(
            person=cast.mei, passphrase=HASHER.hash("银杏"), contact_by=ContactBy.CALL
        )
    one = await booked(cast.mei, (await make.duty(cast.chen, TODAY, times=1)).made[0], protection=kept.id)
    await make.duty(cast.lin, TODAY, times=1)
    page = await screen(cast, cast.chen)
    assert page.has(one.number) and "梅" not in page.form("/replacement").text
    await page.press("确认，一起办好")
    (said,) = [each for each in await Notice.filter(person_id=cast.mei.id) if each.kind == NEUTRAL][-1:]
    assert said.channel == "call" and said.read_values() == {}


async def test_the_lawyer_says_it_once_and_staff_find_it_on_their_list(cast):
    one = await booked(cast.mei, (await make.duty(cast.chen, TODAY, times=1)).made[0])
    browser = await make.sign_in(Browser(app), cast.chen.person)
    page = await (await browser.get("/queue")).click("我来不了")
    assert page.has("那天约了 1 位居民")
    assert (await page.press("确认，我来不了")).has("告诉了服务中心")
    assert await Leave.filter(lawyer_id=cast.chen.id).count() == 1
    assert await Notice.filter(kind="booking/dropout").count() == 3  # dispatcher, mediator and lead of here
    staff = await make.sign_in(Browser(app), cast.fang)
    assert (await staff.get("/queue/affected")).has(one.number)
    assert (await (await browser.get(page.url)).browser.get(page.url)).has("那天没有排您值班")


async def test_what_staff_write_down_themselves_they_are_not_told_again(cast):
    await booked(cast.mei, (await make.duty(cast.chen, TODAY, times=1)).made[0])
    assert await booking.drop_out(cast.fang, cast.chen, TODAY)
    assert not await booking.drop_out(cast.chen.person, cast.chen, TODAY), "it is known already"
    assert not await Notice.filter(kind="booking/dropout").exists() and await Leave.all().count() == 1


async def test_nobody_else_finds_the_screen(cast):
    number = cast.chen.person.number
    for who, ways in (
        (cast.chen.person, ["replacement"]),
        (cast.wu.person, ["replacement", "absence"]),
        (cast.mei, ["replacement", "absence"]),
    ):
        browser = await make.sign_in(Browser(app), who)
        for way in ways:
            assert (await browser.get(f"/queue/{number}/{way}")).status == 404


async def test_nobody_is_proposed_a_time_near_the_other_side_of_their_matter(cast):
    """The nearest free time would seat Mei where Tao comes an hour later."""
    elevens = (await make.duty(cast.lin, TODAY, 1, 11 * 60)).made
    one = await booked(cast.mei, (await make.duty(cast.chen, TODAY, times=1)).made[0], "陶建国")
    await booked(cast.tao, elevens[0])
    free = (await make.duty(cast.wu, TODAY, 6, 10 * 60)).made
    proposal = await queries.without(cast.fang, cast.chen, TODAY)
    (case,) = proposal.cases
    assert case.appointment.id == one.id and case.proposed is not None
    assert case.proposed.slot == free[-1].id and free[-1].starts_at == clock.at(TODAY, 12 * 60 + 30)
    assert {desk.starts_at for desk in case.desks} == {free[-1].starts_at}
    first = free[0].starts_at
    (near,) = await queries.desks(
        first, first + timedelta(minutes=1), queries.Asker(community=one.community_id)
    )
    done, lost = await booking.carry_out(cast.fang, [booking.Wish(case.appointment, near)])
    assert not done and len(lost) == 1, "nor does it help to ask for it"
    (case,) = (await queries.without(cast.fang, cast.chen, TODAY)).cases
    done, lost = await booking.carry_out(cast.fang, [booking.Wish(case.appointment, case.proposed)])
    assert len(done) == 1 and (await now(one)).slot_id == free[-1].id


async def test_a_time_that_is_the_half_of_somebodys_hour_is_the_half_of_no_other(cast):
    morning = (await make.duty(cast.chen, TODAY, times=4)).made
    await make.duty(cast.lin, TODAY, times=3)
    long = [
        await make.appointment(cast.mei, morning[0], second_slot=morning[1]),
        await make.appointment(cast.tao, morning[2], second_slot=morning[3]),
    ]
    proposal = await queries.without(cast.fang, cast.chen, TODAY)
    assert {case.appointment.id for case in proposal.cases} == {one.id for one in long}
    (seated,) = [case.proposed for case in proposal.cases if case.proposed]
    assert seated.second is not None
