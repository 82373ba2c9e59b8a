"""A firm that stands on both sides is kept out at once, on every page, for good; who was with it is given to another."""

from asyncio import gather, sleep
from datetime import datetime

import pytest

from app import app
from portal import clock, database, invariants, journal
from portal.booking import actions as booking
from portal.booking import queries as times
from portal.booking.models import MATTER, Appointment, Hold, State
from portal.conflicts import actions, queries
from portal.conflicts.models import Check, Party, Side, Wall
from portal.conflicts.rules import Names
from portal.consultations import actions as consulting
from portal.consultations.models import Consultation, Prescription
from portal.database import change, transaction
from portal.disputes.actions import plan_sitting
from portal.disputes.models import Dispute, Sitting
from portal.disputes.models import State as DisputeState
from portal.errors import Conflict
from portal.law.topics import Topic
from portal.notices import Notice
from portal.people.consents import BOOKING, Purpose
from portal.records import new_id
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


async def booked(person, lawyer, other_side: str = "", start: int = make.NINE) -> Appointment:
    """Booked as residents do it, with this lawyer, and both sides recorded."""
    slot = await make.slot(lawyer, start=start)
    key = f"browser {person.name} {start}"
    async with transaction():
        await Hold.create(slot=slot, browser=key, ends_at=slot.starts_at)
    made = await booking.book(person, key, topic=Topic.DEBT, other_side=other_side)
    return await loaded(made)


async def loaded(appointment) -> Appointment:
    return await Appointment.get(id=appointment.id).select_related("person", "lawyer__person", "slot", "firm")


async def statuses(who, *paths: str) -> set[int]:
    browser = await make.sign_in(Browser(app), who)
    return {(await browser.get(path)).status for path in paths}


async def said_to(who, *paths: str) -> str:
    browser = await make.sign_in(Browser(app), who)
    return "".join([(await browser.get(path)).text for path in paths])


LISTS = ("/queue", "/desk", "/consultations?state=all", "/queue/affected", "/prescriptions")


# -- raised ---------------------------------------------------------------------------------------------------------------


async def test_a_later_matter_against_somebody_the_firm_served_goes_to_another_firm_at_once(cast):
    earlier = await booked(cast.tao, cast.chen)
    later = await booked(cast.mei, cast.wu)
    free = await make.slot(cast.lin)
    with pytest.raises(consulting.FirmBarred):
        await consulting.record(cast.wu.person, later, "陶建国欠我三万元", "陶建国", agreed=BOOKING)
    (wall,) = await Wall.all().select_related("found")
    assert (wall.firm_id, wall.matter_kind, wall.matter) == (cast.hengdao.id, MATTER, later.id)
    assert not wall.found.is_clear and len(wall.found.hits) == 1
    now = await loaded(later)
    assert (now.lawyer_id, now.firm_id, now.slot.id, now.state) == (
        *(cast.lin.id, cast.lanting.id, free.id),
        State.BOOKED,
    )
    assert (await Consultation.get(appointment_id=later.id)).words == "陶建国欠我三万元"
    assert (await loaded(earlier)).lawyer_id == cast.chen.id
    entries = [entry for entry in await journal.of(later) if entry["verb"] == "reassign"]
    assert len(entries) == 1 and entries[0]["actor"] is None
    assert await journal.Entry.filter(kind="wall", verb="wall_off").count() == 1
    assert await Notice.filter(kind="booking/reassigned", person_id=cast.mei.id).count() == 1
    assert [result async for result in invariants.check() if result.broken] == []


