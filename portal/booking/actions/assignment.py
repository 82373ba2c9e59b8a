"""Who sees whom: the desk is chosen, the conflict check kept, the appointment made or changed, people told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal import clock, database, journal, notices
from portal.booking import preference_rules, queries, reminder_rules, rules
from portal.booking.actions import holds
from portal.booking.models import MATTER, Appointment, Hold
from portal.booking.queries import Asker
from portal.booking.rules import Desk
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Side
from portal.errors import Conflict, Forbidden
from portal.people import actions as people
from portal.people.models import ContactBy, Person

BIND = """
UPDATE hold SET appointment_id = ?, browser = '', wait_id = NULL, ends_at = NULL, extended_at = NULL
WHERE slot_id = ? AND appointment_id IS NULL
"""
CLAIMED_FOR = timedelta(minutes=1)  # within one transaction: it is never seen by anybody


async def choose(
    now: datetime, starts_at: datetime, topic: str, asker: Asker, prefer: UUID | None = None
) -> tuple[Desk, list[dict[str, Any]], Mapping[UUID, list[UUID]]]:
    """Claim the best desk at an instant: (the desk, the account of the choice, the conflicts met).

    The slot or the lawyer to prefer comes first unless the firm is in conflict: who was promised, or knows the matter.
    Raises TimeTaken when no desk is left, or when the other side of something comes to the same centre about then.
    """
    await conflicts.in_turn(asker.served, asker.others, asker.against)
    if not await queries.is_apart(asker, starts_at):
        raise await holds.taken(now, starts_at, asker)
    found = await queries.desks(starts_at, starts_at + timedelta(minutes=1), asker)
    barred = await queries.in_conflict(found, asker)
    ranked = rules.rank(found, topic, barred, await queries.loads(now), asker.likes)
    for one in preference_rules.in_order(ranked, prefer):
        if one.desk.slot != prefer:
            await holds.let_go(asker)
        if await holds.take(one.desk, now + CLAIMED_FOR, asker):
            return one.desk, rules.account(ranked, found, barred, one.desk.slot), barred
    raise await holds.taken(now, starts_at, asker)


async def bind(desk: Desk, appointment: Appointment) -> None:
    """The claim becomes the appointment's for good, with the second that leans on it where there is one."""
    if not await database.change(BIND, appointment.id, desk.slot):
        raise Conflict
    if desk.second is not None:
        kept = {"browser": "", "wait_id": None, "ends_at": None, "extended_at": None}
        second = Hold.filter(slot_id=desk.second, appointment_id=None, beside__appointment_id=appointment.id)
        keys = await second.values_list("id", flat=True)
        if not await Hold.filter(id__in=keys).update(**kept):
            raise Conflict


async def appoint(
    actor: Person,
    person: Person,
    asker: Asker,
    starts_at: datetime,
    *,
    prefer: UUID | None,
    topic: str,
    other_side: str,
    other_phone: str,
    mode: str,
    needs: str,
    channel: str,
    protection: UUID | None = None,
    over_limit: str = "",
) -> Appointment:
    """Make the appointment, record both sides and each check, owe the confirmation and the reminders."""
    now = clock.now()
    desk, assigned, barred = await choose(now, starts_at, topic, asker, prefer)
    made = await Appointment.create(
        person_id=person.id,
        slot_id=desk.slot,
        second_slot_id=desk.second,
        lawyer_id=desk.lawyer,
        firm_id=desk.firm,
        starts_at=starts_at,
        community_id=asker.community,
        topic=str(topic),
        mode=str(mode),
        needs=needs,
        channel=channel,
        protection_id=protection,
        over_limit=over_limit,
        booked_by_id=None if actor.id == person.id else actor.id,
        assigned=assigned,
    )
    await bind(desk, made)
    await conflicts.meet(MATTER, made.id, Side.CLIENT, person.name, person.phone or "", person, desk.firm)
    await conflicts.meet(MATTER, made.id, Side.OTHER, other_side, other_phone, None, desk.firm)
    await store_checks(actor, made, asker, barred)
    await journal.record(
        actor, "create", made, slot=desk.slot, lawyer=desk.lawyer, starts_at=starts_at, channel=channel
    )
    if over_limit:
        await journal.record(actor, "exceed", made)
    await tell(actor, "booking/booked", made, person)
    return made


