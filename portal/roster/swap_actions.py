"""A morning finds another lawyer: one is asked for, the first to answer has it, everybody else is told so."""

from datetime import date
from typing import Any

from portal import clock, database, journal, locality, notices
from portal.community.models import Community
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people.models import Role
from portal.roster import queries, rules, swap_queries
from portal.roster.actions import add_morning
from portal.roster.duty_actions import LOCK, settle
from portal.roster.models import Duty, Lawyer, Leave, Pattern, Swap
from portal.roster.swap_queries import starts_at


async def ask(actor: Any, duty: Duty, reason: str = "") -> tuple[Swap, int]:
    """Ask every lawyer who could take this morning; the call, and how many were asked. Until somebody has it, it stays with
    whoever has it now. Raises Forbidden, Conflict when one is open already, Refusal once the morning has begun."""
    async with transaction():
        await database.serialise(LOCK)
        duty = await Duty.get(id=duty.id).select_related("lawyer__person", "community")
        if not rules.may_call(actor, duty.lawyer, duty.community_id):
            raise Forbidden
        if duty.withdrawn_at is not None:
            raise Conflict(_("这个上午已经撤下了，不用找人顶班。"))
        if starts_at(duty) <= clock.now():
            raise Refusal(_("这个上午已经开始了，请直接打电话给服务中心。"))
        if await swap_queries.open_of(duty):
            raise Conflict(_("已经在找人顶这个上午了。"))
        swap = await Swap.create(duty_id=duty.id, opened_by_id=actor.id if actor else None, reason=reason)
        await journal.record(actor, "create", swap, day=duty.day)
        asked = await swap_queries.able(duty.day, duty.community_id)
        for lawyer in asked:
            key = f"roster/swap:{swap.id}:{lawyer.id}"
            await notices.owe(lawyer.person, "roster/swap", key=key, starts_at=starts_at(duty))
    return swap, len(asked)


async def withdraw(actor: Any, swap: Swap) -> None:
    """The lawyer comes after all. Messages that were not sent yet stay unsent."""
    await swap.fetch_related("duty__lawyer")
    if not rules.may_call(actor, swap.duty.lawyer, swap.duty.community_id):
        raise Forbidden
    async with transaction():
        await database.serialise(LOCK)
        still = Swap.filter(id=swap.id, taken_at=None, withdrawn_at=None)
        if not await still.update(withdrawn_at=clock.now()):
            raise Conflict(_("刚刚已经有人接了，或者已经撤回了。"))
        await journal.record(actor, "withdraw", swap)
        await _unsay(swap)


async def take(actor: Any, swap: Swap, lawyer: Lawyer) -> Duty:
    """Give the morning to this lawyer, inside `transaction()`; the duty that they relieve, withdrawn now.

    The first comes first: everybody later gets a Conflict that says so. The lawyer who is relieved is spared that day and
    told; the one who comes has a morning of their own at the same hours and place. Who was booked there is seated anew by
    the caller (`booking.actions.accept_swap`).
    """
    await database.serialise(LOCK)
    duty = await Duty.get(id=swap.duty_id).select_related("lawyer__person")
    if actor.id != lawyer.person_id and not actor.serves(duty.community_id):
        raise Forbidden
    now = clock.now()
    if starts_at(duty) <= now:
        raise Conflict(_("这个上午已经开始，不能再接了。"))
    still = Swap.filter(id=swap.id, taken_at=None, withdrawn_at=None)
    if not await still.update(taken_by_id=lawyer.id, taken_at=now):
        raise Conflict(_("这个上午已经有人接了，或者不用顶了。谢谢您。"))
    await journal.record(actor, "accept", swap, lawyer=lawyer.id, day=duty.day)
    await _unsay(swap)
    await _spare(actor, duty, swap.reason)
    await _come(actor, lawyer, duty.day, duty.from_minute, duty.until_minute, duty.community_id)
    await notices.owe(
        duty.lawyer.person,
        "roster/relieved",
        key=f"roster/relieved:{swap.id}",
        starts_at=starts_at(duty),
        name=lawyer.person.name,
    )
    return duty