async def test_the_lawyer_who_is_kept_out_finds_nothing_from_that_moment_and_the_next_one_everything(cast):
    await booked(cast.tao, cast.chen)
    later = await booked(cast.mei, cast.wu)
    asked = await make.consultation(cast.mei, appointment=later, words="金丝雀的话")
    async with transaction():
        draft = await Prescription.create(consultation=asked, lawyer=cast.wu)
    paths = [f"/appointments/{later.number}{end}" for end in ("", "/slip", "/calendar.ics", "/move")]
    paths += [f"/consultations/{asked.number}", f"/consultations/{asked.number}/prescription"]
    paths += [f"/prescriptions/{draft.number}", f"/consultations/of/{later.number}"]
    assert 404 not in await statuses(cast.wu.person, *paths[:5])
    async with transaction():
        await actions.meet(MATTER, later.id, Side.OTHER, "陶建国", "", None, cast.hengdao.id)
    assert await statuses(cast.wu.person, *paths) == {404}
    shown = await said_to(cast.wu.person, *LISTS)
    assert "金丝雀" not in shown and later.number not in shown and "梅秀英" not in shown
    assert draft.number not in shown and asked.number not in shown
    for answer in [
        await (await make.sign_in(Browser(app), cast.wu.person)).post(f"/appointments/{later.number}/{move}")
        for move in ("arrival", "call", "absence", "cancellation", "move")
    ]:
        assert answer.status == 404
    assert await statuses(cast.mei, *paths[:3], paths[4]) == {200}
    await make.slot(cast.lin)
    assert await booking.part() == 1
    assert await statuses(cast.lin.person, paths[0], paths[4]) == {200}
    assert await statuses(cast.wu.person, *paths) == {404}


async def test_with_nobody_else_free_the_desk_is_told_and_the_next_free_lawyer_takes_it(cast):
    await booked(cast.tao, cast.chen)
    later = await booked(cast.mei, cast.wu)
    with pytest.raises(consulting.FirmBarred):
        await consulting.record(cast.fang, later, "陶建国欠我三万元", "陶建国", agreed=BOOKING)
    assert (await loaded(later)).lawyer_id == cast.wu.id
    assert await statuses(cast.wu.person, f"/appointments/{later.number}") == {404}
    assert [one.id for one in await times.affected(cast.fang)] == [later.id]
    assert later.number in await said_to(cast.fang, "/queue/affected")
    assert "需要换律师" in await said_to(cast.fang, "/queue")
    assert later.number not in await said_to(cast.wu.person, "/queue/affected")
    assert await booking.part() == 0
    await make.slot(cast.lin)
    assert [await booking.part(), await booking.part()] == [1, 0]
    assert (await loaded(later)).lawyer_id == cast.lin.id and await times.affected(cast.fang) == []


async def test_whoever_is_being_received_is_handed_over_in_the_middle(cast):
    await booked(cast.tao, cast.chen)
    later = await booked(cast.mei, cast.wu)
    await make.slot(cast.lin)
    with clock.standing_at(later.starts_at):
        asked = await make.consultation(cast.mei, appointment=later)
        await make.confirm(later)
        await consulting.start(
            cast.wu.person, await Consultation.get(id=asked.id).select_related("appointment__lawyer")
        )
        async with transaction():
            await actions.meet(MATTER, later.id, Side.OTHER, "陶建国", "", None, cast.hengdao.id)
        assert await booking.part() == 1
        now = await loaded(later)
        assert (now.lawyer_id, now.state) == (cast.lin.id, State.STARTED)


async def test_a_name_said_late_in_the_earlier_matter_bars_both(cast):
    earlier = await booked(cast.tao, cast.chen)
    with clock.standing_at(clock.now().replace(minute=40)):
        later = await booked(cast.mei, cast.wu)
    with clock.standing_at(clock.now().replace(minute=50)):
        async with transaction():
            await actions.meet(MATTER, earlier.id, Side.OTHER, "梅 秀英", "", None, cast.hengdao.id)
    assert {wall.matter for wall in await Wall.all()} == {earlier.id, later.id}
    assert {wall.firm_id for wall in await Wall.all()} == {cast.hengdao.id}


