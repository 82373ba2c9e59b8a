"""Which files lie where. A file's bytes are read one file at a time, and only to be shown."""

from typing import Any
from uuid import UUID

from portal import database
from portal.attachments.models import Attachment, Content, Place


async def listed(place: Place) -> list[dict[str, Any]]:
    """Every file there, in the order in which they came: id, name, kind, size, at, by_id, and the name of who brought it."""
    found = Attachment.filter(place.where, removed_at=None).order_by("created_at", "id")
    rows: list[dict[str, Any]] = await found.values(
        "id", "name", "kind", "size", "by_id", at="created_at", by="by__name"
    )
    return rows


async def found(place: Place, key: UUID) -> Attachment | None:
    """The one file there with this id."""
    return await Attachment.filter(place.where, removed_at=None, id=key).first()


async def has_any(browser: str) -> bool:
    """Does any file lie with the form that this browser is filling in?"""
    return bool(await database.look_up("SELECT 1 FROM attachment WHERE browser = ? LIMIT 1", browser))


async def body(attachment: Attachment) -> bytes:
    """The file itself."""
    return (await Content.get(id=attachment.id)).body


async def unsigned() -> int:
    """Bytes kept for people who have not shown a telephone yet."""
    sizes = (
        await Attachment.filter(by_id=None, removed_at=None)
        .exclude(browser="")
        .values_list("size", flat=True)
    )
    return sum(int(size) for size in sizes)  # type: ignore[call-overload]
