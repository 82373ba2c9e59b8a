"""What somebody finds by a few characters: only what the policy lets them read of each record, so that asking tells nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tortoise.expressions import Q, RawSQL

from portal import index, pairs, policy, secrecy
from portal.law import identifiers, numbers
from portal.people import queries, sight
from portal.people.models import Person

LONGEST = 40  # characters of a search that are read
WORDS = 5  # of a search that are asked for; each must be found


async def matching(kind: type[sight.Guarded], person: Any, text: str) -> Q:
    """The rows of a kind that this person may find by this text, to be narrowed with `kind.visible_to(person)`.

    A number, a telephone or its last four digits, a name or part of it, its pinyin or initials, or two neighbouring
    characters and more of what was written; of several words each must be found. What reads as a number, or as a whole
    telephone, is that and nothing else: one look-up, and no word of it is asked for. A row is found by a part (name,
    contact, place, facts, advice) by nobody but whom the policy gives that part of that row. Without any text: every row.
    """
    text = text.strip()[:LONGEST]
    if not text:
        return sight.EVERYTHING
    standing, number = sight.relations(kind, person), _number(kind, text)
    if number and not _may_be_words(text):
        return Q(number=number)
    by_phone = await _by_phone(kind, standing, text)
    if _is_phone(text) and (kind.PERSON or kind.PHONES):
        return by_phone
    words = pairs.runs(text)[:WORDS]
    by_words = [_any(_given(standing, partial(_by_word, kind, word))) for word in words]
    whole = [Q(number=number) if number else sight.NOTHING, by_phone]
    return Q(*whole, Q(*by_words) if words else sight.NOTHING, join_type="OR")


def too_short(text: str) -> bool:
    """Is this a single character, by which names are found and nothing else? A page says so when nothing was found."""
    return len("".join(pairs.runs(text))) == 1


def _given(standing: list[tuple[policy.Sight, Q]], by: Callable[[frozenset[str]], list[Q]]) -> list[Q]:
    """The rows found by parts that are given to somebody who stands to them in these ways; one question for each way."""
    return [
        condition & Q(*found, join_type="OR")
        for seen, condition in standing
        if (found := by(seen.parts | {policy.LINE}))
    ]


def _any(ways: list[Q]) -> Q:
    """What is found in one of these ways. No way that finds nothing is asked along: beside one that no index answers, SQLite
    reads every row."""
    return Q(*ways, join_type="OR") if ways else sight.NOTHING


def _number(kind: type[sight.Guarded], text: str) -> str | None:
    has_one = "number" in kind._meta.fields_map  # type: ignore[attr-defined]
    return numbers.read(text) if has_one else None


def _may_be_words(text: str) -> bool:
    """Letters alone are a name's pinyin as likely as a number: zhangjun, zhang jun."""
    return "".join(text.split()).isalpha()


def _is_phone(text: str) -> bool:
    try:
        return bool(identifiers.phone(text))
    except ValueError:
        return False


async def _by_phone(kind: type[sight.Guarded], standing: list[tuple[policy.Sight, Q]], text: str) -> Q:
    """Whose telephone it is, where their contact is given; who that is comes first, so that rows are reached from there. And
    whole telephones in the record's own parts, where those are given."""
    reached = [condition for seen, condition in standing if policy.CONTACT in seen.parts]
    ways = _given(standing, partial(_by_mark, kind, text))
    if reached and kind.PERSON:
        whose = await Person.filter(queries.by_phone(text)).values_list("id", flat=True)
        ways.append(sight.where(f"{kind.PERSON}__in", list(whose)) & _any(reached))
    return _any(ways)


def _by_mark(kind: type[sight.Guarded], text: str, parts: frozenset[str]) -> list[Q]:
    """A whole telephone that was written into one of these parts."""
    columns = [column for part in parts for column in kind.PHONES.get(part, ())]
    if not columns or not _is_phone(text):
        return []
    marks = secrecy.marks("phone", identifiers.phone(text))
    return [sight.where(f"{column}__in", marks) for column in columns]


def _by_word(kind: type[sight.Guarded], word: str, parts: frozenset[str]) -> list[Q]:
    """One run of characters in a part's own words, or in the name of whom the record is about."""
    name, belongs = kind.FOUND_AS[0] or kind.__name__.lower(), bool(kind.FOUND_AS[0])
    known = frozenset(kind.FOUND_BY) if belongs else index.parts(name)
    asked = [("id", index.holding(name, sorted(parts & known), word, "source" if belongs else "record"))]
    if kind.PERSON and kind is not Person and policy.NAME in parts:
        asked.append((kind.PERSON, index.holding("person", [policy.NAME], word)))
    return [sight.where(f"{path}__in", RawSQL(f"({sql})")) for path, sql in asked if sql]
