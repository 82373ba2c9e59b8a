"""The promises of `portal.database`, each tried on the engine of the run."""

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import anyio
import asyncpg
import pytest
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from portal import database as door
from portal import schema
from portal.database import Unavailable, change, rows, transaction
from tests.engines import Engine, Postgres
from tests.house.tables import Book, Loan, Shelf

MESSAGE = "a write outside transaction"


@asynccontextmanager
async def second_process(url: str, script: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another Python that has connected to the same database and runs `script`."""
    code = f"""
import asyncio
from portal import database
from portal.database import *
from tests.house.tables import *
database.MODELS[:] = ["tests.house.tables"]
database.MIGRATIONS = "tests.house.steps"
async def main():
    await connect({url!r})
    try:
{script}
    finally:
        await close()
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def names() -> set[str]:
    return {row["name"] for row in await rows("SELECT name FROM shelf")}


# -- writing only inside transaction() -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda: Shelf.create(name="a"),
        lambda: Shelf.bulk_create([Shelf(name="a")]),
        lambda: Shelf.all().update(room=1),
        lambda: Shelf.all().delete(),
        lambda: Shelf.get_or_create(name="a"),
        lambda: change("UPDATE shelf SET room = 1"),
        lambda: rows("UPDATE shelf SET room = 1"),
        lambda: rows("WITH it AS (SELECT 1) INSERT INTO shelf (name, room) SELECT 'a', 1 FROM it"),
    ],
    ids=["create", "bulk_create", "update", "delete", "get_or_create", "change", "rows", "hidden in WITH"],
)
async def test_a_write_outside_a_transaction_is_refused(tables, write):
    with pytest.raises(RuntimeError, match=MESSAGE):
        await write()
    assert await Shelf.all().count() == 0


async def test_what_is_written_is_seen_by_the_next_read_and_by_another_process(tables):
    for number in range(50):
        async with transaction():
            await Shelf.create(name=f"{number}")
        assert await Shelf.filter(name=f"{number}").exists()
        assert len(await rows("SELECT id FROM shelf")) == number + 1
    async with second_process(tables, "        print(len(await rows('SELECT id FROM shelf')))") as other:
        assert (await other.communicate())[0].strip() == b"50"


async def test_a_transaction_reads_what_it_wrote_and_nobody_else_does(tables):
    go = asyncio.Event()

    async def look() -> set[str]:
        await go.wait()
        return await names()

    somebody_else = asyncio.ensure_future(look())
    async with transaction():
        await Shelf.create(name="mine")
        assert await names() == {"mine"}
        go.set()
        assert await somebody_else == set()


async def test_raising_rolls_everything_back(tables):
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await Shelf.create(name="a")
            await change("INSERT INTO shelf (name, room) VALUES (?, ?)", "b", 1)
            raise ZeroDivisionError
    assert await names() == set()
    assert not door.in_transaction()


async def test_an_inner_block_belongs_to_the_outer_one(tables):
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            async with transaction():
                await Shelf.create(name="inner")
            assert door.in_transaction()
            raise ZeroDivisionError
    assert await names() == set()


async def test_an_inner_block_that_failed_cannot_be_hidden_from_the_outer_one(tables):
    with pytest.raises(TransactionManagementError):
        async with transaction():
            await Shelf.create(name="outer")
            try:
                async with transaction():
                    await Shelf.create(name="half")
                    raise ZeroDivisionError
            except ZeroDivisionError:
                pass
    assert await names() == set()


async def test_after_a_failed_statement_nothing_more_is_done_or_kept(tables):
    async with transaction():
        await Shelf.create(name="a")
    with pytest.raises(TransactionManagementError):
        async with transaction():
            await Shelf.create(name="b")
            with pytest.raises(IntegrityError):
                await Shelf.create(name="a")
            await Shelf.create(name="c")
    with pytest.raises(TransactionManagementError):
        async with transaction():
            await Shelf.create(name="b")
            with pytest.raises(IntegrityError):
                await Shelf.create(name="a")
    assert await names() == {"a"}


async def test_the_orm_may_nest_and_recover_inside_a_transaction(tables):
    async with transaction():
        first, made = await Shelf.get_or_create(name="a")
        assert made
        again, made = await Shelf.get_or_create(name="a")
        assert (again.id, made) == (first.id, False)
        await Shelf.update_or_create({"room": 3}, name="a")
        await Shelf.bulk_create([Shelf(name="a"), Shelf(name="b")], ignore_conflicts=True)
    assert await Shelf.all().order_by("name").values_list("name", "room") == [("a", 3), ("b", 0)]


