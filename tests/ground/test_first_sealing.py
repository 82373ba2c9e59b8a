"""A portal that served before anything was sealed: after the migration all of it is sealed, found and placed; or nothing is."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from portal import database, editions, reindex, schema, sealing, secrecy
from portal.booking.models import Draft, Wait
from portal.consultations.models import Consultation
from portal.database import change, rows, transaction
from portal.disputes.models import Dispute
from portal.people import queries
from portal.people.models import Person, Post
from portal.people.models import Session as SessionRow

CANARY = "金丝雀"
NOW = "2026-06-01 01:00:00.000000"
PHONE = "13800138000"
MOMENT = ("timestamp", "datetime")

_all_steps = schema._steps
counted = editions.changed_by


@pytest.fixture
def old_url(engine, monkeypatch):
    """A database as it was before anything was sealed, with a row in every table that is sealed now."""
    url = engine.empty()

    async def first_two():
        return (await _all_steps())[:2]

    async def fill():
        monkeypatch.setattr(schema, "_steps", first_two)
        assert await schema.migrate(url) == ["0001_first", "0002_append_only"]
        monkeypatch.setattr(schema, "_steps", _all_steps)
        monkeypatch.setattr(editions, "changed_by", lambda table, deletes: ())  # nothing counted them then
        async with opened(url), transaction():
            await Planted().plant()
        monkeypatch.setattr(editions, "changed_by", counted)

    asyncio.run(fill())
    yield url
    engine.drop(url)


@asynccontextmanager
async def opened(url):
    await database.connect(url)
    try:
        yield
    finally:
        await database.close()


async def shape(table: str) -> dict[str, tuple[str, bool]]:
    """Column → (type, may it be left out)."""
    if database.engine() == "sqlite":
        found = await rows(f'PRAGMA table_info("{table}")')
        return {
            one["name"]: (one["type"].lower(), not one["notnull"] or one["dflt_value"] is not None)
            for one in found
        }
    found = await rows(
        "SELECT column_name AS name, data_type AS type, is_nullable AS n, column_default AS d "
        "FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ?",
        table,
    )
    return {one["name"]: (one["type"], one["n"] == "YES" or one["d"] is not None) for one in found}


async def references(table: str) -> dict[str, str]:
    """Column → the table it points at."""
    if database.engine() == "sqlite":
        return {one["from"]: one["table"] for one in await rows(f'PRAGMA foreign_key_list("{table}")')}
    found = await rows(
        "SELECT a.attname AS name, f.relname AS target FROM pg_constraint c "
        "JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "WHERE c.contype = 'f' AND t.relname = ?",
        table,
    )
    return {one["name"]: one["target"] for one in found}


class Planted:
    """One row of every sealed table and of all they lean on; a canary in every column that is sealed from now on."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    async def plant(self) -> None:
        for table in ("post", "session", "credential", *sealed_columns()):
            await self.row(table)
        await change("UPDATE post SET role = 'dispatcher'")

    async def row(self, table: str) -> str:
        if table in self.ids:
            return self.ids[table]
        self.ids[table] = key = str(uuid4())
        columns, targets = await shape(table), await references(table)
        values: dict[str, object] = {"id": database.key(key)}
        for name, (kind, is_free) in columns.items():
            if name in values:
                continue
            if name in sealed_columns().get(table, ()):
                values[name] = clear(table, name)
            elif name in targets and (not is_free or name in ("community_id", "person_id", "street_id")):
                values[name] = database.key(await self.row(targets[name]))
            elif not is_free:
                values[name] = plain(kind, name)
        marks = ", ".join(
            "CAST(? AS jsonb)"
            if columns[name][0].startswith("json") and database.engine() == "postgres"
            else "?"
            for name in values
        )
        names = ", ".join(f'"{name}"' for name in values)
        await change(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', *values.values())
        return key


def sealed_columns() -> dict[str, tuple[str, ...]]:
    from importlib import import_module

    return import_module("migrations.0003_trust").SEALED


def clear(table: str, name: str) -> str:
    """What stood in a column that is sealed now."""
    if name in ("phone", "other_phone", "address"):
        return PHONE
    return '{"words": "金丝雀"}' if name in ("typed", "values") else CANARY


def plain(kind: str, name: str) -> object:
    """Something for a column nobody asks about."""
    from datetime import UTC, date, datetime

    if kind.startswith(MOMENT):
        moment = datetime(2026, 6, 1, 1, tzinfo=UTC)
        return moment
    if kind == "date":
        return date(2026, 6, 1) if database.engine() == "postgres" else "2026-06-01"
    if kind.startswith(("int", "bigint", "smallint")):
        return 1
    if kind.startswith("bool"):
        return False
    if kind.startswith("json"):
        return "[]"
    if kind in ("uuid", "char(36)"):
        return database.key(str(uuid4()))
    return f"{name[:3]}{UUID(int=0).hex[:5]}" if name == "number" else name[:8]


# -- what becomes of it --------------------------------------------------------------------------------------------------


def test_everything_that_stood_in_clear_is_sealed_readable_found_and_placed(old_url):
    assert asyncio.run(schema.migrate(old_url))[0] == "0003_trust"

    async def look():
        async with opened(old_url):
            for table, names in sealed_columns().items():
                for row in await rows(f'SELECT * FROM "{table}"'):
                    for name in names:
                        assert secrecy.is_sealed(row[name]), (table, name)
                        assert secrecy.open_sealed(row[name], f"{table}.{name}") == clear(table, name)
            assert [one async for one in sealing.broken()] == []
            assert await sealing.behind() == 0
            assert [one async for one in reindex.broken()] == []
            assert {row["part"] for row in await rows("SELECT part FROM trace")} >= {"name", "facts", "place"}
            person = await Person.get(queries.has_phone(PHONE))
            assert person.phone == PHONE and person.contact_when == CANARY
            assert await Person.get(queries.by_phone("8000")) == person
            assert (await Consultation.get()).words == CANARY
            assert (await Draft.get()).typed == (await Wait.get()).typed == {"words": CANARY}
            (community,) = await rows("SELECT id FROM community")
            for record in (await Dispute.get(), await Wait.get(), person, await Post.get(role="dispatcher")):
                assert str(record.community_id) == community["id"], record
            assert (
                await SessionRow.get()
            ).revoked_at is not None  # whoever holds an office comes in by its door

    asyncio.run(look())


async def as_it_was(url) -> None:
    async with opened(url):
        applied = {row["name"] for row in await rows("SELECT name FROM tortoise_migrations")}
        assert applied == {"0001_first", "0002_append_only"}
        assert (await rows("SELECT words, other_side FROM consultation"))[0] == {
            "words": CANARY,
            "other_side": CANARY,
        }
        assert (await rows("SELECT phone FROM person WHERE phone IS NOT NULL"))[0]["phone"] == PHONE
        assert "community_id" not in await shape("wait") and "wall" not in await tables()


async def tables() -> set[str]:
    if database.engine() == "sqlite":
        return {row["name"] for row in await rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        row["name"]
        for row in await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    }


@pytest.mark.parametrize("nth", [20])
def test_a_migration_that_fails_while_sealing_leaves_everything_as_it_was(old_url, monkeypatch, nth):
    seal, count = secrecy.seal, iter(range(1, 10_000))

    def failing(*given):
        if next(count) == nth:
            raise OSError("the lights went out")
        return seal(*given)

    monkeypatch.setattr(secrecy, "seal", failing)
    with pytest.raises(OSError, match="lights"):
        asyncio.run(schema.migrate(old_url))
    asyncio.run(as_it_was(old_url))
    monkeypatch.setattr(secrecy, "seal", seal)
    assert asyncio.run(schema.migrate(old_url))[0] == "0003_trust"


SLOW = """
import asyncio, sys, time
from portal import schema, secrecy
seal = secrecy.seal
def slow(*given):
    print("sealing", flush=True)
    time.sleep(0.3)
    return seal(*given)
secrecy.seal = slow
asyncio.run(schema.migrate(sys.argv[1]))
"""


def test_a_migration_that_is_killed_leaves_everything_as_it_was(old_url):
    process = subprocess.Popen([sys.executable, "-c", SLOW, old_url], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "sealing\n"
        time.sleep(0.5)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    asyncio.run(as_it_was(old_url))
    assert asyncio.run(schema.migrate(old_url))[0] == "0003_trust"
