"""A copy is whole, is taken while people write, and never takes the place of anything by accident."""

import asyncio
import shutil
import sqlite3
import subprocess
import threading
from dataclasses import replace

import pytest

from portal import database, journal, schema, settings
from portal.commands import copies
from portal.database import transaction
from portal.people.models import Person
from tests.commands.conftest import KEYS, SECRET


async def add(url: str, name: str) -> None:
    settings.use(
        replace(settings.current(), secret=SECRET, keys=KEYS)
    )  # as the commands of these tests have them
    await database.connect(url)
    try:
        async with transaction():
            await journal.record(None, "create", await Person.create(name=name))
    finally:
        await database.close()


async def names(url: str) -> list[str]:
    await database.connect(url)
    try:
        return list(await Person.all().order_by("name").values_list("name", flat=True))
    finally:
        await database.close()


def test_what_was_backed_up_comes_back(type_in, database_url, tmp_path):
    copy = tmp_path / "copies" / "monday"
    asyncio.run(add(database_url, "梅"))
    ended = type_in("backup", str(copy))
    assert ended.exit_code == 0, ended.output
    assert "checked" in ended.stdout and copy.stat().st_mode & 0o077 == 0
    asyncio.run(add(database_url, "陶"))
    refused = type_in("restore", str(copy))
    assert refused.exit_code == 1 and "--replace" in refused.stderr
    assert asyncio.run(names(database_url)) == ["梅", "陶"]
    restored = type_in("restore", str(copy), "--replace")
    assert restored.exit_code == 0, restored.output
    assert asyncio.run(names(database_url)) == ["梅"]
    ended = type_in("verify")
    assert ended.exit_code == 0, ended.output


def test_a_copy_is_never_written_over_another(type_in, tmp_path):
    copy = tmp_path / "monday"
    copy.write_text("precious")
    ended = type_in("backup", str(copy))
    assert ended.exit_code == 1 and "exists already" in ended.stderr
    assert copy.read_text() == "precious"


def test_what_is_no_copy_is_not_restored(type_in, database_url, tmp_path):
    asyncio.run(add(database_url, "梅"))
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"nothing of the kind" * 400)
    ended = type_in("restore", str(nonsense), "--replace")
    assert ended.exit_code == 1 and "Traceback" not in ended.output
    assert asyncio.run(names(database_url)) == ["梅"]


def test_a_damaged_or_foreign_sqlite_file_is_not_restored(type_in, tmp_path):
    target = tmp_path / "clinic.db"
    url = f"sqlite://{target}"
    asyncio.run(schema.migrate(url))
    type_in("backup", str(tmp_path / "copy"), database=url)
    damaged = tmp_path / "damaged"
    shutil.copyfile(tmp_path / "copy", damaged)
    with damaged.open("r+b") as file:
        file.seek(40 * 4096)
        file.write(b"\xff" * 8 * 4096)
    ended = type_in("restore", str(damaged), "--replace", database=url)
    assert ended.exit_code == 1 and "damaged" in ended.stderr
    foreign = tmp_path / "foreign"
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE cookies (name TEXT)")
    ended = type_in("restore", str(foreign), "--replace", database=url)
    assert ended.exit_code == 1 and "no database of the portal" in ended.stderr
    assert not (tmp_path / "clinic.db.replaced").exists()


def test_a_sqlite_file_in_use_is_not_replaced(type_in, tmp_path):
    url = f"sqlite://{tmp_path}/clinic.db"
    asyncio.run(schema.migrate(url))
    assert type_in("backup", str(tmp_path / "copy"), database=url).exit_code == 0

    async def meanwhile() -> None:
        await database.connect(url)
        try:
            ended = await asyncio.to_thread(
                type_in, "restore", str(tmp_path / "copy"), "--replace", database=url
            )
            assert ended.exit_code == 1 and "Stop the portal first" in ended.stderr
        finally:
            await database.close()

    asyncio.run(meanwhile())
    ended = type_in("restore", str(tmp_path / "copy"), "--replace", database=url)
    assert ended.exit_code == 0 and (tmp_path / "clinic.db.replaced").exists()


def test_a_copy_taken_while_others_write_is_one_moment(tmp_path):
    source = tmp_path / "busy.db"
    with sqlite3.connect(source) as busy:
        busy.execute("PRAGMA journal_mode = WAL")
        busy.execute("CREATE TABLE pair (a INTEGER, b INTEGER)")
    over = threading.Event()

    def write() -> None:
        with sqlite3.connect(source, isolation_level=None) as busy:
            n = 0
            while not over.is_set():
                n += 1
                busy.execute("BEGIN IMMEDIATE")
                busy.execute("INSERT INTO pair VALUES (?, 0)", (n,))
                busy.execute("UPDATE pair SET b = a WHERE a = ?", (n,))
                busy.execute("COMMIT")
        busy.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            copies.copy_sqlite(source, tmp_path / f"copy{n}")
    finally:
        over.set()
        writer.join()
    for n in range(5):
        with sqlite3.connect(tmp_path / f"copy{n}") as copy:
            assert copy.execute("SELECT COUNT(*) FROM pair WHERE a <> b").fetchone() == (0,)
        copy.close()


def test_a_missing_program_of_postgresql_is_named(type_in, monkeypatch, tmp_path):
    monkeypatch.setattr(copies, "which", lambda name: None)
    ended = type_in("backup", str(tmp_path / "copy"), database="postgres://portal@127.0.0.1:1/clinic")
    assert ended.exit_code == 1 and "pg_dump is missing: install" in ended.stderr
    assert not list(tmp_path.iterdir())


def test_the_password_of_postgresql_is_no_argument(monkeypatch, tmp_path):
    seen: dict[str, object] = {}

    def note(words, env, **options):
        seen.update(words=words, env=env)
        return copies.subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr(copies, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(copies.subprocess, "run", note)
    copies.program("pg_dump", "postgres://portal:s3cret%2F@db.example.org:6432/clinic", "--format=custom")
    assert "s3cret" not in " ".join(seen["words"])
    assert seen["env"]["PGPASSWORD"] == "s3cret/" and seen["env"]["PGPORT"] == "6432"


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ("postgres://portal@db.example.org/clinic", "verify-full"),
        ("postgres://portal@db.example.org/clinic?ssl=require", "require"),
        ("postgres://portal@127.0.0.1/clinic", None),
    ],
)
def test_a_copy_asks_of_a_server_what_the_portal_asks_of_it(monkeypatch, address, mode):
    seen: dict[str, dict[str, str]] = {}

    def note(words, env, **options):
        seen["env"] = env
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.delenv("PGSSLMODE", raising=False)
    monkeypatch.setattr(copies, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(copies.subprocess, "run", note)
    copies.program("pg_dump", address)
    assert seen["env"].get("PGSSLMODE") == mode
    assert ("PGSSLROOTCERT" in seen["env"]) == (mode == "verify-full")


def test_what_is_no_database_is_not_backed_up(type_in, tmp_path):
    nonsense = tmp_path / "clinic.db"
    nonsense.write_bytes(b"not a database at all" * 100)
    ended = type_in("backup", str(tmp_path / "copy.db"), database=f"sqlite://{nonsense}")
    assert ended.exit_code == 1 and str(nonsense) in ended.stderr and len(ended.stderr.splitlines()) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["clinic.db"]


def test_nothing_to_back_up_is_said(type_in, tmp_path):
    ended = type_in("backup", str(tmp_path / "copy"), database=f"sqlite://{tmp_path}/none.db")
    assert ended.exit_code == 1 and "There is no database" in ended.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_name_is_asked_for(type_in, command):
    assert type_in(command).exit_code == 2
