"""The one door to the database: everything is written inside `transaction()`, and nothing that happens leaves one open."""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection, get_connections
from tortoise.context import TortoiseContext

from portal import editions
from portal.engines import OUTSIDE, Session, finish
from portal.engines import Unavailable as Unavailable
from portal.engines.wording import numbered as numbered

APP = "portal"
MIGRATIONS = "migrations"
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
MODELS: list[str] = [
    "portal.journal",
    "portal.index",
    "portal.notices",
    "portal.limits",
    "portal.editions",
    "portal.people.models",
    "portal.attachments.models",
    "portal.community.models",
    "portal.roster.models",
    "portal.conflicts.models",
    "portal.booking.models",
    "portal.consultations.models",
    "portal.disputes.models",
    "portal.feedback.models",
    "portal.lectures.models",
    "portal.rounds.models",
    "portal.council.models",
    "portal.privacy.models",
]

_context: TortoiseContext | None = None
_kept: dict[str, Any] = {}
_session: ContextVar[Any] = ContextVar("session", default=None)


# -- where it is ---------------------------------------------------------------------------------------------------------


def config(url: str, **more: Any) -> dict[str, Any]:
    """What the ORM wants to know for `sqlite:///absolute/file` or `postgres://user:password@host:port/name`.

    A server on another machine is spoken to over TLS and must show a certificate for its name, unless the query says
    otherwise: a query string goes to the driver as it stands (`?ssl=disable`, and `maxsize`, connections of each pool).
    Raises ValueError for any other address.
    """
    parts = urlsplit(url)
    credentials: dict[str, Any]
    if parts.scheme == "sqlite" and len(parts.path) > 1 and not parts.netloc:
        engine, credentials = "sqlite", {"file_path": unquote(parts.path)}
    elif parts.scheme in ("postgres", "postgresql") and parts.path.strip("/"):
        engine = "postgres"
        credentials = {
            "host": parts.hostname or "127.0.0.1",
            "port": parts.port or 5432,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "database": unquote(parts.path.lstrip("/")),
            **dict(parse_qsl(parts.query)),
        }
        if "ssl" not in credentials:
            # nobody listens on the way to ourselves
            is_here = credentials["host"] in HERE or credentials["host"].startswith("/")
            credentials["ssl"] = False if is_here else ssl.create_default_context()
    else:
        raise ValueError("a database is sqlite:///absolute/file or postgres://user:password@host:port/name")
    return {
        "connections": {"default": {"engine": f"portal.engines.{engine}", "credentials": credentials | more}},
        "apps": {APP: {"models": MODELS, "default_connection": "default", "migrations": MIGRATIONS}},
        "use_tz": True,
        "timezone": "UTC",
    }


def file(url: str) -> Path | None:
    """The file of a SQLite address; None for any other."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "sqlite" else None


async def connect(url: str) -> None:
    """Open the database for this process. Raises Unavailable when it cannot be reached."""
    global _context
    if _context is not None:
        raise RuntimeError("the database is connected already")
    where = config(url)
    if place := file(url):
        place.parent.mkdir(parents=True, exist_ok=True)
    EXECUTOR_CACHE.clear()  # keyed by name alone: it would speak the last engine's SQL
    context = TortoiseContext()
    try:
        with context:
            await context.init(where, _enable_global_fallback=True)  # requests run in other tasks than we
        await context.connections.get("default").create_connection(with_db=True)
    except BaseException:
        await finish(context.close_connections())
        raise
    _context = context


async def close() -> None:
    """Close the database; closing twice is no fault."""
    global _context, _kept
    context, _context, _kept = _context, None, {}
    if context is not None:
        await finish(context.close_connections())


def _database() -> Any:
    """The engine's client itself, also for a task that still carries a session that is over."""
    client = get_connection("default")
    return client.database if isinstance(client, Session) else client


def engine() -> Literal["sqlite", "postgres"]:
    """Which engine answers."""
    return "sqlite" if _database().capabilities.dialect == "sqlite" else "postgres"


def kept() -> dict[str, Any]:
    """What this process keeps in memory of the database it is connected to; gone with the connection."""
    return _kept


def glance(sql: str) -> list[Any] | None:
    """What a question about a row or two finds, where the engine can say it at once; else None."""
    look = _kept.get("glance")
    if look is None:
        look = _kept["glance"] = getattr(_database(), "glance", lambda sql: None)
    found: list[Any] | None = look(sql)
    return found


async def healthy() -> bool:
    """Whether the database answers a question about its tables within two seconds."""
    try:
        async with asyncio.timeout(2):
            await _database().execute_query("SELECT 1 FROM tortoise_migrations LIMIT 1")
    except Exception:
        return False
    return True


