"""Every sealed column of the database at once: sealed for the first time, brought to the newest key, and counted."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from tortoise import Tortoise
from tortoise.migrations.operations import RunPython

from portal import database, secrecy
from portal.fields import Mark, Sealed

PAGE = 500  # rows at a time: a rotation that is interrupted has lost at most these, and goes on with them


class Column(NamedTuple):
    """A sealed column, and the marks that follow it: (column, purpose, form)."""

    table: str
    name: str
    marks: tuple[tuple[str, str, Callable[[str], str]], ...] = ()


def columns() -> list[Column]:
    """Every sealed column the models declare."""
    found = []
    for model in Tortoise.apps["portal"].values():  # type: ignore[index]
        fields = model._meta.fields_map
        for name, field in fields.items():
            if isinstance(field, Sealed):
                marks = tuple(
                    (mark, each.purpose, each.form)
                    for mark, each in fields.items()
                    if isinstance(each, Mark) and each.of == name
                )
                found.append(Column(model._meta.db_table, name, marks))
    return sorted(found, key=lambda column: column[:2])


def _again(column: Column, row: UUID, words: str) -> dict[str, str]:
    """What a row's column and its marks become under the newest key."""
    made = {column.name: secrecy.seal(words, f"{column.table}.{column.name}", row)}
    for mark, purpose, form in column.marks:
        made[mark] = secrecy.mark(purpose, form(words))
    return made


async def rotate() -> AsyncIterator[tuple[Column, int]]:
    """Bring every envelope and mark to the newest key, a page of rows in each transaction; how many, column by column.

    May be interrupted at any moment and begun again, and the portal may serve meanwhile: what is sealed with an older key
    of the ring is still read. A row that somebody changes at the same moment is left to them.
    """
    newest = secrecy.ring()[0].name
    for column in columns():
        count = 0
        find = (
            f'SELECT id, "{column.name}" AS words FROM "{column.table}" '
            f'WHERE "{column.name}" <> \'\' AND "{column.name}" NOT LIKE ? ORDER BY id LIMIT ?'
        )
        while page := await database.rows(find, f"{newest}.%", PAGE):
            async with database.transaction():
                for row in page:
                    words = secrecy.open_sealed(row["words"], f"{column.table}.{column.name}")
                    made = _again(column, UUID(str(row["id"])), words)
                    sets = ", ".join(f'"{name}" = ?' for name in made)
                    await database.change(
                        f'UPDATE "{column.table}" SET {sets} WHERE id = ? AND "{column.name}" = ?',
                        *made.values(),
                        database.key(row["id"]),
                        row["words"],
                    )
            count += len(page)
        yield column, count


async def broken() -> AsyncIterator[tuple[str, str]]:
    """Where something sealed does not open, or was sealed for another row: (column, row)."""
    for column in columns():
        place, after = f"{column.table}.{column.name}", ""
        find = f'SELECT id, "{column.name}" AS words FROM "{column.table}" WHERE "{column.name}" <> \'\' '
        while page := await database.rows(
            f"{find} {'AND id > ?' if after else ''} ORDER BY id LIMIT {PAGE}",
            *([database.key(after)] if after else []),
        ):
            for row in page:
                try:
                    secrecy.open_sealed(row["words"], place)
                    is_whole = secrecy.row_of(row["words"]) == UUID(str(row["id"]))
                except secrecy.Tampered:
                    is_whole = False
                if not is_whole:
                    yield place, str(row["id"])
            after = page[-1]["id"]


def first_time(tables: Mapping[str, Iterable[str]], marks: Iterable[Column] = ()) -> RunPython:
    """An operation for a migration: what stood in clear in these columns is sealed, and marked where `marks` says."""
    marked = {(column.table, column.name): column for column in marks}

    async def seal(apps: Any, editor: Any) -> None:
        numbered = database.numbered if editor.DIALECT == "postgres" else lambda sql: sql
        for table, names in tables.items():
            for name in names:
                column = marked.get((table, name), Column(table, name))
                found = await editor.client.execute_query_dict(
                    f'SELECT id, "{name}" AS words FROM "{table}" WHERE "{name}" <> \'\''
                )
                for row in found:
                    made = _again(column, UUID(str(row["id"])), row["words"])
                    sets = ", ".join(f'"{each}" = ?' for each in made)
                    await editor.client.execute_query(
                        numbered(f'UPDATE "{table}" SET {sets} WHERE id = ?'), [*made.values(), row["id"]]
                    )

    return RunPython(seal)
