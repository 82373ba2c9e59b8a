"""The fast way out: a page that is the same for every stranger is handed over at once, if nothing has changed it since.

Stands right behind the gate, so whatever the gate refuses is refused here too. It draws nothing itself: what it does not have
goes the usual way, and `portal.web.copies` leaves it here.
"""

from datetime import datetime
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from portal import clock, database, languages, publishing
from portal.web import gate

SHARED = frozenset(
    {gate.LANGUAGE, gate.MODE}
)  # cookies that say how somebody reads, and nothing of who they are
MOST = 256  # pages that are ready
Headers = list[tuple[bytes, bytes]]


class Ready(NamedTuple):
    """A page as it goes out, for those who take it compressed and for those who do not, and what it was drawn from."""

    route: Any
    seen: dict[str, int]
    since: datetime
    until: datetime
    version: bytes
    packed: tuple[Headers, bytes]
    plain: tuple[Headers, bytes]


def pages() -> dict[Any, Ready]:
    """What is ready, by address and by how it is read."""
    found: dict[Any, Ready] = database.kept().setdefault("express", {})
    return found


def keep(where: Any, ready: Ready) -> None:
    """Have it ready; an address can be written in endless ways, so those kept longest go first."""
    found = pages()
    found.pop(where, None)
    found[where] = ready
    while len(found) > MOST:
        del found[next(iter(found))]


def address(scope: Scope) -> Any:
    """Under which a page is ready for whoever asks like this; None where who asks may be somebody."""
    cookies = scope["state"]["cookies"]
    if scope["method"] != "GET" or (
        cookies and not {gate.named(name) for name in SHARED}.issuperset(cookies)
    ):
        return None
    asks = gate.named(gate.MODE) not in cookies if cookies else True
    return scope["path"], scope["query_string"], languages.current(), scope["state"]["mode"], asks


class Express:
    """Hands out what is ready."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ready = pages().get(address(scope)) if scope["type"] == "http" else None
        if ready is not None:
            scope["state"]["editions"] = seen = await publishing.look()
            is_new = all(seen.get(name, 0) == count for name, count in ready.seen.items())
            if is_new and ready.since <= clock.now() < ready.until:
                scope["route"] = ready.route
                await hand_over(scope, send, ready)
                return
        await self.app(scope, receive, send)


async def hand_over(scope: Scope, send: Send, ready: Ready) -> None:
    """The page, or the word that whoever asks has it already."""
    asked = dict(scope["headers"])
    if asked.get(b"if-none-match") == ready.version:
        await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", ready.version)]})
        await send({"type": "http.response.body", "body": b""})
        return
    headers, body = ready.packed if b"gzip" in asked.get(b"accept-encoding", b"") else ready.plain
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
