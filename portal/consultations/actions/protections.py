"""Somebody is put behind a passphrase at the desk, with their own words, while they stand there."""

from uuid import UUID

from portal import journal
from portal.booking import actions as booking
from portal.booking.models import Appointment
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.errors import Forbidden
from portal.people import actions as people
from portal.people.models import Person


def may_protect(actor: Person, record: Appointment | Consultation) -> bool:
    """Staff of its community do this, for others; the resident themself chooses it when they ask."""
    return record.person_id != actor.id and actor.serves(record.community_id)


async def protect(
    actor: Person,
    passphrase: str,
    contact_by: str,
    *,
    appointment: Appointment | None = None,
    consultation: Consultation | None = None,
) -> UUID:
    """One passphrase for an appointment and what was asked with it; it takes the place of an earlier one.

    Needs `person` loaded in both. Raises Forbidden, Refusal for a poor passphrase, Conflict when it was changed meanwhile.
    """
    records = [one for one in (appointment, consultation) if one is not None]
    if not records or not all(may_protect(actor, one) for one in records):
        raise Forbidden
    async with transaction():
        protection = (await people.protect(records[0].person, passphrase, contact_by, made_by=actor)).id
        if appointment is not None:
            await booking.protect(actor, appointment, protection)
        if consultation is not None:
            await Consultation.filter(id=consultation.id).update(protection_id=protection)
            await journal.record(actor, "protect", consultation)
    return protection
