"""Who could take a morning, and which mornings there are to be taken."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from portal import clock, locality
from portal.law import days
from portal.roster import queries, rules
from portal.roster.models import Duty, Lawyer, Leave, Swap, hours


class Call(NamedTuple):
    """A morning that one lawyer could take: from a colleague (`swap`), or because nobody comes (no swap)."""

    day: date
    starts_at: datetime
    hours: str
    name: str = ""  # of the colleague
    place: str = ""
    swap: UUID | None = None


def starts_at(duty: Any) -> datetime:
    """When a morning begins."""
    return clock.at(duty.day, duty.from_minute)


async def able(day: date, community: UUID | None) -> list[Lawyer]:
    """The lawyers at home in this community who could come on a day: still with us, licensed, neither away nor at any desk
    already; by name, persons and firms loaded. Conflicts of interest are judged for each appointment, when it is moved."""
    standing = Lawyer.filter(is_active=True, firm__is_active=True, licence_until__gte=day)
    found = standing.filter(await queries.at_home(community)).select_related("person", "firm")
    taken = await _taken(day)
    return [lawyer for lawyer in await found.order_by("person__name", "id") if lawyer.id not in taken]


async def able_for(swap: Swap) -> list[Lawyer]:
    """The same for the morning of a call; `duty` is loaded."""
    return await able(swap.duty.day, swap.duty.community_id)


async def _taken(day: date) -> set[UUID]:
    """The lawyers who sit somewhere that day, or are away."""
    sits = await Duty.filter(day=day, withdrawn_at=None)
    away = await Leave.filter(withdrawn_at=None, first_on__lte=day, last_on__gte=day)
    return {one.lawyer_id for one in sits} | {one.lawyer_id for one in away}


async def open_of(duty: Duty) -> Swap | None:
    """The call that is open for this morning."""
    found = await Swap.filter(duty_id=duty.id, taken_at=None, withdrawn_at=None).first()
    return found if found and rules.is_open(found, starts_at(duty), clock.now()) else None


async def standing(**of: Any) -> list[Swap]:
    """The open calls of a firm or a community (`duty__lawyer__firm_id`, `duty__community_id`), the nearest first."""
    found = Swap.filter(taken_at=None, withdrawn_at=None, duty__day__gte=clock.today(), **of)
    loaded = found.select_related("duty__lawyer__person", "duty__lawyer__firm", "duty__community")
    now = clock.now()
    return [
        swap
        for swap in await loaded.order_by("duty__day", "duty__from_minute", "created_at")
        if rules.is_open(swap, starts_at(swap.duty), now)
    ]


async def coming(first: date, last: date, **of: Any) -> list[dict[str, Any]]:
    """The mornings that stand (as `queries.duties_between` has them), each with its open call (`swap`, an id or None) and
    whether its lawyer should say by now that they come (`is_asked`)."""
    today = clock.today()
    rows = await queries.duties_between(first, last, **of)
    calls = {swap.duty_id: swap.id for swap in await standing()}
    for row in rows:
        row["swap"] = calls.get(row["id"])
        row["is_asked"] = rules.is_asked(row["day"], row["confirmed_at"], today)
    return rows


async def unsure(**of: Any) -> list[dict[str, Any]]:
    """The mornings (of a community, a firm) whose lawyer has not said, two working days before, that they come."""
    today = clock.today()
    known = await queries.calendar(today, today + timedelta(days=30))
    last = days.add_workdays(today, rules.SURE, known)
    return [
        row
        for row in await coming(today + timedelta(days=1), last, **of)
        if rules.is_unsure(
            row["day"], row["confirmed_at"], today, days.workdays_between(today, row["day"], known)
        )
    ]


async def for_lawyer(lawyer: Lawyer) -> list[Call]:
    """The mornings of colleagues that this lawyer could take, the nearest first."""
    calls = [swap for swap in await standing() if swap.duty.lawyer_id != lawyer.id]
    free = {
        place: await _free_days(lawyer, place, [swap.duty.day for swap in calls])
        for place in {swap.duty.community_id for swap in calls}
    }
    found = []
    for swap in calls:
        duty = swap.duty
        if duty.day in free[duty.community_id]:
            place = duty.community.name if duty.community and len(locality.choices()) > 1 else ""
            said = hours(duty.from_minute, duty.until_minute)
            found.append(Call(duty.day, starts_at(duty), said, duty.lawyer.person.name, place, swap.id))
    return found


async def holes_for(lawyer: Lawyer, holes: list[date]) -> list[Call]:
    """Those of these empty mornings here on which this lawyer could come, at the usual hours."""
    usual, free = hours(*rules.USUAL), await _free_days(lawyer, locality.current(), holes)
    return [Call(day, clock.at(day, rules.USUAL[0]), usual) for day in holes if day in free]


async def _free_days(lawyer: Lawyer, community: UUID | None, asked: list[date]) -> set[date]:
    """On which of these days could this lawyer come to this community's desk? As `able` has it, for one lawyer."""
    here = Lawyer.filter(await queries.at_home(community), is_active=True, firm__is_active=True, id=lawyer.id)
    if not asked or not await here.exists():
        return set()
    span = {"day__gte": min(asked), "day__lte": max(asked)}
    sits = {one.day for one in await Duty.filter(lawyer_id=lawyer.id, withdrawn_at=None, **span)}
    leaves = await Leave.filter(lawyer_id=lawyer.id, withdrawn_at=None, last_on__gte=min(asked))
    return {
        day
        for day in asked
        if rules.is_licensed(lawyer, day) and day not in sits and not rules.is_away(leaves, day)
    }