async def test_people_are_known_by_their_telephone_too_and_only_by_their_own(cast):
    await booked(cast.tao, cast.chen)
    later = await booked(cast.mei, cast.wu)
    async with transaction():
        await actions.meet(MATTER, later.id, Side.OTHER, "陶建军", "13800000003", None, cast.hengdao.id)
    assert not await Wall.exists()
    async with transaction():
        await actions.meet(MATTER, later.id, Side.OTHER, "老陶", "13800000002", None, cast.hengdao.id)
    assert await Wall.filter(matter=later.id).count() == 1


async def test_the_same_two_against_each_other_again_stay_with_their_firm(cast):
    await booked(cast.tao, cast.chen, "梅秀英")
    await booked(cast.tao, cast.wu, "梅秀英", start=make.NINE + 60)
    assert not await Wall.exists()


async def test_somebody_who_names_themselves_is_sent_nowhere(cast):
    made = await booked(cast.mei, cast.chen)
    async with transaction():
        await actions.meet(MATTER, made.id, Side.OTHER, "梅秀英", "13800000001", None, cast.hengdao.id)
    assert not await Wall.exists()


async def test_firms_that_could_not_be_chosen_are_kept_out_from_the_first_moment(cast):
    await booked(cast.tao, cast.chen)
    await make.slot(cast.lin)
    later = await booked(cast.mei, cast.wu, "陶建国")
    assert later.firm_id == cast.lanting.id
    (wall,) = await Wall.all()
    assert (wall.firm_id, wall.matter) == (cast.hengdao.id, later.id)


async def test_a_wall_stands_when_the_names_are_gone_and_one_is_enough(cast):
    await booked(cast.tao, cast.chen)
    later = await booked(cast.mei, cast.lin)
    async with transaction():
        await actions.store(
            None, MATTER, later.id, cast.hengdao.id, Names.of(["梅秀英"]), Names.of(["陶建国"]), [new_id()]
        )
        for _again in range(3):
            await actions.meet(MATTER, later.id, Side.OTHER, "陶建国", "", None, cast.hengdao.id)
    assert await Wall.all().count() == 1
    async with transaction():
        await change("DELETE FROM party")
    at = later.starts_at
    free = await times.free_lawyers(await loaded(later), await times.asker_of(await loaded(later)))
    assert [(desk.starts_at, is_clear) for desk, is_clear in free] == []
    await make.slot(cast.wu)
    free = await times.free_lawyers(await loaded(later), await times.asker_of(await loaded(later)))
    assert [(desk.lawyer, is_clear) for desk, is_clear in free] == [
        (cast.wu.id, False)
    ] and at == later.starts_at
    with pytest.raises(booking.TimeTaken):
        await booking.reassign(cast.fang, await loaded(later), cast.wu.id)


# -- mediation ------------------------------------------------------------------------------------------------------------


async def dispute_of(cast, *names: str) -> Dispute:
    async with transaction():
        made = await Dispute.create(
            reporter=cast.mei,
            handler=cast.he,
            category="neighbour",
            words="楼上漏水",
            state=DisputeState.ACCEPTED,
            level=4,
            level_arose=4,
            community=cast.places.community,
        )
        for side, name in zip((Side.A, Side.B), names, strict=True):
            await actions.meet("dispute", made.id, side, name)
    return made


async def plan(cast, dispute, mediator) -> Sitting:
    return await plan_sitting(
        cast.guo,
        dispute,
        mediator=mediator,
        starts_at=clock.now() + (make.clock.at(make.working_day(), 600) - clock.at(clock.today(), 600)),
        place="调解室",
        willing=True,
        agreed=[Purpose.MEDIATION],
    )


async def test_a_lawyer_who_mediates_has_met_both_sides_and_their_firm_serves_neither_against_the_other(cast):
    await plan(cast, await dispute_of(cast, "梅秀英", "陶建国"), cast.chen.person)
    sides = await Party.filter(matter_kind="dispute", firm_id=cast.hengdao.id).values_list("side", flat=True)
    assert sorted(sides) == [Side.A, Side.B]
    firms = [cast.hengdao.id, cast.lanting.id]
    barred = await queries.check(firms, Names.of(["梅秀英"]), Names.of(["陶建国"]))
    assert barred.keys() == {cast.hengdao.id}
    await plan(
        cast, await dispute_of(cast, "梅秀英", "陶建国"), cast.wu.person
    )  # who mediated may do so again


