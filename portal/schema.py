"""How the tables come to be: every migration wholly or not at all, one migrator at a time, and all that models promise.

A developer writes the next migration with `python -m portal.schema make NAME`; it knows columns, never our enums.
"""

import asyncio
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from tortoise import fields
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext
from tortoise.fields.relational import RelationalField
from tortoise.indexes import Index
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.loader import MigrationLoader
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import CreateModel, TortoiseOperation
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, SqliteSchemaEditor
from tortoise.migrations.schema_editor.data import ModelSqlData
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.migrations.writer import format_migration_name

from portal import database
from portal.engines import finish


class Broken(Exception):
    """A migration that must not be: nothing of it was kept."""


# -- what developers and the command line ask for ------------------------------------------------------------------------


async def migrate(url: str) -> list[str]:
    """Bring the database up to date; the names of the migrations that were applied.

    Each is one transaction: applied, checked and recorded, or not there at all. A second migrator waits for the first.
    Raises Broken when a migration leaves dangling references or loses rows, or the database is ahead of this program.
    """
    if file := database.file(url):
        file.parent.mkdir(parents=True, exist_ok=True)
    done: list[str] = []
    async with _visiting(url, migrating=True):
        past = _Past()
        while name := await _next(past):
            done.append(name)
    return done


async def pending(url: str) -> list[str]:
    """The names of migrations this program knows and the database does not have. Changes nothing, not even a new file."""
    steps = [step.name for step in await _steps()]
    if (file := database.file(url)) and not file.exists():
        return steps
    async with _visiting(url):
        applied = await _applied()
    return [name for name in steps if name not in applied]


async def make(name: str) -> Path | None:
    """Write the migration from the newest one to the models as they are; None when nothing differs."""
    async with _visiting("sqlite:////nowhere", opened=False) as context:
        found = await _Differences(context.apps, _apps()).changes()  # type: ignore[arg-type]
        if not found:
            return None
        (writer,) = found
        number = len(await _steps()) + 1
        writer.name = format_migration_name(number, name)
        return writer.write()


def sql(*, sqlite: str, postgres: str) -> TortoiseOperation:
    """An operation for `Migration.operations`: each engine's own SQL, triggers and several statements as they stand.

    A trigger that refuses should fail as a broken constraint does: RAISE(ABORT, …) on SQLite, and on PostgreSQL
    RAISE … USING ERRCODE = 'integrity_constraint_violation'.
    """
    return _Sql(sqlite, postgres)


def append_only(table: str) -> TortoiseOperation:
    """An operation that lets rows of `table` be added, never changed or removed.

    It makes the triggers `<table>_no_update` and `<table>_no_delete`.
    """
    refusal = f"{table} is append-only"
    return sql(
        sqlite="".join(
            f'CREATE TRIGGER "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END;"
            for verb in ("UPDATE", "DELETE")
        ),
        postgres=(
            f'CREATE FUNCTION "{table}_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
            f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$;"
            f'CREATE TRIGGER "{table}_no_update" BEFORE UPDATE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{table}_refuse"();'
            f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE OR TRUNCATE ON "{table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{table}_refuse"();'
        ),
    )


# -- one step ------------------------------------------------------------------------------------------------------------


def _apps() -> dict[str, dict[str, Any]]:
    apps: dict[str, dict[str, Any]] = database.config("sqlite:////nowhere")["apps"]
    return apps


@asynccontextmanager
async def _visiting(url: str, opened: bool = True, **options: Any) -> AsyncIterator[TortoiseContext]:
    """A database of our own for a moment, beside the one this process may be serving from."""
    EXECUTOR_CACHE.clear()
    async with TortoiseContext() as context:
        await context.init(database.config(url, **options), init_connections=opened)
        try:
            if opened:
                await context.connections.get("default").create_connection(with_db=True)
            yield context
        finally:
            await finish(context.close_connections())
            EXECUTOR_CACHE.clear()


async def _steps() -> list[Migration]:
    """Every migration on disk, in order."""
    loader = MigrationLoader(_apps(), MigrationRecorder(None))
    await loader.build_graph()
    ends = list(loader.graph.leaf_nodes())
    if len(ends) > 1:
        raise Broken(f"two migrations follow the same one: {', '.join(end.name for end in ends)}")
    return [loader.graph.nodes[key] for end in ends for key in loader.graph.forwards_plan(end)]  # type: ignore[misc]


async def _applied() -> set[str]:
    known = (
        "SELECT 1 AS is_there FROM sqlite_master WHERE name = 'tortoise_migrations'"
        if database.engine() == "sqlite"
        else "SELECT 1 AS is_there WHERE to_regclass('tortoise_migrations') IS NOT NULL"
    )
    if not await database.rows(known):
        return set()
    return {
        row["name"]
        for row in await database.rows("SELECT name FROM tortoise_migrations WHERE app = ?", database.APP)
    }


