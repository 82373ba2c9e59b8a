"""Which lawyer somebody asks for: one they name, or the one who received them last."""

from typing import NamedTuple
from uuid import UUID

from portal import database
from portal.law import numbers
from portal.people.models import Person
from portal.roster.models import Lawyer

LAST = """
SELECT l.id, p.number, p.name FROM appointment a JOIN lawyer l ON l.id = a.lawyer_id JOIN person p ON p.id = l.person_id
WHERE a.person_id = ? AND a.state = 'done' AND a.protection_id IS NULL AND l.is_active
ORDER BY a.starts_at DESC LIMIT 1
"""


class Named(NamedTuple):
    """A lawyer whose times alone are wanted."""

    id: UUID
    number: str
    name: str


async def named(text: str) -> Named | None:
    """The active lawyer of this number; None for any other."""
    number = numbers.read(text)
    active = Lawyer.filter(person__number=number, is_active=True, firm__is_active=True) if number else None
    found = await active.select_related("person").first() if active else None
    return Named(found.id, found.person.number, found.person.name) if found else None


async def last_lawyer(person: Person) -> Named | None:
    """Who received this person last, as long as they still come; what stands behind a passphrase is not remembered here."""
    found = await database.look_up(LAST, person.id)
    return Named(UUID(str(found[0]["id"])), found[0]["number"], found[0]["name"]) if found else None
