"""The command line as somebody types it, in a process that is left as it was."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal import clock, settings
from portal.commands import portal

SECRET = "a secret of the tests, long enough for anybody"
KEYS = "a key of the tests that is kept apart from the secret"


@pytest.fixture(autouse=True)
def unchanged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the shell gets in, and neither settings nor time nor the way of logging get out."""
    for name in settings.Settings.__annotations__:
        monkeypatch.delenv(f"PORTAL_{name.upper()}", raising=False)
    before, root = settings.current(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with clock.standing_at(clock.now()):
        yield
    settings.use(before)
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture
def type_in(database_url: str, tmp_path: Path) -> Callable[..., Result]:
    """Type a command, on a migrated database unless a setting names another."""

    def typed(*words: str, answers: str = "", **setting: str) -> Result:
        values = {"secret": SECRET, "keys": KEYS, "database": database_url, "data": str(tmp_path), **setting}
        environment = {f"PORTAL_{name.upper()}": value for name, value in values.items()}
        return CliRunner().invoke(portal, list(words), input=answers, env=environment)

    return typed
