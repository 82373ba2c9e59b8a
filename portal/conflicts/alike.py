"""May two names mean one person? Certain, possible, or no question: never by how many letters differ."""

from enum import IntEnum
from typing import Any, NamedTuple

from portal.law.names import normal, sound


class Likeness(IntEnum):
    """How surely two are the same. CERTAIN bars a firm by itself; POSSIBLE is for a person to judge."""

    NONE = 0
    POSSIBLE = 1
    CERTAIN = 2


class Named(NamedTuple):
    """Somebody as they were named in a matter, or a name they had before."""

    name: str = ""
    phone: str = ""
    building: Any = None
    tail: str = ""  # the last characters of an identity number
    former: tuple[str, ...] = ()
    is_former: bool = False  # the name itself is one they do not bear any more


def alike(one: Named, other: Named) -> Likeness:
    """CERTAIN: the same telephone, or the same name in its normal form. POSSIBLE: names that sound the same, with the same
    building or the same end of the identity number besides; or a name that one of them had before.

    张伟 and 张玮 of one building are asked about; 王建国 and 王建华 are two people.
    """
    if one.phone and one.phone == other.phone:
        return Likeness.CERTAIN
    name, named = normal(one.name), normal(other.name)
    is_former = one.is_former or other.is_former
    if name and name == named:
        return Likeness.POSSIBLE if is_former else Likeness.CERTAIN
    if _formers(one) & ({named} | _formers(other)) or name in _formers(other):
        return Likeness.POSSIBLE
    is_near = (one.building and one.building == other.building) or (one.tail and one.tail == other.tail)
    if is_near and name and named and sound(one.name) == sound(other.name):
        return Likeness.POSSIBLE
    return Likeness.NONE


def _formers(one: Named) -> set[str]:
    return {key for name in one.former if (key := normal(name))}
