"""What somebody is typing towards a booking, kept for their browser: a lost time costs them no word."""

from collections.abc import Mapping, Sequence
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
READ = "SELECT browser, typed FROM draft WHERE browser IN ({browsers}) AND ends_at > ?"
KEEP = """
INSERT INTO draft (id, created_at, browser, typed, ends_at) VALUES {rows}
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
    return (await read_all([browser])).get(browser, {})


async def read_all(browsers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What was typed in each of these browsers; those in which nothing was are missing."""
    asked = READ.format(browsers=", ".join("?" * len(browsers)))
    found = await database.look_up(asked, *browsers, clock.now())
    return {row["browser"]: dict(_column().to_python_value(row["typed"])) for row in found}


async def keep(browser: str, **typed: Any) -> dict[str, Any]:
    """Add to what was typed; answers all of it. A value of None forgets that one."""
    async with transaction():
        whole = added(await read(browser), typed)
        await keep_all({browser: whole})
    return whole


def added(whole: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed and what is typed now; a value of None forgets that one."""
    return {key: value for key, value in {**whole, **typed}.items() if value is not None}


async def keep_all(typed: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep all that was typed in each of these browsers, in the place of what was kept before. Inside `transaction()`."""
    now, rows = clock.now(), []
    for browser, whole in typed.items():
        # One id for each browser: two of its tabs write the same row, and the envelope fits either way.
        row = Kept(uuid5(BROWSERS, browser))
        rows += [row.id, now, browser, str(_column().sealed(whole, row)), now + KEPT]
    await database.change(KEEP.format(rows=", ".join(["(?, ?, ?, ?, ?)"] * len(typed))), *rows)


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
