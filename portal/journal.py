"""Who did what, in one chain that cannot be rewritten: append-only by trigger, each entry carrying the hash of the last.

Entries of a transaction are gathered and written last, just before it commits: one lock, held for one statement, and no
way for two writers to wait for each other. They hold ids, codes and numbers, never a person's words.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from portal import clock, database
from portal.fields import Instant

FIRST = "0" * 64


class Entry(Model):
    """One thing somebody did. `actor` is empty when the portal did it by itself."""

    id = fields.BigIntField(primary_key=True)
    at = Instant()
    actor = fields.UUIDField(null=True, db_index=True)
    verb = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=40)
    detail = fields.TextField()
    previous = fields.CharField(max_length=64, unique=True)
    hash = fields.CharField(max_length=64, unique=True)

    APPEND_ONLY = True

    class Meta:
        table = "journal_entry"
        indexes = (("kind", "subject"), ("kind", "verb", "at"))

    def digest(self) -> str:
        """SHA-256 over the previous hash and everything this entry says."""
        said = [
            self.previous,
            instant_text(self.at),
            str(self.actor or ""),
            self.verb,
            self.kind,
            self.subject,
            self.detail,
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def instant_text(at: datetime) -> str:
    """An instant as the chain spells it: UTC to the microsecond, the same on every engine."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def kind_of(record: Any) -> str:
    """The word the journal uses for a record: its class in lower case."""
    return type(record).__name__.lower()


async def record(actor: Any, verb: str, subject: Any, **detail: Any) -> None:
    """Write that `actor` did `verb` to `subject`, in the transaction that does it."""
    entry = Entry(
        at=clock.now(),
        actor=getattr(actor, "id", None),
        verb=verb,
        kind=kind_of(subject),
        subject=str(subject.pk),
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
    )
    database.gather("journal", entry, _append)


async def opened(actor: Any, subject: Any) -> None:
    """Write that `actor` read a confidential record."""
    async with database.transaction():
        await record(actor, "open", subject)


async def _append(entries: list[Entry]) -> None:
    await database.serialise("journal")
    last = await Entry.all().order_by("-id").limit(1).values_list("hash", flat=True)
    previous = str(last[0]) if last else FIRST
    for entry in entries:
        entry.previous = previous
        entry.hash = previous = entry.digest()
    await Entry.bulk_create(entries)


async def of(subject: Any) -> list[dict[str, Any]]:
    """Everything that happened to a record, oldest first, with its detail read."""
    found = await Entry.filter(kind=kind_of(subject), subject=str(subject.pk)).order_by("id").values()
    return [{**entry, "detail": json.loads(entry["detail"])} for entry in found]


async def first_broken() -> int | None:
    """The id of the first entry whose hash or place in the chain is wrong; None when the whole chain holds."""
    previous, after = FIRST, 0
    while page := await Entry.filter(id__gt=after).order_by("id").limit(5_000):
        for entry in page:
            if entry.previous != previous or entry.digest() != entry.hash:
                return entry.id
            previous, after = entry.hash, entry.id
    return None
