"""Which lawyer somebody asks for: one they name, or the one who received them last."""

from typing import NamedTuple
from uuid import UUID

from portal.booking.models import Appointment, State
from portal.law import numbers
from portal.people.models import Person
from portal.roster.models import Lawyer


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
    mine = Appointment.filter(
        person_id=person.id, state=State.DONE, protection_id=None, lawyer__is_active=True
    )
    last = await mine.order_by("-starts_at").select_related("lawyer__person").first()
    return Named(last.lawyer_id, last.lawyer.person.number, last.lawyer.person.name) if last else None
