"""材料: a photograph or a paper handed in with a matter, sealed, and read only by whoever may read the matter's facts."""

import hashlib
from enum import StrEnum
from uuid import UUID

from tortoise import fields

from portal.fields import Instant, Mark, Sealed, SealedBytes
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
