"""Whom a resident lets read what was advised."""

from portal import journal
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.people.models import Person


async def share(person: Person, consultation: Consultation, is_shared: bool) -> None:
    """Let lawyers of other firms who advise this resident later read this advice, or not any more."""
    async with transaction():
        await Consultation.filter(id=consultation.id).update(is_shared=is_shared)
        await journal.record(person, "share", consultation, on=is_shared)
