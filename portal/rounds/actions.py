"""A round begins, doors are ticked off, the round ends."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from portal import clock, database, journal, states
from portal.community.models import Grid, Household
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person
from portal.rounds import rules
from portal.rounds.models import Purpose, Round, State, Visit


class Said(NamedTuple):
    """What stands at a door; a note of None was not touched."""

    answer: str
    note: str | None = ""


async def start(
    person: Person, grid: Grid, *, title: str, purpose: Purpose, question: str, until_on: date
) -> Round:
    """Put a question to every household of a grid: one visit to make for each door. Started twice, it is one round."""
    doors = await Household.filter(unit__building__grid_id=grid.id).values_list("id", "unit_id")
    if not doors:
        raise Conflict(_("这个网格还没有登记住户，没有门可敲。"))
    async with transaction():
        await database.serialise(f"rounds {grid.id}")
        if twin := await Round.filter(
            grid_id=grid.id, title=title, state=State.OPEN, until_on=until_on
        ).first():
            return twin
        made = await Round.create(
            grid=grid, title=title, purpose=purpose, question=question, until_on=until_on
        )
        await Visit.bulk_create(
            [Visit(round=made, household_id=door, unit_id=unit) for door, unit in doors], batch_size=500
        )
        await journal.record(person, "start", made, doors=len(doors))
    return made


async def visit(person: Person, record: Round, answers: dict[UUID, tuple[Said, Said]]) -> set[UUID]:
    """Keep what was answered: visit → (what stood there when the page was opened, what is said now).

    Each is written only where nobody else has answered meanwhile: a newer answer of another head is never overwritten
    by an older page. The same sent again, because the first answer got lost on the way, is kept already and not written
    twice. Answers which were kept. Raises Conflict for a round that is over, Forbidden for a door that is
    not this person's.
    """
    if not rules.may_visit(record, clock.today()):
        raise Conflict(_("这次走访已经结束，不能再登记。"))
    mine = set(
        await Visit.visible_to(person)
        .filter(round_id=record.id, id__in=list(answers))
        .values_list("id", flat=True)
    )
    if mine != set(answers):
        raise Forbidden
    kept, written = set(), 0
    async with transaction():
        for visit in await Visit.filter(id__in=list(answers)):
            was, now = answers[visit.id]
            stands = Said(visit.answer, None if now.note is None else visit.note)
            if stands == now and visit.visitor_id == person.id:
                kept.add(visit.id)
            if stands != was or stands == now:
                continue
            same = Visit.filter(id=visit.id, answer=was.answer, visited_at=visit.visited_at)
            columns = {"answer": now.answer, "visitor_id": person.id, "visited_at": clock.now()}
            columns |= {} if now.note is None else {"note": now.note}
            if await same.update(**visit.sealed(**columns)):
                kept.add(visit.id)
                written += 1
        if written:
            await journal.record(person, "visit", record, doors=written)
    return kept


async def close(person: Person, record: Round) -> None:
    """The round is over; doors that nobody opened stay as they are and are counted so."""
    if not rules.may_close(person, record, clock.now()):
        raise Forbidden
    async with transaction():
        await database.serialise(f"round {record.id}")
        await states.move(person, record, "close")
