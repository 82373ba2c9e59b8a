"""What somebody finds by a few characters: only what the policy lets them read of each record, so that asking tells nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tortoise.expressions import Q, RawSQL, Subquery

from portal import index, pairs, policy
from portal.law import numbers
from portal.people import queries, sight
from portal.people.models import Person

LONGEST = 40  # characters of a search that are read
WORDS = 5  # of a search that are asked for; each must be found


async def matching(kind: type[sight.Guarded], person: Any, text: str) -> Q:
    """The rows of a kind that this person may find by this text, to be narrowed with `kind.visible_to(person)`.

    A number, a telephone or its last four digits, a name or part of it, its pinyin or initials, or two neighbouring
    characters and more of what was written; of several words each must be found. A row is found by a part (name, contact,
    place, facts, advice) by nobody but whom the policy gives that part of that row. Without any text: every row.
    """
    text = text.strip()[:LONGEST]
    if not text:
        return sight.EVERYTHING
    standing = sight.relations(kind, person)
    words = pairs.runs(text)[:WORDS]
    by_words = [_given(standing, partial(_by_word, kind, word)) for word in words]
    whole = [_by_number(text), _given(standing, partial(_by_phone, kind, text))]
    return Q(*whole, Q(*by_words) if words else sight.NOTHING, join_type="OR")


def too_short(text: str) -> bool:
    """Is this a single character, by which names are found and nothing else? A page says so when nothing was found."""
    return len("".join(pairs.runs(text))) == 1


def _given(standing: list[tuple[policy.Sight, Q]], by: Callable[[frozenset[str]], list[Q]]) -> Q:
    """The rows found by parts that are given to somebody who stands to them in these ways."""
    ways = [
        condition & Q(*found, join_type="OR")
        for seen, condition in standing
        if (found := by(seen.parts | {policy.LINE}))
    ]
    return Q(*ways, join_type="OR") if ways else sight.NOTHING


def _by_number(text: str) -> Q:
    number = numbers.read(text)
    return Q(number=number) if number else sight.NOTHING


def _by_phone(kind: type[sight.Guarded], text: str, parts: frozenset[str]) -> list[Q]:
    if policy.CONTACT not in parts or not kind.PERSON:
        return []
    meant = queries.by_phone(text)
    whose: Any = Subquery(Person.filter(meant).values("id"))
    return [meant if kind is Person else sight.where(f"{kind.PERSON}__in", whose)]


def _by_word(kind: type[sight.Guarded], word: str, parts: frozenset[str]) -> list[Q]:
    """One run of characters in a part's own words, or in the name of whom the record is about."""
    name, belongs = kind.FOUND_AS[0] or kind.__name__.lower(), bool(kind.FOUND_AS[0])
    known = frozenset(kind.FOUND_BY) if belongs else index.parts(name)
    asked = [("id", index.holding(name, sorted(parts & known), word, "source" if belongs else "record"))]
    if kind.PERSON and kind is not Person and policy.NAME in parts:
        asked.append((kind.PERSON, index.holding("person", [policy.NAME], word)))
    return [sight.where(f"{path}__in", RawSQL(f"({sql})")) for path, sql in asked if sql]
