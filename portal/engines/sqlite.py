"""SQLite for one process: one connection writes, one transaction at a time (`turns`); another only reads and never waits."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient

from portal.editions import written_by
from portal.engines import OUTSIDE, PATIENCE, Session, Unavailable, clean, finish
from portal.engines.statements import insert, on, run, translated
from portal.engines.turns import BEGIN_ALL, Turns

# A session is a savepoint of the transaction that those who share a commit share.
WAIT = int(PATIENCE * 1000)  # milliseconds
BEGIN, UNDO, DONE = "SAVEPOINT session", "ROLLBACK TO session", "RELEASE session"


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
        self.turns = Turns(self.say)

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
            settings = {"busy_timeout": WAIT, "cache_size": -16_000, "temp_store": "MEMORY"}
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

    def glance(self, sql: str) -> list[Any] | None:
        """What a question about a row or two finds, at once: handing it to a thread would take ten times as long, and a
        reader of the write-ahead log waits for nobody. None when it cannot be had like this."""
        try:
            return self.glancer.execute(sql).fetchall() if self.glancer is not None else None
        except sqlite3.Error:
            return None

    def peek(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]] | None:
        """The same with values, each row by its names."""
        clean(values)
        try:
            cursor = self.glancer.execute(sql, values)  # type: ignore[union-attr]
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except (sqlite3.Error, AttributeError):
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
        await self.turns.take()
        session = Writing(self)
        try:
            if self.turns.batch is None:
                await finish(self.turns.begin())
            await session.statement(BEGIN)  # at once: nothing to be cancelled in
        except BaseException:
            await finish(session.end("ROLLBACK"))
            raise
        return session

    async def say(self, word: str) -> Exception | None:
        """A word of transaction control, on the connection's own thread, for it waits for the disk; what it failed of.
        Who cannot even roll back is replaced."""
        writer = self.writer
        if word == "ROLLBACK" and (writer is None or not writer.in_transaction):
            return None
        try:
            await self.create_connection()
            if word == BEGIN_ALL and _begun_at_once(self.writer):
                return None
            await on(self.writer, run, word, ())  # type: ignore[arg-type]
        except Exception as error:
            if word == "ROLLBACK" and writer is not None:
                self.writer = None
                await writer.close()
            return error
        return None


class Writing(Session, SqliteClient):
    """A session: it alone holds the writing connection, within a savepoint of its own."""

    def __init__(self, database: Database) -> None:
        self.open_on(database)
        self.filename = database.filename

    async def statement(self, sql: str) -> None:
        try:
            if self.database.writer is None:
                raise Unavailable("the writing connection was lost")
            run(self.database.writer._conn, sql, ())
        except (sqlite3.Error, ValueError) as error:
            raise translated(error) from error

    async def end(self, word: str) -> None:
        """Be whole, or be undone, and go on when that is safe."""
        self.over = True
        failed: Exception | None = None
        try:
            if word == "ROLLBACK":
                await self.statement(UNDO)
            await self.statement(DONE)
        except Exception as error:
            failed = error  # SQLite took everything back by itself, as when the disk is full
        failed = await self.database.turns.end(failed)
        if failed is not None and word == "COMMIT":
            raise Unavailable(str(failed)) from failed

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


def _begun_at_once(writer: aiosqlite.Connection | None) -> bool:
    """Nobody but this process writes, as a rule, so there is nothing to wait for on another thread."""
    if writer is None:
        return False
    try:
        run(writer._conn, "PRAGMA busy_timeout = 0", ())
        run(writer._conn, BEGIN_ALL, ())
    except sqlite3.Error:
        return False  # whatever it is, asked again with patience it is told
    finally:
        run(writer._conn, f"PRAGMA busy_timeout = {WAIT}", ())
    return True


client_class = Database
