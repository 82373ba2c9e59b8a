"""销毁: proposed by one, approved by another, carried out by the portal record by record; what is held stays."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal import clock, database, index, journal, settings, states
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.journal import Entry
from portal.languages import _
from portal.people.models import Person
from portal.privacy import queries, rules
from portal.privacy.actions.erasure import erase
from portal.privacy.models import Disposal, DisposalState, Request, State
from portal.privacy.schedule import CASES, SCHEDULE

LOCK = "disposal"  # taken by whoever lets go and by whoever holds, so that one of them is first
RETENTION, WISH = "retention", "wish"  # why: its time is over, or the person asked


async def propose(
    actor: Person | None,
    kind: str,
    keys: Iterable[UUID],
    before_on: date,
    community: UUID | None,
    request: Request | None = None,
) -> Disposal:
    """Propose to let go these records, which ended before that day. The portal itself proposes without an actor."""
    async with transaction():
        made = await Disposal.create(
            kind=kind,
            before_on=before_on,
            subjects=[str(key) for key in keys],
            community_id=community,
            cause=WISH if request else RETENTION,
            request_id=request.id if request else None,
            proposed_by_id=actor.id if actor else None,
        )
        await journal.record(actor, "propose", made, kind=kind, count=len(made.subjects))
    return made


async def propose_due() -> int:
    """Propose what has been kept long enough: one disposal for each kind, community and month; how many."""
    today = clock.today()
    month, made = clock.at(today.replace(day=1)), 0
    for kind in CASES:
        before_on = rules.before(SCHEDULE[kind].days, today)
        asked = Disposal.filter(kind=kind, cause=RETENTION, created_at__gte=month)
        done = set(await asked.values_list("community_id", flat=True))
        for community, keys in (await queries.due(kind, clock.at(before_on))).items():
            if community not in done:
                await propose(None, kind, keys, before_on, community)
                made += 1
    return made


async def approve(person: Person, disposal: Disposal) -> None:
    """The second person agrees. Forbidden for whoever proposed it, or for whose wish it is."""
    await _judge(person, disposal, "approve")
    async with transaction():
        await states.move(person, disposal, "approve", approved_by_id=person.id)


async def refuse(person: Person, disposal: Disposal, reason: str) -> None:
    """It stays, for one of rules.REASONS; KeyError for any other. Whoever asked for it reads why."""
    if reason not in rules.REASONS:
        raise KeyError(reason)
    await _judge(person, disposal, "refuse")
    async with transaction():
        await states.move(person, disposal, "refuse", detail={"reason": reason}, approved_by_id=person.id)
        said = _("%(what)s：复核没有同意，%(why)s。")
        values = {"what": SCHEDULE[disposal.kind].title, "why": rules.REASONS[reason]}
        await _finish_request(disposal, said % values)


async def _judge(person: Person, disposal: Disposal, verb: str) -> None:
    asked = await Request.get_or_none(id=disposal.request_id) if disposal.request_id else None  # type: ignore[attr-defined]
    if asked is not None and asked.person_id == person.id:
        raise Forbidden
    if not rules.DISPOSAL_MAY[verb](person, disposal, clock.now()):
        raise Forbidden(_("要由另一位社区负责人或审计员复核，提出的人自己不能复核。"))
    if not states.allowed(disposal, verb):
        raise Conflict


async def carry_out() -> int:
    """Carry out what was approved, a record at a time: stopped anywhere, it goes on there. How many records lost words."""
    gone = 0
    for disposal in await Disposal.filter(state=DisposalState.APPROVED).order_by("id"):
        for subject in disposal.subjects:
            gone += await _let_go(disposal, UUID(str(subject)))
        await _conclude(disposal)
    if gone:
        async with transaction():
            await index.purge()
    return gone


async def _let_go(disposal: Disposal, key: UUID) -> bool:
    """One record, unless it is held, was opened again, is gone already, or the wish was taken back."""
    kind, limit = disposal.kind, clock.at(disposal.before_on)
    async with transaction():
        await database.serialise(LOCK)
        if await Entry.exists(kind=kind, subject=str(key), verb="dispose"):
            return False
        if await queries.is_held(kind, key) or not await queries.ended(kind, limit).filter(id=key).exists():
            return False
        asked = Request.filter(disposals__id=disposal.id, state=State.WITHDRAWN)
        if disposal.cause == WISH and await asked.exists():
            return False
        await erase(None, kind, key, disposal.number, at_once=disposal.cause == WISH)
    return True


async def _conclude(disposal: Disposal) -> None:
    """Done: how many went, and the day from which no copy of the database holds them any more."""
    gone = await queries.disposed(disposal.kind)
    count = sum(UUID(str(subject)) in gone for subject in disposal.subjects)
    now = clock.now()
    until = clock.day_of(now) + timedelta(days=settings.current().backup_days)
    async with transaction():
        await states.move(
            None,
            disposal,
            "carry_out",
            detail={"count": count},
            count=count,
            done_at=now,
            backups_until=until,
        )
        await _finish_request(disposal)


async def _finish_request(disposal: Disposal, said: str = "") -> None:
    """The request a disposal was for is done when all that it led to has ended; what is `said` joins its answer."""
    asked: Any = Request.filter(disposals__id=disposal.id, state=State.GRANTED)
    request = await asked.first()
    open_still = [DisposalState.PROPOSED, DisposalState.APPROVED]
    if request is None:
        return
    answer = "\n".join(part for part in (request.answer, said) if part)[:1000]
    if said:
        await Request.filter(id=request.id).update(**request.sealed(answer=answer))
    if not await Disposal.filter(request_id=request.id, state__in=open_still).exists():
        await states.move(None, request, "finish", ended_at=clock.now())
