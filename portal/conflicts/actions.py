"""What is written down about the two sides of a matter, and about each check of a firm. Call inside `transaction()`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal import journal
from portal.conflicts.models import Check, Party, Side
from portal.conflicts.rules import Names, name_key
from portal.people.models import Person


async def meet(
    matter_kind: str,
    matter: UUID,
    side: Side,
    name: str,
    phone: str = "",
    person: Person | None = None,
    firm: Any = None,
) -> Party | None:
    """Record where somebody stands in a matter; `firm` is the id of the firm that has met it, if one has.

    Said twice, it is written once. Who names nobody and has no telephone is not recorded: None.
    """
    key = name_key(name)
    if not key and not phone:
        return None
    same: dict[str, Any] = {
        "matter_kind": matter_kind,
        "matter": matter,
        "side": side,
        "name_key": key,
        "phone": phone,
    }
    known = await Party.filter(**same, firm_id=firm).first()
    return known or await Party.create(**same, name=name[:60], person=person, firm_id=firm)


async def store(
    actor: Person | None,
    matter_kind: str,
    matter: UUID,
    firm: Any,
    served: Names,
    others: Names,
    hits: Sequence[UUID] = (),
) -> Check:
    """Keep what a check found, for good: how much was compared and the ids of the parties met, no names."""
    searched = {
        "served": {"names": len(served.keys), "phones": len(served.phones)},
        "others": {"names": len(others.keys), "phones": len(others.phones)},
    }
    made = await Check.create(
        matter_kind=matter_kind,
        matter=matter,
        firm_id=firm,
        searched=searched,
        hits=[str(hit) for hit in hits],
        is_clear=not hits,
    )
    await journal.record(actor, "check", made, matter=matter, firm=firm, is_clear=not hits)
    return made
