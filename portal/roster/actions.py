"""What a lawyer, or staff for them, decides: when they come by rule, on one day, and when they cannot."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal import clock, database, journal, locality
from portal.database import transaction
from portal.errors import Forbidden, Refusal
from portal.languages import _
from portal.roster import queries, rules
from portal.roster.duty_actions import LOCK, materialise, settle
from portal.roster.models import Duty, Firm, Lawyer, Leave, Pattern

__all__ = [
    "add_morning",
    "add_pattern",
    "end_pattern",
    "materialise",
    "take_leave",
    "withdraw_leave",
    "withdraw_morning",
]


async def add_pattern(
    actor: Any,
    lawyer: Lawyer,
    *,
    weekday: int,
    nth: int = 0,
    every: int = 1,
    from_minute: int = 9 * 60,
    until_minute: int = 12 * 60,
    from_on: date,
    until_on: date | None = None,
    community: UUID | None = None,
) -> Pattern:
    """Let the lawyer come by this rule from now on, to the community that is meant unless another is named. Refusal for a
    lapsed licence or a clash with another rule, wherever it brings them."""
    today = clock.today()
    pattern = Pattern(
        lawyer_id=lawyer.id,
        community_id=_place(community),
        weekday=weekday,
        nth=nth,
        every=every,
        from_minute=from_minute,
        until_minute=until_minute,
        from_on=from_on,
        until_on=until_on,
    )
    if until_on and until_on < from_on:
        raise Refusal(_("结束的日期比开始的日期还早。"))
    _judge_hours(from_minute, until_minute)
    async with transaction():
        await _judge(actor, lawyer, max(from_on, today), pattern.community_id)
        for other in await _standing(lawyer):
            if rules.clashes(pattern, other, max(from_on, today)):
                raise Refusal(_other(other))
        await pattern.save(force_create=True)
        await journal.record(actor, "create", pattern, weekday=weekday, nth=nth, every=every, from_on=from_on)
        await settle(actor, lawyers=[lawyer.id])
    return pattern


async def add_morning(
    actor: Any,
    lawyer: Lawyer,
    day: date,
    from_minute: int = 9 * 60,
    until_minute: int = 12 * 60,
    community: UUID | None = None,
) -> Pattern:
    """Let the lawyer come on one day. Refusal when the clinic is closed then, or they come or are away already."""
    _judge_hours(from_minute, until_minute)
    today, place = clock.today(), _place(community)
    if not today <= day <= today + rules.FARTHEST:
        raise Refusal(_("请选今天起一年以内的日期。"))
    if clock.at(day, until_minute - rules.LENGTH) <= clock.now():
        raise Refusal(_("今天这段时间已经过去了。"))
    async with transaction():
        await _judge(actor, lawyer, day, place)
        calendar = await queries.calendar(day, day)
        if not calendar.is_workday(day):
            raise Refusal(_("那天诊所不开门，请换一天。调休上班的周末可以选。"))
        if rules.is_away(await _leaves(lawyer), day):
            raise Refusal(_("那天已经请了假。要来的话，先撤回请假。"))
        if other := next((one for one in await _standing(lawyer) if rules.falls_on(one, day)), None):
            raise Refusal(_other(other))
        pattern = await Pattern.create(
            lawyer_id=lawyer.id,
            community_id=place,
            weekday=day.isoweekday(),
            from_minute=from_minute,
            until_minute=until_minute,
            from_on=day,
            until_on=day,
        )
        await journal.record(actor, "create", pattern, day=day)
        await settle(actor, lawyers=[lawyer.id])
        if actor is not None and actor.id == lawyer.person_id and day <= today + rules.ASKED:
            # Who offers a morning this near has said that they come.
            await Duty.filter(lawyer_id=lawyer.id, day=day).update(confirmed_at=clock.now())
    return pattern


async def end_pattern(actor: Any, pattern: Pattern, last_on: date) -> int:
    """Let the rule end with this day; how many times were withdrawn. A rule is ended earlier, never later."""
    if last_on < clock.today() - timedelta(days=1):
        raise Refusal(_("已经过去的日子改不了，请选今天或以后的日期。"))
    if pattern.until_on and last_on > pattern.until_on:
        raise Refusal(_("这条规律本来到 %(day)s 就结束了。") % {"day": pattern.until_on})
    return await _end(actor, pattern, last_on)


async def withdraw_morning(actor: Any, pattern: Pattern) -> int:
    """Take back a single morning; how many times were withdrawn."""
    if not pattern.is_single or pattern.from_on < clock.today():
        raise Refusal(_("只有还没到的单次上午可以取消。"))
    return await _end(actor, pattern, pattern.from_on - timedelta(days=1))


async def take_leave(
    actor: Any, lawyer: Lawyer, first_on: date, last_on: date, reason: str = ""
) -> tuple[Leave, int]:
    """Spare the lawyer these days, both included; the leave, and how many times were withdrawn for it."""
    today = clock.today()
    if last_on < first_on:
        raise Refusal(_("最后一天比第一天还早。"))
    if first_on < today or last_on > today + rules.FARTHEST:
        raise Refusal(_("请选今天起一年以内的日期。"))
    async with transaction():
        await database.serialise(LOCK)
        _judge_actor(actor, lawyer)
        if any(rules.overlaps(first_on, last_on, leave) for leave in await _leaves(lawyer)):
            raise Refusal(_("这几天里已经请过假了。请改日期，或者先撤回原来的请假。"))
        leave = await Leave.create(lawyer_id=lawyer.id, first_on=first_on, last_on=last_on, reason=reason)
        await journal.record(actor, "create", leave, first_on=first_on, last_on=last_on)
        plan = await settle(actor, lawyers=[lawyer.id])
    return leave, len(plan.withdrawn)


async def withdraw_leave(actor: Any, leave: Leave) -> int:
    """The lawyer can come after all; how many times are on offer again."""
    lawyer = await Lawyer.get(id=leave.lawyer_id)
    _judge_actor(actor, lawyer)
    if leave.last_on < clock.today():
        raise Refusal(_("这次请假已经过去了。"))
    async with transaction():
        await database.serialise(LOCK)
        if not await Leave.filter(id=leave.id, withdrawn_at=None).update(withdrawn_at=clock.now()):
            raise Refusal(_("这次请假已经撤回了。"))
        await journal.record(actor, "withdraw", leave)
        plan = await settle(actor, lawyers=[lawyer.id])
    return len(plan.restored) + len(plan.slots)


async def _end(actor: Any, pattern: Pattern, last_on: date) -> int:
    lawyer = await Lawyer.get(id=pattern.lawyer_id)
    if actor is not None and not rules.may_seat(actor, lawyer, pattern.community_id):
        raise Forbidden
    async with transaction():
        await database.serialise(LOCK)
        await Pattern.filter(id=pattern.id).update(until_on=last_on)
        await journal.record(actor, "end", pattern, until_on=last_on)
        plan = await settle(actor, lawyers=[lawyer.id])
    pattern.until_on = last_on
    return len(plan.withdrawn)


async def _judge(actor: Any, lawyer: Lawyer, day: date, community: UUID | None) -> None:
    """May this lawyer be planned in there, by this person, on this day? Holds the plan still for what follows."""
    await database.serialise(LOCK)
    if actor is not None and not rules.may_seat(actor, lawyer, community):
        raise Forbidden
    firm = await Firm.get(id=lawyer.firm_id)
    if not lawyer.is_active or not firm.is_active:
        raise Refusal(_("这位律师或者所在律所已经停止合作，不能排班。"))
    if not rules.is_licensed(lawyer, day):
        raise Refusal(
            _("执业证有效期到 %(day)s，之后不能排班。请先更新执业证。") % {"day": lawyer.licence_until}
        )


def _place(community: UUID | None) -> UUID:
    """Where they come to."""
    place = community or locality.current()
    if place is None:
        raise Refusal(_("请先登记社区和服务中心，再排值班。"))
    return place


def _judge_actor(actor: Any, lawyer: Lawyer) -> None:
    if actor is not None and not rules.may_plan(actor, lawyer, clock.now()):
        raise Forbidden


def _judge_hours(from_minute: int, until_minute: int) -> None:
    if not rules.is_morning(from_minute, until_minute):
        raise Refusal(_("结束要晚于开始，并且都是整点或半点。"))


def _other(pattern: Pattern) -> str:
    if pattern.is_single:
        return _("%(day)s 已经单独排了一个上午。") % {"day": pattern.from_on}
    return _("和已有的规律“%(rule)s”撞在同一天。") % {"rule": pattern.label}


async def _standing(lawyer: Lawyer) -> list[Pattern]:
    """The lawyer's patterns that are not over."""
    patterns = await Pattern.filter(lawyer_id=lawyer.id)
    return [one for one in patterns if not one.until_on or one.until_on >= max(one.from_on, clock.today())]


async def _leaves(lawyer: Lawyer) -> list[Leave]:
    return await Leave.filter(lawyer_id=lawyer.id, withdrawn_at=None, last_on__gte=clock.today())
