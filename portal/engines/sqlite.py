"""SQLite for one process: one connection writes, one transaction at a time; another only reads and never waits for it."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.exceptions import IntegrityError, OperationalError

from portal.editions import written_by
from portal.engines import OUTSIDE, PATIENCE, Session, Unavailable, clean, finish

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


class Database(SqliteClient):
    """Everybody's connection: reads at once, refuses to write, and opens sessions one after another."""

    def __init__(self, file_path: str, migrating: bool = False, **rest: Any) -> None:
        super().__init__(file_path, **rest)
        self.migrating = migrating
        self.read_only = f"{Path(file_path).resolve().as_uri()}?mode=ro"
        self.writer: aiosqlite.Connection | None = None
        self.reader: aiosqlite.Connection | None = None
        self.glancer: sqlite3.Connection | None = None
        self._opening = asyncio.Lock()
        self._turn = asyncio.Lock()

    async def create_connection(self, with_db: bool = True) -> None:
        """Open what is not open yet; the ORM's name for it."""
        if self.writer is None or self.reader is None:
            await finish(self._open())

    async def _open(self) -> None:
        async with self._opening:
            if self.writer is None:
                self.writer = await self._connect(
                    self.filename,
                    synchronous="FULL",
                    secure_delete="ON",  # what is let go is overwritten, not only forgotten
                    journal_size_limit=64 * 1024 * 1024,
                    foreign_keys="OFF" if self.migrating else "ON",
                )
                await self._write_ahead(self.writer)
            if self.reader is None:
                self.reader = await self._connect(self.read_only)
                self.glancer = sqlite3.connect(self.read_only, timeout=0, isolation_level=None, uri=True)
            await self._post_connect()

    async def _write_ahead(self, writer: aiosqlite.Connection) -> None:
        """Keep a write-ahead log. A new file is switched to it without waiting for others who do the same: ask again."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    try:
                        await on(writer, run, "PRAGMA journal_mode = WAL", ())
                        return
                    except Unavailable:
                        await asyncio.sleep(0.05)
        except TimeoutError:
            raise Unavailable(f"{self.filename} is locked") from None

    async def _connect(self, place: str, **pragmas: Any) -> aiosqlite.Connection:
        opening = aiosqlite.connect(
            place, isolation_level=None, uri=place.startswith("file:"), check_same_thread=False
        )
        try:
            connection = await opening
        except sqlite3.Error as error:
            await asyncio.to_thread(
                opening._thread.join
            )  # it still reports to this loop, which may end with us
            raise Unavailable(f"{self.filename}: {error}") from error
        try:
            connection.row_factory = sqlite3.Row
            settings = {"busy_timeout": int(PATIENCE * 1000), "cache_size": -16_000, "temp_store": "MEMORY"}
            for name, value in (settings | pragmas).items():
                await on(connection, run, f"PRAGMA {name} = {value}", ())
        except BaseException:
            await connection.close()
            raise
        return connection

    async def close(self) -> None:
        """Close both connections; the reader first, so that the writer leaves no -wal file behind."""
        await finish(self._close())

    async def _close(self) -> None:
        if self.glancer is not None:
            self.glancer.close()
        reader, writer, self.reader, self.writer, self.glancer = self.reader, self.writer, None, None, None
        for connection in (reader, writer):
            if connection is not None:
                await connection.close()

    async def _read(self, sql: str, values: Sequence[Any] | None) -> tuple[int, list[sqlite3.Row]]:
        if self.reader is None:
            await self.create_connection()
        clean(values or ())
        found: tuple[int, list[sqlite3.Row]] = await on(self.reader, run, sql, values or ())  # type: ignore[arg-type]
        return found

    def glance(self, sql: str, *values: Any) -> list[Any] | None:
        """What a question about a row or two finds, at once: handing it to a thread would take ten times as long, and a
        reader of the write-ahead log waits for nobody. None when it cannot be had like this."""
        try:
            return self.glancer.execute(sql, values).fetchall() if self.glancer is not None else None
        except sqlite3.Error:
            return None

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        return await self._read(query, values)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self._read(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        raise RuntimeError(OUTSIDE)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        raise RuntimeError(OUTSIDE)

    async def execute_script(self, query: str) -> None:
        raise RuntimeError(OUTSIDE)

    def _in_transaction(self) -> Any:
        raise RuntimeError(OUTSIDE)

    async def begin(self) -> "Writing":
        """Wait for the turn and open a session; raises Unavailable when it does not come in time."""
        await self.create_connection()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turn.acquire()
        except TimeoutError:
            raise Unavailable("another transaction holds the database") from None
        session = Writing(self)
        try:
            await finish(
                session.statement("BEGIN IMMEDIATE")
            )  # deferred, two processes that read first would both fail
        except BaseException:
            await finish(session.end("ROLLBACK"))
            raise
        return session


class Writing(Session, SqliteClient):
    """A session: it alone holds the writing connection."""

    def __init__(self, database: Database) -> None:
        self.open_on(database)
        self.filename = database.filename

    async def statement(self, sql: str) -> None:
        if self.database.writer is None:
            await self.database.create_connection()
        await on(self.database.writer, run, sql, ())

    async def end(self, word: str) -> None:
        """COMMIT or ROLLBACK, then give the turn to the next. A connection that cannot even roll back is replaced."""
        database: Database = self.database
        try:
            try:
                if word == "COMMIT":
                    await self.statement("COMMIT")
            finally:
                if database.writer is not None and database.writer.in_transaction:
                    try:
                        await self.statement("ROLLBACK")
                    except Exception:
                        broken, database.writer = database.writer, None
                        await broken.close()
                        if word == "ROLLBACK":
                            raise
        finally:
            self.over = True
            database._turn.release()

    async def commit(self) -> None:
        await finish(self.end("COMMIT"))

    async def rollback(self) -> None:
        await finish(self.end("ROLLBACK"))

    async def _write(
        self, work: Callable[..., Any], sql: str, values: Iterable[Any], texts: Iterable[Any]
    ) -> Any:
        """Do `work` on the writing connection, here and now: while the transaction is open nobody else has it and it waits
        for no lock, so a statement is over before a thread would have taken it up. What does wait, for its turn (BEGIN) or
        for the disk (COMMIT), is given to the connection's own thread."""
        self.ready()
        self.written |= written_by(sql)
        try:
            clean(texts)
            if self.database.writer is None:
                raise Unavailable("the writing connection was lost")
            return work(self.database.writer._conn, sql, values)
        except (sqlite3.Error, OverflowError, ValueError) as error:
            self.failed = translated(error)
            raise self.failed from error
        except BaseException as error:
            self.failed = error
            raise

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        if self.over:
            return await self.database.execute_query(query, values)
        found: tuple[int, Sequence[Any]] = await self._write(run, query, values or (), values or ())
        return found

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        if self.over:
            raise RuntimeError(OUTSIDE)
        key: int = await self._write(insert, query, values, values)
        return key

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        if self.over:
            raise RuntimeError(OUTSIDE)
        every = (value for row in values for value in row)
        await self._write(sqlite3.Connection.executemany, query, values, every)

    async def execute_script(self, query: str) -> None:
        raise RuntimeError("a script would commit half-way: run its statements one by one")


client_class = Database
