"""PostgreSQL through two pools: one reads and cannot write, one is for sessions; no wait is endless, nothing is kept."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

from portal.editions import written_by
from portal.engines import OUTSIDE, PATIENCE, Session, Unavailable, clean, finish

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.TransactionRollbackError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalClientError,
    OSError,  # and with it ConnectionError and TimeoutError
)
ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, *LOST)


def translated(error: Exception) -> Exception:
    """The error as the rest of the portal knows it, whichever engine it came from."""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return IntegrityError(error)
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return RuntimeError(OUTSIDE)
    if isinstance(error, asyncpg.InvalidTransactionStateError):
        return TransactionManagementError(error)
    if isinstance(error, LOST) or "clos" in str(error):  # "the pool is closing", "connection is closed"
        return Unavailable(str(error) or type(error).__name__)
    return OperationalError(error)


class Connection(asyncpg.Connection):
    """A connection whose settings outlive no transaction, so that coming back costs no question to the server."""

    soiled = False

    def soil(self) -> None:
        """Something failed half-way; asyncpg may have left an implicit transaction open, which any question ends."""
        self.soiled = True

    def get_reset_query(self) -> str:
        soiled, self.soiled = self.soiled, False
        return "SELECT 1" if soiled else ""


LONGEST_NAME = 63


async def run(connection: Any, sql: str, values: Sequence[Any]) -> tuple[int, Sequence[Any]]:
    """One statement: how many rows it changed or found, and the rows."""
    clean(values)
    words = sql.lstrip()[:6].upper()
    if words in ("INSERT", "UPDATE", "DELETE") and " RETURNING " not in sql.upper():
        status: str = await connection.execute(sql, *values)
        return int(status.rsplit(" ", 1)[-1]), []
    rows = await connection.fetch(sql, *values)
    # PostgreSQL cuts names to 63 bytes. The ORM names columns by their whole path and tells them apart by that name, so
    # of two that are cut alike one is lost, and every value after it stands in its neighbour's place.
    if rows and any(len(name) >= LONGEST_NAME for name in rows[0].keys()):  # noqa: SIM118  a Record iterates its values
        raise RuntimeError(
            "a column's name is too long to be told from others: shorten the path of select_related"
        )
    return len(rows), rows


async def in_line(turns: asyncio.Semaphore) -> None:
    """Wait for one's turn, in the order of coming. Raises Unavailable when it does not come in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            await turns.acquire()
    except TimeoutError:
        raise Unavailable("too many wait for a connection") from None