async def invite(actor: Any, day: date) -> int:
    """Ask every lawyer who could come on a day on which nobody does; how many were asked. Asked again, nobody hears it
    twice. Raises Conflict when somebody comes by now."""
    here = locality.current()
    if actor is not None and not actor.serves(here):
        raise Forbidden
    async with transaction():
        await database.serialise(LOCK)
        await _is_empty(day)
        asked = await swap_queries.able(day, here)
        for lawyer in asked:
            key = f"roster/empty:{here}:{day}:{lawyer.id}"
            begins = clock.at(day, rules.USUAL[0])
            await notices.owe(lawyer.person, "roster/empty", key=key, starts_at=begins)
        await journal.record(actor, "call", await Community.get(id=here), day=day)
    return len(asked)


async def propose(actor: Any, lawyer: Lawyer, day: date) -> None:
    """A firm's coordinator asks one of its lawyers to come on a day on which nobody does. Only the lawyer decides. Raises
    Forbidden about another firm's, Conflict when somebody comes by now, Refusal when the lawyer cannot."""
    if lawyer.firm_id not in actor.minds(Role.FIRM_COORDINATOR):
        raise Forbidden
    async with transaction():
        await database.serialise(LOCK)
        await _is_empty(day)
        await _could_come(lawyer, day, locality.current())
        key = f"roster/proposed:{locality.current()}:{day}:{lawyer.id}"
        begins = clock.at(day, rules.USUAL[0])
        await notices.owe(await lawyer.person, "roster/proposed", key=key, starts_at=begins)
        await journal.record(actor, "propose", lawyer, day=day)


async def fill(actor: Any, lawyer: Lawyer, day: date) -> Pattern:
    """Come on a day on which nobody does, at the usual hours. The first has it: a Conflict tells everybody later."""
    async with transaction():
        await database.serialise(LOCK)
        await _is_empty(day)
        made = await _come(actor, lawyer, day, *rules.USUAL, locality.current())
        unsent = notices.Notice.filter(key__startswith=f"roster/empty:{locality.current()}:{day}:")
        await unsent.filter(state=notices.State.OWED).update(state=notices.State.WITHHELD)
    return made


async def _is_empty(day: date) -> None:
    if not clock.today() <= day <= clock.today() + rules.AHEAD:
        raise Refusal(_("请选今天起八周以内的日期。"))
    if not (await queries.coverage(day, day))[0].is_hole:
        raise Conflict(_("那天已经有律师了，或者诊所不开门。谢谢您。"))


async def _come(actor: Any, lawyer: Lawyer, day: date, begins: int, ends: int, community: Any) -> Pattern:
    """A single morning that needs no further word: who offers it just now means it."""
    await _could_come(lawyer, day, community)
    made = await add_morning(actor, lawyer, day, begins, ends, community)
    await Duty.filter(lawyer_id=lawyer.id, day=day).update(confirmed_at=clock.now())
    return made


async def _could_come(lawyer: Lawyer, day: date, community: Any) -> None:
    if lawyer.id not in {one.id for one in await swap_queries.able(day, community)}:
        raise Refusal(_("那天不能来：已经有值班、请了假、执业证到期，或者不在这个社区值班。"))


async def _spare(actor: Any, duty: Duty, reason: str) -> None:
    """Whoever is relieved is on leave that day, unless they are already."""
    lawyer, day = duty.lawyer_id, duty.day
    known = Leave.filter(lawyer_id=lawyer, withdrawn_at=None, first_on__lte=day, last_on__gte=day)
    if not await known.exists():
        leave = await Leave.create(lawyer_id=lawyer, first_on=day, last_on=day, reason=reason)
        await journal.record(actor, "create", leave, first_on=day, last_on=day)
    await settle(actor, day, day, lawyers=[lawyer])


async def _unsay(swap: Swap) -> None:
    """What was still to be sent about a call that is over."""
    unsent = notices.Notice.filter(key__startswith=f"roster/swap:{swap.id}:", state=notices.State.OWED)
    await unsent.update(state=notices.State.WITHHELD)
