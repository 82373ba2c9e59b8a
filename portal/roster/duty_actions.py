"""Turns patterns, leave and the calendar into the mornings and times that can be booked, as often as anything changes.

Nothing is ever deleted: a time that is no longer on offer is withdrawn, so that whoever booked it is not forgotten.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from portal import clock, database, journal
from portal.database import transaction
from portal.law.days import Calendar
from portal.roster import queries, rules
from portal.roster.models import Duty, Lawyer, Leave, Pattern, Slot

LOCK = "roster"  # whoever plans waits for whoever plans


@dataclass
class Plan:
    """What must change so that the duties and times of some days are what they should be."""

    duties: list[Duty] = field(default_factory=list)
    changed: list[tuple[Duty, str, dict[str, Any]]] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    withdrawn: list[UUID] = field(default_factory=list)
    restored: list[UUID] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many rows it touches."""
        rows = (self.duties, self.changed, self.slots, self.withdrawn, self.restored)
        return sum(len(part) for part in rows)


async def materialise(until: date | None = None) -> int:
    """Make the mornings from today until this day (by default eight weeks ahead); how many rows that changed.

    Running it twice changes nothing; where nothing is to change, nothing is locked.
    """
    first, last = clock.today(), until or clock.today() + rules.AHEAD
    if not (await _plan(first, last)).size:
        return 0
    async with transaction():
        return (await settle(None, first, last)).size


async def settle(
    actor: Any, first: date | None = None, last: date | None = None, lawyers: Iterable[UUID] | None = None
) -> Plan:
    """Make the mornings of these days right, inside `transaction()`; of all lawyers unless some are named."""
    await database.serialise(LOCK)
    first = max(first or clock.today(), clock.today())
    plan = await _plan(first, last or clock.today() + rules.AHEAD, lawyers)
    now = clock.now()
    for duty, verb, changes in plan.changed:
        await Duty.filter(id=duty.id).update(**changes)
        await journal.record(actor, verb, duty, day=duty.day)
    await Duty.bulk_create(plan.duties)
    await Slot.bulk_create(plan.slots)
    for withdrawn_at, slots in ((now, plan.withdrawn), (None, plan.restored)):
        for start in range(0, len(slots), 500):
            await Slot.filter(id__in=slots[start : start + 500]).update(withdrawn_at=withdrawn_at)
    return plan


async def _plan(first: date, last: date, lawyers: Iterable[UUID] | None = None) -> Plan:
    """Compare what should be with what is."""
    chosen = Lawyer.all() if lawyers is None else Lawyer.filter(id__in=list(lawyers))
    everybody = await chosen.select_related("firm").order_by("id")
    ids = [lawyer.id for lawyer in everybody]
    calendar = await queries.calendar(first, last)
    patterns, leaves, duties, slots = (defaultdict(list) for _ in range(4))
    standing = Q(until_on=None) | Q(until_on__gte=first)
    for pattern in await Pattern.filter(standing, from_on__lte=last, lawyer_id__in=ids).order_by(
        "created_at", "id"
    ):
        patterns[pattern.lawyer_id].append(pattern)
    absent = Leave.filter(withdrawn_at=None, last_on__gte=first, first_on__lte=last, lawyer_id__in=ids)
    for leave in await absent:
        leaves[leave.lawyer_id].append(leave)
    for duty in await Duty.filter(day__gte=first, day__lte=last, lawyer_id__in=ids):
        duties[duty.lawyer_id].append(duty)
    span = {"starts_at__gte": clock.at(first), "starts_at__lt": clock.span(last)[1]}
    for slot in await Slot.filter(lawyer_id__in=ids, **span):
        slots[slot.lawyer_id].append(slot)
    plan = Plan()
    for lawyer in everybody:
        _compare(
            plan,
            lawyer,
            calendar,
            (first, last),
            patterns[lawyer.id],
            leaves[lawyer.id],
            duties[lawyer.id],
            slots[lawyer.id],
        )
    return plan


def _compare(
    plan: Plan,
    lawyer: Any,
    calendar: Calendar,
    span: tuple[date, date],
    patterns: list[Pattern],
    leaves: list[Leave],
    duties: list[Duty],
    slots: list[Slot],
) -> None:
    """One lawyer's part of the plan."""
    now = clock.now()
    there = {duty.day: duty for duty in duties}
    made: dict[Any, dict[datetime, Slot]] = defaultdict(dict)
    for slot in slots:
        made[slot.duty_id][slot.starts_at] = slot
    for day in rules.days(*span):
        duty = there.get(day)
        is_open = calendar.is_workday(day)
        pattern = rules.due(patterns, leaves, lawyer, lawyer.firm, day) if is_open else None
        if pattern is None:
            if duty is None or (_stands(duty, lawyer, leaves, day) and is_open):
                continue
            if not duty.withdrawn_at:
                plan.changed.append((duty, "withdraw", {"withdrawn_at": now}))
            wanted: dict[datetime, datetime] = {}
        else:
            wanted = {
                clock.at(day, start): clock.at(day, end)
                for start, end in rules.times(pattern.from_minute, pattern.until_minute)
            }
            if duty is None:
                if max(wanted) <= now:
                    continue
                duty = Duty(lawyer_id=lawyer.id, day=day, **_of(pattern))
                plan.duties.append(duty)
            elif changes := {
                name: value for name, value in _of(pattern).items() if getattr(duty, name) != value
            }:
                plan.changed.append((duty, "restore" if "withdrawn_at" in changes else "change", changes))
        _slots(plan, duty, wanted, made[duty.id], now)


def _of(pattern: Any) -> dict[str, Any]:
    """The columns of a duty that its pattern decides."""
    return {
        "pattern_id": pattern.id,
        "community_id": pattern.community_id,
        "from_minute": pattern.from_minute,
        "until_minute": pattern.until_minute,
        "withdrawn_at": None,
    }


def _stands(duty: Any, lawyer: Any, leaves: list[Leave], day: date) -> bool:
    """A morning without a pattern was agreed by hand: it stands until something forbids it."""
    return not duty.pattern_id and rules.may_sit(lawyer, lawyer.firm, day) and not rules.is_away(leaves, day)


def _slots(
    plan: Plan, duty: Any, wanted: dict[datetime, datetime], made: dict[datetime, Slot], now: datetime
) -> None:
    """The times of one morning. What has begun stays as it is."""
    for starts_at, slot in made.items():
        if starts_at <= now:
            continue
        if starts_at in wanted and slot.withdrawn_at:
            plan.restored.append(slot.id)
        elif starts_at not in wanted and not slot.withdrawn_at:
            plan.withdrawn.append(slot.id)
    plan.slots += [
        Slot(duty_id=duty.id, lawyer_id=duty.lawyer_id, starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in wanted.items()
        if starts_at > now and starts_at not in made
    ]
