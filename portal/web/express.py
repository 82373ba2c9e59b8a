"""The fast way out: a page that is the same for everybody who reads alike is handed over at once, if nothing has changed it.

Stands before everything else and judges by the bytes of the head alone. It is safe because it only ever says yes: to a GET
of an address whose page went out the usual way before, from one Host that is ours, in bearable headers of which each comes
once, without a body, with no cookie but how somebody reads and which browser it is. Whatever is odd, refused, too much or
somebody's own goes the usual way, through the gate. What is handed over carries the headers that the gate gives.

It draws nothing: `portal.web.copies` leaves here what it drew. When that has become too old, the first who comes goes the
usual way and has it drawn, and whoever comes meanwhile, having seen nothing newer, waits for it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from datetime import datetime
from typing import NamedTuple

from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from portal import clock, database, languages, publishing, secrecy, settings
from portal.web import gate, ledger

HARMLESS = frozenset({gate.LANGUAGE, gate.MODE, gate.BROWSER})  # cookies that sign nobody in
WITH_BODY = (b"content-length", b"transfer-encoding")
MOST = 256  # pages of an address that are ready
WHOLE = "portal.whole"  # by which a server says that it takes (status, head, body) in one piece
Headers = list[tuple[bytes, bytes]]
Own = Callable[[str], Awaitable[Hashable | None]]  # what of a page is this browser's; None: all of it


class Reader(NamedTuple):
    """How somebody reads, and the hash of their browser where it has one."""

    language: str
    mode: str
    asks: bool  # is to be asked which version they like
    browser: str


class Piece(NamedTuple):
    """An answer: its headers, as they stand on the wire too, and its body."""

    status: int
    headers: Headers
    head: bytes
    body: bytes

    @classmethod
    def of(cls, response: Response) -> "Piece":
        """The answer with all that the gate gives it."""
        headers = gate.dressed(response.raw_headers)
        head = b"".join(b"%b: %b\r\n" % header for header in headers)
        return cls(response.status_code, headers, head, bytes(response.body))


class Ready(NamedTuple):
    """A page as it goes out, for those who take it compressed, those who do not and those who have it; and what it was
    drawn from."""

    seen: publishing.Editions
    since: datetime
    until: datetime
    settings: settings.Settings
    version: bytes
    packed: "Piece"
    plain: "Piece"
    same: "Piece"

    def is_new(self, seen: publishing.Editions) -> bool:
        """Is it drawn of these editions or newer ones, and for now?"""
        return (
            all(seen.get(name, 0) <= count for name, count in self.seen.items())
            and self.since <= clock.now() < self.until
            and self.settings is settings.current()
        )


class Turn(NamedTuple):
    """Somebody has the page drawn that lies there, having seen these editions."""

    where: Hashable
    seen: publishing.Editions
    over: asyncio.Future[None]


class Shelf:
    """What is ready of one route, by how it is asked for and read."""

    def __init__(self, route: str, own: Own) -> None:
        self.route, self.own = route, own
        self.pages: dict[Hashable, Ready] = {}
        self.turns: dict[Hashable, Turn] = {}

    def keep(self, where: Hashable, ready: Ready) -> None:
        """Have it ready; an address can be written in endless ways, so those kept longest go first."""
        self.pages.pop(where, None)
        self.pages[where] = ready
        while len(self.pages) > MOST:
            del self.pages[next(iter(self.pages))]
        if (turn := self.turns.get(where)) is not None:
            self.end(turn)

    def end(self, turn: Turn) -> None:
        """Whoever waited for it waits no longer."""
        if not turn.over.done():
            turn.over.set_result(None)
        if self.turns.get(turn.where) is turn:
            del self.turns[turn.where]


def shelves() -> dict[str, Shelf]:
    """What is ready, by path."""
    found: dict[str, Shelf] = database.kept().setdefault("express", {})
    return found


def keep(scope: Scope, own: Hashable, of: Own, ready: Ready) -> None:
    """Have this page ready for whoever asks as this request did, and of whose browser `of` says that `own`."""
    asked = head(scope) if scope["method"] == "GET" else None
    reader = read(asked) if asked is not None else None
    if reader is not None:
        shelf = shelves().setdefault(scope["path"], Shelf(scope["route"].path, of))
        shelf.keep(address(scope, reader, own), ready)


def head(scope: Scope) -> dict[bytes, bytes] | None:
    """The headers by name; None where one comes twice, they are too long, or a body follows."""
    said = scope["headers"]
    asked = dict(said)
    if len(asked) != len(said) or not asked.keys().isdisjoint(WITH_BODY):
        return None
    is_bearable = sum(map(len, asked)) + sum(map(len, asked.values())) <= gate.MOST_HEADERS
    return asked if is_bearable else None


def read(asked: Mapping[bytes, bytes]) -> Reader | None:
    """How whoever sends this head reads; None for another host's, and where a cookie may say more of them."""
    if b"host" not in asked or not gate.is_ours(asked[b"host"]):
        return None
    cookies = cookie_parser(asked[b"cookie"].decode("latin-1")) if b"cookie" in asked else {}
    if cookies and not {gate.named(name) for name in HARMLESS}.issuperset(cookies):
        return None
    known = {name: cookies.get(gate.named(name)) for name in HARMLESS} if cookies else {}
    language = languages.choose(
        known.get(gate.LANGUAGE), asked.get(b"accept-language", b"").decode("latin-1")
    )
    mode, browser = known.get(gate.MODE), known.get(gate.BROWSER)
    return Reader(
        language,
        "elder" if mode == "elder" else "standard",
        mode is None,
        secrecy.keyed("browser", browser) if browser else "",
    )


