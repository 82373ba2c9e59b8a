"""A page that is the same for everybody who is nobody in particular, ready to be sent: drawn and compressed once."""

import gzip
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from portal import languages, locality, publishing, settings
from portal.web import express, gate, live

VARY = "Accept-Language, Cookie, Accept-Encoding"


class Copy(NamedTuple):
    """The page as it is and compressed, its version, and the span of time in which it looks like this."""

    body: bytes
    packed: bytes
    headers: dict[str, str]
    since: datetime
    until: datetime


def is_like_any(request: Request) -> bool:
    """Would this page look the same to anybody in the same language and version: nobody is signed in, and nothing is said
    to them once?"""
    return request.state.person is None and gate.kept(request, gate.FLASH) is None


async def send(
    request: Request,
    about: Hashable,
    editions: tuple[str, ...],
    now: datetime,
    draw: Callable[[], Awaitable[tuple[Response, datetime]]],
) -> Response:
    """The page about this, of the editions that stand. `draw` draws it and says until when it looks so. Ask `is_like_any`
    before; what else differs from one reader to the next must be said in `about`."""
    state, seen = request.state, request.state.editions
    asks = gate.kept(request, gate.MODE) is None
    key = (about, languages.current(), state.mode, asks, locality.current(), id(settings.current()))

    async def drawn() -> Copy:
        page, until = await draw()
        body = bytes(page.body)
        headers = {"Content-Type": page.headers["content-type"], "ETag": page.headers["etag"], "Vary": VARY}
        return Copy(body, gzip.compress(body, 6), headers, now, until)

    copy = await publishing.copy(key, tuple(seen.get(name, 0) for name in editions), now, drawn)
    packed = Response(copy.packed, headers={**copy.headers, "Content-Encoding": "gzip"})
    plain = Response(copy.body, headers=copy.headers)
    if (where := express.address(request.scope)) is not None:
        ready = express.Ready(
            request.scope["route"],
            {name: seen.get(name, 0) for name in editions},
            copy.since,
            min(copy.until, copy.since + publishing.LONGEST),
            copy.headers["ETag"].encode(),
            (packed.raw_headers, copy.packed),
            (plain.raw_headers, copy.body),
        )
        express.keep(where, ready)
    if same := live.unchanged(request, copy.headers["ETag"]):
        return same
    return packed if "gzip" in request.headers.get("accept-encoding", "") else plain
