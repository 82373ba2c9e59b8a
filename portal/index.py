"""Which records hold a pair of characters, without the words: keyed hashes of pairs, kept in step by whatever changes a record.

A record says by which columns of each part it is found (`FOUND_BY`). The journal names every record that changes, so its
traces are written anew in the same transaction; nobody has to remember it.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from tortoise import Tortoise, fields
from tortoise.models import Model

from portal import database, pairs, secrecy
from portal.fields import Sealed

NAME = "name"  # the part that is a person's name: found by one character and by its sound too


class Trace(Model):
    """What is found of one part of one row: `record` by the words of `source`, which is itself or belongs to it."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=20)
    part = fields.CharField(max_length=10)
    record = fields.UUIDField(db_index=True)
    source = fields.UUIDField()
    key = fields.CharField(max_length=8, db_index=True)  # the name of the key its tokens were made with
    tokens = fields.TextField()

    SEARCH = "trace_found"  # over the tokens: a full-text table on SQLite, a GIN index on PostgreSQL

    class Meta:
        table = "trace"
        unique_together = (("source", "part"),)


class Found(NamedTuple):
    """How the rows of a table are found by one part of theirs."""

    table: str
    kind: str
    part: str
    columns: tuple[tuple[str, str], ...]  # each with what it holds: clear, sealed or json (sealed too)
    record: str = "id"  # the column that leads to the record they belong to
    only: str = "1 = 1"  # the rows that are found at all, as SQL


# -- from words to tokens -----------------------------------------------------------------------------------------------


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)


def _words(found: Found, row: Mapping[str, Any]) -> str:
    said = []
    for name, holds in found.columns:
        value = row[name] or ""
        if holds != "clear":
            value = secrecy.open_sealed(value, f"{found.table}.{name}")
        said += _texts(json.loads(value)) if holds == "json" and value else [value]
    return "\n".join(said)


def tokens_of(found: Found, row: Mapping[str, Any], key: secrecy.Key) -> str:
    """The tokens of a row's part, in the order of their hashes, so that none stands beside its neighbour."""
    words = _words(found, row)
    held = pairs.of_name(words) if found.part == NAME else pairs.of_text(words)
    return " ".join(sorted(set(secrecy.tokens(_purpose(found.kind, found.part), held, key))))


def _purpose(kind: str, part: str) -> str:
    return f"found {kind} {part}"


# -- what is found -------------------------------------------------------------------------------------------------------


def everything() -> list[Found]:
    """How everything is found that models say is to be found."""
    return [found for model in Tortoise.apps[database.APP].values() for found in of(model)]


def of(model: type[Model]) -> list[Found]:
    """How the rows of a model are found."""
    meta = model._meta
    kind, record = getattr(model, "FOUND_AS", ("", "id"))
    return [
        Found(
            meta.db_table,
            kind or model.__name__.lower(),
            part,
            tuple((name, _holds(meta.fields_map[name])) for name in columns),
            record,
            getattr(model, "FOUND_WHILE", "1 = 1"),
        )
        for part, columns in getattr(model, "FOUND_BY", {}).items()
    ]


@cache
def parts(kind: str) -> frozenset[str]:
    """The parts by whose words a kind is found."""
    return frozenset(found.part for found in everything() if found.kind == kind)


def _holds(field: Any) -> str:
    if not isinstance(field, Sealed):
        return "clear"
    return "json" if field.json else "sealed"


def holding(kind: str, parts: Iterable[str], word: str, column: str = "record") -> str:
    """SQL that selects the ids of the records (or of the rows, `column="source"`) of a kind of which one of these parts holds
    a word, one run of characters; empty where no part can be asked for so little."""
    asked = [
        secrecy.tokens(_purpose(kind, part), meant, key)
        for part in parts
        for meant in pairs.meant(word, part == NAME)
        for key in secrecy.ring()
    ]
    if not asked:
        return ""
    if database.engine() == "sqlite":
        match = " OR ".join(f"""({" AND ".join(f'"{token}"' for token in tokens)})""" for tokens in asked)
        found = "FROM trace_found f JOIN trace t ON t.id = f.rowid WHERE"
        return f"SELECT t.{column} {found} f.trace_found MATCH '{match}'"
    held = " OR ".join(f"string_to_array(t.tokens, ' ') @> '{{{','.join(tokens)}}}'" for tokens in asked)
    return f"SELECT t.{column} FROM trace t WHERE {held}"


