"""Who did what, in one chain that cannot be rewritten: append-only by trigger, each entry carrying the hash of the last.

Entries of a transaction are gathered and written last, just before it commits: one lock, held for one statement, and no
way for two writers to wait for each other. They hold ids, codes and numbers, never a person's words.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from portal import clock, database, index
from portal.fields import Instant

FIRST = "0" * 64
# As in Note, and what chains them.
COLUMNS = ("at", "actor", "verb", "kind", "subject", "detail", "previous", "hash")
AT_ONCE = 100  # entries in one statement


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
        return digest(self.previous, self)


class Note(NamedTuple):
    """An entry before it has its place in the chain."""

    at: datetime
    actor: UUID | None
    verb: str
    kind: str
    subject: str
    detail: str


def digest(previous: str, said: Entry | Note) -> str:
    """The hash of an entry that follows this one."""
    at, actor = instant_text(said.at), str(said.actor or "")
    whole = [previous, at, actor, said.verb, said.kind, said.subject, said.detail]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


def instant_text(at: datetime) -> str:
    """An instant as the chain spells it: UTC to the microsecond, the same on every engine."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def kind_of(record: Any) -> str:
    """The word the journal uses for a record: its class in lower case."""
    return type(record).__name__.lower()


async def record(actor: Any, verb: str, subject: Any, **detail: Any) -> None:
    """Write that `actor` did `verb` to `subject`, in the transaction that does it."""
    index.changed(subject)  # gathered first: the journal's lock, once taken, is held to the end
    _note(actor, verb, subject, detail)


async def opened(actor: Any, subject: Any) -> None:
    """Write that `actor` read a confidential record."""
    async with database.transaction():
        _note(actor, "open", subject, {})


def _note(actor: Any, verb: str, subject: Any, detail: dict[str, Any]) -> None:
    note = Note(
        at=clock.now().astimezone(UTC),
        actor=getattr(actor, "id", None),
        verb=verb,
        kind=kind_of(subject),
        subject=str(subject.pk),
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
    )
    database.gather("journal", note, _append)


async def _append(notes: list[Note]) -> None:
    """Plain SQL, one statement for them all: whoever writes waits for whoever holds the journal."""
    await database.serialise("journal")
    last = await database.look_up("SELECT hash FROM journal_entry ORDER BY id DESC LIMIT 1")
    previous = str(last[0]["hash"]) if last else FIRST
    entries: list[tuple[Any, ...]] = []
    for note in notes:
        hash = digest(previous, note)
        entries.append((*note, previous, hash))
        previous = hash
    for start in range(0, len(entries), AT_ONCE):
        page = entries[start : start + AT_ONCE]
        values = [value for entry in page for value in entry]
        rows = ", ".join([f"({', '.join('?' * len(COLUMNS))})"] * len(page))
        await database.change(f"INSERT INTO journal_entry ({', '.join(COLUMNS)}) VALUES {rows}", *values)


async def of(subject: Any) -> list[dict[str, Any]]:
    """Everything that happened to a record, oldest first, with its detail read."""
    found = await Entry.filter(kind=kind_of(subject), subject=str(subject.pk)).order_by("id").values()
    return [{**entry, "detail": json.loads(entry["detail"])} for entry in found]


class Seen(Protocol):
    """What somebody outside the database remembers of the journal (portal/anchors.py)."""

    @property
    def day(self) -> date: ...
    @property
    def last(self) -> int: ...
    @property
    def entries(self) -> int: ...
    @property
    def hash(self) -> str: ...


class Fault(NamedTuple):
    """The first entry that is not as it was written, and in what."""

    entry: int
    wrong: str


class Walk(NamedTuple):
    """How far the chain holds: its last entry, how many there are up to it, its hash; and where it breaks, if it does."""

    last: int
    entries: int
    hash: str
    fault: Fault | None


async def follow(remembered: Sequence[Seen] = (), since: Seen | None = None) -> Walk:
    """Read the chain from its beginning, or from what was seen last, and hold it against everything remembered of it."""
    last, count, previous = (since.last, since.entries, since.hash) if since else (0, 0, FIRST)
    waiting = sorted((one for one in remembered if one.last), key=lambda one: one.last)
    held = last  # up to here an anchor has confirmed it
    if since and since.last and not await Entry.exists(id=since.last, hash=since.hash):
        return Walk(last, count, previous, Fault(last, f"is not the one that was anchored on {since.day}"))
    while page := await Entry.filter(id__gt=last).order_by("id").limit(5_000):
        for entry in page:
            if waiting and waiting[0].last < entry.id:
                gone = f"is missing, though it was anchored on {waiting[0].day}"
                return Walk(last, count, previous, Fault(waiting[0].last, gone))
            if wrong := _wrong(entry, previous):
                return Walk(last, count, previous, Fault(entry.id, wrong))
            last, count, previous = entry.id, count + 1, entry.hash
            while waiting and waiting[0].last == last:
                seen = waiting.pop(0)
                if (seen.hash, seen.entries) != (previous, count):
                    anew = f"is not the one anchored on {seen.day}: written anew, from some entry after {held} on"
                    return Walk(last, count, previous, Fault(last, anew))
                held = last
    if waiting:
        gone = f"is missing, though it was anchored on {waiting[0].day}: the journal ends at entry {last}"
        return Walk(last, count, previous, Fault(waiting[0].last, gone))
    return Walk(last, count, previous, None)


def _wrong(entry: Entry, previous: str) -> str:
    """What is wrong with an entry that should follow this hash; nothing where nothing is."""
    if entry.digest() != entry.hash:
        return "does not say what it said when it was written"
    if entry.previous != previous:
        return "does not follow the one before it: something was taken out, put in or moved here"
    return ""
