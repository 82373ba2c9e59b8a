"""The small tables, migrated and connected."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from portal import database as door
from portal import schema
from tests.engines import Engine


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database module know the small tables in place of the real ones."""
    monkeypatch.setattr(door, "MODELS", ["tests.house.tables"])
    monkeypatch.setattr(door, "MIGRATIONS", "tests.house.steps")


@pytest.fixture
def empty_url(engine: Engine) -> Iterator[str]:
    """The address of a database without tables."""
    url = engine.empty()
    yield url
    engine.drop(url)


@pytest.fixture
def tables_url(small: None, empty_url: str) -> str:
    """The address of a database with the small tables."""
    asyncio.run(schema.migrate(empty_url))
    return empty_url


@pytest.fixture
async def tables(tables_url: str) -> AsyncIterator[str]:
    """The same, connected."""
    await door.connect(tables_url)
    yield tables_url
    await door.close()
