"""To book, to move, to change the lawyer, to cancel."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from portal import clock, database, journal, notices, states
from portal.booking import drafts, queries
from portal.booking.actions import allowance, assignment, holds, offers
from portal.booking.forms import read_time
from portal.booking.models import MATTER, Appointment, Hold, Mode, State
from portal.booking.queries import OPEN, Asker
from portal.conflicts import actions as conflicts
from portal.database import transaction
from portal.errors import Conflict
from portal.languages import _
from portal.people import actions as people
from portal.people import sight
from portal.people.models import Person
from portal.policy import RESIDENT
from portal.roster.models import Slot
from portal.roster.skills import ANY, Preference, preference

# Mostly there is none, and then nothing more is asked.
ANY_OPEN = f"SELECT 1 FROM appointment WHERE person_id = ? AND state IN ({', '.join(repr(str(one)) for one in OPEN)}) LIMIT 1"


class AlreadyBooked(Conflict):
    """The same person has this time already, from another window perhaps: `appointment` is what they have."""

    def __init__(self, appointment: Appointment) -> None:
        super().__init__(_("您已经约好了这个时间，不用再约一次。"), [(_("看我的预约"), "people:me")])
        self.appointment = appointment


async def book(
    person: Person,
    browser: str,
    *,
    topic: str,
    other_side: str = "",
    other_phone: str = "",
    mode: str = Mode.DESK,
    needs: str = "",
    channel: str = "web",
    protection: UUID | None = None,
    actor: Person | None = None,
    over_limit: str = "",
) -> Appointment:
    """Turn the browser's hold into an appointment of this person.

    The conflict check is made again, now that the person is known; if the lawyer's firm is in conflict, or the hold ran
    out meanwhile, another desk at the same instant is taken. `actor` is who books it where it is not the person: staff, or
    who holds their grant. Raises TimeTaken with the nearest times when there is none, AlreadyBooked, or BeyondLimit (staff
    may give somebody more, with the reason in `over_limit`).
    """
    now, actor = clock.now(), actor or person
    asker = Asker.of(browser, person, other_side, other_phone)
    if mode == Mode.DESK:
        asker = await queries.facing(asker, is_staff=actor.is_staff)
    async with transaction():
        await assignment.alone(person.id)
        wanted, slot, is_long = await _wanted(browser, now)
        await refuse_twice(person, wanted, now)
        over_limit = await allowance.within(person, wanted, now, actor, over_limit)
        if wanted is None:
            raise holds.TimeTaken(_("还没有选时间，或者为您留的时间已经过了。请选一个时间。"))
        return await assignment.appoint(
            actor,
            person,
            asker._replace(is_long=is_long, likes=await _likes(browser, needs)),
            wanted,
            prefer=slot,
            topic=topic,
            other_side=other_side,
            other_phone=other_phone,
            mode=mode,
            needs=needs,
            channel=channel,
            protection=protection,
            over_limit=over_limit,
        )


async def _likes(browser: str, needs: str) -> Preference:
    """What they would rather have in a lawyer; whoever named one has nothing further to choose."""
    likes = preference(needs)
    return ANY if likes and (await drafts.read(browser)).get("lawyer") else likes


async def _wanted(browser: str, now: datetime) -> tuple[datetime | None, UUID | None, bool]:
    """The instant this browser chose, the slot it holds or held, and whether it wants two times as one; by its draft when
    somebody else took that over."""
    rows = await Hold.where("browser = ? AND appointment_id IS NULL ORDER BY ends_at DESC", browser)
    held = next((row for row in rows if row.beside_id is None), None)
    slot = (await Slot.where("id = ?", held.slot_id))[0] if held else None
    is_long = held is not None and any(row.beside_id == held.id for row in rows)
    if held and slot and held.ends_at and min(held.ends_at, slot.starts_at) > now:
        return slot.starts_at, slot.id, is_long
    typed = {} if held else await drafts.read(browser)
    wanted = slot.starts_at if slot else read_time(str(typed.get("slot", "")))
    is_long = is_long or bool(typed.get("is_long"))
    if wanted and not await holds.is_offered(now, wanted):
        raise await holds.taken(now, wanted, Asker.of(browser, is_long=is_long))
    return wanted, slot.id if slot else None, is_long


async def refuse_twice(person: Person, wanted: datetime | None, now: datetime) -> None:
    """Nobody sits at two desks at once; nor does pressing the button twice book twice. What is protected is not spoken of
    without its passphrase, not even to refuse."""
    if not await database.look_up(ANY_OPEN, person.id):
        return
    mine = Appointment.filter(sight.own()(person, RESIDENT), state__in=OPEN)
    if wanted is None:
        since = now - 2 * holds.COOLING
        found = await mine.filter(created_at__gt=since, starts_at__gt=now).order_by("-created_at").first()
    else:
        halves = Q(starts_at=wanted) | Q(second_slot_id__isnull=False, second_slot__starts_at=wanted)
        found = await mine.filter(halves).first()
    if found:
        raise AlreadyBooked(found)


async def move(actor: Person, appointment: Appointment, starts_at: datetime, reason: str = "") -> None:
    """Another time, in one step: the old one is given back only when the new one is taken. The same lawyer if possible.

    Raises TimeTaken with the nearest times, Forbidden, or Conflict when it was changed meanwhile.
    """
    now = clock.now()
    async with transaction():
        asker = await in_turn(appointment, mover=actor)
        await assignment.take_up(actor, appointment, "move")
        if starts_at == appointment.starts_at:
            raise holds.TimeTaken(_("这就是您现在的时间。要改，请另选一个。"))
        if not await holds.is_offered(now, starts_at):
            raise await holds.taken(now, starts_at, asker)
        before = {"from": appointment.starts_at, "from_lawyer": appointment.lawyer_id}
        await seat(actor, appointment, "move", asker, starts_at, appointment.lawyer_id, before, reason=reason)
        await assignment.tell(actor, "booking/moved", appointment, appointment.person)
    await offers.offer_next()


async def reassign(actor: Person, appointment: Appointment, lawyer: UUID | None = None) -> None:
    """Another lawyer at the same time: the one named, or else the one whose turn it is. The resident is told once.

    Raises TimeTaken with the nearest times when nobody suitable is free then, Forbidden, or Conflict.
    """
    async with transaction():
        asker = await in_turn(appointment)
        await assignment.take_up(actor, appointment, "reassign")
        before = {"from_lawyer": appointment.lawyer_id}
        await seat(actor, appointment, "reassign", asker, appointment.starts_at, lawyer, before)
        await assignment.tell(actor, "booking/reassigned", appointment, appointment.person)


async def part() -> int:
    """Give whoever is to be received by a firm that a wall keeps out to another lawyer at the same time, and tell them; how
    many. Where nobody else is free they stay on the desk's list of those who need another lawyer."""
    done = 0
    for key in await queries.walled_off():
        try:
            async with transaction():
                await seat_anew(None, key, None, "wall")
        except Conflict:  # nobody else is free then, or somebody changed it in this very moment
            continue
        done += 1
    return done


