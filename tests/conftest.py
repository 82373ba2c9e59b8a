"""What every test may ask for: an engine, a database that is migrated and empty, its address."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from tortoise.apps import Apps

from portal import database as door
from portal import settings
from tests.attacks.towns import build
from tests.attacks.world import Town
from tests.cast import assemble
from tests.engines import Engine, Postgres, Sqlite, migrated
from tests.prepared import Prepared, prepared

BEGINNINGS = {"cast": assemble, "towns": build}  # by the fixture that asks for it
BEGINNING = pytest.StashKey[Prepared | None]()


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


@pytest.fixture(scope="session", autouse=True)
def drawn_once() -> Iterator[None]:
    """The ORM makes its models ready for the engine's words each time it connects, which is most of what connecting costs;
    as long as the engine and the models are the same they stay so."""
    make_ready, ready_for = Apps._build_initial_querysets, None

    def once(apps: Apps) -> None:
        nonlocal ready_for
        models = [model for app in apps.values() for model in app.values()]
        now = models[0]._meta.db.query_class, frozenset(models)
        if now != ready_for:
            make_ready(apps)
            ready_for = now

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Apps, "_build_initial_querysets", once)
        yield


@pytest.fixture
def database_url(engine: Engine, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of this test's own, migrated, with the cast or the towns where they are asked for and else
    empty; nobody is connected to it."""
    made = next((make for name, make in BEGINNINGS.items() if name in request.fixturenames), None)
    request.node.stash[BEGINNING] = beginning = prepared(made) if made else None
    url = engine.prepared(beginning or migrated)
    yield url
    engine.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """The same, and this process is connected to it."""
    await door.connect(database_url)
    yield database_url
    await door.close()


@pytest.fixture
async def cast(database: str, request: pytest.FixtureRequest) -> SimpleNamespace:
    """Everybody (tests/cast.py), in a database of their own."""
    return request.node.stash[BEGINNING].enter()


@pytest.fixture
async def towns(database: str, request: pytest.FixtureRequest) -> list[Town]:
    """Two towns and all that attackers may try themselves on (tests/attacks/towns.py), in a database of their own."""
    return request.node.stash[BEGINNING].enter()


@pytest.fixture(autouse=True)
def apart(tmp_path: Path) -> Iterator[None]:
    """No test leaves a file (an anchor of the journal, a message) where the next would find it."""
    before = settings.use(replace(settings.current(), data=tmp_path / "data"))
    yield
    settings.use(before)
