"""个人信息请求: asked by anybody about what is kept of them, answered by a lead in time, with the reason where it is refused."""

from datetime import timedelta

from portal import clock, journal, languages, locality, notices, states
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people import queries as people
from portal.people.models import Person, Role
from portal.privacy import queries, rules
from portal.privacy.actions.disposals import WISH, propose
from portal.privacy.models import Disposal, DisposalState, Request, State, Wish
from portal.privacy.schedule import SCHEDULE

STANDING = (State.ASKED, State.GRANTED)


async def ask(person: Person, wish: Wish, words: str = "") -> Request:
    """Ask. Of each wish one stands at a time: Conflict for a second. The leads of the community are told."""
    now = clock.now()
    async with transaction():
        if await Request.filter(person_id=person.id, wish=wish.value, state__in=STANDING).exists():
            raise Conflict(_("这样的请求您已经提过，还在办理，不用再提。"))
        made = await Request.create(
            person=person,
            community_id=person.community_id or locality.current(),
            wish=wish.value,
            words=words,
            due_at=rules.due(wish, now),
        )
        await journal.record(person, "create", made, wish=wish.value)
        for lead in await people.holders(Role.LEAD, community=made.community_id):
            if rules.may_answer(lead, made, now):
                await notices.owe(lead, "privacy/asked", number=made.number)
    return made


async def grant(actor: Person, request: Request, answer: str) -> list[Disposal]:
    """Say yes. A freeze holds from now; of a deletion what may go is proposed, for another person to approve.

    Forbidden to all but leads of the community, and to the person themselves.
    """
    _judge(actor, request, "grant")
    made: list[Disposal] = []
    async with transaction():
        if request.wish == Wish.DELETE:
            person = await Person.get(id=request.person_id)
            with languages.speaking(languages.whole(person.language)):
                made, said = await _propose(actor, request)
            answer = "\n".join([answer, *said]) if answer else "\n".join(said)
        await states.move(
            actor,
            request,
            "grant",
            detail={"wish": request.wish},
            answer=answer[:1000],
            decided_by_id=actor.id,
        )
        if request.wish == Wish.FREEZE:
            await Person.filter(id=request.person_id).update(frozen_at=clock.now())
            await journal.record(actor, "freeze", Person(id=request.person_id))
        if request.wish == Wish.FREEZE or (request.wish == Wish.DELETE and not made):
            await states.move(actor, request, "finish", ended_at=clock.now())
        await _tell(request)
    return made


async def _propose(actor: Person, request: Request) -> tuple[list[Disposal], list[str]]:
    """What of a person may go now, kind by kind; and what stays and why, in sentences for the answer."""
    person, made, said = await Person.get(id=request.person_id), [], []
    tomorrow = clock.today() + timedelta(days=1)
    for kind, keeping in SCHEDULE.items():
        if kind not in queries.KINDS or kind in ("person", "request") or not queries.owner_of(kind):
            continue
        over, held, running = await queries.theirs(person, kind, clock.at(tomorrow))
        if over and keeping.by_wish:
            made.append(await propose(actor, kind, over, tomorrow, request.community_id, request))
            said.append(_("%(what)s：%(n)s 件，复核后销毁。") % {"what": keeping.title, "n": len(over)})
        elif over:
            said.append(
                _("%(what)s：%(n)s 件要留到期满。依据：%(ground)s。")
                % {"what": keeping.title, "n": len(over), "ground": keeping.ground}
            )
        if held:
            said.append(
                _("%(what)s：%(n)s 件因为诉讼、投诉或调查暂停销毁。")
                % {"what": keeping.title, "n": len(held)}
            )
        if running:
            said.append(
                _("%(what)s：%(n)s 件还没办完，办完可以再提。") % {"what": keeping.title, "n": running}
            )
    return made, said or [_("没有可以销毁的内容。")]


async def turn_down(actor: Person, request: Request, reason: str) -> None:
    """Say no, with the reason (个人信息保护法 50)."""
    _judge(actor, request, "refuse")
    async with transaction():
        await states.move(
            actor, request, "refuse", answer=reason, decided_by_id=actor.id, ended_at=clock.now()
        )
        await _tell(request)


async def finish(actor: Person, request: Request, answer: str) -> None:
    """A correction has been made: what was changed."""
    _judge(actor, request, "finish")
    async with transaction():
        await states.move(actor, request, "finish", answer=answer, ended_at=clock.now())
        await _tell(request)


async def withdraw(person: Person, request: Request) -> None:
    """Take it back. A deletion that nobody has approved yet is not proposed any more; one under way stops."""
    _judge(person, request, "withdraw")
    async with transaction():
        await states.move(person, request, "withdraw", ended_at=clock.now())
        open_ones = Disposal.filter(request_id=request.id, cause=WISH, state=DisposalState.PROPOSED)
        for disposal in await open_ones:
            await states.move(None, disposal, "refuse", detail={"reason": "withdrawn"})


async def taken(person: Person, request: Request) -> None:
    """The copy was fetched; the first time ends the request."""
    if not rules.may_take(person, request, clock.now()):
        raise Forbidden
    async with transaction():
        await journal.record(person, "export", request)
        if request.state == State.GRANTED:
            await states.move(person, request, "finish", ended_at=clock.now())


async def unfreeze(person: Person) -> None:
    """What is kept may be used again: the person's own decision, at once."""
    async with transaction():
        if not await Person.filter(id=person.id, frozen_at__not_isnull=True).update(frozen_at=None):
            raise Conflict
        await journal.record(person, "unfreeze", person)
    person.frozen_at = None


def _judge(person: Person, request: Request, verb: str) -> None:
    if not rules.REQUEST_MAY[verb](person, request, clock.now()):
        raise Forbidden
    if not states.allowed(request, verb):
        raise Conflict


async def _tell(request: Request) -> None:
    person = await Person.get(id=request.person_id)
    await notices.owe(person, "privacy/answered", number=request.number)
