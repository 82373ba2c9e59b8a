"""One statement on a connection to SQLite: how values go in, and what went wrong as the rest of the portal knows it."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import aiosqlite
from tortoise.exceptions import IntegrityError, OperationalError

from portal.engines import OUTSIDE, Unavailable

LOST = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}


def stored(instant: datetime) -> str:
    """An instant as SQLite keeps it: UTC, always to the microsecond, so that the order of text is the order of time."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(UTC).isoformat(" ", "microseconds")


sqlite3.register_adapter(datetime, stored)
sqlite3.register_adapter(UUID, str)


def translated(error: Exception) -> Exception:
    """The error as the rest of the portal knows it, whichever engine it came from."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, sqlite3.IntegrityError):
        return IntegrityError(error)
    if code == sqlite3.SQLITE_READONLY:
        return RuntimeError(OUTSIDE)
    if (
        code in LOST or "connection" in str(error).lower()
    ):  # aiosqlite says "Connection closed" as a ValueError
        return Unavailable(str(error))
    return OperationalError(error)


def run(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> tuple[int, list[sqlite3.Row]]:
    """One statement: how many rows it changed or found, and the rows."""
    cursor = connection.execute(sql, values)
    rows = cursor.fetchall()
    return (len(rows) if cursor.description else max(cursor.rowcount, 0)), rows


def insert(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> int:
    """One INSERT: the row id it was given."""
    return connection.execute(sql, values).lastrowid or 0


async def on(connection: aiosqlite.Connection, work: Callable[..., Any], *arguments: Any) -> Any:
    """Do `work` on the connection's own thread; aiosqlite queues it, so what is cancelled still runs in its place."""
    try:
        return await connection._execute(partial(work, connection._conn, *arguments))
    except (sqlite3.Error, OverflowError, ValueError) as error:
        raise translated(error) from error