async def seat_anew(actor: Person | None, key: UUID, lawyer: UUID | None, because: str) -> None:
    """Give an appointment whose lawyer is not to receive it to another at the same time, the one named if that may be, and
    tell the resident; inside `transaction()`. Raises TimeTaken, with them where they were, when nobody else is free then, and
    Conflict when somebody changed it in this very moment."""
    appointment = await Appointment.get(id=key).select_related("lawyer__person", "person", "slot")
    asker = await in_turn(appointment)
    mine = Appointment.filter(id=key, sequence=appointment.sequence, state__in=OPEN)
    if not await mine.update(sequence=appointment.sequence + 1):
        raise Conflict
    appointment.sequence += 1
    before = {"from_lawyer": appointment.lawyer_id, "by": because}
    await seat(actor, appointment, "reassign", asker, appointment.starts_at, lawyer, before)
    await assignment.tell(actor, "booking/reassigned", appointment, appointment.person)


async def in_turn(appointment: Appointment, mover: Person | None = None) -> Asker:
    """Who asks for a new seat, once nobody else is judging the same names; who is moved to another time (by `mover`) is
    kept from whom they must not meet."""
    await appointment.fetch_related("person")
    asker = await queries.asker_of(appointment)
    if mover and appointment.mode == Mode.DESK:
        asker = await queries.facing(asker, is_staff=mover.serves(appointment.community_id))
    await conflicts.in_turn(asker.served, asker.others, asker.against)
    return asker


