"""暂停销毁: a record that a lawsuit, a complaint or an inquiry needs stays, whatever was proposed or approved."""

from typing import Any

from portal import clock, database, journal
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person, Role
from portal.privacy import queries
from portal.privacy.actions.disposals import LOCK
from portal.privacy.models import LegalHold


async def hold(actor: Person, kind: str, record: Any, reason: str) -> LegalHold:
    """Let this record stay. A hold on a person holds all of theirs. Forbidden to all but leads of its community; Conflict
    when its words are gone already, or one stands."""
    await _judge(actor, kind, record.id)
    async with transaction():
        await database.serialise(LOCK)
        if record.id in await queries.disposed(kind):
            raise Conflict(_("这条记录的内容已经销毁，留不住了。"))
        if await LegalHold.filter(kind=kind, subject=record.id, lifted_at=None).exists():
            raise Conflict(_("这条记录已经暂停销毁。"))
        made = await LegalHold.create(kind=kind, subject=record.id, reason=reason, made_by=actor)
        await journal.record(actor, "hold_back", record)
    return made


async def lift(actor: Person, held: LegalHold) -> None:
    """It may go again when its time comes."""
    await _judge(actor, held.kind, held.subject)
    async with transaction():
        await database.serialise(LOCK)
        now = clock.now()
        if not await LegalHold.filter(id=held.id, lifted_at=None).update(lifted_at=now):
            raise Conflict
        await journal.record(actor, "lift", queries.model_of(held.kind)(id=held.subject))


async def _judge(actor: Person, kind: str, key: Any) -> None:
    places = actor.minds(Role.LEAD)
    if None not in places and await queries.community_of(kind, key) not in places:
        raise Forbidden