async def test_a_lawyer_whose_firm_has_advised_one_side_does_not_mediate(cast):
    await booked(cast.tao, cast.chen)
    dispute = await dispute_of(cast, "梅秀英", "陶建国")
    with pytest.raises(Conflict, match="不合适"):
        await plan(cast, dispute, cast.wu.person)
    assert not await Sitting.exists() and not await Wall.exists()
    await plan(cast, await Dispute.get(id=dispute.id), cast.lin.person)


# -- at the same moment ---------------------------------------------------------------------------------------------------


async def both_sides(firm) -> set[str]:
    """Names that this firm serves in one matter and stands against in another without a wall in between."""
    parties = await Party.filter(firm_id=firm)
    walled = set(await Wall.filter(firm_id=firm).values_list("matter", flat=True))
    served = {party.name for party in parties if party.side == Side.CLIENT and party.matter not in walled}
    against = {party.name for party in parties if party.side == Side.OTHER and party.matter not in walled}
    return served & against


async def test_two_who_book_against_each_other_at_one_moment_are_never_with_one_firm(cast, monkeypatch):
    """Each waits, after its check, until the other has checked as well, or long enough to know that it is kept waiting."""
    judge, judged = times.in_conflict, []

    async def slowly(*given):
        found = await judge(*given)
        judged.append(given)
        for _patience in range(40):
            if len(judged) < 2:
                await sleep(0.01)
        return found

    for person, lawyer in ((cast.mei, cast.chen), (cast.tao, cast.wu)):
        slot = await make.slot(lawyer)
        async with transaction():
            await Hold.create(slot=slot, browser=f"b {person.name}", ends_at=slot.starts_at)
    monkeypatch.setattr(times, "in_conflict", slowly)
    outcomes = await gather(
        booking.book(cast.mei, "b 梅秀英", topic=Topic.DEBT, other_side="陶建国"),
        booking.book(cast.tao, "b 陶建国", topic=Topic.DEBT, other_side="梅秀英"),
        return_exceptions=True,
    )
    assert {type(one) for one in outcomes} == {Appointment, booking.TimeTaken}
    assert await both_sides(cast.hengdao.id) == set()


async def test_a_name_written_down_while_the_other_books_never_leaves_the_firm_on_both_sides(cast):
    for n in range(6):
        one, other = await make.person(), await make.person()
        start = make.NINE + 30 * n
        mine = await booked(one, await make.lawyer(at=cast.hengdao), start=start)
        slot = await make.slot(await make.lawyer(at=cast.hengdao), start=start)
        async with transaction():
            await Hold.create(slot=slot, browser=f"b{n}", ends_at=slot.starts_at)

        async def name(matter=mine, said=other) -> None:
            async with transaction():
                await actions.in_turn(Names.of([said.name]))
                await actions.meet(MATTER, matter.id, Side.OTHER, said.name, "", None, cast.hengdao.id)

        await gather(name(), booking.book(other, f"b{n}", topic=Topic.DEBT), return_exceptions=True)
        assert await both_sides(cast.hengdao.id) == set()
    assert await Wall.exists() or await Appointment.all().count() > 0


async def test_every_check_that_met_somebody_has_its_wall(cast):
    await booked(cast.tao, cast.chen)
    await make.slot(cast.lin)
    await booked(cast.mei, cast.wu, "陶建国")
    found = await Check.filter(is_clear=False)
    assert found and {(one.firm_id, one.matter) for one in found} == {  # type: ignore[attr-defined]
        (wall.firm_id, wall.matter) for wall in await Wall.all()
    }
    assert database.in_transaction() is False
