"""Every sealed column of the database at once: sealed for the first time, brought to the newest key, and counted."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from tortoise import Tortoise
from tortoise.migrations.operations import RunPython

from portal import database, secrecy
from portal.fields import Mark, Sealed, SealedBytes

PAGE = 200  # rows at a time: a rotation that is interrupted has lost at most these, and goes on with them
FILES = 4  # rows at a time where each may hold many megabytes
OF_ANOTHER = "the envelope of another row"


class Column(NamedTuple):
    """A sealed column, and the marks that follow it: (column, purpose, form)."""

    table: str
    name: str
    marks: tuple[tuple[str, str, Callable[[Any], str]], ...] = ()
    unique: frozenset[str] = frozenset()  # those of the marks that no two rows may share
    holds_bytes: bool = False

    @property
    def place(self) -> str:
        """What its envelopes are bound to, beside their row."""
        return f"{self.table}.{self.name}"

    @property
    def page(self) -> int:
        """How many rows are taken at a time."""
        return FILES if self.holds_bytes else PAGE

    @property
    def is_filled(self) -> str:
        """SQL: something stands in it."""
        return f'length("{self.name}") > 0' if self.holds_bytes else f"\"{self.name}\" <> ''"

    @property
    def is_behind(self) -> str:
        """SQL: something stands in it that was sealed with another key than `of_key`."""
        other = f'substr("{self.name}", 1, 4) <> ?' if self.holds_bytes else f'"{self.name}" NOT LIKE ?'
        return f"{self.is_filled} AND {other}"

    def of_key(self, name: str) -> str | bytes:
        """How the envelopes of a key begin, as `is_behind` compares it."""
        return bytes.fromhex(name) if self.holds_bytes else f"{name}.%"


def columns() -> list[Column]:
    """Every sealed column the models declare."""
    found = []
    for model in Tortoise.apps["portal"].values():
        fields = model._meta.fields_map
        for name, field in fields.items():
            if isinstance(field, Sealed | SealedBytes):
                marks = tuple(
                    (mark, each.purpose, each.form)
                    for mark, each in fields.items()
                    if isinstance(each, Mark) and each.of == name
                )
                unique = frozenset(mark for mark, _purpose, _form in marks if fields[mark].unique)
                is_bytes = isinstance(field, SealedBytes)
                found.append(Column(model._meta.db_table, name, marks, unique, is_bytes))
    return sorted(found, key=lambda column: column[:2])


def _again(column: Column, row: UUID, words: Any) -> dict[str, Any]:
    """What a row's column and its marks become under the newest key."""
    made = {column.name: secrecy.seal(words, column.place, row)}
    for mark, purpose, form in column.marks:
        made[mark] = secrecy.mark(purpose, form(words))
    return made


class Turn(NamedTuple):
    """What became of one column: how many values were brought to the newest key, and which could not be, with the reason."""

    column: Column
    brought: int
    stuck: list[str]


async def rotate() -> AsyncIterator[Turn]:
    """Bring every envelope and mark to the newest key, a page of rows in each transaction; what was done, column by column.

    May be interrupted at any moment and begun again, and the portal may serve meanwhile: what is sealed with an older key
    of the ring is still read. It waits for nobody's row: one that somebody is changing is left to the next pass.
    """
    for column in columns():
        brought, stuck = 0, dict[str, str]()
        while now_brought := await _pass(column, stuck):
            brought += now_brought
        yield Turn(column, brought, [f"{column.place} of {row}: {why}" for row, why in stuck.items()])


async def behind() -> int:
    """How many values still need another key than the newest."""
    newest, count = secrecy.ring()[0].name, 0
    for column in columns():
        find = f'SELECT COUNT(*) AS n FROM "{column.table}" WHERE {column.is_behind}'
        count += (await database.rows(find, column.of_key(newest)))[0]["n"]
    return count


