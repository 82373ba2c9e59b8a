"""What is written down about the two sides of a matter, and about each check of a firm. Call inside `transaction()`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal import journal, secrecy
from portal.conflicts.models import Check, Party, Side
from portal.conflicts.rules import Names
from portal.law.names import normal
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
    key = normal(name)
    if not key and not phone:
        return None
    same: dict[str, Any] = {"matter_kind": matter_kind, "matter": matter, "side": side, "firm_id": firm}
    known = await Party.filter(
        **same,
        name_mark__in=secrecy.marks("name", key) or [""],
        phone_mark__in=secrecy.marks("phone", phone) or [""],
    ).first()
    return known or await Party.create(**same, name=name[:60], phone=phone, person=person)


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
