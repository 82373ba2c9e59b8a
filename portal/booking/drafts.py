"""What somebody is typing towards a booking, kept for their browser: a lost time costs them no word."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from portal import clock, database, secrecy
from portal.attachments import actions as attachments
from portal.attachments.models import Attachment, Place
from portal.booking.models import Draft
from portal.database import transaction
from portal.fields import Sealed

KEPT = timedelta(days=7)
MOVED = "moved"  # stands where something was until its resident took it up in another browser
READ = "SELECT typed FROM draft WHERE browser = ? AND ends_at > ?"
KEEP = """
INSERT INTO draft (id, created_at, browser, typed, ends_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (browser) DO UPDATE SET id = excluded.id, typed = excluded.typed, ends_at = excluded.ends_at
"""
BROWSERS = UUID("8c7d7b0e-5a56-4c67-9a0e-2f5a1f1b6c11")  # the namespace of their ids


def aside(browser: str) -> str:
    """Where something of this browser lies that was set aside: nobody can ask for it but from this browser."""
    return secrecy.keyed("aside", browser)


class Kept(NamedTuple):
    """The row of a draft, as far as its envelope knows it."""

    id: UUID


def _column() -> Sealed:
    """The sealed column: how what was typed goes in and comes out."""
    column: Sealed = Draft._meta.fields_map["typed"]  # type: ignore[assignment]
    return column


async def read(browser: str) -> dict[str, Any]:
    """What was typed in this browser, or nothing."""
    found = await database.look_up(READ, browser, clock.now())
    return dict(_column().to_python_value(found[0]["typed"])) if found else {}


async def keep(browser: str, **typed: Any) -> dict[str, Any]:
    """Add to what was typed; answers all of it. A value of None forgets that one."""
    async with transaction():
        whole = {key: value for key, value in {**await read(browser), **typed}.items() if value is not None}
        now = clock.now()
        # One id for each browser: two of its tabs write the same row, and the envelope fits either way.
        row = Kept(uuid5(BROWSERS, browser))
        await database.change(KEEP, row.id, now, browser, str(_column().sealed(whole, row)), now + KEPT)
    return whole


async def drop(browser: str) -> None:
    """Forget it, and the papers that lie with it: the booking is made, or the person asked."""
    async with transaction():
        await database.change("DELETE FROM draft WHERE browser = ?", browser)
        await attachments.forget(Place.at(browser))


def abandoned(now: datetime) -> QuerySet[Attachment]:
    """Papers that lie with a form nobody has come back to."""
    alive = Subquery(Draft.filter(ends_at__gt=now).values("browser"))
    lying = Attachment.exclude(browser="").filter(created_at__lt=now - KEPT)
    return lying.exclude(browser__in=alive)


async def tidy() -> int:
    """Forget what nobody came back to."""
    async with transaction():
        keys = await abandoned(clock.now()).values_list("id", flat=True)
        gone = await attachments.destroy(list(keys))
        return gone + await Draft.filter(ends_at__lte=clock.now()).delete()