class _Past:
    """The models as they stood after some migrations; kept from step to step, for drawing them takes a second."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.state = State(models={}, apps=StateApps(default_connections={database.APP: "default"}))

    async def reach(self, steps: list[Migration]) -> State:
        """The models after these steps, which are the ones reached before and more."""
        for step in steps[len(self.names) :]:
            await step.apply(self.state, dry_run=True)
            self.names.append(step.name)
        return self.state


async def _next(past: _Past) -> str | None:
    """Apply the first migration that is missing, in one transaction; its name, or None when the schema is up to date."""
    async with database.transaction():
        await database.serialise("schema")
        session = database._session.get()
        applied, steps = await _applied(), await _steps()
        if ahead := applied - {step.name for step in steps}:
            raise Broken(f"the database is ahead of this program: {', '.join(sorted(ahead))}")
        step = next((step for step in steps if step.name not in applied), None)
        if step is None:
            return None
        editor = _Sqlite(session) if database.engine() == "sqlite" else _Postgres(session)
        recorder = MigrationRecorder(session)
        if not applied:
            table = editor._get_model_sql_data(recorder.model).table_sql
            await editor._run_sql(table.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))
        state = await past.reach(steps[: steps.index(step)])
        past.names.append(step.name)
        for operation in step.operations:
            # The two that never look back are most of any history, and a clone of all models is slow.
            editor.before = state if isinstance(operation, CreateModel | _Sql) else state.clone()
            editor.after = state
            operation.state_forward(database.APP, state)
            await operation.database_forward(database.APP, editor.before, state, editor)  # type: ignore[arg-type]
        state.validate_relations_initialized()
        if isinstance(editor, _Sqlite):
            broken = await session.execute_query_dict("PRAGMA foreign_key_check")
            if broken:
                raise Broken(f"{step.name} leaves references to nothing: {broken[:5]}")
        await recorder.record_applied(database.APP, step.name)
        return step.name


class _Sql(TortoiseOperation):
    def __init__(self, sqlite: str, postgres: str) -> None:
        self.sqlite = sqlite
        self.postgres = postgres

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: Any = None
    ) -> None:
        await state_editor._run_sql(self.sqlite if isinstance(state_editor, _Sqlite) else self.postgres)


# -- the two editors -----------------------------------------------------------------------------------------------------


def statements(script: str) -> Iterator[str]:
    """The statements of a script; a semicolon inside a trigger, a quote or a comment ends none."""
    pending = ""
    for piece in re.split(r"(?<=;)", script):
        pending += piece
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if pending.strip():
        yield pending.strip()


class _Promises:
    """What the ORM's editors leave out: checks and conditional uniqueness of new tables, indexes of new columns."""

    before: State
    after: State
    _drawing: Any = None

    def _get_model_sql_data(self, model: Any) -> ModelSqlData:
        self._drawing = model
        try:
            data = super()._get_model_sql_data(model)  # type: ignore[misc]
        finally:
            self._drawing = None
        later = [
            self._unique_sql(model, constraint) + ";"
            for constraint in model._meta.constraints or ()
            if isinstance(constraint, UniqueConstraint)
        ]
        return replace(data, table_sql="\n".join([data.table_sql, *later]))

    def _get_inner_statements(self) -> list[str]:
        constraints = self._drawing._meta.constraints or () if self._drawing else ()
        return [
            self.CHECK_CONSTRAINT_CREATE_TEMPLATE.format(name=each.name, check=each.check)  # type: ignore[attr-defined]
            for each in constraints
            if isinstance(each, CheckConstraint)
        ]

    def _get_index_sql(self, model: Any, field_names: Any, *rest: Any, **named: Any) -> str:
        # Left as a field's name, SQLite would take a column that does not exist for a text, and index that.
        columns = self._resolve_fields_to_columns(model, list(field_names))  # type: ignore[attr-defined]
        return str(super()._get_index_sql(model, columns, *rest, **named))  # type: ignore[misc]

    def _default_of(self, model: Any, field: Any) -> str | None:
        """What rows from before get in a column that may no longer be empty."""
        if not field.has_db_default() or hasattr(field.db_default, "get_sql"):
            return None
        return str(self._escape_default_value(field.to_db_value(field.db_default, model)))  # type: ignore[attr-defined]

    def _unique_sql(self, model: Any, constraint: UniqueConstraint) -> str:
        columns = self._resolve_fields_to_columns(model, constraint.fields)  # type: ignore[attr-defined]
        name = constraint.name or self._get_unique_constraint_name(model, columns)  # type: ignore[attr-defined]
        listed = ", ".join(f'"{column}"' for column in columns)
        condition = f" WHERE {constraint.condition}" if constraint.condition else ""
        return f'CREATE UNIQUE INDEX "{name}" ON "{model._meta.db_table}" ({listed}){condition}'

    async def add_constraint(self, model: Any, constraint: Any) -> None:
        if isinstance(constraint, UniqueConstraint) and (constraint.name or constraint.condition):
            await self._run_sql(self._unique_sql(model, constraint))  # type: ignore[attr-defined]
        else:
            await super().add_constraint(model, constraint)  # type: ignore[misc]

    async def remove_constraint(self, model: Any, constraint: Any) -> None:
        if isinstance(constraint, UniqueConstraint) and (constraint.name or constraint.condition):
            await self._run_sql(f'DROP INDEX "{constraint.name}"')  # type: ignore[attr-defined]
        else:
            await super().remove_constraint(model, constraint)  # type: ignore[misc]

    async def add_field(self, model: Any, field_name: str) -> None:
        await super().add_field(model, field_name)  # type: ignore[misc]
        field = model._meta.fields_map[field_name]
        if field.index and not field.pk:
            await self.add_index(model, Index(fields=(field_name,)))

    async def add_index(self, model: Any, index: Index) -> None:
        index = copy(index)
        index.fields = self._resolve_fields_to_columns(model, index.fields)  # type: ignore[attr-defined]
        await super().add_index(model, index)  # type: ignore[misc]

    async def remove_index(self, model: Any, index: Index) -> None:
        index = copy(index)
        index.fields = self._resolve_fields_to_columns(model, index.fields)  # type: ignore[attr-defined]
        await super().remove_index(model, index)  # type: ignore[misc]


