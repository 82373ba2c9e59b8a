"""Every trace of the database at once: written for the first time, brought to the newest key, and held against the rows."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from tortoise.migrations.operations import RunPython

from portal import database, index, secrecy

PAGE = 200  # rows at a time: whatever interrupts a rotation, it has lost at most these


async def build(founds: list[index.Found]) -> int:
    """Write the traces of every row of these, which are of one table; how many had to change."""
    done, after = 0, ""
    while page := await _page(founds, after):
        async with database.transaction():
            done += await index.write(founds, [row["id"] for row in page])
        after = page[-1]["id"]
    return done


async def _page(founds: list[index.Found], after: str) -> list[dict[str, Any]]:
    beyond = f"{index.select(founds)} {'AND id > ?' if after else ''} ORDER BY id LIMIT {PAGE}"
    return await database.rows(beyond, *([database.key(after)] if after else []))


def first_time(founds: Iterable[index.Found]) -> RunPython:
    """An operation for a migration: what stands in these tables already is found from now on."""

    async def write_all(apps: Any, editor: Any) -> None:
        for of_table in _by_table(founds).values():
            await build(of_table)

    return RunPython(write_all)


def _by_table(founds: Iterable[index.Found]) -> dict[str, list[index.Found]]:
    tables: dict[str, list[index.Found]] = {}
    for found in founds:
        tables.setdefault(found.table, []).append(found)
    return tables


def _sources(founds: list[index.Found]) -> str:
    """The traces of these, as a condition on `t`."""
    return " OR ".join(f"(t.kind = '{found.kind}' AND t.part = '{found.part}')" for found in founds)


async def rotate() -> AsyncIterator[tuple[str, int]]:
    """Bring every trace to the newest key, a page in each transaction: (table, how many). May be interrupted and begun again;
    what somebody is changing is left to the next time."""
    for table, founds in _by_table(index.everything()).items():
        brought, after = 0, ""
        while keys := await _behind(founds, after):
            async with database.transaction():
                brought += await index.write(founds, await _alone(table, keys))
            after = keys[-1]
        yield table, brought


async def _behind(founds: list[index.Found], after: str) -> list[str]:
    values = [secrecy.ring()[0].name, *([database.key(after)] if after else [])]
    found = await database.rows(
        f"SELECT DISTINCT t.source FROM trace t WHERE t.key <> ? AND ({_sources(founds)}) "
        f"{'AND t.source > ?' if after else ''} ORDER BY t.source LIMIT {PAGE}",
        *values,
    )
    return [row["source"] for row in found]


async def _alone(table: str, keys: list[str]) -> list[str]:
    """Those of the rows that nobody is changing now, kept for us until the transaction ends."""
    lock = "FOR UPDATE SKIP LOCKED" if database.engine() == "postgres" else ""
    listed = ", ".join("?" for _ in keys)
    found = await database.rows(
        f'SELECT id FROM "{table}" WHERE id IN ({listed}) {lock}', *(database.key(key) for key in keys)
    )
    return [row["id"] for row in found]


async def behind() -> int:
    """How many traces still need another key than the newest."""
    found = await database.rows("SELECT COUNT(*) AS n FROM trace WHERE key <> ?", secrecy.ring()[0].name)
    return int(found[0]["n"])


async def broken() -> AsyncIterator[str]:
    """Rows that are not found by what they say, or are found by what they do not say."""
    founds = index.everything()
    for table, of_table in _by_table(founds).items():
        after = ""
        while page := await _page(of_table, after):
            listed = ", ".join("?" for _ in page)
            kept = await database.rows(
                f"SELECT * FROM trace WHERE source IN ({listed})", *(database.key(row["id"]) for row in page)
            )
            traces = {(str(one["source"]), one["part"]): one for one in kept}
            for row in page:
                for found in of_table:
                    if not _is_right(found, row, traces.get((str(row["id"]), found.part))):
                        yield f"{table} {row['id']}, {found.part}"
            after = page[-1]["id"]
        orphans = (
            f"SELECT t.source FROM trace t WHERE ({_sources(of_table)}) AND NOT EXISTS "
            f'(SELECT 1 FROM "{table}" r WHERE r.id = t.source AND {of_table[0].only})'
        )
        for row in await database.rows(orphans):
            yield f"{table} {row['source']} is not there"
    for row in await database.rows(f"SELECT t.source FROM trace t WHERE NOT ({_sources(founds)})"):
        yield f"{row['source']} is nothing that is found"


def _is_right(found: index.Found, row: Mapping[str, Any], trace: Mapping[str, Any] | None) -> bool:
    try:
        key = next((key for key in secrecy.ring() if trace is None or key.name == trace["key"]), None)
        tokens = index.tokens_of(found, row, key) if key else None
    except secrecy.Tampered:
        return True  # another promise's to name
    if trace is None:
        return not tokens
    return (tokens, str(row[found.record])) == (trace["tokens"], str(trace["record"]))
