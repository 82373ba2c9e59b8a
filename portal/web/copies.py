"""A page that is the same for everybody who is nobody in particular, ready to be sent: drawn and compressed once."""

import gzip
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from portal import languages, locality, publishing, settings
from portal.web import express, gate, live

VARY = "Accept-Language, Cookie, Accept-Encoding"
LIVED = timedelta(seconds=2)  # a page whose forerunner did not live so long is packed quickly, not tightly


class Copy(NamedTuple):
    """The page as it is and compressed, its version, and the span of time in which it looks like this."""

    body: bytes
    packed: bytes
    headers: dict[str, str]
    since: datetime
    until: datetime


class Drawing(NamedTuple):
    """What a page is drawn from: what it is about, what of it is its browser's own and how that is found for another one,
    the editions, the instant, and how; `draw` says until when it looks so."""

    about: Hashable
    own: Hashable
    of: express.Own
    editions: tuple[str, ...]
    now: datetime
    draw: Callable[[], Awaitable[tuple[Response, datetime]]]


def is_like_any(request: Request) -> bool:
    """Would this page look the same to anybody in the same language and version: nobody is signed in, and nothing is said
    to them once?"""
    return request.state.person is None and gate.kept(request, gate.FLASH) is None


async def send(request: Request, drawing: Drawing) -> Response:
    """The page, of the editions that stand. Ask `is_like_any` before; what else differs from one reader to the next must be
    said in `about` and `own`."""
    seen: publishing.Editions = request.state.editions
    asks = gate.kept(request, gate.MODE) is None
    now_in_force = settings.current()
    how = (languages.current(), request.state.mode, asks, locality.current(), id(now_in_force))
    key = (drawing.about, drawing.own, how)

    # What changes again and again is gone before the bytes that packing it tightly saves have paid for the work.
    level = 1 if publishing.age(key, drawing.now) < LIVED else 6

    async def drawn() -> Copy:
        page, until = await drawing.draw()
        body = bytes(page.body)
        headers = {"Content-Type": page.headers["content-type"], "ETag": page.headers["etag"], "Vary": VARY}
        return Copy(body, gzip.compress(body, level), headers, drawing.now, until)

    counts = {name: seen.get(name, 0) for name in drawing.editions}
    copy = await publishing.copy(key, tuple(counts.values()), drawing.now, drawn)
    packed = Response(copy.packed, headers={**copy.headers, "Content-Encoding": "gzip"})
    plain = Response(copy.body, headers=copy.headers)
    same = Response(status_code=304, headers={"ETag": copy.headers["ETag"]})
    until = min(copy.until, copy.since + publishing.LONGEST)
    ready = express.Ready(
        counts,
        copy.since,
        until,
        now_in_force,
        copy.headers["ETag"].encode(),
        express.Piece.of(packed),
        express.Piece.of(plain),
        express.Piece.of(same),
    )
    express.keep(request.scope, drawing.own, drawing.of, ready)
    if live.unchanged(request, copy.headers["ETag"]):
        return same
    return packed if "gzip" in request.headers.get("accept-encoding", "") else plain
