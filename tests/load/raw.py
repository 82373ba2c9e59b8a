"""The statements with which a time is taken, through asyncpg and nothing else: what PostgreSQL itself can do of it."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4, uuid5

import asyncpg

from portal import secrecy
from portal.booking import drafts
from portal.booking.actions import holds
from portal.booking.forms import read_time
from portal.booking.queries import times
from portal.booking.queries.board import STANDS
from portal.database import numbered
from portal.editions import COUNT
from tests.load.wire import Round

DRAFT = "draft.typed"


class Raw:
    """Connections of our own, as many as the portal has for writing."""

    def __init__(self, pool: Any, slots: list[str], desks: dict[datetime, list[str]]) -> None:
        self.pool, self.slots, self.desks, self.number = pool, slots, desks, itertools.count()

    @classmethod
    @asynccontextmanager
    async def over(cls, url: str, slots: list[str]) -> AsyncIterator[Self]:
        pool = await asyncpg.create_pool(url, min_size=8, max_size=8)
        try:
            desks: dict[datetime, list[str]] = {}
            for row in await pool.fetch("SELECT id, starts_at FROM slot ORDER BY id"):
                desks.setdefault(row["starts_at"], []).append(str(row["id"]))
            yield cls(pool, slots, desks)
        finally:
            await pool.close()

    async def take(self) -> None:
        """One time, for one of three hundred browsers."""
        n, nobody, now = next(self.number), UUID(int=0), datetime.now(UTC)
        browser, at = f"raw{n % 300}", read_time(self.slots[n % len(self.slots)])
        assert at is not None
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.fetch(numbered(drafts.READ.format(browsers="?")), browser, now)
            key = uuid5(drafts.BROWSERS, browser)
            sealed = secrecy.seal('{"topic": "debt"}', DRAFT, key)
            await connection.execute(
                numbered(drafts.KEEP.format(rows="(?, ?, ?, ?, ?)")),
                key,
                now,
                browser,
                sealed,
                now + drafts.KEPT,
            )
            taken = {row["name"] for row in await connection.fetch(numbered(STANDS), at, now, browser)}
            await connection.fetch(numbered(times.LOADS), now - times.FAIR_OVER)
            for slot in (one for one in self.desks[at] if one not in taken):
                row = (uuid4(), now, browser, None, None, now + timedelta(minutes=10))
                said = (now, browser, nobody, nobody, 0)
                if await connection.fetch(numbered(holds.CLAIM), *row, slot, *said, *said):
                    rest = numbered(holds.LET_GO.format(whose="browser") + " AND slot_id NOT IN (?)")
                    await connection.execute(rest, browser, now, slot)
                    break
            await connection.execute(COUNT.format(name="times"))

    async def rush(self, seconds: float, browsers: int) -> Round:
        """As often as so many can in so many seconds."""
        until, began, done = time.perf_counter() + seconds, time.perf_counter(), 0

        async def one() -> None:
            nonlocal done
            while time.perf_counter() < until:
                await self.take()
                done += 1

        await asyncio.gather(*(one() for _ in range(browsers)))
        return Round(done / (time.perf_counter() - began), 0.0, Counter({303: done}))
