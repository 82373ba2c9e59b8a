"""Long lists a page at a time."""

from typing import Any, NamedTuple

from tortoise.queryset import QuerySet

LINES = 30  # rows on one page


class Leaf(NamedTuple):
    """One page of a list: its rows, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int
    page: int
    pages: int


NOTHING = Leaf([], 0, 1, 1)


async def leaf(found: QuerySet[Any], page: int, *columns: str, **named: str) -> Leaf:
    """One page of what was found, in its order, as rows of these columns; beyond the end it is the last one."""
    total = await found.count()
    pages = max(1, -(-total // LINES))
    page = min(max(page, 1), pages)
    rows = await found.offset((page - 1) * LINES).limit(LINES).values(*columns, **named) if total else []
    return Leaf(list(rows), total, page, pages)


def cut(rows: list[dict[str, Any]], page: int) -> Leaf:
    """The same of rows that are all known already."""
    pages = max(1, -(-len(rows) // LINES))
    page = min(max(page, 1), pages)
    return Leaf(rows[(page - 1) * LINES : page * LINES], len(rows), page, pages)
