"""The migrated tables hold what the models promise, and migrating is safe."""

import ast
import asyncio
import importlib
import inspect
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from portal import database as door
from portal import schema
from portal.database import change, rows, transaction
from portal.engines import editors
from tests.house.tables import Book, Loan, Shelf

ROOT = Path(__file__).parents[2]


# -- what is promised and what is there ----------------------------------------------------------------------------------


@dataclass
class Table:
    """A table by what it holds, without the names engines make up themselves."""

    columns: dict[str, bool] = field(default_factory=dict)  # name → may it be empty
    key: tuple[str, ...] = ()
    unique: set[tuple[tuple[str, ...], bool]] = field(default_factory=set)  # columns, only under a condition?
    indexes: set[tuple[str, ...]] = field(default_factory=set)  # every one that is there, unique or not
    references: set[tuple[str, str, str, str]] = field(
        default_factory=set
    )  # column, table, column, on delete
    checks: set[str] = field(default_factory=set)
    triggers: set[str] = field(default_factory=set)
    searched: set[str] = field(default_factory=set)  # full-text tables over it, or indexes of an expression


def promised() -> dict[str, Table]:
    """Every table as its model describes it."""
    tables = {}
    for model in models():
        meta = model._meta
        table = tables[meta.db_table] = Table()

        def column(name: str, model: type[Model] = model) -> str:
            of = model._meta.fields_map[name]
            return str(of.source_field or name)

        for name, stored in meta.fields_db_projection.items():
            of = meta.fields_map[name]
            table.columns[stored] = bool(of.null)
            if of.pk:
                table.key = (stored,)
            elif of.unique:
                table.unique.add(((stored,), False))
            elif of.index:
                table.indexes.add((stored,))
            if reference := getattr(of, "reference", None):
                related = reference.related_model._meta
                table.references.add(
                    (stored, related.db_table, related.db_pk_column, str(reference.on_delete.value))
                )
        for together in meta.unique_together:
            table.unique.add((tuple(column(name) for name in together), False))
        for index in meta.indexes:
            table.indexes.add(tuple(column(name) for name in getattr(index, "fields", index)))
        for constraint in meta.constraints:
            if isinstance(constraint, CheckConstraint):
                table.checks.add(constraint.name)
            elif isinstance(constraint, UniqueConstraint):
                table.unique.add(
                    (tuple(column(name) for name in constraint.fields), bool(constraint.condition))
                )
        table.triggers = set(getattr(model, "TRIGGERS", ()))
        table.searched = {model.SEARCH} if hasattr(model, "SEARCH") else set()
        if getattr(model, "APPEND_ONLY", False):
            table.triggers |= {f"{meta.db_table}_no_update", f"{meta.db_table}_no_delete"}
        table.indexes |= {columns for columns, _ in table.unique} | {table.key}
    return tables


def models() -> list[type[Model]]:
    """Every model of the modules that `MODELS` names."""
    found = {
        thing
        for module in door.MODELS
        for thing in vars(importlib.import_module(module)).values()
        if inspect.isclass(thing)
        and issubclass(thing, Model)
        and thing is not Model
        and not thing._meta.abstract
    }
    return sorted(found, key=lambda model: model._meta.db_table)


async def there() -> dict[str, Table]:
    """Every table as the database describes it."""
    found = await (in_sqlite() if door.engine() == "sqlite" else in_postgres())
    found.pop("tortoise_migrations")
    return found


async def in_sqlite() -> dict[str, Table]:
    tables = {}
    for row in await rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ):
        table = tables[row["name"]] = Table()
        for column in await rows(f'PRAGMA table_info("{row["name"]}")'):
            table.columns[column["name"]] = not column["notnull"] and not column["pk"]
            if column["pk"]:
                table.key += (column["name"],)
        table.indexes.add(table.key)
        for index in await rows(f'PRAGMA index_list("{row["name"]}")'):
            columns = tuple(part["name"] for part in await rows(f'PRAGMA index_info("{index["name"]}")'))
            table.indexes.add(columns)
            if index["unique"] and index["origin"] != "pk":
                table.unique.add((columns, bool(index["partial"])))
        for key in await rows(f'PRAGMA foreign_key_list("{row["name"]}")'):
            table.references.add((key["from"], key["table"], key["to"], key["on_delete"]))
        table.checks = set(re.findall(r'CONSTRAINT "(\w+)" CHECK', row["sql"]))
        triggers = await rows(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", row["name"]
        )
        table.triggers = {trigger["name"] for trigger in triggers}
    for row in await rows("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"):
        tables = {name: table for name, table in tables.items() if not name.startswith(row["name"])}
        tables[re.search(r"content='(\w+)'", row["sql"])[1]].searched.add(row["name"])
    return tables


