"""Transactions take turns on the one connection that writes, and those who wait for each other share one commit: one wait
for the disk for all of them. Each is whole or undone by itself, and nobody goes on before the commit is done."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from portal.engines import PATIENCE, Unavailable, finish

TOGETHER, LONGEST = 32, 0.02  # transactions that may share a commit, and seconds for which they gather

BEGIN_ALL = "BEGIN IMMEDIATE"  # deferred, two processes that read first would both fail

Word = Callable[[str], Awaitable[Exception | None]]


class Batch:
    """Those who wait for one commit. `done` brings what it failed of, or None."""

    def __init__(self) -> None:
        self.began, self.size = time.monotonic(), 0
        self.done: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    @property
    def is_full(self) -> bool:
        """Have those who are in it waited long enough?"""
        return self.size >= TOGETHER or time.monotonic() - self.began > LONGEST


class Turns:
    """Who may write, and what is written and not yet committed. `say` gives a word of transaction control to the connection
    and answers what it failed of; after a failed COMMIT it is told to ROLLBACK."""

    def __init__(self, say: Word) -> None:
        self.say = say
        self.lock = asyncio.Lock()
        self.waiting = 0
        self.batch: Batch | None = None

    async def take(self) -> None:
        """Wait for the turn. Raises Unavailable when it does not come in time."""
        self.waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self.lock.acquire()
        except BaseException as error:
            self.waiting -= 1
            if self.batch is not None and not self.waiting and not self.lock.locked():
                await self.lock.acquire()  # at once; those who are over had waited for us to come along
                await finish(self.settle())
            if isinstance(error, TimeoutError):
                raise Unavailable("another transaction holds the database") from None
            raise
        self.waiting -= 1

    async def begin(self) -> None:
        """Have a transaction open on the connection: one's own, or that of those who wait for their commit."""
        if self.batch is None:
            if failed := await self.say(BEGIN_ALL):
                raise failed
            self.batch = Batch()

    async def end(self, failed: Exception | None) -> Exception | None:
        """Give up the turn, and wait for the commit, which the last of those in line sees to; answers what it failed of. A
        transaction that `failed` so that nothing before it can be told from it takes everybody with it."""
        batch = self.batch
        if failed is not None or batch is None:
            return await self.settle(failed or Unavailable("no transaction was begun"))
        batch.size += 1
        if not self.waiting:
            await asyncio.sleep(0)  # whoever is ready in this very moment may come along
        if not self.waiting or batch.is_full:
            return await self.settle()
        self.lock.release()
        return await batch.done

    async def settle(self, failed: Exception | None = None) -> Exception | None:
        """Commit what is written, or take all of it back; tell whoever waits, and give the turn to the next."""
        batch, self.batch = self.batch, None
        try:
            failed = failed or await self.say("COMMIT")
            if failed is not None:
                await self.say("ROLLBACK")
        finally:
            self.lock.release()
            if batch is not None:
                batch.done.set_result(failed)
        return failed
