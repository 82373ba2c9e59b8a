"""Rounds on the database: a whole grid at once, doors that are only their heads', answers that stay."""

from datetime import date, timedelta

import pytest
from tortoise.expressions import Q

from portal import clock, journal
from portal.community.models import Building, Grid, Household, Unit
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.rounds import actions, queries
from portal.rounds.actions import Said
from portal.rounds.models import Answer, Purpose, Round, State, Visit

PENDING = Said(Answer.PENDING)


async def started(cast, grid: Grid | None = None, **columns) -> Round:
    given = {"title": "冬季取暖问需", "question": "家里暖气热不热？", **columns}
    until = given.pop("until_on", clock.today() + timedelta(days=7))
    return await actions.start(
        cast.fang, grid or cast.places.grids[0], purpose=Purpose.QUESTIONNAIRE, until_on=until, **given
    )


async def door(record: Round, household: Household) -> Visit:
    return await Visit.get(round_id=record.id, household_id=household.id)


async def test_every_household_of_the_grid_has_its_door_and_no_other(cast):
    record = await started(cast)
    doors = await Visit.filter(round_id=record.id).values_list("household_id", flat=True)
    assert set(doors) == {household.id for household in cast.places.households[:16]}
    assert set(await Visit.all().values_list("answer", flat=True)) == {Answer.PENDING}
    assert [entry["detail"] for entry in await journal.of(record)] == [{"doors": 16}]


async def test_started_twice_it_is_one_round(cast):
    first = await started(cast)
    assert (await started(cast)).id == first.id
    assert (await started(cast, title="消防排查")).id != first.id
    assert (await started(cast, cast.places.grids[1])).id != first.id
    assert await Visit.all().count() == 16 + 16 + 8


