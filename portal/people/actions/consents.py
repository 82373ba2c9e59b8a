"""Consent is given and taken back, each as easily as the other, and every receipt stays."""

from collections.abc import Iterable

from portal import clock, journal, languages
from portal.database import transaction
from portal.people import consents
from portal.people.consents import Purpose, Way
from portal.people.models import Consent, Person


async def agree(
    person: Person, purposes: Iterable[Purpose], *, way: Way = Way.WEB, actor: Person | None = None
) -> None:
    """Keep a receipt for each purpose that the person has not agreed to in these words: what was read, in which language,
    how. `actor` wrote it down for somebody who said it at the desk."""
    async with transaction():
        for purpose in await consents.lacking(person, list(purposes)):
            receipt = await Consent.create(
                person_id=person.id,
                purpose=purpose.value,
                version=consents.version(purpose),
                words=consents.text(purpose),
                language=languages.whole(languages.current()),
                way=way.value,
            )
            await journal.record(actor or person, "agree", receipt, purpose=purpose.value, way=way.value)


async def withdraw(person: Person, purpose: Purpose) -> bool:
    """Take consent back from now on (个人信息保护法 15); what was done with it before stays lawful. False when none stood."""
    async with transaction():
        standing = await Consent.filter(person_id=person.id, purpose=purpose.value, withdrawn_at=None)
        for receipt in standing:
            await Consent.filter(id=receipt.id).update(withdrawn_at=clock.now())
            await journal.record(person, "withdraw", receipt, purpose=purpose.value)
    return bool(standing)
