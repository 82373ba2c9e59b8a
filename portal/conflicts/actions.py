"""What is written down about the two sides of a matter, each check of a firm, and the walls that follow. Call inside
`transaction()`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal import database, journal, secrecy
from portal.community.models import Building
from portal.conflicts import possible, queries
from portal.conflicts.models import Check, Decision, Party, Side, Wall
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
    building: UUID | None = None,
    tail: str = "",
) -> Party | None:
    """Record where somebody stands in a matter; `firm` is the id of the firm that has met it, if one has.

    Said twice, it is written once. Who names nobody and has no telephone is not recorded: None. Of a `person` the building
    they live in and the names they had before are recorded too. Where the firm now stands on both sides, walls are raised
    at once: see `_divide`.
    """
    key = normal(name)
    if not key and not phone:
        return None
    if known := await queries.recorded(matter_kind, matter, side, firm, key, phone):
        return known
    same: dict[str, Any] = {"matter_kind": matter_kind, "matter": matter, "side": side, "firm_id": firm}
    building = building or await _home(person)
    made = await Party.create(
        **same, name=name[:60], phone=phone, person=person, building_id=building, id_tail=tail
    )
    for former in person.former_names if person is not None else ():
        await Party.create(**same, name=former[:60], person=person, building_id=building, is_former=True)
    if firm is not None:
        await _divide(actor, made)
    return made


async def _home(person: Person | None) -> UUID | None:
    """The building somebody lives in, where the portal knows it."""
    if person is None or person.household_id is None:
        return None
    home = await Building.filter(units__households=person.household_id).first()
    return home.id if home else None


async def met_by(firm: UUID, matter_kind: str, matter: UUID, actor: Person | None = None) -> None:
    """A further firm has met a matter, and so everybody in it as they were recorded."""
    parties = Party.filter(matter_kind=matter_kind, matter=matter, is_former=False).select_related("person")
    for party in await parties:
        who = (Side(party.side), party.name, party.phone, party.person, firm, actor)
        await meet(matter_kind, matter, *who, building=party.building_id, tail=party.id_tail)


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
    stands behind a wall from this moment; who may be meant is left to the lawyer (`decide`)."""
    searched = {"served": _counts(served), "others": _counts(others)}
    made = await Check.create(
        matter_kind=matter_kind,
        matter=matter,
        firm_id=firm,
        searched=searched,
        hits=[str(hit) for hit in hits],
        possible=[] if hits else await _new(firm, matter_kind, matter),
        is_clear=not hits,
    )
    await journal.record(actor, "check", made, matter=matter, firm=firm, is_clear=not hits)
    if hits:
        await _raise(actor, matter_kind, matter, firm, made)
    return made


async def _new(firm: Any, matter_kind: str, matter: UUID) -> list[str]:
    """Who may be meant and about whom nobody has decided yet."""
    known = await possible.judged(firm, matter_kind, matter)
    found = [str(party.id) for party in await possible.maybe(firm, matter_kind, matter)]
    return [key for key in found if key not in known]


async def look_again(actor: Person | None, matter_kind: str, matter: UUID, firm: Any) -> Check | None:
    """More is known of who stands in a matter: where somebody new may be meant, it is kept and asked. Raises walls by itself
    where a name or a telephone is certain now (`meet`)."""
    found = await _new(firm, matter_kind, matter)
    if not found:
        return None
    made = await Check.create(
        matter_kind=matter_kind,
        matter=matter,
        firm_id=firm,
        searched=await _searched(matter_kind, matter),
        hits=[],
        possible=found,
        is_clear=True,
    )
    await journal.record(actor, "check", made, matter=matter, firm=firm, is_clear=True, possible=len(found))
    return made


async def decide(actor: Person, matter_kind: str, matter: UUID, firm: Any, decision: Decision) -> Check:
    """A lawyer has looked at the names: nothing stands against it, or there is a conflict, and the firm is behind a wall
    from this moment. Written beside what was found, never over it (律师法 39, 律师执业行为规范 50, 51)."""
    is_clear = decision == Decision.NONE
    seen = [str(party.id) for party in await possible.maybe(firm, matter_kind, matter)]
    made = await Check.create(
        matter_kind=matter_kind,
        matter=matter,
        firm_id=firm,
        searched=await _searched(matter_kind, matter),
        hits=[] if is_clear else seen,
        possible=seen,
        is_clear=is_clear,
        by=actor,
        decision=decision,
    )
    await journal.record(
        actor, "decide", made, matter=matter, firm=firm, is_clear=is_clear, decision=decision.value
    )
    if not is_clear:
        await _raise(actor, matter_kind, matter, firm, made)
    return made


async def _searched(matter_kind: str, matter: UUID) -> dict[str, Any]:
    """How much a check compared."""
    served, others = await queries.sides(matter_kind, matter)
    return {name: _counts(side) for name, side in (("served", served), ("others", others))}


def _counts(side: Names) -> dict[str, int]:
    return {"names": len(side.keys), "phones": len(side.phones)}


async def rename_formerly(actor: Person, person: Person, names: Sequence[str]) -> None:
    """The names a person had before (曾用名): compared from now on, in what is asked later and in all they stand in already."""
    said = list(dict.fromkeys(" ".join(name.split())[:40] for name in names if normal(name)))
    async with database.transaction():
        await Person.filter(id=person.id).update(**person.sealed(former_names=said))
        await journal.record(actor, "former_names", person, count=len(said))
        await Party.filter(person_id=person.id, is_former=True).delete()
        stands = await Party.filter(person_id=person.id).order_by("id")
        for party in {(one.matter, one.firm_id, one.side): one for one in stands}.values():
            for name in said:
                await Party.create(
                    matter_kind=party.matter_kind,
                    matter=party.matter,
                    side=party.side,
                    firm_id=party.firm_id,
                    name=name,
                    person=person,
                    building_id=party.building_id,
                    is_former=True,
                )
    person.former_names = said


async def _raise(actor: Person | None, matter_kind: str, matter: UUID, firm: UUID, found: Check) -> None:
    """One wall for a firm and a matter, however often it is met."""
    which: dict[str, Any] = {"firm_id": firm, "matter_kind": matter_kind, "matter": matter}
    if await Wall.exists(**which):
        return
    wall = Wall(**which, found=found)
    await Wall.bulk_create([wall], ignore_conflicts=True)
    await journal.record(actor, "wall_off", wall, matter=matter, firm=firm)