class Database(AsyncpgDBClient):
    """Everybody's connections: reads at once, refuses to write, and opens sessions."""

    def __init__(self, migrating: bool = False, maxsize: int = 8, **rest: Any) -> None:
        super().__init__(**rest)
        self.size = int(maxsize)
        self.settings = {"application_name": "portal", "jit": "off", "timezone": "UTC"}
        if not migrating:  # a migration may rewrite a large table: only people are kept from waiting
            self.settings["lock_timeout"] = str(int(PATIENCE * 1000))
        self.command_timeout = None if migrating else PATIENCE
        self.readers: Any = None
        self.writers: Any = None
        # The pools wake whoever waits and then let a newcomer be served first: under a rush somebody waits for ever.
        # Before each pool people stand in a line of our own, which is served in its order.
        self.reading = asyncio.Semaphore(self.size)
        self.writing = asyncio.Semaphore(self.size)

    async def create_connection(self, with_db: bool = True) -> None:
        """Open both pools once; the ORM's name for it."""
        async with self._pool_init_lock:
            if self.readers is None:
                try:
                    await finish(self._open())
                except ERRORS as error:
                    raise translated(error) from error

    async def _open(self) -> None:
        readers = await self._pool_of({"default_transaction_read_only": "on"})
        try:
            self.writers = await self._pool_of({})
        except BaseException:
            await readers.close()
            raise
        self.readers = readers
        await self._post_connect()

    async def _pool_of(self, settings: dict[str, str]) -> Any:
        return await asyncpg.create_pool(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=self.database,
            min_size=1,
            max_size=self.size,
            connection_class=Connection,
            command_timeout=self.command_timeout,
            timeout=PATIENCE,
            server_settings=self.settings | settings,
            **self.extra,
        )

    async def close(self) -> None:
        await finish(self._close())

    async def _close(self) -> None:
        pools, self.readers, self.writers = (self.readers, self.writers), None, None
        for pool in pools:
            if pool is not None:
                try:
                    async with asyncio.timeout(10):
                        await pool.close()
                except TimeoutError:
                    pool.terminate()

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Any]:
        """A connection for one read."""
        if self.readers is None:
            await self.create_connection()
        pool = self.readers
        await in_line(self.reading)
        try:
            async with pool.acquire(timeout=PATIENCE) as connection:
                try:
                    yield connection
                except BaseException:
                    connection.soil()
                    raise
        except ERRORS as error:
            raise translated(error) from error
        finally:
            self.reading.release()

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Any]:
        async with self.borrowed() as connection:
            return await run(connection, query, values or ())

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        raise RuntimeError(OUTSIDE)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        raise RuntimeError(OUTSIDE)

    async def execute_script(self, query: str) -> None:
        raise RuntimeError(OUTSIDE)

    def _in_transaction(self) -> Any:
        raise RuntimeError(OUTSIDE)

    async def begin(self) -> "Writing":
        """Take a connection and open a session on it; raises Unavailable when none is free in time."""
        if self.writers is None:
            await self.create_connection()
        pool = self.writers
        await in_line(self.writing)
        try:
            connection = await pool.acquire(timeout=PATIENCE)
        except BaseException as error:
            self.writing.release()
            if isinstance(error, ERRORS):
                raise translated(error) from error
            raise
        session = Writing(self, pool, connection)
        try:
            await finish(session.statement("BEGIN"))
        except BaseException:
            await finish(session.end("ROLLBACK"))
            raise
        return session


class Writing(Session, AsyncpgDBClient):
    """A session: it alone holds its connection."""

    def __init__(self, database: Database, pool: Any, connection: Any) -> None:
        self.open_on(database)
        self.pool = pool
        self.connection = connection
        self._lock = (
            asyncio.Lock()
        )  # tasks inside one transaction take turns; the protocol knows one question at a time

    async def statement(self, sql: str) -> None:
        try:
            async with self._lock:
                await self.connection.execute(sql)
        except ERRORS as error:
            raise translated(error) from error

    async def end(self, word: str) -> None:
        """COMMIT or ROLLBACK, and give the connection back, whatever became of it."""
        self.over = True
        try:
            answer = await self.connection.execute(word)
            if answer != word:  # PostgreSQL answers the COMMIT of a failed transaction with a quiet ROLLBACK
                raise TransactionManagementError(f"{word} was answered with {answer}")
        except ERRORS as error:
            raise translated(error) from error
        finally:
            try:
                await self.pool.release(self.connection)
            except ERRORS:
                self.connection.terminate()
            finally:
                self.database.writing.release()

    async def commit(self) -> None:
        await finish(self.end("COMMIT"))

    async def rollback(self) -> None:
        await finish(self.end("ROLLBACK"))

    @asynccontextmanager
    async def borrowed(self, sql: str) -> AsyncIterator[Any]:
        """Our own connection, for this statement."""
        self.ready()
        self.written |= written_by(sql)
        try:
            async with self._lock:
                yield self.connection
        except ERRORS as error:
            self.failed = translated(error)
            raise self.failed from error
        except BaseException as error:
            self.failed = error
            raise

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Any]:
        if self.over:
            return await self.database.execute_query(query, values)
        async with self.borrowed(query) as connection:
            return await run(connection, query, values or ())

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        if self.over:
            raise RuntimeError(OUTSIDE)
        async with self.borrowed(query) as connection:
            clean(values)
            return await connection.fetchrow(query, *values)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        if self.over:
            raise RuntimeError(OUTSIDE)
        async with self.borrowed(query) as connection:
            clean(value for row in values for value in row)
            await connection.executemany(query, values)

    async def execute_script(self, query: str) -> None:
        if self.over:
            raise RuntimeError(OUTSIDE)
        async with self.borrowed(query) as connection:
            await connection.execute(query)


client_class = Database
