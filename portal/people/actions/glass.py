"""To open what one may not read, for an hour and not alone; to see a telephone whole. Both are written down."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from portal import clock, database, journal, notices, policy
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people import glass_queries, standing_queries
from portal.people.models import BrokenGlass, Cause, Person

OPEN_FOR = timedelta(minutes=60)


async def break_glass(actor: Person, record: Any, cause: Cause, reason: str) -> BrokenGlass:
    """Open the record to the actor for an hour; a second person is told at once. Whoever has it open keeps that hour.

    Only for staff of the community the record belongs to: Forbidden for others. Conflict when there is no second person.
    """
    relations, _parts = await standing_queries.standing_to(actor, record)
    if policy.COMMUNITY not in relations or policy.OWN in relations or not actor.is_staff:
        raise Forbidden
    second = await glass_queries.second_person(actor, record.community_id, record.person_id)
    if second is None:
        raise Conflict(
            _("打开保密内容时要有另一个人知道，现在没有别的负责人或者审计员。请先由管理员安排一位。")
        )
    kind, now = journal.kind_of(record), clock.now()
    async with transaction():
        await database.serialise(f"glass {actor.id} {record.id}")
        if open_already := await standing_queries.glass_over(actor, record):
            return open_already
        glass = await BrokenGlass.create(
            person=actor,
            told=second,
            kind=kind,
            subject=record.id,
            cause=cause.value,
            reason=reason,
            ends_at=now + OPEN_FOR,
        )
        detail = {"cause": cause.value, "until": glass.ends_at, "told": second.number}
        await journal.record(actor, "break_glass", record, **detail)
        await notices.owe(second, "people/glass", key=f"people/glass:{glass.id}")
    return glass


async def review(actor: Person, glass: UUID) -> None:
    """Whoever was told has looked at it. Conflict when it is not theirs to look at, or was looked at before."""
    async with transaction():
        mine = BrokenGlass.filter(id=glass, told_id=actor.id, reviewed_at=None)
        if not await mine.update(reviewed_at=clock.now()):
            raise Conflict
        await journal.record(actor, "review", await BrokenGlass.get(id=glass))


async def unmask(actor: Person, person: Person, about: Any) -> str:
    """The whole telephone of a person, because of a record; empty when there is none."""
    async with transaction():
        await journal.record(actor, "unmask", about, whose=person.number)
    return person.phone or ""
