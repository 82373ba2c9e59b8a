"""Whoever is registered in another community is told so and goes on: neighbours are never sent away by a form."""

from typing import Any
from uuid import UUID

from portal import locality
from portal.community.models import Community
from portal.community.queries import community
from portal.people.models import Person


async def home_of(person: Person, where: UUID | None = None) -> Community | None:
    """The community somebody is registered in, where it is not the one of the time they took (`where`), or else the one that
    is meant; None when nothing need be said."""
    here = where or locality.current()
    if person.community_id is None or here is None or person.community_id == here:
        return None
    return await community(person.community_id)


def comes_from_elsewhere(consultation: Any) -> bool:
    """Does the resident belong to another community than the clinic that was asked? For whoever works on it to weigh.

    Needs `person` loaded."""
    theirs, here = consultation.person.community_id, consultation.community_id
    return theirs is not None and here is not None and theirs != here