async def store_checks(
    actor: Person | None, appointment: Appointment, asker: Asker, barred: Mapping[UUID, list[UUID]]
) -> None:
    """Keep the check of the firm that was chosen, and of each that could not be."""
    for firm in (appointment.firm_id, *barred):
        hits = barred.get(firm, [])
        await conflicts.store(actor, MATTER, appointment.id, firm, asker.served, asker.others, hits)


async def tell(actor: Person | None, kind: str, appointment: Appointment, person: Person) -> None:
    """Owe a message of where it stands now and the reminders, each with the way to move or cancel it without signing in:
    for who reads messages on their own telephone, and never to what stands behind a passphrase."""
    more: dict[str, Any] = {}
    if appointment.protection_id is None and person.contact_by == ContactBy.SMS and not person.is_neutral:
        days = (appointment.starts_at - clock.now()).days + 1
        if link := await people.give_link(actor, person, MATTER, appointment.id, days=days):
            more["link"] = link
    await announce(kind, appointment, person, **more)
    await remind(appointment, person, **more)


async def announce(kind: str, appointment: Appointment, person: Person, **more: Any) -> None:
    """Owe a message about the appointment: number, time, how they meet and where. Once for each change of it."""
    place = await queries.place(appointment.community_id)
    await notices.owe(
        person,
        kind,
        key=f"{kind}:{appointment.number}:{appointment.sequence}",
        about=appointment,
        number=appointment.number,
        starts_at=appointment.starts_at,
        mode=str(appointment.mode),
        place=place["desk"],
        **more,
    )


async def remind(appointment: Appointment, person: Person, **more: Any) -> None:
    """Owe the reminders that still make sense, instead of those owed before it was changed."""
    if appointment.sequence:
        await forget_reminders(appointment)
    booked, starts = (at.astimezone(clock.CHINA) for at in (clock.now(), appointment.starts_at))
    place = await queries.place(appointment.community_id)
    for name, due in reminder_rules.reminders(booked, starts):
        await notices.owe(
            person,
            "booking/reminder",
            key=_reminder(appointment, name),
            due=due,
            about=appointment,
            number=appointment.number,
            starts_at=appointment.starts_at,
            mode=str(appointment.mode),
            place=place["desk"],
            **more,
        )


async def forget_reminders(appointment: Appointment) -> None:
    """Withdraw reminders that were not sent yet, of this appointment as it was up to now."""
    keys = f"booking/reminder:{appointment.number}:"
    unsent = notices.Notice.filter(key__startswith=keys, state=notices.State.OWED)
    await unsent.update(state=notices.State.WITHHELD)


def _reminder(appointment: Appointment, name: str) -> str:
    return f"booking/reminder:{appointment.number}:{appointment.sequence}:{name}"


async def take_up(actor: Person, appointment: Appointment, verb: str) -> None:
    """Judge a change of the calendar entry, and be the only one who changes it: `sequence` counts on by one.

    Raises Forbidden, or Conflict when the state has moved on or somebody changed it since it was read.
    """
    await appointment.fetch_related("lawyer__person", "person", "slot")
    if (appointment.state, verb) not in Appointment.MOVES:
        raise Conflict
    if not rules.MAY[verb](actor, appointment, clock.now()):
        raise Forbidden
    mine = Appointment.filter(id=appointment.id, sequence=appointment.sequence)
    if not await mine.update(sequence=appointment.sequence + 1):
        raise Conflict
    appointment.sequence += 1


async def alone(person_id: UUID) -> None:
    """Let one transaction at a time book for this person, so that limits hold."""
    await database.serialise(f"bookings of {person_id}")
