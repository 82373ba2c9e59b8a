"""Which names and numbers are the same for a conflict of interest: an exact normal form or a canonical telephone, no guess."""

from collections.abc import Iterable
from typing import NamedTuple

from portal.conflicts.models import Side
from portal.law.names import normal

SERVED = frozenset(
    {Side.CLIENT, Side.A, Side.B}
)  # a dispute's two sides are both served by whoever mediates it


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
