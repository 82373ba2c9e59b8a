"""What is owed to whom: a row written in the transaction that causes it, delivered later by `portal.work`.

The wording stands in templates/notices/<room>/<name>.<language>.txt. A person who asked to be careful gets one neutral
sentence whatever happened, so that whoever holds their telephone learns nothing. So does everybody about a record that
stands behind a passphrase, and over no channel but the one chosen with it. Who had their data frozen is sent nothing.
"""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from portal import clock, languages
from portal.fields import Instant, Sealed
from portal.records import Row, new_id

NEUTRAL = "neutral"  # the wording that says nothing
# The columns that lead from a record to the passphrase before it.
PROTECTED_BY = ("protection", "consultation", "appointment")


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


async def protection_of(about: Any) -> Any:
    """The passphrase before a record, or before what it belongs to; None where there is none."""
    for column in PROTECTED_BY:
        if getattr(about, f"{column}_id", None):
            above = getattr(about, column)
            above = above if isinstance(above, Model) else await above
            if found := above if column == "protection" else await protection_of(above):
                return found
    return None


async def owe(
    person: Any,
    kind: str,
    *,
    key: str = "",
    address: str = "",
    due: datetime | None = None,
    about: Any = None,
    channel: Channel | None = None,
    **values: Any,
) -> Notice:
    """Owe `person` a message of this kind, inside `transaction()`. The same key is owed once; it is sent when `due`.

    Without an address the person's own choice of channel decides, unless the record it is `about` is theirs and protected:
    then the choice made with the passphrase, and the neutral words. A `channel` takes the place of that choice where somebody
    must be asked something, but not for who wants to hear nothing. `Channel.NONE` is kept as a withheld row, so that
    staff can see that nothing was sent, and why; so is everything for those whose data are frozen.
    """
    protection = await protection_of(about) if about is not None and person is not None else None
    choosing = protection if protection and protection.person_id == person.id else person
    if choosing is not person:
        kind, address, values = NEUTRAL, "", {}
    chosen = Channel.SMS if address else Channel(getattr(choosing, "contact_by", Channel.SMS))
    channel = channel if channel and chosen != Channel.NONE else chosen
    if channel == Channel.SMS and not (address or person.phone):
        channel = Channel.CALL
    is_frozen = getattr(person, "frozen_at", None) is not None
    if key and (existing := await Notice.where("key = ?", key)):
        return existing[0]
    return await Notice.create(
        key=key or f"{kind}:{new_id()}",
        person_id=getattr(person, "id", None),
        address=address or getattr(person, "phone", None) or "",
        channel=channel,
        kind=kind,
        language=getattr(person, "language", "") or languages.current(),
        values=json.dumps(values, ensure_ascii=False, default=str),
        state=State.WITHHELD if channel == Channel.NONE or is_frozen else State.OWED,
        next_at=due or clock.now(),
    )
