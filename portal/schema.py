"""How the tables come to be: every migration wholly or not at all, one migrator at a time, and all that models promise.

A developer writes the next migration with `python -m portal.schema make NAME`; it knows columns, never our enums.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from tortoise import fields
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext
from tortoise.fields.relational import ForeignKeyFieldInstance, RelationalField
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.loader import MigrationLoader
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import AddField, AddIndex, CreateModel, RunPython, TortoiseOperation
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.migrations.writer import format_migration_name

from portal import database
from portal.engines import finish
from portal.engines.editors import Broken, PostgresEditor, SqliteEditor

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


class _Apps(StateApps):
    """The models of one moment. None is asked for rows, so none is made ready for more than its own columns."""

    def _build_initial_querysets(self) -> None:
        for models in self.apps.values():
            for model in models.values():
                if model._meta._inited and not model._meta.filters:
                    model._meta.finalise_model()


class _State(State):
    """The models as they are from one operation to the next. The ORM draws everything anew that hangs together with what
    changed, which here is everything, every time; a table and its keys need no more than their own model."""

    is_local = False  # does the operation change one table, and no name or key that others go by?

    def _find_related_models(self, app_label: str, model_name: str) -> set[tuple[str, str]]:
        return {(app_label, model_name)} if self.is_local else set(self.models)

    def _reload(self, models_to_reload: set[tuple[str, str]]) -> None:
        for app_label, name in models_to_reload:
            self.apps.apps.setdefault(app_label, {}).pop(name, None)
            drawn = self.models[app_label, name].clone()
            for field in drawn.fields.values():
                if isinstance(field, ForeignKeyFieldInstance):
                    field.related_name = False  # nobody goes back from a key to the rows that have it
            self.apps.register_model(app_label, drawn.render(self.apps, deepcopy_fields=False))
        self.apps._init_relations()
        self.apps._build_initial_querysets()

    def clone(self) -> "_State":
        """As it is now. Models are never changed once they are drawn, so the same ones serve."""
        kept = {
            key: replace(
                model,
                fields=dict(model.fields),
                options={name: copy(value) for name, value in model.options.items()},
            )
            for key, model in self.models.items()
        }
        apps = _Apps(dict(self.apps._default_connections), self.apps._connections)
        apps.apps = {label: dict(models) for label, models in self.apps.apps.items()}
        return _State(models=kept, apps=apps)


class _Past:
    """The models as they stood after some migrations; kept from step to step."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.state = _State(models={}, apps=_Apps(default_connections={database.APP: "default"}))

    async def reach(self, steps: list[Migration]) -> "_State":
        """The models after these steps, which are the ones reached before and more."""
        for step in steps[len(self.names) :]:
            for operation in step.operations:
                self.state.is_local = isinstance(operation, LOCAL)
                operation.state_forward(database.APP, self.state)
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
        editor = SqliteEditor(session) if database.engine() == "sqlite" else PostgresEditor(session)
        recorder = MigrationRecorder(session)
        if not applied:
            table = editor._get_model_sql_data(recorder.model).table_sql
            await editor._run_sql(table.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))
        state = await past.reach(steps[: steps.index(step)])
        past.names.append(step.name)
        for operation in step.operations:
            editor.before, editor.after = state.clone(), state
            state.is_local = isinstance(operation, LOCAL)
            operation.state_forward(database.APP, state)
            await operation.database_forward(database.APP, editor.before, state, editor)
        state.validate_relations_initialized()
        if isinstance(editor, SqliteEditor):
            broken = await session.execute_query_dict("PRAGMA foreign_key_check")
            if broken:
                raise Broken(f"{step.name} leaves references to nothing: {broken[:5]}")
        await recorder.record_applied(database.APP, step.name)
        session.written.clear()  # nobody is served meanwhile, and the table that counts may not be there yet
        return step.name


class _Sql(TortoiseOperation):
    def __init__(self, sqlite: str, postgres: str) -> None:
        self.sqlite = sqlite
        self.postgres = postgres

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: Any = None
    ) -> None:
        await state_editor._run_sql(self.sqlite if isinstance(state_editor, SqliteEditor) else self.postgres)


# Whatever else there may be draws every model anew.
LOCAL = (CreateModel, AddField, AddIndex, RunPython, _Sql)


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
