"""Rows as people would have left them, gathered first and written in one transaction: seconds for a year of a clinic.

What a record goes through is held to its own MOVES, and each move has its entry in the journal, in the order of time.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from graphlib import TopologicalSorter
from random import Random
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from tortoise.models import Model

from portal import database, index
from portal.journal import FIRST, Entry, kind_of
from portal.law import numbers
from portal.people.models import Post

M = TypeVar("M", bound=Model)
BATCH = 1_000


class Somebody(NamedTuple):
    """Somebody of whom only the id matters."""

    id: Any


class History:
    """Everything that will have happened. The same seed gives the same ids and numbers."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.community: UUID | None = None  # where all of it happens, once there is one
        self.rows: dict[type[Model], list[Model]] = {}
        self.entries: list[Entry] = []

    def add(self, model: type[M], at: datetime, **columns: Any) -> M:
        """A row made at this instant; other rows among the columns become its foreign keys."""
        known = model._meta.fields_map
        values = _plain(columns)
        if "id" in known and known["id"].generated is False:
            values.setdefault("id", self._id(at))
        if "community" in known and model is not Post:  # what a post minds is its office's to say
            values.setdefault("community_id", self.community)
        if "created_at" in known:
            values.setdefault("created_at", at)
        if "number" in known:
            values.setdefault("number", numbers.new(self.random))
        row = model(**values)
        self.rows.setdefault(model, []).append(row)
        return row

    def create(self, actor: Any, model: type[M], at: datetime, **columns: Any) -> M:
        """A row that somebody made, with its entry in the journal."""
        row = self.add(model, at, **columns)
        self.note(actor, "create", row, at)
        return row

    def move(
        self,
        actor: Any,
        record: Any,
        verb: str,
        at: datetime,
        *,
        detail: dict[str, Any] | None = None,
        **columns: Any,
    ) -> None:
        """What `states.move` does, to a row that is not written yet. KeyError when the table does not know the move."""
        before = record.state
        columns["state"] = type(record).MOVES[before, verb]
        for name, value in _plain(columns).items():
            setattr(record, name, value)
        self.note(actor, verb, record, at, was=str(before), now=str(record.state), **(detail or {}))

    def note(self, actor: Any, verb: str, subject: Any, at: datetime, **detail: Any) -> None:
        """An entry of the journal."""
        self.entries.append(
            Entry(
                at=at,
                actor=getattr(actor, "id", None),
                verb=verb,
                kind=kind_of(subject),
                subject=str(subject.pk),
                detail=json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
            )
        )

    async def write(self, advance: Callable[[int], None] = lambda written: None) -> None:
        """Write everything: rows before those that point at them, then the journal's chain. All or nothing."""
        async with database.transaction():
            for model in in_order(self.rows):
                for batch in _batches(self.rows[model]):
                    await model.bulk_create(batch)
                    await index.write(index.of(model), [row.pk for row in batch])
                    advance(len(batch))
            await database.serialise("journal")
            last = await Entry.all().order_by("-id").limit(1).values_list("hash", flat=True)
            previous = str(last[0]) if last else FIRST
            self.entries.sort(key=lambda entry: entry.at)
            for entry in self.entries:
                entry.previous = previous
                entry.hash = previous = entry.digest()
            for batch in _batches(self.entries):
                await Entry.bulk_create(batch)
                advance(len(batch))

    def __len__(self) -> int:
        return sum(len(rows) for rows in self.rows.values()) + len(self.entries)

    def _id(self, at: datetime) -> UUID:
        milliseconds = int(at.timestamp() * 1000)
        bits = self.random.getrandbits
        return UUID(int=milliseconds << 80 | 7 << 76 | bits(12) << 64 | 2 << 62 | bits(62))


def in_order(models: Iterable[type[Model]]) -> list[type[Model]]:
    """The models, each after those it points at."""
    wanted = list(models)
    return list(TopologicalSorter({model: _pointed_at(model, wanted) for model in wanted}).static_order())


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    """Rows among the values as the foreign keys they stand for."""
    return {
        (f"{name}_id" if isinstance(value, Model) else name): value.pk if isinstance(value, Model) else value
        for name, value in columns.items()
    }


def _pointed_at(model: type[Model], among: list[type[Model]]) -> list[type[Model]]:
    names = model._meta.fk_fields | model._meta.o2o_fields
    targets = {model._meta.fields_map[name].related_model for name in names}  # type: ignore[attr-defined]
    return [target for target in among if target in targets and target is not model]


def _batches(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
