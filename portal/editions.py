"""How often something published has changed, counted where every process sees it: what was rendered of an older edition is
rendered anew.

Nobody has to remember to count: `database.transaction()` sees which tables were written, and counts before it commits.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from tortoise import Tortoise, fields
from tortoise.models import Model

# What is published → the tables it is drawn from.
DRAWN_FROM = {
    "communities": frozenset({"community"}),
    "days": frozenset({"calendar_day"}),
    "lexicon": frozenset({"clue"}),
    "plan": frozenset(
        {"slot", "duty", "lawyer", "firm", "calendar_day"}
    ),  # the times there are, taken or not
    "times": frozenset({"hold", "slot", "duty", "lawyer", "firm", "calendar_day"}),
}
COUNT = "UPDATE edition SET count = count + 1 WHERE name = '{name}'"
FIRST = "INSERT INTO edition (name, count) VALUES ('{name}', 1) ON CONFLICT (name) DO UPDATE SET count = edition.count + 1"
LOOK = "SELECT name, count FROM edition"
WRITES = re.compile(r"\b(INSERT\s+INTO|INSERT\s+OR\s+\w+\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.I)


class Edition(Model):
    """The edition of one thing that is published."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80, unique=True)
    count = fields.BigIntField(default=0)

    class Meta:
        table = "edition"


@lru_cache(maxsize=2048)
def written_by(sql: str) -> frozenset[tuple[str, bool]]:
    """The tables that a statement writes to, each with whether rows are deleted there."""
    return frozenset((table.lower(), verb[0] in "Dd") for verb, table in WRITES.findall(sql))


async def count(session: Any) -> None:
    """Count on what is drawn from the tables that this transaction wrote to: the last thing it does, so that nobody waits
    for the row longer than for a commit."""
    for name in sorted({name for table, deletes in session.written for name in changed_by(table, deletes)}):
        done, _rows = await session.execute_query(COUNT.format(name=name), [])
        if not done:
            await session.execute_query(FIRST.format(name=name), [])


@cache
def changed_by(table: str, deletes: bool) -> frozenset[str]:
    """What is drawn from a table, or from one whose rows the database itself deletes or changes together with its rows."""
    tables = {table, *(_below(table) if deletes else ())}
    return frozenset(name for name, drawn in DRAWN_FROM.items() if drawn & tables)


def _below(table: str) -> Iterable[str]:
    """The tables with rows that go, or lose their way, with a row of this one."""
    found, ahead = set(), [table]
    while ahead:
        above = ahead.pop()
        for model in Tortoise.apps["portal"].values():
            for name in model._meta.fk_fields | model._meta.o2o_fields:
                field: Any = model._meta.fields_map[name]
                mine = model._meta.db_table
                if field.related_model._meta.db_table == above and field.on_delete != fields.RESTRICT:
                    ahead += [mine] if mine not in found and field.on_delete == fields.CASCADE else []
                    found.add(mine)
    return found
