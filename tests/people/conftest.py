"""What the tests of the doors share."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal import settings


@pytest.fixture
def in_service() -> Iterator[settings.Settings]:
    """No demonstration: the portal as a community runs it, at the address of the tests' browser."""
    before = settings.current()
    served = replace(before, demo=False, site="https://portal.localhost")
    settings.use(served)
    yield served
    settings.use(before)