async def test_what_fails_inside_the_orms_own_nesting_spoils_nothing_outside_it(tables):
    async with transaction():
        await Shelf.create(name="a")
        with pytest.raises(IntegrityError):
            async with in_transaction():
                await Shelf.create(name="half")
                await Shelf.create(name="a")
        await Shelf.create(name="b")
    assert await names() == {"a", "b"}


async def test_postgres_cannot_quietly_roll_back_what_we_commit(tables):
    with pytest.raises(TransactionManagementError):
        async with transaction():
            await Shelf.create(name="a")
            session = door._session.get()
            if door.engine() == "postgres":
                with pytest.raises(asyncpg.PostgresError):
                    await session.connection.execute("SELECT 1 / 0")
            else:
                session.failed = ZeroDivisionError()
    assert await names() == set()


async def test_a_task_that_outlives_its_transaction_reads_and_writes_like_any_other(tables):
    go = asyncio.Event()

    async def later() -> int:
        await go.wait()
        with pytest.raises(RuntimeError, match=MESSAGE):
            await Shelf.create(name="no")
        assert not door.in_transaction()
        async with transaction():
            await Shelf.create(name="later")
        return await Shelf.all().count()

    async with transaction():
        task = asyncio.ensure_future(later())
        await Shelf.create(name="first")
    go.set()
    assert await task == 2


async def test_tasks_inside_one_transaction_take_turns(tables):
    async with transaction():
        await asyncio.gather(*(Shelf.create(name=f"{number}") for number in range(20)))
    assert await Shelf.all().count() == 20


# -- plain SQL -----------------------------------------------------------------------------------------------------------


async def test_change_counts_the_rows_it_touched(tables):
    add = "INSERT INTO shelf (name, room) VALUES (?, ?) ON CONFLICT DO NOTHING"
    async with transaction():
        assert [await change(add, "a", 1), await change(add, "a", 1), await change(add, "b?", 2)] == [1, 0, 1]
        assert await change("UPDATE shelf SET room = room + 1 WHERE room < ?", 2) == 1
        assert await change("DELETE FROM shelf WHERE name = 'b?' AND room = ?", 7) == 0
        assert await change("DELETE FROM shelf") == 2


async def test_plain_rows_are_alike_on_every_engine(tables):
    at = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    key = uuid4()
    async with transaction():
        shelf = await Shelf.create(name="a")
        await Book.create(id=key, shelf=shelf, place=1, is_lent=True, bought_at=at, due_on="2026-02-01")
    found = await rows(
        "SELECT id, is_lent, bought_at, due_on, '?' AS mark, SUM(place) OVER () AS total, AVG(place) OVER () AS mean "
        "FROM book WHERE id = ? AND bought_at >= ? AND due_on IS NOT NULL",
        key,
        at,
    )
    assert found == [
        {
            "id": str(key),
            "is_lent": 1,
            "bought_at": "2026-01-05 09:30:00.000000+00:00",
            "due_on": "2026-02-01",
            "mark": "?",
            "total": 1,
            "mean": 1.0,
        }
    ]
    assert {type(value) for value in found[0].values()} <= {str, int, float}
    assert door._plain(Decimal("2.5")) == 2.5


@pytest.mark.parametrize("bad", ["a\0b", "\ud800"], ids=["NUL", "half a surrogate"])
async def test_text_that_one_engine_cannot_store_is_refused_by_both(tables, bad):
    with pytest.raises(OperationalError):
        await rows("SELECT 1 FROM shelf WHERE name = ?", bad)
    with pytest.raises(OperationalError):
        async with transaction():
            await change("INSERT INTO shelf (name, room) VALUES (?, 1)", bad)


async def test_a_number_no_column_can_hold_is_refused_by_both(tables):
    with pytest.raises(OperationalError):
        await rows("SELECT 1 FROM shelf WHERE id = ?", 10**30)
    assert await left_open() == 0


async def left_open() -> int:
    """How many connections stand in a transaction that nobody goes on with, or are lent to nobody."""
    client = door._database()
    if door.engine() == "sqlite":
        return int(client.writer.in_transaction) + int(client.turns.lock.locked())
    states = (
        "SELECT COUNT(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() "
        "AND datname = current_database() AND backend_type = 'client backend'"
    )
    where = {name: getattr(client, name) for name in ("host", "port", "user", "password", "database")}
    connection = await asyncpg.connect(**where)
    try:
        busy = int(await connection.fetchval(states))
    finally:
        await connection.close()
    return busy + sum(pool.get_size() - pool.get_idle_size() for pool in (client.readers, client.writers))