async def _pass(column: Column, stuck: dict[str, str]) -> int:
    """Go once over the rows that are behind; how many were brought. What could not be is added to `stuck`."""
    newest, brought, after = secrecy.ring()[0].name, 0, ""
    alone = "FOR UPDATE SKIP LOCKED" if database.engine() == "postgres" else ""
    while True:
        find = (
            f'SELECT id, "{column.name}" AS words FROM "{column.table}" WHERE {column.is_behind} '
            f"{'AND id > ?' if after else ''} ORDER BY id LIMIT {column.page} {alone}"
        )
        async with database.transaction():
            page = await database.rows(find, column.of_key(newest), *([database.key(after)] if after else []))
            if not page:
                return brought
            for row in page:
                brought += await _bring(column, row, stuck)
        after = page[-1]["id"]


async def _bring(column: Column, row: Mapping[str, Any], stuck: dict[str, str]) -> int:
    """One row: 1 when it is now under the newest key, 0 when it cannot be or somebody changed it meanwhile."""
    try:
        words = secrecy.open_sealed(row["words"], column.place)
    except secrecy.Tampered as tampered:
        stuck[str(row["id"])] = str(tampered).partition(": ")[2] or str(tampered)
        return 0
    if secrecy.row_of(row["words"]) != UUID(str(row["id"])):
        stuck[str(row["id"])] = OF_ANOTHER
        return 0
    made = _again(column, UUID(str(row["id"])), words)
    for mark in column.unique:
        same = f'SELECT id FROM "{column.table}" WHERE "{mark}" = ? AND id <> ?'
        if found := await database.rows(same, made[mark], database.key(row["id"])):
            stuck[str(row["id"])] = f"says the same as row {found[0]['id']}: two that should be one"
            return 0
    sets = ", ".join(f'"{name}" = ?' for name in made)
    return await database.change(
        f'UPDATE "{column.table}" SET {sets} WHERE id = ? AND "{column.name}" = ?',
        *made.values(),
        database.key(row["id"]),
        row["words"],
    )


async def broken() -> AsyncIterator[tuple[str, str, str]]:
    """Where something sealed does not open, was sealed for another row, or is found under a mark that is not its own:
    (column, row, what is wrong)."""
    for column in columns():
        place, after = column.place, ""
        marks = "".join(f', "{mark}"' for mark, _purpose, _form in column.marks)
        find = f'SELECT id, "{column.name}" AS words{marks} FROM "{column.table}" WHERE {column.is_filled}'
        while page := await database.rows(
            f"{find} {'AND id > ?' if after else ''} ORDER BY id LIMIT {column.page}",
            *([database.key(after)] if after else []),
        ):
            for row in page:
                try:
                    words = secrecy.open_sealed(row["words"], place)
                except secrecy.Tampered as tampered:
                    yield place, str(row["id"]), str(tampered).removeprefix(f"{place}: ")
                    continue
                if secrecy.row_of(row["words"]) != UUID(str(row["id"])):
                    yield place, str(row["id"]), OF_ANOTHER
                for mark, purpose, form in column.marks:
                    if (row[mark] or "") not in (secrecy.marks(purpose, form(words)) or [""]):
                        yield (
                            f"{column.table}.{mark}",
                            str(row["id"]),
                            "found by something else than what it says",
                        )
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


def marked_anew(columns: Iterable[Column]) -> RunPython:
    """An operation for a migration: what stands sealed in these columns is found by these marks from now on."""

    async def mark(apps: Any, editor: Any) -> None:
        numbered = database.numbered if editor.DIALECT == "postgres" else lambda sql: sql
        for column in columns:
            sets = ", ".join(f'"{name}" = ?' for name, _purpose, _form in column.marks)
            found = await editor.client.execute_query_dict(
                f'SELECT id, "{column.name}" AS words FROM "{column.table}" WHERE {column.is_filled}'
            )
            for row in found:
                words = secrecy.open_sealed(row["words"], column.place)
                made = [secrecy.mark(purpose, form(words)) for _name, purpose, form in column.marks]
                await editor.client.execute_query(
                    numbered(f'UPDATE "{column.table}" SET {sets} WHERE id = ?'), [*made, row["id"]]
                )

    return RunPython(mark)
