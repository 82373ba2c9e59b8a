"""What both engines promise: a transaction that no cancellation can leave open, and the same refusals from either."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import datetime
from itertools import count
from types import TracebackType
from typing import Any, TypeVar

from tortoise.exceptions import OperationalError, TransactionManagementError

T = TypeVar("T")

PATIENCE = 15.0  # seconds a caller waits for a turn or an answer before the database counts as stalled
OUTSIDE = "a write outside transaction()"

_names = count()


class Unavailable(Exception):
    """The database is lost, full, or does not answer in time: nothing is known to be wrong with the request."""


async def finish(step: Coroutine[Any, Any, T]) -> T:
    """Run `step` to its end even if the caller is cancelled meanwhile; only then let the cancellation through."""
    task = asyncio.ensure_future(step)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except BaseException:
            break  # the step itself failed: task.result() says so below
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # looked at, so that the loop does not complain about it
        raise cancelled
    return task.result()


def clean(values: Iterable[Any]) -> None:
    """Refuse on both engines what one would not store or would guess at: NUL, half a surrogate pair, a zoneless time."""
    for value in values:
        if isinstance(value, str):
            if "\0" in value:
                raise OperationalError("a NUL character inside a value")
            try:
                value.encode()
            except UnicodeEncodeError:
                raise OperationalError("half of a surrogate pair inside a value") from None
        elif isinstance(value, datetime) and value.tzinfo is None:
            raise OperationalError("an instant without a time zone")


class Session:
    """One open transaction as the ORM sees it. Mixed into a client of each engine, which brings `statement`."""

    database: Any  # the engine's own client, which serves everybody outside a transaction
    failed: (
        BaseException | None
    )  # the statement after which PostgreSQL would refuse to go on; SQLite does alike
    over: bool  # committed or rolled back; a task that outlives us is served by `database`
    gathered: dict[str, tuple[list[Any], Callable[[list[Any]], Awaitable[None]]]]
    written: set[tuple[str, bool]]  # the tables it wrote to, each with whether rows were deleted there

    def open_on(self, database: Any) -> None:
        """Take over what the ORM asks of every client, from the client we were opened on."""
        self.database = database
        self.connection_name = database.connection_name
        self.capabilities = database.capabilities
        self.fetch_inserted = database.fetch_inserted
        self.log = database.log
        self.failed = None
        self.over = False
        self.gathered = {}
        self.written = set()

    def ready(self) -> None:
        """Refuse a statement after a failed one: what it would build on is not there."""
        if self.failed is not None:
            raise TransactionManagementError(
                "a statement failed before this one in the same transaction"
            ) from self.failed

    def _in_transaction(self) -> Any:
        return Savepoint(self)

    def _check_loop(self) -> bool:
        return bool(self.database._check_loop())

    async def statement(self, sql: str) -> None:
        """Run a bare statement of transaction control."""
        raise NotImplementedError


class Savepoint:
    """The ORM's own nesting (get_or_create and the like): a failure inside leaves the transaction usable."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.name = f"step_{next(_names)}"

    async def __aenter__(self) -> Session:
        self.session.ready()
        await self.session.statement(f"SAVEPOINT {self.name}")
        return self.session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self.session.failed is None:
            await self.session.statement(f"RELEASE SAVEPOINT {self.name}")
        elif kind is None or issubclass(kind, Exception):  # a cancelled transaction is rolled back as a whole
            await self.session.statement(f"ROLLBACK TO SAVEPOINT {self.name}")
            self.session.failed = None