# -- before the commit ---------------------------------------------------------------------------------------------------


async def test_hooks_run_last_once_for_each_key_and_see_everything(tables):
    said = []

    async def count() -> None:
        said.append(await Shelf.all().count())
        door.before_commit("afterthought", afterthought)

    async def afterthought() -> None:
        assert door.in_transaction()
        said.append("last")

    async with transaction():
        door.before_commit("count", count)
        async with transaction():
            door.before_commit("count", count)
        await Shelf.create(name="a")
    assert said == [1, "last"]


async def test_gathered_items_come_together_in_their_order(tables):
    said = []

    async def write(items: list[str]) -> None:
        said.append(items)

    async with transaction():
        for item in "abc":
            door.gather("letters", item, write)
    assert said == [["a", "b", "c"]]


async def test_a_hook_that_fails_rolls_back_and_none_runs_after_a_failure(tables):
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with transaction():
            door.before_commit("x", fail)
            await Shelf.create(name="a")
    with pytest.raises(KeyError):
        async with transaction():
            door.before_commit("x", fail)
            raise KeyError
    assert await names() == set()
    with pytest.raises(RuntimeError, match=MESSAGE):
        door.before_commit("x", fail)


# -- many at once --------------------------------------------------------------------------------------------------------


async def test_serialise_lets_one_through_at_a_time(tables):
    async with transaction():
        await Shelf.create(name="a")

    async def add() -> None:
        async with transaction():
            await door.serialise("room")
            (row,) = await rows("SELECT room FROM shelf")
            await asyncio.sleep(0.002)
            await change("UPDATE shelf SET room = ?", row["room"] + 1)

    await asyncio.gather(*(add() for _ in range(30)))
    assert (await Shelf.get()).room == 30
    with pytest.raises(RuntimeError, match=MESSAGE):
        await door.serialise("room")


async def test_two_processes_that_read_and_then_write_both_succeed(tables):
    async with transaction():
        await Shelf.create(name="a")
    script = """
        for _ in range(60):
            async with transaction():
                await rows("SELECT room FROM shelf")
                await change("UPDATE shelf SET room = room + 1")"""
    async with second_process(tables, script) as one, second_process(tables, script) as two:
        await asyncio.gather(one.communicate(), two.communicate())
        assert (one.returncode, two.returncode) == (0, 0)
    assert (await Shelf.get()).room == 120


async def test_an_open_transaction_delays_no_read(tables):
    entered = asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await Shelf.create(name="a")
            entered.set()
            await asyncio.sleep(0.5)

    task = asyncio.ensure_future(hold())
    await entered.wait()
    start = time.perf_counter()
    assert await Shelf.all().count() == 0
    assert time.perf_counter() - start < 0.25
    await task


async def storm(tasks: int, seed: int) -> int:
    """Start many readers and writers and cancel each at some moment; how many were cancelled."""
    dice = random.Random(seed)

    async def write(number: int) -> None:
        async with transaction():
            await Shelf.create(name=f"{seed}-{number}")
            async with transaction():
                await Shelf.filter(name=f"{seed}-{number}").update(room=F("room") + 1)
            await rows("SELECT COUNT(*) FROM shelf")

    async def read() -> None:
        await Shelf.all().count()
        await rows("SELECT id FROM shelf LIMIT 3")

    async def cancelled_by_a_scope(number: int) -> None:
        with anyio.move_on_after(dice.random() * 0.01):
            await write(number)

    cancelled = 0
    for start in range(0, tasks, 100):
        batch = []
        for number in range(start, start + 100):
            act = dice.choice([write(number), cancelled_by_a_scope(number)]) if number % 3 else read()
            batch.append(asyncio.ensure_future(act))
        for task in batch:
            if dice.random() < 0.8:
                asyncio.get_running_loop().call_later(dice.random() * 0.06, task.cancel)
        for outcome in await asyncio.gather(*batch, return_exceptions=True):
            assert outcome is None or isinstance(outcome, asyncio.CancelledError), outcome
            cancelled += outcome is not None
    return cancelled


