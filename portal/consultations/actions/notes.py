"""A note is written, by each kind of people for their own kind."""

from portal import journal, limits
from portal.consultations.models import Consultation, Note, NoteKind
from portal.consultations.rules import notes
from portal.database import transaction
from portal.errors import Forbidden
from portal.people.models import Person


async def write(person: Person, consultation: Consultation, words: str) -> Note:
    """Add a note of the kind this person writes. The consultation came through the door; needs `appointment__lawyer` loaded.

    Raises Forbidden for whoever writes none here, TooMany for a resident's twenty-first of a day.
    """
    kind = notes.writes(person, consultation)
    if kind is None:
        raise Forbidden
    if kind == NoteKind.RESIDENT:
        await limits.a_day("note", person)
    appointment = consultation.appointment if kind == NoteKind.LAWYER else None
    async with transaction():
        note = await Note.create(
            consultation_id=consultation.id,
            kind=kind.value,
            author=person,
            firm_id=appointment.firm_id if appointment else None,
            words=words,
        )
        await journal.record(person, "note", consultation, kind=kind.value)
    return note
