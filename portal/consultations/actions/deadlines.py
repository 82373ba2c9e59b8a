"""Deadlines are kept with what was asked, confirmed by the lawyer, and make it urgent when they come near."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from portal import clock, journal
from portal.consultations.models import Consultation, Deadline
from portal.consultations.queries import deadlines as deadline_queries
from portal.consultations.rules import deadlines as deadline_rules
from portal.consultations.rules.deadlines import Counted
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.people.models import Person
from portal.roster.models import Lawyer


async def keep(actor: Person, consultation: Consultation, counted: Iterable[Counted]) -> None:
    """Leave what the resident counted with what they ask. Call inside `transaction()`."""
    for one in counted:
        await Deadline.create(consultation=consultation, period=one.period.key, **_days(one))
        await journal.record(actor, "count_deadline", consultation, period=one.period.key)


async def add(person: Person, consultation: Consultation, told: tuple[str, date]) -> None:
    """Lawyer or staff write down one, or count it anew from another day; what the lawyer writes is confirmed.

    The consultation came through the door; needs `appointment__lawyer` loaded. Raises Forbidden, or Conflict where staff
    would change what a lawyer has confirmed, or the day is beyond every calendar.
    """
    if not deadline_rules.may_add(person, consultation):
        raise Forbidden
    counted = await deadline_queries.counted([told])
    if not counted:
        raise Conflict
    (one,) = counted
    confirms = deadline_rules.may_confirm(person, consultation)
    answered = await _answer(person) if confirms else {"confirmed_by_id": None, "confirmed_at": None}
    mine = Deadline.filter(consultation_id=consultation.id, period=one.period.key)
    async with transaction():
        open_to_all = mine if confirms else mine.filter(confirmed_at__isnull=True)
        if not await open_to_all.update(**_days(one), **answered):
            if await mine.exists():
                raise Conflict
            await Deadline.create(
                consultation_id=consultation.id, period=one.period.key, **_days(one), **answered
            )
        verb = "confirm_deadline" if confirms else "count_deadline"
        await journal.record(person, verb, consultation, period=one.period.key)
        await _hurry(person, consultation, [one])


async def confirm(person: Person, consultation: Consultation, key: str) -> None:
    """The lawyer answers for the last day as it stands. Forbidden for anybody else, Conflict when it is gone."""
    if not deadline_rules.may_confirm(person, consultation):
        raise Forbidden
    answered = await _answer(person)
    async with transaction():
        if not await Deadline.filter(consultation_id=consultation.id, period=key).update(**answered):
            raise Conflict
        await journal.record(person, "confirm_deadline", consultation, period=key)


async def remove(person: Person, consultation: Consultation, key: str) -> None:
    """Take out one that does not belong there. Forbidden, or Conflict when it is gone or was confirmed meanwhile."""
    confirms = deadline_rules.may_confirm(person, consultation)
    if not deadline_rules.may_remove(person, consultation, is_confirmed=False):
        raise Forbidden
    mine = Deadline.filter(consultation_id=consultation.id, period=key)
    async with transaction():
        if not await (mine if confirms else mine.filter(confirmed_at__isnull=True)).delete():
            raise Conflict
        await journal.record(person, "drop_deadline", consultation, period=key)


async def hurry() -> int:
    """Call urgent what a last day has come near to since it was asked; how many there were."""
    found = await deadline_queries.unmarked()
    for consultation in found:
        async with transaction():
            await _mark(None, consultation)
    return len(found)


async def _hurry(person: Person, consultation: Consultation, counted: list[Counted]) -> None:
    named = deadline_rules.dangers(consultation.dangers, counted, clock.today())
    if set(named) != {danger.value for danger in consultation.dangers}:
        await _mark(person, consultation)


async def _mark(person: Person | None, consultation: Consultation) -> None:
    """Urgent from now on, because of a last day."""
    named = ",".join(dict.fromkeys([*(code for code in consultation.danger.split(",") if code), "deadline"]))
    same = Consultation.filter(id=consultation.id, danger=consultation.danger)
    if await same.update(is_urgent=True, danger=named):
        await journal.record(person, "hurry", consultation)


async def _answer(person: Person) -> dict[str, Any]:
    lawyer = await Lawyer.get(person_id=person.id)
    return {"confirmed_by_id": lawyer.id, "confirmed_at": clock.now()}


def _days(one: Counted) -> dict[str, Any]:
    return {"event_on": one.event_on, "last_on": one.end.raw, "rolled_on": one.end.rolled}
