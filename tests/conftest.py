"""What every test may ask for: an engine, a database that is migrated and empty, its address."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal import database as door
from portal import settings
from tests import cast as everybody
from tests.engines import Engine, Postgres, Sqlite


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", choices=("sqlite", "postgres"), default="sqlite", help="where the tables are"
    )
    parser.addoption("--long", action="store_true", help="also the long form of load tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("long"):
        long = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)


def pytest_report_header(config: pytest.Config) -> str:
    return f"engine: {config.getoption('engine')}"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The engine this run was asked for."""
    chosen: Engine = Postgres() if request.config.getoption("engine") == "postgres" else Sqlite()
    yield chosen
    chosen.close()


@pytest.fixture
def database_url(engine: Engine) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own; nobody is connected to it."""
    url = engine.migrated()
    yield url
    engine.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """The same, and this process is connected to it."""
    await door.connect(database_url)
    yield database_url
    await door.close()


@pytest.fixture
async def cast(database: str) -> SimpleNamespace:
    """Everybody (tests/cast.py), in a database of their own."""
    return await everybody.assemble()


@pytest.fixture(autouse=True)
def apart(tmp_path: Path) -> Iterator[None]:
    """No test leaves a file (an anchor of the journal, a message) where the next would find it."""
    before = settings.use(replace(settings.current(), data=tmp_path / "data"))
    yield
    settings.use(before)