async def in_postgres() -> dict[str, Table]:
    tables: dict[str, Table] = defaultdict(Table)
    for row in await rows("SELECT * FROM information_schema.columns WHERE table_schema = 'public'"):
        tables[row["table_name"]].columns[row["column_name"]] = row["is_nullable"] == "YES"
    names = "ARRAY(SELECT attname::text FROM unnest({}) WITH ORDINALITY AS k(n, o) JOIN pg_attribute a "
    names += "ON a.attrelid = {} AND a.attnum = k.n ORDER BY k.o)"
    for row in await rows(
        f"SELECT t.relname AS name, i.indexrelid::regclass::text AS index, i.*, i.indpred IS NOT NULL AS part, {names.format('i.indkey', 'i.indrelid')} AS cols "
        "FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace "
        "WHERE s.nspname = 'public'"
    ):
        table, columns = tables[row["name"]], tuple(row["cols"])
        if not columns:
            table.searched.add(row["index"])
            continue
        table.indexes.add(columns)
        if row["indisprimary"]:
            table.key = columns
        elif row["indisunique"]:
            table.unique.add((columns, bool(row["part"])))
    deletes = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
    for row in await rows(
        f"SELECT t.relname AS name, c.conname, c.contype::text AS kind, o.relname AS other, "
        f"c.confdeltype::text AS gone, {names.format('c.conkey', 'c.conrelid')} AS cols, "
        f"{names.format('c.confkey', 'c.confrelid')} AS others FROM pg_constraint c "
        "JOIN pg_class t ON t.oid = c.conrelid LEFT JOIN pg_class o ON o.oid = c.confrelid"
    ):
        if row["kind"] == "c":
            tables[row["name"]].checks.add(row["conname"])
        elif row["kind"] == "f":
            (column,), (other,) = row["cols"], row["others"]
            tables[row["name"]].references.add((column, row["other"], other, deletes[row["gone"]]))
    for row in await rows(
        "SELECT t.relname AS name, g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid WHERE NOT tgisinternal"
    ):
        tables[row["name"]].triggers.add(row["tgname"])
    return tables


async def faults() -> list[str]:
    """Every difference between promise and table, and every reference without an index to follow it back."""
    told = []
    wanted, found = promised(), await there()
    if wanted.keys() != found.keys():
        told.append(f"tables: {sorted(wanted.keys() ^ found.keys())}")
    for name in wanted.keys() & found.keys():
        for what in ("columns", "key", "unique", "indexes", "references", "checks", "triggers", "searched"):
            promise, fact = getattr(wanted[name], what), getattr(found[name], what)
            if promise != fact:
                told.append(f"{name}.{what}: promised {promise}, there is {fact}")
        for column, *_ in found[name].references:
            if not any(columns[0] == column for columns in found[name].indexes):
                told.append(f"{name}.{column}: a reference without an index (say db_index=True)")
    return told


async def test_every_table_holds_what_its_model_promises(database):
    assert await faults() == []


async def test_every_portal_has_its_columns_in_the_same_order(database):
    for model in models():
        keys = sorted(f"{name}_id" for name in model._meta.o2o_fields)
        columns = await columns_of(model._meta.db_table)
        assert [column for column in columns if column in keys] == keys, model._meta.db_table


async def columns_of(table: str) -> list[str]:
    """The columns of a table as they stand in it."""
    if door.engine() == "sqlite":
        return [row["name"] for row in await rows(f'PRAGMA table_info("{table}")')]
    sql = "SELECT column_name AS name FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position"
    return [row["name"] for row in await rows(sql, table)]


async def test_the_small_tables_hold_what_their_models_promise(tables):
    assert await faults() == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("DROP INDEX book_title_lent_once", "book.unique"),
        ("DROP INDEX idx_book_colour_{hash}", "book.indexes"),
        (
            "ALTER TABLE shelf ADD COLUMN twin INTEGER REFERENCES shelf (id)",
            "shelf.twin: a reference without an index",
        ),
        ('ALTER TABLE shelf ADD COLUMN height INTEGER CONSTRAINT "high" CHECK (height > 0)', "shelf.checks"),
        ("DROP TRIGGER loan_no_update{on}", "loan.triggers"),
        ("CREATE TABLE stray (id INTEGER PRIMARY KEY)", "tables: ['stray']"),
    ],
)
async def test_a_broken_promise_is_found(tables, spoil, told):
    listed = "SELECT name FROM sqlite_master WHERE name LIKE ?"
    if door.engine() == "postgres":
        listed = "SELECT relname AS name FROM pg_class WHERE relname LIKE ?"
    (index,) = await rows(listed, "idx_book_colour%")
    on = " ON loan" if door.engine() == "postgres" else ""
    async with transaction():
        await change(spoil.format(hash=index["name"].rsplit("_")[-1], on=on))
    assert any(fault.startswith(told) for fault in await faults()), await faults()


