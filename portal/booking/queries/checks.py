"""In which appointments somebody stands whom a conflict check met."""

from collections.abc import Collection

from portal.booking.models import MATTER, Appointment
from portal.conflicts import possible
from portal.people.models import Person


async def numbers_of(person: Person, parties: Collection[str]) -> dict[str, str]:
    """Party → number of its appointment, of those this person sees and that are not protected; the others are left out."""
    stands = {str(one.id): one.matter for one in await possible.of_ids(parties) if one.matter_kind == MATTER}
    seen = Appointment.visible_to(person).filter(id__in=list(stands.values()), protection_id__isnull=True)
    numbers = dict(await seen.values_list("id", "number"))
    return {party: numbers[matter] for party, matter in stands.items() if matter in numbers}
