"""May this firm serve these people against those? Asked of many firms at once."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from portal import secrecy
from portal.conflicts.models import Party, Side, Wall
from portal.conflicts.rules import SERVED, Names


async def check(firm_ids: Collection[Any], served: Names, others: Names) -> dict[UUID, list[UUID]]:
    """Firm → ids of the parties in its way; a firm that is not there is clear (律师法 39: never both sides).

    A firm is in conflict when the other side stands as served in anything it has met, or when whom it would serve
    stands on the other side there. One question to the database, whatever the number of firms.
    """
    wrong = [Q(_named(others), side__in=list(SERVED))] if others else []
    wrong += [Q(_named(served), side=Side.OTHER)] if served else []
    if not wrong or not firm_ids:
        return {}
    found = Party.filter(Q(*wrong, join_type="OR"), firm_id__in=list(firm_ids))
    hits: dict[UUID, list[UUID]] = {}
    for firm, party in await found.order_by("id").values_list("firm_id", "id"):
        hits.setdefault(firm, []).append(party)
    return hits


def clear_of_walls(person: Any, matter_kind: str, path: str = "id") -> Q:
    """The condition that no wall stands between a lawyer's firm and the matter; `path` leads from the record to it."""
    walls = Wall.filter(matter_kind=matter_kind, firm__lawyers__person_id=person.id)
    return ~Q(**{f"{path}__in": Subquery(walls.values("matter"))})


def _named(names: Names) -> Q:
    """Anybody with one of these names or telephones."""
    meant = [Q(name_mark__in=secrecy.marks("name", *sorted(names.keys)))] if names.keys else []
    meant += [Q(phone_mark__in=secrecy.marks("phone", *sorted(names.phones)))] if names.phones else []
    return Q(*meant, join_type="OR")


async def sides(matter_kind: str, matter: UUID) -> tuple[Names, Names]:
    """(served, others) of a matter as they were recorded."""
    served: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    parties = Party.filter(matter_kind=matter_kind, matter=matter)
    for side, name, phone in await parties.values_list("side", "name", "phone"):
        (served if side in SERVED else others).append((name, phone))
    return tuple(Names.of((n for n, _ in side), (p for _, p in side)) for side in (served, others))  # type: ignore[return-value]
