"""May this firm serve these people against those? Asked of many firms at once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from portal import database, secrecy
from portal.conflicts.models import Check, Party, Side, Wall
from portal.conflicts.rules import SERVED, Names, opponents, opposed_to, pairs


async def check(
    firm_ids: Collection[Any], served: Names, others: Names, matter: tuple[str, UUID] | None = None
) -> dict[UUID, list[UUID]]:
    """Firm → ids of the parties in its way; a firm that is not there is clear (律师法 39: never both sides).

    A firm is in conflict when the other side stands as served in anything it has met, or when whom it would serve
    stands on the other side there; and for a `matter` (kind, id), when a wall keeps it out of it. One question to the
    database for each, whatever the number of firms.
    """
    hits = await _by_name(firm_ids, served, others)
    if matter is not None and firm_ids:
        walls = Wall.filter(matter_kind=matter[0], matter=matter[1], firm_id__in=list(firm_ids))
        for wall in await walls.select_related("found"):
            known = [UUID(str(hit)) for hit in wall.found.hits] if wall.found else [wall.id]
            hits.setdefault(wall.firm_id, known)
    return hits


async def _by_name(firm_ids: Collection[Any], served: Names, others: Names) -> dict[UUID, list[UUID]]:
    if not firm_ids or not (served or others):
        return {}
    wrong = [said_as(others, SERVED)] if others else []
    wrong += [said_as(served, [Side.OTHER])] if served else []
    either = " OR ".join(condition for condition, _values in wrong)
    values = [value for _condition, values in wrong for value in values]
    wanted = f"({either}) AND firm_id IN ({marks_for(firm_ids)}) ORDER BY id"
    hits: dict[UUID, list[UUID]] = {}
    for row in await database.look_up(f"SELECT id, firm_id FROM party WHERE {wanted}", *values, *firm_ids):
        hits.setdefault(UUID(str(row["firm_id"])), []).append(UUID(str(row["id"])))
    return hits


def marks_for(values: Collection[Any]) -> str:
    """A `?` for each value of a list in SQL."""
    return ", ".join("?" * len(values))


def said_as(names: Names, sides: Collection[str] = ()) -> tuple[str, list[Any]]:
    """`_named` as SQL with its values, on one of these sides where they are given: asked at every booking, in many ways."""
    keys = secrecy.marks("name", *sorted(names.keys))
    phones = secrecy.marks("phone", *sorted(names.phones))
    meant = [f"name_mark IN ({marks_for(keys)})"] if keys else []
    meant += [f"phone_mark IN ({marks_for(phones)})"] if phones else []
    there = f" AND side IN ({marks_for(sides)})" if sides else ""
    return f"({' OR '.join(meant) or '1 = 0'}) AND NOT is_former{there}", [*keys, *phones, *map(str, sides)]


def clear_of_walls(person: Any, matter_kind: str, path: str = "id") -> Q:
    """The condition that no wall stands between a lawyer's firm and the matter; `path` leads from the record to it."""
    walls = Wall.filter(matter_kind=matter_kind, firm__lawyers__person_id=person.id)
    behind: Any = Subquery(walls.values("matter"))
    return ~Q(**{f"{path}__in": behind})


async def against(party: Party) -> list[Party]:
    """Whom a firm has met in other matters where it may not stand if it stands beside this party.

    Against somebody it has served; for somebody it stands against; as a mediator between people of whom it has advised one
    (who mediated between them before may do so again).
    """
    same, values = said_as(Names.of([party.name], [party.phone]), opposed_to(party.side))
    met = f"{same} AND firm_id = ? AND matter <> ? ORDER BY id"
    return await Party.where(met, *values, party.firm_id, party.matter)


async def recorded(kind: str, matter: UUID, side: Side, firm: Any, name: str, phone: str) -> Party | None:
    """Who was written down with the very same words already; `name` in its normal form."""
    names, phones = secrecy.marks("name", name) or [""], secrecy.marks("phone", phone) or [""]
    where = f"name_mark IN ({marks_for(names)}) AND phone_mark IN ({marks_for(phones)}) AND NOT is_former"
    by = "firm_id IS NULL" if firm is None else "firm_id = ?"
    found = await Party.where(
        f"matter = ? AND matter_kind = ? AND side = ? AND {where} AND {by} LIMIT 1",
        *(matter, kind, str(side), *names, *phones, *([] if firm is None else [firm])),
    )
    return found[0] if found else None


async def facing(names: Names, *, own_word: bool) -> Names:
    """Who stands against these people in anything that is recorded, however it ended: see `rules.opponents`."""
    if not names:
        return Names()
    return opponents(names, await _around(names), own_word=own_word)


async def _around(names: Names) -> list[Party]:
    """Everybody in every matter in which one of these stands."""
    same, values = said_as(names)
    return await Party.where(f"matter IN (SELECT matter FROM party WHERE {same})", *values)


async def quarrels(people: Mapping[UUID, Names]) -> set[frozenset[UUID]]:
    """The pairs among these who stand against each other in anything that is recorded; one question for all."""
    everybody = Names(
        frozenset(key for names in people.values() for key in names.keys),
        frozenset(phone for names in people.values() for phone in names.phones),
    )
    return pairs(people, await _around(everybody)) if everybody else set()


def named_as(names: Names, kind: str, side: Side) -> Any:
    """The ids of matters of a kind in which one of these stands on this side, as a sub-query."""
    return Subquery(Party.filter(_named(names), matter_kind=kind, side=side).values("matter"))


async def checks_of(matter_kind: str, matter: UUID) -> list[dict[str, Any]]:
    """What was asked of which firm about a matter, in order, with what was found and decided, and by whom."""
    found = Check.filter(matter_kind=matter_kind, matter=matter).order_by("created_at", "id")
    return await found.values(
        *("id", "created_at", "is_clear", "decision", "searched", "hits", "possible"),
        firm="firm__name",
        by="by__name",
    )


async def met_at(firm: UUID, matter_kind: str, matter: UUID) -> datetime:
    """When the firm first met a matter. Raises LookupError when it never did."""
    met = Party.filter(firm_id=firm, matter_kind=matter_kind, matter=matter).order_by("created_at", "id")
    first = await met.first()
    if first is None:
        raise LookupError(matter)
    return first.created_at


def _named(names: Names) -> Q:
    """Anybody with one of these names or telephones; names that somebody had before decide nothing."""
    meant = [Q(name_mark__in=secrecy.marks("name", *sorted(names.keys)))] if names.keys else []
    meant += [Q(phone_mark__in=secrecy.marks("phone", *sorted(names.phones)))] if names.phones else []
    return Q(Q(*meant, join_type="OR"), is_former=False)


async def sides(matter_kind: str, matter: UUID) -> tuple[Names, Names]:
    """(served, others) of a matter as they were recorded."""
    served: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for party in await Party.filter(matter_kind=matter_kind, matter=matter, is_former=False):
        (served if party.side in SERVED else others).append((party.name, party.phone))
    return tuple(Names.of((n for n, _ in side), (p for _, p in side)) for side in (served, others))  # type: ignore[return-value]