@pytest.mark.load
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
async def test_a_storm_of_cancelled_tasks_leaks_no_lock_no_connection_no_transaction(tables):
    async with asyncio.timeout(120):
        assert await storm(3_000, seed=7) > 100  # enough got through to have been in the way of the others
        async with transaction():
            await Shelf.create(name="after the storm")
    assert await Shelf.filter(name="after the storm").exists()
    halves = await rows("SELECT name FROM shelf WHERE room <> 1 AND name <> 'after the storm'")
    assert halves == []
    assert await left_open() == 0


@pytest.mark.parametrize("word", ["COMMIT", "ROLLBACK"])
async def test_one_cancelled_at_the_very_end_still_ends_as_it_began_to(tables, word):
    ending, go = asyncio.Event(), asyncio.Event()

    async def act() -> None:
        async with transaction():
            await Shelf.create(name="a")
            session = door._session.get()
            end = session.end

            async def slow(word: str) -> None:
                ending.set()
                await go.wait()
                await end(word)

            session.end = slow
            if word == "ROLLBACK":
                raise ZeroDivisionError

    task = asyncio.ensure_future(act())
    await ending.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await names() == ({"a"} if word == "COMMIT" else set())
    assert await left_open() == 0
    async with transaction():
        await Shelf.create(name="next")


# -- one commit for several ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def words(monkeypatch: pytest.MonkeyPatch, fails: bool = False) -> AsyncIterator[list[str]]:
    """What is said to the writing connection from now on; a COMMIT may fail."""
    client, said = door._database(), []
    say = client.turns.say

    async def listened(word: str) -> Exception | None:
        said.append(word)
        return OperationalError("disk full") if fails and word == "COMMIT" else await say(word)

    monkeypatch.setattr(client.turns, "say", listened)
    yield said
    monkeypatch.setattr(client.turns, "say", say)


async def add(name: str, mishap: Exception | None = None) -> None:
    async with transaction():
        await Shelf.create(name=name)
        if mishap:
            raise mishap


@pytest.fixture
def only_sqlite(engine: Engine) -> bool:
    """PostgreSQL puts the commits of several connections together by itself."""
    return not isinstance(engine, Postgres)


async def test_those_who_wait_share_a_commit_and_each_keeps_its_own_answer(tables, monkeypatch, only_sqlite):
    if not only_sqlite:
        return
    async with words(monkeypatch) as said:
        mishaps = [ZeroDivisionError() if number % 3 == 1 else None for number in range(12)]
        jobs = [add(f"{number}", mishap) for number, mishap in enumerate(mishaps)]
        outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    assert outcomes == mishaps
    assert await names() == {f"{number}" for number in range(12) if number % 3 != 1}
    assert said.count("BEGIN IMMEDIATE") == said.count("COMMIT") < 6
    assert await left_open() == 0