def address(scope: Scope, reader: Reader, own: Hashable) -> Hashable:
    """Where on its shelf a page lies."""
    return scope.get("raw_path"), scope["query_string"], reader.language, reader.mode, reader.asks, own


class Express:
    """Hands out what is ready."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        shelf = shelves().get(scope["path"]) if is_read else None
        asked = head(scope) if shelf is not None else None
        if shelf is None or asked is None:
            await self.app(scope, receive, send)
            return
        gate.crowd.count += 1
        try:
            is_served, turn = await self.serve(shelf, asked, scope, send)
        finally:
            gate.crowd.count -= 1
        if is_served:
            return
        try:
            await self.app(scope, receive, send)
        finally:
            if turn is not None:
                shelf.end(turn)

    async def serve(
        self, shelf: Shelf, asked: Mapping[bytes, bytes], scope: Scope, send: Send
    ) -> tuple[bool, Turn | None]:
        """Was it handed over? If not, and it is for them to have it drawn, their turn."""
        began, reader = time.perf_counter(), read(asked)
        if reader is None or gate.crowd.is_too_large():
            return False, None
        try:
            own = await shelf.own(reader.browser)
            where = address(scope, reader, own)
            if own is None or where not in shelf.pages:
                return False, None
            seen = await publishing.look()
        except Exception:  # whatever is wrong is found again on the usual way, where it is said kindly
            return False, None
        ready = shelf.pages.get(where)
        if ready is None or not ready.is_new(seen):
            turn = shelf.turns.get(where)
            if turn is None or publishing.is_older(turn.seen, seen):
                scope.setdefault("state", {})["editions"] = seen
                shelf.turns[where] = mine = Turn(where, seen, asyncio.get_running_loop().create_future())
                return False, mine
            await asyncio.shield(turn.over)
            ready = shelf.pages.get(where)
            if ready is None or not ready.is_new(seen):
                return False, None
        await hand_over(shelf.route, ready, asked, scope, send, began)
        return True, None


async def hand_over(
    route: str, ready: Ready, asked: Mapping[bytes, bytes], scope: Scope, send: Send, began: float
) -> None:
    """The page, or the word that whoever asks has it already."""
    piece = ready.packed if b"gzip" in asked.get(b"accept-encoding", b"") else ready.plain
    if asked.get(b"if-none-match") == ready.version:
        piece = ready.same
    await give(route, piece, scope, send, began)


async def give(route: str, piece: Piece, scope: Scope, send: Send, began: float) -> None:
    """An answer that is ready; and the line that every request leaves."""
    number = ledger.new_number()
    named = (b"x-request-id", number.encode())
    whole = scope.get("extensions", {}).get(WHOLE)
    try:
        if whole is None or not whole(piece.status, piece.head + b"%b: %b\r\n" % named, piece.body):
            given = [*piece.headers, named]
            await send({"type": "http.response.start", "status": piece.status, "headers": given})
            await send({"type": "http.response.body", "body": piece.body})
    finally:
        ledger.write(scope, route, piece.status, began, request=number)