async def protect(actor: Person, appointment: Appointment, protection: UUID) -> None:
    """Put it behind a passphrase, inside `transaction()`: what was still to be sent about it is withheld, its calendar entry
    is written anew, and it is announced from now on as the protection says."""
    changed = {"protection_id": protection, "sequence": appointment.sequence + 1}
    if not await Appointment.filter(id=appointment.id, sequence=appointment.sequence).update(**changed):
        raise Conflict
    appointment.protection_id, appointment.sequence = protection, appointment.sequence + 1
    await journal.record(actor, "protect", appointment)
    unsent = notices.Notice.filter(key__contains=f":{appointment.number}:", state=notices.State.OWED)
    await unsent.update(state=notices.State.WITHHELD)
    await people.end_links(MATTER, appointment.id)
    if appointment.state == State.BOOKED:
        await assignment.remind(appointment, appointment.person)


async def seat(
    actor: Person | None,
    appointment: Appointment,
    verb: str,
    asker: Asker,
    starts_at: datetime,
    prefer: UUID | None,
    before: dict[str, Any],
    **changes: Any,
) -> None:
    """Swap the appointment's slot for the best one at this instant; its two slots, where it has two."""
    old: Slot = appointment.slot
    if appointment.second_slot_id and verb == "move":
        await holds.loosen(old)
    desk, assigned, barred = await assignment.choose(clock.now(), starts_at, appointment.topic, asker, prefer)
    await holds.give_back(old, desk.slot, desk.second)
    await assignment.bind(desk, appointment)
    detail = {**before, "to": starts_at, "to_lawyer": desk.lawyer}
    seated = {"slot_id": desk.slot, "second_slot_id": desk.second}
    seated |= {"lawyer_id": desk.lawyer, "firm_id": desk.firm}
    changes |= {**seated, "starts_at": starts_at, "assigned": assigned}
    await states.move(actor, appointment, verb, detail=detail, **changes)
    await appointment.fetch_related("lawyer__person", "slot", "second_slot", "firm")
    await conflicts.met_by(desk.firm, MATTER, appointment.id)  # the old firm has met both sides for good
    await assignment.store_checks(actor, appointment, asker, barred)


async def cancel(actor: Person, appointment: Appointment, reason: str = "") -> None:
    """Give the time back: to whoever waits longest, else to everybody. Unsent reminders are withdrawn.

    Raises Forbidden, or Conflict when it was changed or cancelled meanwhile.
    """
    now = clock.now()
    async with transaction():
        await assignment.take_up(actor, appointment, "cancel")
        await states.move(actor, appointment, "cancel", reason=reason, ended_at=now)
        await holds.give_back(appointment.slot)
        await assignment.forget_reminders(appointment)
        await assignment.announce("booking/cancelled", appointment, appointment.person)
        if actor.id != appointment.lawyer.person_id and clock.day_of(now) == clock.day_of(
            appointment.starts_at
        ):
            await notices.owe(
                appointment.lawyer.person,
                "booking/freed",
                key=f"booking/freed:{appointment.number}",
                about=appointment,
                number=appointment.number,
                starts_at=appointment.starts_at,
            )
    await offers.offer_next()