# -- keeping in step -----------------------------------------------------------------------------------------------------


def changed(subject: Any) -> None:
    """This record is about to be something else: before the transaction commits its traces are written anew."""
    if getattr(type(subject), "FOUND_BY", None):
        database.gather("index", subject, _rewrite_all)


async def _rewrite_all(subjects: list[Any]) -> None:
    keys: dict[type[Model], dict[UUID, None]] = {}
    for subject in subjects:
        keys.setdefault(type(subject), {})[subject.pk] = None
    for model, found in keys.items():
        await write(of(model), list(found))


async def write(founds: list[Found], keys: Collection[Any]) -> int:
    """Bring the traces of these rows of one table up to what they say now; how many had to change.

    Traces are read before the rows: whoever changes a row at the same time writes the traces that are right.
    """
    if not founds or not keys:
        return 0
    listed, values = ", ".join("?" for _ in keys), [database.key(key) for key in keys]
    kept = await database.rows(f"SELECT * FROM trace WHERE source IN ({listed})", *values)
    there = {(str(one["source"]), one["part"]): one for one in kept}
    rows = await database.rows(f"{select(founds)} AND id IN ({listed})", *values)
    done = 0
    for row in rows:
        for found in founds:
            done += await _bring(found, row, there.pop((str(row["id"]), found.part), None))
    for gone in there.values():
        done += await _drop(gone)
    return done


def select(founds: list[Found]) -> str:
    names = {"id": None, founds[0].record: None} | {
        name: None for one in founds for name, _holds in one.columns
    }
    listed = ", ".join(f'"{name}"' for name in names)
    return f'SELECT {listed} FROM "{founds[0].table}" WHERE {founds[0].only}'


async def _bring(found: Found, row: Mapping[str, Any], was: Mapping[str, Any] | None) -> bool:
    """One part of one row; whether anything had to change."""
    newest = secrecy.ring()[0]
    try:
        tokens = tokens_of(found, row, newest)
    except secrecy.Tampered:
        return False  # whoever opens it is told; `portal verify` names it
    if was is not None and (was["tokens"], str(was["record"])) == (tokens, str(row[found.record])):
        return False
    if was is not None:
        await _drop(was)
    elif not tokens:
        return False
    if tokens:
        made = await database.rows(
            "INSERT INTO trace (kind, part, record, source, key, tokens) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (source, part) DO UPDATE SET record = excluded.record, key = excluded.key, "
            "tokens = excluded.tokens RETURNING id",
            *(
                found.kind,
                found.part,
                database.key(row[found.record]),
                database.key(row["id"]),
                newest.name,
                tokens,
            ),
        )
        if database.engine() == "sqlite":
            await database.change(
                "INSERT INTO trace_found (rowid, tokens) VALUES (?, ?)", made[0]["id"], tokens
            )
    return True


async def _drop(trace: Mapping[str, Any]) -> bool:
    if database.engine() == "sqlite":
        await database.change(
            "INSERT INTO trace_found (trace_found, rowid, tokens) VALUES ('delete', ?, ?)",
            trace["id"],
            trace["tokens"],
        )
    return bool(await database.change("DELETE FROM trace WHERE id = ?", trace["id"]))


async def purge() -> None:
    """Leave nothing of what was taken out in the segments of SQLite's full-text table, inside `transaction()`.

    It keeps what was deleted, beside a mark that it was, until segments are merged: they are merged into one now, which is
    nothing to do when they were. (Its `secure-delete` would shut out every SQLite before 3.42 from a copy of the file.)
    """
    if database.engine() == "sqlite":  # PostgreSQL's own vacuum does it
        await database.change("INSERT INTO trace_found (trace_found) VALUES ('optimize')")
