"""A browser whose hash is known, so that a time can be held for it."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from app import app
from portal import secrecy
from portal.booking import actions as booking
from portal.booking import drafts
from tests import make
from tests.forms_browser import Browser

Opened = Callable[..., Awaitable[SimpleNamespace]]


@pytest.fixture
def holding(cast: SimpleNamespace) -> Opened:
    """Open a browser that holds a time of this lawyer, with this told so far."""

    async def opened(person: Any = None, lawyer: Any = None, **told: Any) -> SimpleNamespace:
        slot = await make.slot(lawyer or cast.chen)
        secret = secrecy.token()
        key, page = secrecy.keyed("browser", secret), Browser(app)
        page.keep("portal_browser", secret)
        if person:
            await make.sign_in(page, person)
        await drafts.keep(key, **{"topic": "debt", **told})
        await booking.hold(key, slot.starts_at, told.get("topic", "debt"))
        return SimpleNamespace(page=page, key=key, slot=slot)

    return opened


@pytest.fixture
async def meeting(cast: SimpleNamespace) -> SimpleNamespace:
    """Mei's consultation with Chen, at the time of it."""
    slot = await make.slot(cast.chen)
    consultation = await make.consultation(cast.mei, slot)
    return SimpleNamespace(slot=slot, consultation=consultation, at=slot.starts_at)
