"""Two numbers become one matter, and two again within a day. Each function is one transaction."""

from portal import clock, journal, states
from portal.consultations.models import Consultation, Note, NoteKind, Outcome
from portal.consultations.queries import mergers as merger_queries
from portal.consultations.rules import mergers as merger_rules
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.people.models import Person


async def merge(person: Person, later: Consultation, earlier: Consultation, reason: str = "") -> None:
    """Join the later to the earlier; both keep their numbers, their words and their appointments. A question that only
    waited for a call ends with it, while the earlier one is open. The reason stays as a note of the staff.

    Raises Forbidden for whoever may not, and where another person asked and no reason is given; Conflict when the two are
    not alike, or somebody was first.
    """
    if not merger_rules.may_merge(person, later, clock.now()):
        raise Forbidden
    if earlier.id not in {one.consultation.id for one in await merger_queries.alike(person, later)}:
        raise Conflict
    if merger_rules.needs_reason(later, earlier) and not reason:
        raise Forbidden
    async with transaction():
        free = Consultation.filter(id=later.id, merged_into_id__isnull=True, protection_id__isnull=True)
        if not await free.update(merged_into_id=earlier.id):
            raise Conflict
        if merger_rules.ends_with_it(later, earlier):
            outcome, now = Outcome.MERGED.value, clock.now()
            detail = {"into": earlier.number}
            await states.move(person, later, "merge", detail=detail, outcome=outcome, ended_at=now)
        else:
            await journal.record(person, "merge", later, into=earlier.number)
        if reason:
            await Note.create(
                consultation_id=later.id, kind=NoteKind.STAFF.value, author=person, words=reason
            )
    later.merged_into_id = earlier.id


async def separate(person: Person, consultation: Consultation) -> None:
    """Two matters again; what had ended by being merged waits again. Raises Forbidden after a day."""
    merged_at = await merger_queries.merged_at(consultation)
    if not merger_rules.may_separate(person, consultation, merged_at, clock.now()):
        raise Forbidden
    was_ended = merger_rules.was_ended(consultation)
    async with transaction():
        merged = Consultation.filter(id=consultation.id, merged_into_id__isnull=False)
        if not await merged.update(merged_into_id=None):
            raise Conflict
        if was_ended:
            await states.move(person, consultation, "separate", outcome="", ended_at=None)
        else:
            await journal.record(person, "separate", consultation)
    consultation.merged_into_id = None
