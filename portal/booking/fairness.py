"""Whose turn it is: shares by weight to within one case, and inside that room for what a lawyer knows."""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
BEHIND = Fraction(
    9, 10
)  # of a case: a firm that far below its share comes before everything but a resident's wish


def deficits(counts: Mapping[Key, tuple[int, int]]) -> dict[Key, Fraction]:
    """Firm → how many cases it is below its share of those that these firms have had, with the one that is to be given now:
    from (cases so far, weight) of each."""
    short, weights = shortfalls(counts)
    return {firm: Fraction(by, weights) for firm, by in short.items()}


def shortfalls(counts: Mapping[Key, tuple[int, int]]) -> tuple[dict[Key, int], int]:
    """The same in whole numbers, which are quicker to compare: (firm → how many parts of a case, parts of a whole case)."""
    cases = sum(had for had, _weight in counts.values()) + 1
    weights = sum(max(weight, 1) for _had, weight in counts.values())
    return {firm: cases * max(weight, 1) - had * weights for firm, (had, weight) in counts.items()}, weights


def in_order(suitable: Sequence[Any]) -> list[Any]:
    """The desks that may be given (each `rules.Ranked`), best first.

    A firm nearly a whole case below its share comes first, where its lawyer meets what the resident asked for as well as
    any. Then, of the firms that are not above their share, who knows the topic; who meets most of the wish; whose firm is
    furthest below; who has done least; the number, so that the same question has one answer.
    """
    # By the number in a firm's id, which is compared at once; an id is not.
    below, whole = shortfalls({one.desk.firm.int: (one.firm_count, one.desk.weight) for one in suitable})
    due, parts = BEHIND.numerator * whole, BEHIND.denominator
    most = max((one.meets for one in suitable), default=0)

    def place(one: Any) -> tuple[Any, ...]:
        short, is_wished = below[one.desk.firm.int], one.meets == most
        is_due = short * parts >= due and is_wished
        is_in_turn = short >= 0 or (is_wished and most > 0)
        first = (not is_due, -short if is_due else 0, not is_in_turn, not one.knows)
        return first, -one.meets, -short, one.lawyer_count, one.desk.number

    return sorted(suitable, key=place)
