"""What may be the same matter: asked before by the same person, or by somebody of the same name in the same building."""

from datetime import datetime
from typing import NamedTuple

from tortoise.expressions import Q

from portal.consultations.models import Consultation
from portal.consultations.queries.cases import told
from portal.consultations.rules import mergers
from portal.journal import Entry
from portal.people.models import Person


class Alike(NamedTuple):
    """An earlier consultation, and whether the same person asked it."""

    consultation: Consultation
    is_same_person: bool


async def alike(person: Person, later: Consultation) -> list[Alike]:
    """What was asked within ninety days before and may be the same, that of its topic and the newest first; only what this
    person may see and know more of than names, nothing that is protected, belongs to them or was merged already."""
    if not mergers.may_compare(person, later):
        return []
    asking = await Person.get(id=later.person_id).select_related("household__unit")
    same = Q(person_id=later.person_id)
    if asking.household is not None:
        building = asking.household.unit.building_id
        same |= Q(person__name=asking.name, person__household__unit__building_id=building)
    found = (
        Consultation.visible_to(person)
        .filter(
            same,
            told(person),
            merged_into_id__isnull=True,
            community_id=later.community_id,
            created_at__gte=later.created_at - mergers.WITHIN,
            created_at__lt=later.created_at,
        )
        .exclude(person_id=person.id)
        .order_by("-created_at")
    )
    nearest = sorted(await found, key=lambda one: one.topic != later.topic)
    return [Alike(one, one.person_id == later.person_id) for one in nearest]


async def joined(person: Person, consultation: Consultation) -> list[Consultation]:
    """What was merged into it, and into that, as far as this person may see it; the oldest first. What was put behind a
    passphrase since then is not named beside what was not."""
    found: list[Consultation] = []
    level = [consultation.id]
    while level:
        below = Consultation.visible_to(person).filter(_equally_open(consultation), merged_into_id__in=level)
        rows = await below.select_related("appointment__lawyer").order_by("created_at")
        found += rows
        level = [one.id for one in rows]
    return found


async def first(person: Person, consultation: Consultation) -> Consultation | None:
    """The one under whose number the matter goes on, when this person may see it; None when this is the first itself."""
    at, seen = consultation, None
    while at.merged_into_id is not None:
        seen_by = Consultation.visible_to(person)
        above = await seen_by.filter(_equally_open(consultation), id=at.merged_into_id).first()
        if above is None:
            break
        at = seen = above
    return seen


def _equally_open(consultation: Consultation) -> Q:
    """Protected by the same passphrase, or by none as this is."""
    protection = consultation.protection_id
    return Q(protection_id=protection) if protection else Q(protection_id__isnull=True)


async def merged_at(consultation: Consultation) -> datetime | None:
    """When it was merged the last time."""
    entries = Entry.filter(kind="consultation", subject=str(consultation.id), verb="merge")
    found = await entries.order_by("-id").first()
    return found.at if found else None
