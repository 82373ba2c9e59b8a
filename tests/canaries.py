"""Words planted in a record, and which of them somebody gets to see: what the test of sight of every room is made of."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from app import app
from portal.people.models import Person, Way
from portal.roster.models import Lawyer
from tests import make
from tests.forms_browser import Browser


async def seen(
    somebody: Any, paths: Iterable[str], planted: Mapping[str, str], way: Way | None = None
) -> set[str]:
    """Which of the planted words this person (None: a stranger) meets on these pages, in their source and their headers."""
    browser = Browser(app)
    if somebody is not None:
        await make.sign_in(browser, somebody, way)
    met: set[str] = set()
    for path in paths:
        page = await browser.get(path, follow=True)
        assert page.status < 500, path
        met |= {name for name, words in planted.items() if words in page.html or words in str(page.headers)}
    return met


def everybody(cast: SimpleNamespace) -> dict[str, Any]:
    """Everybody of both communities by name, the stranger without a session among them."""
    people = {**vars(cast), **{f"other_{name}": value for name, value in vars(cast.other).items()}}
    found: dict[str, Any] = {"nobody": None}
    for name, value in people.items():
        if isinstance(value, Person | Lawyer):
            found[name] = value.person if isinstance(value, Lawyer) else value
    return found