async def test_a_grid_of_666_households_is_written_at_once_and_not_door_by_door(cast):
    async with transaction():
        grid = await Grid.create(community=cast.places.community, name="大网格", ordinal=9)
        building = await Building.create(compound=cast.places.compound, grid=grid, name="9", ordinal=9)
        unit = await Unit.create(building=building, name="1", ordinal=1)
        await Household.bulk_create([Household(unit=unit, room=f"{n:04}", floor=n // 20) for n in range(666)])
    before = clock.now()
    record = await started(cast, grid)
    took = clock.now() - before
    assert await Visit.filter(round_id=record.id).count() == 666
    assert took < timedelta(seconds=20)
    seen, pages = await queries.doors(cast.fang, record, unit.id, 17)
    assert (pages, len(seen), seen[0]["household__room"]) == (17, 26, "0640")


async def test_a_grid_without_households_has_no_doors_to_knock_on(cast):
    async with transaction():
        empty = await Grid.create(community=cast.places.community, name="空网格", ordinal=8)
    with pytest.raises(Conflict):
        await started(cast, empty)


async def test_an_answer_is_kept_with_who_gave_it(cast):
    record = await started(cast)
    visit = await door(record, cast.places.households[0])
    assert await actions.visit(cast.dou, record, {visit.id: (PENDING, Said(Answer.NEED, "水压低"))}) == {
        visit.id
    }
    visit = await Visit.get(id=visit.id)
    assert (visit.answer, visit.note, visit.visitor_id) == (Answer.NEED, "水压低", cast.dou.id)
    assert visit.visited_at is not None
    assert [entry["verb"] for entry in await journal.of(record)] == ["start", "visit"]


async def test_an_older_page_never_overwrites_a_newer_answer(cast):
    record = await started(cast)
    first, second = [await door(record, household) for household in cast.places.households[:2]]
    await actions.visit(cast.bai, record, {first.id: (PENDING, Said(Answer.DISPUTE, "楼上楼下吵"))})
    stale = {first.id: (PENDING, Said(Answer.CALM)), second.id: (PENDING, Said(Answer.CALM))}
    assert await actions.visit(cast.dou, record, stale) == {second.id}
    first = await Visit.get(id=first.id)
    assert (first.answer, first.note, first.visitor_id) == (Answer.DISPUTE, "楼上楼下吵", cast.bai.id)


async def test_an_older_page_never_overwrites_a_newer_note(cast):
    record = await started(cast)
    visit = await door(record, cast.places.households[0])
    await actions.visit(cast.dou, record, {visit.id: (PENDING, Said(Answer.CALM))})
    calm = Said(Answer.CALM)
    assert await actions.visit(cast.bai, record, {visit.id: (calm, Said(Answer.CALM, "周五再来"))}) == {
        visit.id
    }
    assert await actions.visit(cast.dou, record, {visit.id: (calm, Said(Answer.CALM, "无"))}) == set()
    assert (await Visit.get(id=visit.id)).note == "周五再来"


async def test_the_same_answer_sent_again_is_kept_already_and_written_once(cast):
    record = await started(cast)
    visit = await door(record, cast.places.households[0])
    sent = {visit.id: (Said(Answer.PENDING, None), Said(Answer.CALM, None))}
    assert await actions.visit(cast.dou, record, sent) == {visit.id}
    first = await Visit.get(id=visit.id)
    assert await actions.visit(cast.dou, record, sent) == {visit.id}
    assert (await Visit.get(id=visit.id)).visited_at == first.visited_at
    assert len(await journal.of(record)) == 2
    assert await actions.visit(cast.bai, record, sent) == set()  # somebody else's, even if it says the same


async def test_an_answer_whose_note_was_not_touched_leaves_the_note(cast):
    record = await started(cast)
    visit = await door(record, cast.places.households[0])
    await actions.visit(cast.bai, record, {visit.id: (PENDING, Said(Answer.CALM, "周五再来"))})
    later = {visit.id: (Said(Answer.CALM, None), Said(Answer.NEED, None))}
    assert await actions.visit(cast.dou, record, later) == {visit.id}
    visit = await Visit.get(id=visit.id)
    assert (visit.answer, visit.note, visit.visitor_id) == (Answer.NEED, "周五再来", cast.dou.id)


async def test_nothing_changed_leaves_no_trace(cast):
    record = await started(cast)
    assert await actions.visit(cast.dou, record, {}) == set()
    assert len(await journal.of(record)) == 1


async def test_a_head_answers_for_nobody_elses_door(cast):
    record = await started(cast)
    next_door = await door(record, cast.places.households[4])  # the other staircase of the building
    for other in (cast.dou, cast.qiu, cast.mei, cast.yu):
        with pytest.raises(Forbidden):
            await actions.visit(other, record, {next_door.id: (PENDING, Said(Answer.CALM))})
    assert await actions.visit(cast.bai, record, {next_door.id: (PENDING, Said(Answer.CALM))}) == {
        next_door.id
    }


async def test_one_door_that_is_not_theirs_refuses_the_whole_page(cast):
    record = await started(cast)
    mine, other = await door(record, cast.places.households[0]), await door(record, cast.places.households[4])
    page = {visit.id: (PENDING, Said(Answer.CALM)) for visit in (mine, other)}
    with pytest.raises(Forbidden):
        await actions.visit(cast.dou, record, page)
    assert (await Visit.get(id=mine.id)).answer == Answer.PENDING


@pytest.mark.parametrize(
    ("who", "doors"),
    [("fang", 16), ("sun", 16), ("bai", 8), ("dou", 4), ("qiu", 0), ("mei", 0), ("yu", 0), ("kong", 0)],
)
async def test_each_sees_the_doors_of_their_place(cast, who, doors):
    record = await started(cast)
    person = getattr(cast, who)
    assert await Visit.visible_to(person).count() == doors
    assert await Round.visible_to(person).count() == (1 if doors else 0)
    units = await queries.units(person, record)
    assert sum(unit["progress"]["total"] for unit in units) == doors


async def test_a_closed_round_takes_no_answer(cast):
    record = await started(cast)
    visit = await door(record, cast.places.households[0])
    with pytest.raises(Forbidden):
        await actions.close(cast.sun, record)
    await actions.close(cast.fang, record)
    assert (await Round.get(id=record.id)).state == State.CLOSED
    with pytest.raises(Conflict):
        await actions.visit(cast.dou, record, {visit.id: (PENDING, Said(Answer.CALM))})
    with pytest.raises(Conflict):
        await actions.close(cast.fang, record)


async def test_past_its_last_day_it_takes_no_answer(cast):
    record = await started(cast, until_on=date(2026, 1, 1))
    visit = await door(record, cast.places.households[0])
    with pytest.raises(Conflict):
        await actions.visit(cast.dou, record, {visit.id: (PENDING, Said(Answer.CALM))})


async def test_the_list_counts_for_each_what_they_see(cast):
    record = await started(cast)
    visit = await door(record, cast.places.households[0])
    await actions.visit(cast.dou, record, {visit.id: (PENDING, Said(Answer.CALM))})
    assert [row["progress"]["answered"] for row in await queries.running(cast.dou, clock.today())] == [1]
    assert [row["progress"]["total"] for row in await queries.running(cast.dou, clock.today())] == [4]
    assert [row["progress"]["percent"] for row in await queries.running(cast.sun, clock.today())] == [6]
    assert (await queries.listed(cast.qiu, Q(), 1)).rows == []
