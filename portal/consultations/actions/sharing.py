"""Whom a resident lets read what was advised."""

from portal import journal
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.people.models import Person


async def share(person: Person, consultation: Consultation, is_shared: bool, refuses_review: bool) -> None:
    """Let lawyers of other firms who advise this resident later read this advice, or not any more; and whether it may be
    looked at without names."""
    async with transaction():
        mine = Consultation.filter(id=consultation.id)
        await mine.update(is_shared=is_shared, refuses_review=refuses_review)
        await journal.record(person, "share", consultation, on=is_shared, review=not refuses_review)
