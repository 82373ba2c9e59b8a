"""Who may be the same person as somebody a firm has met: a question for a person, kept with its answer."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from portal import secrecy
from portal.conflicts.alike import Likeness, Named, alike
from portal.conflicts.models import Check, Decision, Party
from portal.conflicts.queries import marks_for
from portal.conflicts.rules import opposed_to
from portal.law.names import normal, sound

DECIDED = (Decision.NONE, Decision.BEGUN)
# Matters of which a lawyer of the firm said that nothing stands against them, and nobody new came into question since.
CONFIRMED = """(SELECT c.matter FROM conflict_check c {lawyers} WHERE {whose} AND c.matter_kind = '{kind}'
  AND c.decision IN ('none', 'begun') AND NOT EXISTS (SELECT 1 FROM conflict_check u WHERE u.matter = c.matter
    AND u.firm_id = c.firm_id AND u.decision = '' AND u.created_at > c.created_at
    AND CAST(u.possible AS TEXT) <> '[]'))"""
THEIRS = "JOIN lawyer l ON l.firm_id = c.firm_id"


def named(party: Party) -> Named:
    """How somebody is named in a matter."""
    building, former = party.building_id, party.is_former
    return Named(party.name, party.phone, building, party.id_tail, is_former=former)


async def maybe(firm: Any, matter_kind: str, matter: UUID) -> list[Party]:
    """Those whom the firm has met elsewhere, where it may not stand against or beside them, and who may be somebody of this
    matter (`alike`); whoever is the same for certain is no question and not among them."""
    mine = await Party.where("matter = ? AND matter_kind = ? AND firm_id = ?", matter, matter_kind, firm)
    near, values = _near(mine)
    met = (
        await Party.where(f"{near} AND firm_id = ? AND matter <> ? ORDER BY id", *values, firm, matter)
        if mine
        else []
    )
    return [other for other in met if any(_is_asked(one, other) for one in mine)]


def _near(parties: Iterable[Party]) -> tuple[str, list[str]]:
    """SQL, with its values: whoever sounds as one of these does, or bears a name that one of them had or has."""
    known = [normal(party.name) for party in parties]
    heard = [sound(party.name) for party in parties]
    sounds = secrecy.marks("name sound", *filter(None, heard)) or ["-"]
    names = secrecy.marks("name", *filter(None, known)) or ["-"]
    return f"(sound_mark IN ({marks_for(sounds)}) OR name_mark IN ({marks_for(names)}))", [*sounds, *names]


def _is_asked(one: Party, other: Party) -> bool:
    is_themselves = one.person_id is not None and one.person_id == other.person_id
    is_opposed = other.side in opposed_to(one.side)
    return is_opposed and not is_themselves and alike(named(one), named(other)) is Likeness.POSSIBLE


async def judged(firm: Any, matter_kind: str, matter: UUID) -> set[str]:
    """The ids of parties about whom a lawyer of the firm has decided already, for this matter."""
    mine = "matter = ? AND matter_kind = ? AND firm_id = ? AND decision <> ''"
    return {key for check in await Check.where(mine, matter, matter_kind, firm) for key in check.possible}


async def asked(firm: Any, matter_kind: str, matter: UUID) -> list[Party]:
    """Those about whom the lawyer is to decide, as the checks that stand found them."""
    checks = Check.filter(firm_id=firm, matter_kind=matter_kind, matter=matter)
    found = {key for each in await checks.values_list("possible", flat=True) for key in each}
    return await of_ids(found)


async def of_ids(keys: Collection[Any]) -> list[Party]:
    """These parties, as far as they are still kept."""
    return await Party.filter(id__in=list(keys)).order_by("id") if keys else []


async def is_confirmed(firm: Any, matter_kind: str, matter: UUID) -> bool:
    """May a lawyer of this firm read what was confided: has one said that nothing stands against it?"""
    inside = RawSQL(CONFIRMED.format(lawyers="", whose=f"c.firm_id = '{firm}'", kind=matter_kind))
    return await Check.filter(Q(matter=matter), matter__in=inside).exists()


async def unconfirmed(person: Any, matter_kind: str, matters: Collection[UUID]) -> set[UUID]:
    """Those of these matters of which no lawyer of this person's firm has said so: of them a lawyer sees names alone."""
    if not matters:
        return set()
    said = Check.filter(confirmed(person, matter_kind, "matter"), matter__in=list(matters))
    return set(matters) - set(await said.values_list("matter", flat=True))


def confirmed(person: Any, matter_kind: str, path: str) -> Q:
    """The condition that a lawyer of this person's firm has said so; `path` leads from the record to the matter."""
    theirs = CONFIRMED.format(lawyers=THEIRS, whose=f"l.person_id = '{person.id}'", kind=matter_kind)
    inside: dict[str, Any] = {f"{path}__in": RawSQL(theirs)}
    return Q(**inside)
