"""材料: a photograph or a paper handed in with a matter, sealed, and read only by whoever may read the matter's facts."""

import hashlib
from enum import StrEnum
from typing import Any, NamedTuple, Self
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from portal.fields import Instant, Mark, Sealed, SealedBytes
from portal.journal import kind_of
from portal.records import Row


class Kind(StrEnum):
    """What a file is, by its content and never by its name."""

    JPEG = "jpeg"
    PDF = "pdf"


def digest(content: bytes) -> str:
    """SHA-256 in hex: the same file has the same."""
    return hashlib.sha256(content).hexdigest()


class Attachment(Row):
    """One file of a matter (`matter_kind`, `matter`), or of a form that is still being filled in (`browser`).

    Once removed only the row is left: who handed in what kind of file, and when.
    """

    matter_kind = fields.CharField(max_length=16, default="")
    matter = fields.UUIDField(null=True, db_index=True)
    browser = fields.CharField(max_length=64, default="", db_index=True)
    name = Sealed(120)
    kind = fields.CharField(max_length=8)
    size = fields.IntField()  # bytes, as kept
    by = fields.ForeignKeyField(
        "portal.Person",
        null=True,
        related_name="attachments",
        on_delete=fields.SET_NULL,
        db_index=True,
    )
    by_id: UUID | None
    removed_at = Instant(null=True)

    class Meta:
        table = "attachment"


class Content(Row):
    """The bytes of an attachment, sealed and apart from it, so that lists never read them. It has the attachment's id."""

    body = SealedBytes()
    digest = Mark("body", "paper", digest)  # the same paper is kept once with each matter

    class Meta:
        table = "attachment_content"


class Place(NamedTuple):
    """Where files lie: with a record, or with the form that a browser is filling in."""

    record: Any = None
    browser: str = ""

    @classmethod
    def of(cls, record: Any) -> Self:
        """With this record."""
        return cls(record=record)

    @classmethod
    def at(cls, browser: str) -> Self:
        """With what this browser is filling in."""
        return cls(browser=browser)

    @property
    def matter(self) -> UUID | None:
        """The id of the record."""
        return self.record.id if self.record is not None else None

    @property
    def columns(self) -> dict[str, Any]:
        """The same as columns of an attachment."""
        kind = kind_of(self.record) if self.record is not None else ""
        return {"matter_kind": kind, "matter": self.matter, "browser": self.browser}

    @property
    def where(self) -> Q:
        """The condition that picks what lies there."""
        if self.record is None and not self.browser:
            return Q(id__in=[])
        return Q(**self.columns) if self.record is not None else Q(browser=self.browser)
