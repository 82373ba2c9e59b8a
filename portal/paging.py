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


def placed(total: int, page: int) -> Leaf:
    """A page of so many rows, still without them; beyond the end it is the last one."""
    pages = max(1, -(-total // LINES))
    return Leaf([], total, min(max(page, 1), pages), pages)


async def leaf(found: QuerySet[Any], page: int, *columns: str, **named: str) -> Leaf:
    """One page of what was found, in its order, as rows of these columns."""
    at = placed(await found.count(), page)
    rows = found.offset((at.page - 1) * LINES).limit(LINES)
    return at._replace(rows=list(await rows.values(*columns, **named))) if at.total else at


def cut(rows: list[dict[str, Any]], page: int) -> Leaf:
    """The same of rows that are all known already."""
    at = placed(len(rows), page)
    return at._replace(rows=rows[(at.page - 1) * LINES : at.page * LINES])
