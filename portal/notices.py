"""What is owed to whom: a row written in the transaction that causes it, delivered later by `portal.work`.

The wording stands in templates/notices/<room>/<name>.<language>.txt. A person who asked to be careful gets one neutral
sentence whatever happened, so that whoever holds their telephone learns nothing.
"""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from portal import clock, languages
from portal.fields import Instant, Sealed
from portal.records import Row, new_id


class State(StrEnum):
    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class Channel(StrEnum):
    SMS = "sms"
    CALL = "call"
    PAPER = "paper"
    NONE = "none"


class Notice(Row):
    """One message owed to one person (or, for a phone code, to one number)."""

    key = fields.CharField(max_length=120, unique=True)
    person = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    person_id: UUID | None
    address = Sealed(32, default="")
    channel = fields.CharField(max_length=8)
    kind = fields.CharField(max_length=60)
    language = fields.CharField(max_length=8, default="zh")
    values = Sealed(8000, default="{}")
    state = fields.CharField(max_length=10, default=State.OWED)
    attempts = fields.IntField(default=0)
    next_at = Instant(default=clock.now)
    sent_at = Instant(null=True)
    text = Sealed(2000, default="")
    provider_id = fields.CharField(max_length=80, default="")
    last_error = fields.CharField(max_length=200, default="")

    class Meta:
        table = "notice"
        indexes = (("state", "next_at"),)

    def read_values(self) -> dict[str, Any]:
        """What the wording is filled with."""
        return json.loads(self.values)


async def owe(
    person: Any, kind: str, *, key: str = "", address: str = "", due: datetime | None = None, **values: Any
) -> Notice:
    """Owe `person` a message of this kind, inside `transaction()`. The same key is owed once; it is sent when `due`.

    Without an address the person's own choice of channel decides; `Channel.NONE` is kept as a withheld row, so that
    staff can see that nothing was sent, and why.
    """
    channel = Channel.SMS if address else Channel(getattr(person, "contact_by", Channel.SMS))
    if channel == Channel.SMS and not (address or person.phone):
        channel = Channel.CALL
    existing = await Notice.get_or_none(key=key) if key else None
    return existing or await Notice.create(
        key=key or f"{kind}:{new_id()}",
        person_id=getattr(person, "id", None),
        address=address or getattr(person, "phone", None) or "",
        channel=channel,
        kind=kind,
        language=getattr(person, "language", "") or languages.current(),
        values=json.dumps(values, ensure_ascii=False, default=str),
        state=State.WITHHELD if channel == Channel.NONE else State.OWED,
        next_at=due or clock.now(),
    )