class _Postgres(_Promises, AsyncpgSchemaEditor):
    async def _alter_field(self, model: Any, old_field: Any, new_field: Any) -> None:
        if old_field.null and not new_field.null and (default := self._default_of(model, new_field)):
            column = _column(old_field)
            await self._run_sql(
                f'UPDATE "{model._meta.db_table}" SET "{column}" = {default} WHERE "{column}" IS NULL'
            )
        await super()._alter_field(model, old_field, new_field)


class _Sqlite(_Promises, SqliteSchemaEditor):
    async def _run_sql(self, sql: str) -> None:
        for statement in statements(sql):
            await self.client.execute_query(statement)

    async def _remake_table(
        self, model: Any, create_field: Any = None, delete_field: Any = None, alter_fields: Any = None
    ) -> None:
        """Rebuild a table as a fresh one would be, with its rows, its triggers and the indexes written by hand.

        Foreign keys are off while migrating: dropping the old table would delete its children otherwise.
        """
        new = self.after.apps.get_model(f"{database.APP}.{model.__name__}")
        old = self.before.apps.get_model(f"{database.APP}.{model.__name__}")
        table = new._meta.db_table
        drawn = self._get_model_sql_data(old).table_sql
        found = await self.client.execute_query_dict(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
            [table],
        )
        ours = [row["sql"] for row in found if f'INDEX "{row["name"]}"' not in drawn]
        had = {row["name"] for row in await self.client.execute_query_dict(f'PRAGMA table_info("{table}")')}
        values = {}
        for name, column in new._meta.fields_db_projection.items():
            field = new._meta.fields_map[name]
            was = next(
                (o.source_field or o.model_field_name for o, n in alter_fields or () if _column(n) == column),
                column,
            )
            if was not in had:
                continue
            values[column] = f'"{was}"'
            if not field.null and (default := self._default_of(new, field)):
                values[column] = f'COALESCE("{was}", {default})'
        create, *rest = statements(self._get_model_sql_data(new).table_sql)
        count = f'SELECT COUNT(*) AS n FROM "{table}"'
        before = await self.client.execute_query_dict(count)
        await self._run_sql(create.replace(f'"{table}"', f'"new__{table}"', 1))
        columns = ", ".join(f'"{column}"' for column in values)
        await self._run_sql(
            f'INSERT INTO "new__{table}" ({columns}) SELECT {", ".join(values.values())} FROM "{table}";'
            f'DROP TABLE "{table}";'
            "PRAGMA legacy_alter_table = ON;"  # other tables' triggers may speak of the table that is missing just now
            f'ALTER TABLE "new__{table}" RENAME TO "{table}";'
            "PRAGMA legacy_alter_table = OFF;"
        )
        for statement in (*rest, *ours):
            await self._run_sql(statement)
        if before != await self.client.execute_query_dict(count):
            raise Broken(f"rows of {table} were lost while it was rebuilt")


def _column(field: Any) -> str:
    return str(field.source_field or field.model_field_name)


# -- writing migrations --------------------------------------------------------------------------------------------------


class _Differences(MigrationAutodetector):
    def _current_state(self) -> State:
        state = super()._current_state()
        for model in state.models.values():
            model.fields = {name: _as_column(field) for name, field in model.fields.items()}
            model.bases = ModelState.make_from_model(database.APP, MigrationRecorder(None).model).bases
        return state


def _as_column(field: Any) -> Any:
    """The field as the database sees it: no enum, no Python default, no class of ours that might move some day."""
    plain = copy(field)
    plain.default = plain.description = None
    plain.validators = []
    if not isinstance(field, RelationalField):
        names = (kind for kind in type(field).__mro__ if kind.__module__ == fields.data.__name__)
        plain.__class__ = next(kind for kind in names if "Enum" not in kind.__name__)
    return plain


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "make":
        sys.exit("python -m portal.schema make NAME")
    print(asyncio.run(make(sys.argv[2])) or "the models ask for nothing new")
