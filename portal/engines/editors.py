"""The ORM's schema editors, made to keep what models promise: checks, conditional uniqueness, indexes, and every row."""

import re
import sqlite3
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import Any

from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, SqliteSchemaEditor
from tortoise.migrations.schema_editor.data import ModelSqlData
from tortoise.migrations.schema_generator.state import State


class Broken(Exception):
    """A migration that must not be: nothing of it was kept."""


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


class Promises:
    """What the ORM's editors leave out: checks and conditional uniqueness of new tables, indexes of new columns."""

    before: State
    after: State
    _drawing: Any = None

    def _get_model_sql_data(self, model: Any) -> ModelSqlData:
        self._drawing = model
        # The ORM sorts foreign keys and leaves one-to-one keys in the order of a set: another one in every process.
        projection = model._meta.fields_db_projection
        keys = {model._meta.fields_map[name].source_field for name in model._meta.o2o_fields}
        for key in sorted(keys & projection.keys()):
            projection[key] = projection.pop(key)
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


class PostgresEditor(Promises, AsyncpgSchemaEditor):
    async def _alter_field(self, model: Any, old_field: Any, new_field: Any) -> None:
        if old_field.null and not new_field.null and (default := self._default_of(model, new_field)):
            column = column_of(old_field)
            await self._run_sql(
                f'UPDATE "{model._meta.db_table}" SET "{column}" = {default} WHERE "{column}" IS NULL'
            )
        await super()._alter_field(model, old_field, new_field)


class SqliteEditor(Promises, SqliteSchemaEditor):
    async def _run_sql(self, sql: str) -> None:
        for statement in statements(sql):
            await self.client.execute_query(statement)

    async def _remake_table(
        self, model: Any, create_field: Any = None, delete_field: Any = None, alter_fields: Any = None
    ) -> None:
        """Rebuild a table as a fresh one would be, with its rows, its triggers and the indexes written by hand.

        Foreign keys are off while migrating: dropping the old table would delete its children otherwise.
        """
        new = self.after.apps.get_model(f"{model._meta.app}.{model.__name__}")
        old = self.before.apps.get_model(f"{model._meta.app}.{model.__name__}")
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
                (
                    o.source_field or o.model_field_name
                    for o, n in alter_fields or ()
                    if column_of(n) == column
                ),
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


def column_of(field: Any) -> str:
    return str(field.source_field or field.model_field_name)
