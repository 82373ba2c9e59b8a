"""To wait for any time, to answer an offer, to stop waiting."""

from collections.abc import Mapping
from typing import Any

from portal import clock, index, journal, locality, states
from portal.attachments import actions as attachments
from portal.attachments.models import Place
from portal.booking import rules
from portal.booking.actions import allowance, assignment, holds, offers
from portal.booking.actions.appointments import refuse_twice
from portal.booking.models import Appointment, Hold, Mode, Wait, WaitState
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people import actions as people
from portal.people import sight
from portal.people.models import Person
from portal.policy import RESIDENT

STILL = (WaitState.WAITING, WaitState.OFFERED)


async def join(
    person: Person,
    topic: str,
    typed: Mapping[str, object],
    passphrase: str = "",
    contact_by: str = "",
    browser: str = "",
) -> Wait:
    """Wait for any time in the community that is meant. Whoever waits already keeps their place and has the topic and the
    words brought up to date; what was handed in in this browser goes along. With a passphrase the place is found only by
    who says it, and they hear of it only by `contact_by`."""
    await holds.named(person, str(typed.get("other_side") or ""), str(typed.get("other_phone") or ""))
    async with transaction():
        await assignment.alone(person.id)
        columns: dict[str, Any] = {"topic": str(topic), "typed": dict(typed)}
        if passphrase:
            columns["protection_id"] = (await people.protect(person, passphrase, contact_by)).id
        known = await Wait.filter(sight.own()(person, RESIDENT), state__in=STILL).first()
        if known:
            columns["typed"] = {**typed, "refused": sorted(rules.refused_times(known))}
            await Wait.filter(id=known.id).update(**known.sealed(**columns))
            index.changed(known)
            await attachments.carry(Place.at(browser), known, person)
            return await Wait.get(id=known.id)
        made = await Wait.create(person_id=person.id, community_id=locality.current(), **columns)
        await journal.record(person, "create", made)
        await attachments.carry(Place.at(browser), made, person)
    return made


async def accept(actor: Person, wait: Wait, over_limit: str = "") -> Appointment:
    """Take the offered time. Raises TimeTaken when the offer has run out or the time is lost, Forbidden, BeyondLimit (staff
    may give somebody more, with the reason in `over_limit`), or Conflict."""
    now = clock.now()
    async with transaction():
        await assignment.alone(wait.person_id)
        await _judge(actor, wait, "accept")
        held = (
            await Hold.filter(wait_id=wait.id, appointment_id=None, ends_at__gt=now)
            .select_related("slot")
            .first()
        )
        if held is None:
            raise holds.TimeTaken(_("为您留的时间已经过了。您还在候补名单上，有空位再通知您。"))
        await refuse_twice(wait.person, held.slot.starts_at, now)
        over_limit = await allowance.within(wait.person, held.slot.starts_at, now, actor, over_limit)
        typed = {key: str(value) for key, value in wait.typed.items()}
        mode = typed.get("mode", "")
        made = await assignment.appoint(
            actor,
            wait.person,
            await offers.asker_of(wait),
            held.slot.starts_at,
            prefer=held.slot.id,
            topic=wait.topic,
            other_side=typed.get("other_side", ""),
            other_phone=typed.get("other_phone", ""),
            mode=mode if mode in list(Mode) else Mode.DESK,
            needs=typed.get("needs", ""),
            channel="waitlist",
            protection=wait.protection_id,
            over_limit=over_limit,
        )
        await states.move(actor, wait, "accept", detail={"appointment": made.number})
    return made


async def decline(actor: Person, wait: Wait) -> None:
    """Let the offered time go to the next and wait on."""
    async with transaction():
        await _judge(actor, wait, "decline")
        await states.move(actor, wait, "decline", **await offers.pass_on(wait))
    await offers.offer_next()


async def leave(actor: Person, wait: Wait) -> None:
    """Stop waiting; a time that was offered goes to the next."""
    async with transaction():
        await _judge(actor, wait, "leave")
        held = await Hold.filter(wait_id=wait.id, appointment_id=None).select_related("slot").first()
        await states.move(actor, wait, "leave")
        if held:
            await holds.give_back(held.slot)
    await offers.offer_next()


async def _judge(actor: Person, wait: Wait, verb: str) -> None:
    """Forbidden to others; Conflict when the state has moved on or the offer has run out."""
    await wait.fetch_related("person")
    if not states.allowed(wait, verb):
        raise Conflict
    if actor.id != wait.person.id and not actor.serves(wait.community_id):
        raise Forbidden
    if not rules.WAIT_MAY[verb](actor, wait, clock.now()):
        raise holds.TimeTaken(_("为您留的时间已经过了。您还在候补名单上，有空位再通知您。"))