async def test_a_commit_that_fails_fails_for_all_who_share_it(tables, monkeypatch, only_sqlite):
    if not only_sqlite:
        return
    async with words(monkeypatch, fails=True):
        outcomes = await asyncio.gather(*(add(f"{number}") for number in range(6)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    await add("next")
    assert (await names(), await left_open()) == ({"next"}, 0)


async def test_who_gives_up_waiting_keeps_nobody_from_their_commit(tables, only_sqlite):
    if not only_sqlite:
        return
    entered, go = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with transaction():
            await Shelf.create(name="first")
            entered.set()
            await go.wait()

    task = asyncio.ensure_future(first())
    await entered.wait()
    late = [asyncio.ensure_future(add(f"late {number}")) for number in range(3)]
    await asyncio.sleep(0.01)
    go.set()
    asyncio.get_running_loop().call_soon(lambda: [one.cancel() for one in late])
    async with asyncio.timeout(5):
        await asyncio.gather(task, *late, return_exceptions=True)
    assert "first" in await names()
    assert await left_open() == 0


# -- trouble -------------------------------------------------------------------------------------------------------------


async def test_a_turn_that_does_not_come_is_unavailable(tables, monkeypatch):
    where = "turns" if door.engine() == "sqlite" else "postgres"
    monkeypatch.setattr(f"portal.engines.{where}.PATIENCE", 0.2)
    entered, go = asyncio.Event(), asyncio.Event()

    async def hold(name: str) -> None:
        async with transaction():
            await Shelf.create(name=name)
            entered.set()
            await go.wait()

    holders = [
        asyncio.ensure_future(hold(f"{number}")) for number in range(1 if door.engine() == "sqlite" else 8)
    ]
    await entered.wait()
    await asyncio.sleep(0.1)
    with pytest.raises(Unavailable):
        async with transaction():
            await Shelf.create(name="late")
    go.set()
    await asyncio.gather(*holders)
    async with transaction():
        await Shelf.create(name="late")


async def test_a_database_that_is_not_there_is_unavailable(small, tmp_path):
    for url in (f"sqlite://{tmp_path}", "postgres://portal:x@127.0.0.1:1/portal"):
        with pytest.raises(Unavailable):
            await door.connect(url)
    with pytest.raises(ValueError, match="postgres://"):
        await door.connect("mysql://somewhere/x")


async def test_opening_waits_for_whoever_holds_a_new_file(small, tmp_path):
    file = tmp_path / "new.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    opening = asyncio.ensure_future(door.connect(f"sqlite://{file}"))
    await asyncio.sleep(0.3)
    assert not opening.done()
    other.execute("COMMIT")
    other.close()
    await opening
    await door.close()


async def test_one_process_may_speak_to_one_engine_after_another(tables, tmp_path):
    async with transaction():
        await Shelf.create(name="a")
    await door.close()
    url = f"sqlite://{tmp_path}/other.db"
    await schema.migrate(url)
    for place in (url, tables):
        await door.connect(place)
        async with transaction():
            await Shelf.create(name="b")
        assert "b" in await names()
        await door.close()
    await door.connect(tables)


async def test_healthy_tells_a_migrated_database_from_a_lost_one(tables, monkeypatch):
    assert await door.healthy()

    async def stalled(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(type(door._database()), "execute_query", stalled)
    start = time.perf_counter()
    assert not await door.healthy()
    assert time.perf_counter() - start < 2.5


async def test_connections_can_be_closed_twice_and_opened_again(tables):
    with pytest.raises(RuntimeError, match="already"):
        await door.connect(tables)
    await door.close()
    await door.close()
    assert not await door.healthy()
    await door.connect(tables)
    assert await door.healthy()


async def test_a_committed_write_survives_the_death_of_the_process(tables):
    script = """
        async with transaction():
            await Shelf.create(name="kept")
        async with database.transaction():
            await Shelf.create(name="lost")
            print("now", flush=True)
            await asyncio.sleep(60)"""
    async with second_process(tables, script) as other:
        await other.stdout.readline()
        os.kill(other.pid, signal.SIGKILL)
        await other.wait()
        assert await names() == {"kept"}
        async with transaction():
            await Shelf.create(name="next")


async def test_the_engine_is_set_up_as_promised(tables, engine: Engine):
    client = door._database()
    if isinstance(engine, Postgres):
        async with client.borrowed() as connection:
            assert connection._config.command_timeout == 15.0
            assert await connection.fetchval("SHOW default_transaction_read_only") == "on"
            assert await connection.fetchval("SHOW TimeZone") == "UTC"
        with pytest.raises(Unavailable):
            async with asyncio.timeout(5), client.borrowed() as connection:
                await connection.fetch("SELECT pg_sleep(3)", timeout=0.1)
        return
    for connection, settings in ((client.writer, {"synchronous": 2, "foreign_keys": 1}), (client.reader, {})):
        for name, value in {"journal_mode": "wal", "busy_timeout": 15_000, **settings}.items():
            cursor = await connection.execute(f"PRAGMA {name}")
            assert (await cursor.fetchone())[0] == value, name
            await cursor.close()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await client.reader.execute("DELETE FROM shelf")


async def test_references_and_checks_are_enforced(tables):
    for broken in (
        lambda: Book.create(id=uuid4(), shelf_id=404, place=1),
        lambda: Shelf.create(name="below", room=-1),
    ):
        with pytest.raises(IntegrityError):
            async with transaction():
                await broken()
    async with transaction():
        book = await Book.create(id=uuid4(), shelf=await Shelf.create(name="a"), place=1)
        await Loan.create(book=book, until=datetime.now(UTC))
    with pytest.raises(IntegrityError):
        async with transaction():
            await Loan.filter(book=book).update(until=datetime.now(UTC))


async def test_a_path_too_long_for_the_engine_is_refused_rather_than_read_wrongly(database):
    first, second = (f"{'a_long_way_through_other_tables__' * 2}{end}"[:70] for end in ("x" * 10, "y" * 10))
    query = f'SELECT 1 AS "{first}", 2 AS "{second}"'
    if door.engine() == "sqlite":
        assert len((await door.rows(query))[0]) == 2
    else:
        with pytest.raises(RuntimeError, match="too long"):
            await door.rows(query)
