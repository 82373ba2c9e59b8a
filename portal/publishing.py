"""What looks the same to everybody is drawn once for each edition and handed out until something changes it.

Never stale: whoever asks is shown what had been committed when they asked. One look at the editions serves all who came
before it began, so that a rush costs the database no more than a trickle.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from portal import database, editions

MOST = 64  # copies kept in memory, those longest unused go first
LONGEST = timedelta(minutes=1)  # until what somebody changed past us, in the database itself, is seen

COMMANDS_WITHIN = 0.05  # seconds in which what another process writes to a SQLite file is seen

Editions = Mapping[str, int]


class Lasting(Protocol):
    """Something drawn, and the span of time in which it looks like this."""

    @property
    def since(self) -> datetime: ...
    @property
    def until(self) -> datetime: ...


T = TypeVar("T", bound=Lasting)


class Looks:
    """Who waits for the next look at the editions, and the one that is under way."""

    def __init__(self) -> None:
        self.waiting: list[asyncio.Future[Editions]] = []
        self.task: asyncio.Task[None] | None = None

    async def look(self) -> Editions:
        mine = asyncio.get_running_loop().create_future()
        self.waiting.append(mine)
        if self.task is None or self.task.done():
            self.task = asyncio.ensure_future(self._go())
        return await mine

    async def _go(self) -> None:
        while self.waiting:
            asked, self.waiting = self.waiting, []
            try:
                found = {row["name"]: row["count"] for row in await database.rows(editions.LOOK)}
            except BaseException as error:
                for one in asked:
                    if not one.done():
                        one.set_exception(error)
                if not isinstance(error, Exception):
                    raise
            else:
                for one in asked:
                    if not one.done():
                        one.set_result(found)


async def look() -> Editions:
    """The editions as they stand now, by name; one that was never counted is missing. Not inside `transaction()`.

    A SQLite file is served by one process, so what it has seen stands until a transaction of its own is over; what
    commands write beside it is looked for twenty times a second.
    """
    kept, now = database.kept(), time.monotonic()
    glanced: tuple[int, float, Editions] | None = kept.get("glanced")
    if glanced is not None and glanced[0] == kept.get("changes") and now < glanced[1]:
        return glanced[2]
    if (found := database.glance(editions.LOOK)) is not None:
        kept["glanced"] = kept.setdefault("changes", 0), now + COMMANDS_WITHIN, dict(found)
        return dict(found)
    looks: Looks = kept.get("looks") or kept.setdefault("looks", Looks())
    return await looks.look()


async def copy(key: Hashable, seen: tuple[int, ...], now: datetime, draw: Callable[[], Awaitable[T]]) -> T:
    """The copy under this key, of the editions that were `seen` or newer ones; drawn anew when there is none for `now`.

    Whoever comes while it is being drawn, having seen nothing newer than its drawer, waits for it.
    """
    shelf: dict[Hashable, tuple[tuple[int, ...], asyncio.Future[T]]] = database.kept().setdefault("shelf", {})
    edition, task = shelf.get(key, (seen, None))
    if task is None or _is_older(edition, seen) or _is_over(task, now):
        task = asyncio.ensure_future(draw())
        shelf.pop(key, None)
        shelf[key] = seen, task
        if len(shelf) > MOST:
            del shelf[next(iter(shelf))]
    return task.result() if task.done() else await asyncio.shield(task)


def age(key: Hashable, now: datetime) -> timedelta:
    """How long what lies under this key has been as it is; the longest there is, where nothing lies."""
    shelf: dict[Hashable, tuple[tuple[int, ...], asyncio.Future[Lasting]]] = database.kept().get("shelf", {})
    task = shelf[key][1] if key in shelf else None
    is_whole = task is not None and task.done() and not task.cancelled() and task.exception() is None
    return now - task.result().since if task is not None and is_whole else timedelta.max


def is_older(had: Editions, has: Editions) -> bool:
    """Has anything been counted on since those were seen?"""
    return had != has and any(had.get(name, 0) < count for name, count in has.items())


def _is_older(edition: tuple[int, ...], seen: tuple[int, ...]) -> bool:
    """Has anything it is drawn from been counted on since?"""
    return edition != seen and any(had < has for had, has in zip(edition, seen, strict=True))


def _is_over(task: asyncio.Future[Any], now: datetime) -> bool:
    """Was it drawn for another time, or could it not be drawn at all?"""
    if not task.done():
        return False
    if task.cancelled() or task.exception() is not None:
        return True
    made = task.result()
    return not made.since <= now < min(made.until, made.since + LONGEST)