# -- writing -------------------------------------------------------------------------------------------------------------


def in_transaction() -> bool:
    """Whether the caller is inside an open transaction."""
    session = _session.get()
    return session is not None and not session.over


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """Write everything inside or nothing. A block within a block belongs to the outer one.

    Leaving by an exception rolls back; when that happens in an inner block, the outer one rolls back too, even if it
    catches the exception. A cancelled caller never leaves a transaction, a lock or a connection behind; one cancelled
    while committing has committed. Raises Unavailable when the database does not let us in. Await nothing slow inside:
    SQLite lets one transaction in at a time.
    """
    if in_transaction():
        outer = _session.get()
        try:
            yield
        except BaseException as error:
            outer.failed = outer.failed or error
            raise
        return
    session = await _database().begin()
    connections = get_connections()
    seen_by_orm = connections.set("default", session)
    seen_by_us = _session.set(session)
    try:
        yield
        while session.gathered:
            items, write = session.gathered.pop(next(iter(session.gathered)))
            await write(items)
        await editions.count(session)
        session.ready()
    except BaseException:
        await session.rollback()
        raise
    else:
        await session.commit()
    finally:
        _session.reset(seen_by_us)
        connections.reset(seen_by_orm)
        _kept["changes"] = _kept.get("changes", 0) + 1  # before anybody is answered (`publishing.look`)


def gather(key: str, item: Any, write: Callable[[list[Any]], Awaitable[None]]) -> None:
    """Keep `item` until the transaction is about to commit; then `write` gets all items of `key`, in their order."""
    if not in_transaction():
        raise RuntimeError(OUTSIDE)
    _session.get().gathered.setdefault(key, ([], write))[0].append(item)


def before_commit(key: str, hook: Callable[[], Awaitable[None]]) -> None:
    """Run `hook` last of all in this transaction, once for each `key`."""
    gather(f"hook {key}", None, lambda _: hook())


async def serialise(name: str) -> None:
    """Let one transaction at a time go on from here, among those that give the same name. SQLite needs no telling."""
    if not in_transaction():
        raise RuntimeError(OUTSIDE)
    if engine() == "postgres":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        await _session.get().execute_query("SELECT pg_advisory_xact_lock($1)", [key])


# -- plain SQL -----------------------------------------------------------------------------------------------------------

PLAIN: dict[type, Callable[[Any], Any]] = {
    datetime: lambda value: value.astimezone(UTC).isoformat(" ", "microseconds"),
    date: date.isoformat,
    bool: int,
    Decimal: lambda value: int(value) if value == value.to_integral_value() else float(value),
}


def _plain(value: Any) -> Any:
    """A value as SQLite would give it."""
    if isinstance(value, UUID):
        return str(value)
    turn = PLAIN.get(type(value))
    return turn(value) if turn else value


async def look_up(sql: str, *values: Any) -> list[dict[str, Any]]:
    """What a SELECT with `?` placeholders finds by keys: a row or two, as the driver gives them and the ORM's fields read
    them. The ORM takes far longer to word such a question than the database to answer it."""
    peek = None if in_transaction() else getattr(_database(), "peek", None)
    found: list[dict[str, Any]] | None = peek(sql, values) if peek else None
    if found is None:
        wording = sql if engine() == "sqlite" else numbered(sql)
        found = await get_connection("default").execute_query_dict(wording, list(values))
    return found


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """What a SELECT with `?` placeholders finds.

    Values are alike on every engine: ids and days are text, truth is 0 or 1, an instant is text that `fields.instant`
    reads.
    """
    client = get_connection("default")
    if engine() == "sqlite":
        return await client.execute_query_dict(sql, list(values))
    found = await client.execute_query_dict(numbered(sql), list(values))
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def month_of(column: str) -> str:
    """SQL for the month in China of a column of instants, as the text 2026-11."""
    if engine() == "sqlite":
        # China has kept one offset, UTC+8, since 1992; the fraction is cut, or SQLite would round it up into the next month
        return f"substr(datetime(substr({column}, 1, 19), '+8 hours'), 1, 7)"
    return f"to_char({column} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')"


def key(value: Any) -> Any:
    """An id that `rows` gave, as a value for the next statement."""
    return value if engine() == "sqlite" else UUID(str(value))


async def change(sql: str, *values: Any) -> int:
    """Run an INSERT, UPDATE or DELETE with `?` placeholders; how many rows it touched. Only inside `transaction()`."""
    if not in_transaction():
        raise RuntimeError(OUTSIDE)
    changed, _ = await _session.get().execute_query(
        sql if engine() == "sqlite" else numbered(sql), list(values)
    )
    return int(changed)
