"""Which names and numbers are the same for a conflict of interest: an exact normal form or a canonical telephone, no guess."""

from collections.abc import Iterable
from typing import NamedTuple

from portal.conflicts.models import Side
from portal.law import identifiers

SERVED = frozenset(
    {Side.CLIENT, Side.A, Side.B}
)  # a dispute's two sides are both served by whoever mediates it
KEY_LENGTH = 60

# What people write when they do not know or would rather not say: nobody's name.
NOBODY = frozenset(
    (
        "不知道",
        "不清楚",
        "不认识",
        "不详",
        "未知",
        "没有",
        "无",
        "暂无",
        "不想说",
        "保密",
        "对方",
        "unknown",
        "none",
    )
)


def name_key(name: str) -> str:
    """The form in which names are compared; empty when the text names nobody.

    Widths, spaces, dots, letter case and a company's legal form do not count. 张伟 and 张玮 stay two people.
    """
    key = identifiers.normal_company(name)[:KEY_LENGTH]
    return "" if key in NOBODY else key


class Names(NamedTuple):
    """Who stands on one side: comparable names and canonical telephones."""

    keys: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str] = (), phones: Iterable[str | None] = ()) -> "Names":
        """The side made of these; blanks say nothing."""
        keys = frozenset(key for name in names if (key := name_key(name)))
        return cls(keys, frozenset(phone for phone in phones if phone))

    def __bool__(self) -> bool:
        return bool(self.keys or self.phones)
