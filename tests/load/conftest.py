"""Crowds ask for more codes in a minute than a community does in a day: here the breaker is not what is tried."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal import settings
from portal.people.actions import codes


@pytest.fixture(autouse=True)
def no_breaker(apart: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As many codes as are asked for."""
    for limit in ("NUMBERS_OF_AN_ADDRESS", "TRIES_OF_AN_ADDRESS"):
        monkeypatch.setattr(codes, limit, 99_999)
    before = settings.use(replace(settings.current(), codes_an_hour=99_999))
    yield
    settings.use(before)
