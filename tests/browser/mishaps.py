"""The portal, and beside it an address for everything that can go wrong in one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import app as app
from portal import database, secrecy
from portal.errors import Conflict, Forbidden, Missing, TooMany
from tests.browser.peopled import settle

# Kinds, not instances: what is said depends on the language in which it happens.
MISHAPS: dict[str, type[Exception]] = {
    "missing": Missing,
    "forbidden": Forbidden,
    "conflict": Conflict,
    "too-many": TooMany,
    "away": database.Unavailable,
    "tampered": secrecy.Tampered,
    "broken": RuntimeError,
}


async def happen(request: Request) -> Response:
    """Let it go wrong."""
    raise MISHAPS[request.path_params["what"]]()


async def nobody() -> None:
    """An empty portal, with a stranger before it."""
    await settle({})


app.router.routes.append(Route("/mishap/{what}", happen, name="mishap"))
