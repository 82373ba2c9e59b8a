"""How often something may be tried: one counter row per key and window, counted by the database itself."""

from datetime import timedelta
from typing import Any

from tortoise import fields
from tortoise.expressions import F
from tortoise.models import Model

from portal import clock, database
from portal.errors import TooMany
from portal.fields import Instant


class Tally(Model):
    """How often `key` was used in the window that ends at `until`."""

    key = fields.CharField(max_length=120, primary_key=True)
    count = fields.IntField(default=0)
    until = Instant(db_index=True)

    class Meta:
        table = "tally"


async def count(key: str, most: int, window: timedelta) -> None:
    """Count one use; raise TooMany beyond `most` uses in a window. Exact on every engine: one statement decides."""
    now = clock.now()
    async with database.transaction():
        await Tally.filter(key=key, until__lte=now).delete()
        await Tally.bulk_create([Tally(key=key, until=now + window)], ignore_conflicts=True)
        within = await Tally.filter(key=key, count__lt=most).update(count=F("count") + 1)
    if not within:
        raise TooMany


async def a_day(deed: str, person: Any, most: int = 20) -> None:
    """Count one such deed of this person; raise TooMany beyond `most` in a day. Staff do it for others all day long."""
    if person is not None and not person.is_staff:
        await count(f"{deed}:{person.id}", most, timedelta(days=1))


async def distinct(key: str, value: str, most: int, window: timedelta) -> None:
    """Count a value unless it was counted under `key` in the window that runs; raise TooMany beyond `most` different ones.

    A refusal keeps its count only outside a transaction that is rolled back.
    """
    now, known = clock.now(), f"{key}:{value}"
    if await Tally.filter(key=known, until__gt=now).exists():
        return
    await count(key, most, window)
    async with database.transaction():
        await Tally.filter(key=known, until__lte=now).delete()
        await Tally.bulk_create([Tally(key=known, until=now + window, count=1)], ignore_conflicts=True)


async def forget(key: str) -> None:
    """Start again from nothing, after the person has shown who they are."""
    async with database.transaction():
        await Tally.filter(key=key).delete()
