"""What is written down about the two sides of a matter, each check of a firm, and the walls that follow. Call inside
`transaction()`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal import database, journal, secrecy
from portal.conflicts import queries
from portal.conflicts.models import Check, Party, Side, Wall
from portal.conflicts.rules import Names
from portal.law.names import normal
from portal.people.models import Person


async def in_turn(*sides: Names) -> None:
    """Let one transaction at a time judge and record these people: of two that would put one firm on both sides, the
    second sees what the first wrote. Always before any row is locked; names are taken in one order, so nobody waits
    in a circle."""
    said = {secrecy.keyed("conflict", one) for side in sides for one in (*side.keys, *side.phones)}
    for name in sorted(said):
        await database.serialise(f"conflict {name}")


async def meet(
    matter_kind: str,
    matter: UUID,
    side: Side,
    name: str,
    phone: str = "",
    person: Person | None = None,
    firm: Any = None,
    actor: Person | None = None,
) -> Party | None:
    """Record where somebody stands in a matter; `firm` is the id of the firm that has met it, if one has.

    Said twice, it is written once. Who names nobody and has no telephone is not recorded: None. Where the firm now stands
    on both sides, walls are raised at once: see `_divide`.
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
    if known:
        return known
    made = await Party.create(**same, name=name[:60], phone=phone, person=person)
    if firm is not None:
        await _divide(actor, made)
    return made


async def _divide(actor: Person | None, party: Party) -> None:
    """Keep the firm out of what it may no longer serve, now that it has met this party (律师法 39, 律师执业行为规范 51).

    That is the matter in which it shows, and each matter against the same person that the firm took on after this one. An
    earlier one keeps its lawyer: whoever came first is not sent away for who came later.
    """
    against = await queries.against(party)
    if not against:
        return
    began = await queries.met_at(party.firm_id, party.matter_kind, party.matter)
    hits = [other.id for other in against]
    await _keep(actor, party.matter_kind, party.matter, party.firm_id, hits)
    for kind, matter in sorted({(other.matter_kind, other.matter) for other in against}):
        if await queries.met_at(party.firm_id, kind, matter) > began:
            await _keep(actor, kind, matter, party.firm_id, [party.id])


async def _keep(actor: Person | None, kind: str, matter: UUID, firm: UUID, hits: Sequence[UUID]) -> None:
    """The check of a matter as it stands recorded, and its wall; where one stands already, nothing is added."""
    if await Wall.exists(firm_id=firm, matter_kind=kind, matter=matter):
        return
    await store(actor, kind, matter, firm, *await queries.sides(kind, matter), hits)


async def store(
    actor: Person | None,
    matter_kind: str,
    matter: UUID,
    firm: Any,
    served: Names,
    others: Names,
    hits: Sequence[UUID] = (),
) -> Check:
    """Keep what a check found, for good: how much was compared and the ids of the parties met, no names. Who was met
    stands behind a wall from this moment."""
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
    if hits:
        await _raise(actor, matter_kind, matter, firm, made)
    return made


async def _raise(actor: Person | None, matter_kind: str, matter: UUID, firm: UUID, found: Check) -> None:
    """One wall for a firm and a matter, however often it is met."""
    which: dict[str, Any] = {"firm_id": firm, "matter_kind": matter_kind, "matter": matter}
    if await Wall.exists(**which):
        return
    wall = Wall(**which, found=found)
    await Wall.bulk_create([wall], ignore_conflicts=True)
    await journal.record(actor, "wall_off", wall, matter=matter, firm=firm)
