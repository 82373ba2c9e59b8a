"""Which names and numbers are the same for a conflict of interest: an exact normal form or a canonical telephone, no guess."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

from portal.conflicts.models import OPPOSITE, Side
from portal.law.names import normal

SERVED = frozenset(
    {Side.CLIENT, Side.A, Side.B}
)  # a dispute's two sides are both served by whoever mediates it


def opposed_to(side: str) -> frozenset[Side]:
    """The sides in other matters on which a firm may have met nobody who stands on this one: against somebody it has served;
    for somebody it stands against; of two between whom it mediates, neither."""
    opposed = {Side.OTHER: SERVED, Side.CLIENT: frozenset({Side.OTHER})}
    return opposed.get(Side(side), frozenset({Side.OTHER, Side.CLIENT}))


class Names(NamedTuple):
    """Who stands on one side: comparable names and canonical telephones."""

    keys: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str] = (), phones: Iterable[str | None] = ()) -> "Names":
        """The side made of these; blanks say nothing."""
        keys = frozenset(key for name in names if (key := normal(name)))
        return cls(keys, frozenset(phone for phone in phones if phone))

    def __bool__(self) -> bool:
        return bool(self.keys or self.phones)


def opponents(of: Names, parties: Iterable[Any], *, own_word: bool) -> Names:
    """Who stands against these people in the matters of these parties (each with `matter`, `side`, `name`, `phone`).

    Whom somebody names as the other side of what they ask themselves counts only with `own_word`: by naming people nobody
    is to learn when they come.
    """
    known = list(parties)
    stands = {
        (party.matter, Side(party.side))
        for party in known
        if party.phone in of.phones or normal(party.name) in of.keys
    }
    met = [
        party
        for party in known
        if (party.matter, OPPOSITE[Side(party.side)]) in stands and (own_word or party.side != Side.OTHER)
    ]
    return Names.of((party.name for party in met), (party.phone for party in met))


def pairs(people: Mapping[UUID, Names], parties: Iterable[Any]) -> set[frozenset[UUID]]:
    """Which of these people stand against each other in the matters of these parties."""
    called: dict[str, set[UUID]] = {}
    for one, names in people.items():
        for word in (*names.keys, *names.phones):
            called.setdefault(word, set()).add(one)
    stands: dict[tuple[UUID, str], set[UUID]] = {}
    for party in parties:
        there = stands.setdefault((party.matter, party.side), set())
        there |= called.get(normal(party.name), set()) | called.get(party.phone, set())
    return {
        frozenset({one, other})
        for (matter, side), there in stands.items()
        for one, other in product(there, stands.get((matter, OPPOSITE[Side(side)]), ()))
        if one != other
    }
