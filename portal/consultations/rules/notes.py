"""Who writes which kind of note on a consultation, and whose notes somebody reads: judged each time from how they stand to it."""

from typing import Any

from portal import policy
from portal.consultations.models import NoteKind
from portal.consultations.rules import is_lawyer_of
from portal.people import sight

MOST_WORDS = 2000


def reads(person: Any, consultation: Any) -> list[NoteKind]:
    """The kinds of note shown to this person. The consultation came through the door; needs `appointment__lawyer` loaded.

    The resident reads their own and never another kind. Whoever may read what was confided reads the resident's too. Notes
    of the staff are for staff of its community, unless it is protected and they may not know whose it is; notes of the
    lawyer for the lawyer of the moment (those of their own firm: `is_for`).
    """
    if person.id == consultation.person_id or policy.OWN in consultation.relations:
        return [NoteKind.RESIDENT] if policy.OWN in consultation.relations else []
    kinds = [NoteKind.RESIDENT] if policy.FACTS in consultation.parts else []
    if is_staff_of(person, consultation):
        kinds.append(NoteKind.STAFF)
    if policy.ASSIGNED in consultation.relations and is_lawyer_of(person, consultation):
        kinds.append(NoteKind.LAWYER)
    return kinds


def writes(person: Any, consultation: Any) -> NoteKind | None:
    """The one kind this person writes: everybody speaks as what they are here, and nobody for somebody else."""
    kinds = reads(person, consultation)
    if policy.OWN in consultation.relations:
        return NoteKind.RESIDENT
    return next((kind for kind in (NoteKind.LAWYER, NoteKind.STAFF) if kind in kinds), None)


def is_staff_of(person: Any, consultation: Any) -> bool:
    """Works for its community, on the matter of somebody else whose name they may know."""
    is_theirs = person.serves(consultation.community_id) and person.id != consultation.person_id
    return bool(is_theirs and not sight.is_nameless(consultation))


def is_for(note: Any, consultation: Any) -> bool:
    """A lawyer's note passes to the next lawyer inside the firm that wrote it, and to no other firm (律师法 38)."""
    if note.kind != NoteKind.LAWYER:
        return True
    appointment = consultation.appointment
    return appointment is not None and note.firm_id is not None and note.firm_id == appointment.firm_id