# -- migrating -----------------------------------------------------------------------------------------------------------


async def test_pending_names_what_is_missing_and_makes_no_file(small, empty_url):
    url = empty_url
    assert await schema.pending(url) == ["0001_tables", "0002_loans_are_kept"]
    file = door.file(url)
    assert file is None or not file.exists()
    assert await schema.migrate(url) == ["0001_tables", "0002_loans_are_kept"]
    assert await schema.pending(url) == []
    assert await schema.migrate(url) == []


async def test_of_two_migrators_at_once_one_does_the_work(small, empty_url):
    url = empty_url
    code = f"""
import asyncio
from portal import database, schema
from portal.engines import editors
database.MODELS[:] = ["tests.house.tables"]
database.MIGRATIONS = "tests.house.steps"
print(len(asyncio.run(schema.migrate({url!r}))))
"""
    both = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
        for _ in "12"
    ]
    outputs = [(await process.communicate())[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(map(int, outputs)) == 2
    assert await schema.pending(url) == []


@pytest.fixture
def workshop(small, empty_url, tmp_path, monkeypatch):
    """A place for models and migrations that change: write(source) replaces the models, step(name, …) adds by hand."""

    class Workshop:
        url = empty_url
        folder = tmp_path / "workshop_steps"
        turn = 0

        def models(self, source: str) -> None:
            """Replace the models; `Model`, `fields`, checks and uniques are at hand."""
            self.turn += 1
            name = f"workshop_models_{self.turn}"
            head = (
                "from tortoise import fields\nfrom tortoise.models import Model\n"
                "from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint\n"
                "from portal.fields import Instant, Words\n"
            )
            (tmp_path / f"{name}.py").write_text(head + inspect.cleandoc(source))
            importlib.invalidate_caches()
            monkeypatch.setattr(door, "MODELS", [name])

        def step(self, name: str, after: str | None, operations: str) -> None:
            """Add a migration by hand."""
            (self.folder / f"{name}.py").write_text(
                "from tortoise import migrations\nfrom tortoise.migrations import operations as ops\n"
                "from portal import schema\n\n\nclass Migration(migrations.Migration):\n"
                f"    dependencies = {[('portal', after)] if after else []}\n    operations = [{operations}]\n"
            )
            importlib.invalidate_caches()

        async def make(self, name: str) -> str | None:
            importlib.invalidate_caches()
            made = await schema.make(name)
            importlib.invalidate_caches()
            return made and made.stem

    workshop = Workshop()
    workshop.folder.mkdir()
    (workshop.folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(door, "MIGRATIONS", "workshop_steps")
    yield workshop
    for name in [name for name in sys.modules if name.startswith("workshop_")]:
        del sys.modules[name]


FIRST = """
    class Room(Model):
        id = fields.IntField(primary_key=True)
        name = fields.CharField(max_length=20, unique=True)
        class Meta:
            table = "room"
            constraints = (CheckConstraint(check="name <> ''", name="room_has_a_name"),)
    class Chair(Model):
        id = fields.IntField(primary_key=True)
        room = fields.ForeignKeyField("portal.Room", related_name="chairs", on_delete=fields.CASCADE, db_index=True)
        twin = fields.OneToOneField("portal.Chair", related_name="other", null=True)
        number = fields.IntField()
        legs = fields.IntField(null=True)
        class Meta:
            table = "chair"
            unique_together = (("room", "number"),)
"""
SECOND = """
    class Room(Model):
        id = fields.IntField(primary_key=True)
        name = fields.CharField(max_length=40, unique=True)
        floor = fields.IntField(db_default=0, db_index=True)
        class Meta:
            table = "room"
            constraints = (
                CheckConstraint(check="name <> ''", name="room_has_a_name"),
                CheckConstraint(check="floor < 40", name="room_is_not_in_the_sky"),
            )
    class Chair(Model):
        id = fields.IntField(primary_key=True)
        room = fields.ForeignKeyField("portal.Room", related_name="chairs", on_delete=fields.CASCADE, db_index=True)
        twin = fields.OneToOneField("portal.Chair", related_name="other", null=True)
        number = fields.IntField()
        legs = fields.IntField(db_default=4)
        made_at = Instant(null=True)
        label = Words(30, null=True)
        class Meta:
            table = "chair"
            unique_together = (("room", "number"),)
            indexes = (("room", "made_at"),)
            constraints = (UniqueConstraint(fields=("label",), name="chair_label_once", condition="legs > 3"),)
"""


async def test_a_table_that_is_rebuilt_keeps_rows_children_indexes_and_triggers(workshop):
    workshop.models(FIRST)
    assert await workshop.make("first") == "0001_first"
    assert await workshop.make("first") is None
    workshop.step(
        "0002_by_hand",
        "0001_first",
        "schema.append_only('room'), schema.sql(sqlite='CREATE INDEX by_hand ON chair (legs);"
        " CREATE TRIGGER chair_watch AFTER INSERT ON chair BEGIN UPDATE room SET name = name WHERE 0; END;',"
        " postgres='CREATE INDEX by_hand ON chair (legs)')",
    )
    assert await schema.migrate(workshop.url) == ["0001_first", "0002_by_hand"]
    await door.connect(workshop.url)
    async with transaction():
        await change("INSERT INTO room (id, name) VALUES (1, 'hall'), (2, 'attic')")
        for number in range(1, 6):
            await change("INSERT INTO chair (id, room_id, number) VALUES (?, 1, ?)", number, number)
    await door.close()

    workshop.models(SECOND)
    assert await workshop.make("second") == "0003_second"
    assert await workshop.make("second") is None
    assert await schema.migrate(workshop.url) == ["0003_second"]
    await door.connect(workshop.url)
    try:
        assert await rows("SELECT COUNT(*) AS n, SUM(legs) AS legs FROM chair") == [{"n": 5, "legs": 20}]
        assert await rows("SELECT name, floor FROM room ORDER BY id") == [
            {"name": "hall", "floor": 0},
            {"name": "attic", "floor": 0},
        ]
        told = [fault for fault in await faults() if "triggers" not in fault]
        assert len(told) == 1 and told[0].startswith("chair.indexes") and "('legs',)" in told[0]
        assert (await there())["room"].triggers == {"room_no_update", "room_no_delete"}
        for refused in (
            "UPDATE room SET name = 'x'",
            "DELETE FROM room",
            "INSERT INTO room (id, name, floor) VALUES (3, 'sky', 99)",
            "INSERT INTO chair (id, room_id, number) VALUES (9, 1, 1)",
            "INSERT INTO chair (id, room_id, number) VALUES (9, 7, 1)",
            "INSERT INTO chair (id, room_id, number, label) VALUES (8, 2, 8, 'a'), (9, 2, 9, 'a')",
        ):
            with pytest.raises(IntegrityError):
                async with transaction():
                    await change(refused)
    finally:
        await door.close()


async def test_columns_go_without_taking_children_along(workshop):
    workshop.models(SECOND)
    await workshop.make("first")
    await schema.migrate(workshop.url)
    await door.connect(workshop.url)
    async with transaction():
        await change("INSERT INTO room (id, name) VALUES (1, 'hall')")
        await change("INSERT INTO chair (id, room_id, number, label) VALUES (1, 1, 1, 'a')")
    await door.close()
    without = SECOND.replace("        floor = fields.IntField(db_default=0, db_index=True)\n", "")
    without = without.replace('CheckConstraint(check="floor < 40", name="room_is_not_in_the_sky"),', "")
    workshop.models(without)
    await workshop.make("no floor")
    await schema.migrate(workshop.url)
    await door.connect(workshop.url)
    try:
        assert await faults() == []
        assert await rows("SELECT name FROM room") == [{"name": "hall"}]
        assert await rows("SELECT label FROM chair") == [{"label": "a"}]
    finally:
        await door.close()


async def test_a_new_column_brings_its_index_its_reference_and_its_uniqueness(workshop):
    workshop.models(FIRST)
    await workshop.make("first")
    await schema.migrate(workshop.url)
    workshop.models(
        FIRST.replace(
            "        legs = fields.IntField(null=True)\n",
            "        legs = fields.IntField(null=True)\n"
            "        colour = fields.IntField(null=True, db_index=True)\n"
            "        code = fields.CharField(max_length=9, null=True, unique=True)\n"
            "        owner = fields.ForeignKeyField('portal.Room', related_name='owned', null=True, db_index=True)\n",
        )
    )
    await workshop.make("more")
    await schema.migrate(workshop.url)
    await door.connect(workshop.url)
    try:
        assert await faults() == []
    finally:
        await door.close()


async def test_a_migration_that_is_made_knows_no_enum_and_no_default_of_ours(workshop):
    workshop.models(
        """
        from enum import StrEnum
        Kind = StrEnum("Kind", ["SMALL", "LARGE"])
        def first() -> Kind:
            return Kind.SMALL
        class Box(Model):
            id = fields.UUIDField(primary_key=True)
            kind = fields.CharEnumField(Kind, default=first)
            note = Words(20, default=Kind.SMALL)
            made_at = Instant(default=first)
            class Meta:
                table = "box"
        """
    )
    name = await workshop.make("boxes")
    written = (workshop.folder / f"{name}.py").read_text()
    assert "workshop_models" not in written and "default" not in written and "portal." not in written
    await schema.migrate(workshop.url)
    await door.connect(workshop.url)
    try:
        assert await faults() == []
    finally:
        await door.close()


async def test_a_migration_that_fails_half_way_leaves_nothing(workshop):
    workshop.models(FIRST)
    await workshop.make("first")
    half = "schema.sql(sqlite={0!r}, postgres={0!r})".format(
        "CREATE TABLE half (id INTEGER); INSERT INTO half VALUES (1); INSERT INTO nowhere VALUES (1)"
    )
    workshop.step("0002_half", "0001_first", half)
    with pytest.raises(Exception, match="nowhere"):
        await schema.migrate(workshop.url)
    assert await schema.pending(workshop.url) == ["0002_half"]
    await door.connect(workshop.url)
    try:
        assert "half" not in await there()
    finally:
        await door.close()


async def test_a_migration_that_breaks_references_is_refused(workshop):
    workshop.models(FIRST)
    await workshop.make("first")
    orphan = "INSERT INTO chair (id, room_id, number) VALUES (1, 404, 1)"
    workshop.step("0002_orphan", "0001_first", f"schema.sql(sqlite={orphan!r}, postgres={orphan!r})")
    with pytest.raises((schema.Broken, IntegrityError)):
        await schema.migrate(workshop.url)
    assert await schema.pending(workshop.url) == ["0002_orphan"]


async def test_a_database_ahead_of_the_program_and_a_forked_history_are_refused(workshop):
    workshop.models(FIRST)
    await workshop.make("first")
    workshop.step("0002_a", "0001_first", "")
    await schema.migrate(workshop.url)
    (workshop.folder / "0002_a.py").unlink()
    importlib.invalidate_caches()
    with pytest.raises(schema.Broken, match="ahead"):
        await schema.migrate(workshop.url)
    workshop.step("0002_b", "0001_first", "")
    workshop.step("0002_c", "0001_first", "")
    with pytest.raises(schema.Broken, match="same one"):
        await schema.migrate(workshop.url)


async def test_what_is_append_only_cannot_be_changed_or_removed(tables):
    async with transaction():
        shelf = await Shelf.create(name="a")
        book = await Book.create(id="00000000-0000-0000-0000-000000000001", shelf=shelf, place=1)
        await Loan.create(book=book, until="2026-01-01T00:00:00+00:00")
    for attempt in (lambda: Loan.all().delete(), lambda: change("UPDATE loan SET until = until")):
        with pytest.raises(IntegrityError, match="append-only"):
            async with transaction():
                await attempt()
    if door.engine() == "postgres":
        with pytest.raises(IntegrityError, match="append-only"):
            async with transaction():
                await change("TRUNCATE loan")
    assert await Loan.all().count() == 1


def test_statements_end_where_sql_says_so():
    script = """
        CREATE TABLE a (b TEXT DEFAULT ';'); -- not; here
        CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; SELECT 1; END;
        SELECT 1
    """
    assert [part.split()[0] + part[-1] for part in editors.statements(script)] == [
        "CREATE;",
        "--;",
        "SELECT1",
    ]


def test_migrations_speak_of_columns_and_not_of_our_rooms():
    for file in [*ROOT.glob("migrations/*.py"), *ROOT.glob("tests/house/steps/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "portal":
                is_ground = {name.name for name in node.names} <= {"index", "reindex", "schema", "sealing"}
                assert is_ground or node.module == "portal.law.names", file.name
