"""The fast way in: small forms of strangers that come at the same moment are seen to together, by one transaction.

Stands before the gate and, as `express` does, judges by bytes alone and only ever says yes: to a POST of an address that a
room has opened a lane for, from our own pages, by a browser that is signed in nowhere, with a form that says nothing but
what the lane asks. Whatever is odd, refused or not to be had goes the usual way with its body as it came.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web import express, gate

LONGEST = 256  # bytes of a form
TOGETHER = 32  # forms in one transaction
FEW, APART = 16, 0.015  # so few wait until the last transaction is so many seconds old
LOOKS = 3  # at the door, that find nobody new
OURS = (b"same-origin", b"none")  # Sec-Fetch-Site of a browser that comes from our own pages
FORM = b"application/x-www-form-urlencoded"


class Posted(NamedTuple):
    """What somebody sent: the hash of their browser, and the fields of address and form, each of which came once."""

    browser: str
    query: Mapping[str, str]
    form: Mapping[str, str]


class Lane(NamedTuple):
    """One address: `read` says what is asked, None for the usual way; `do` does it for as many as come, and says for which
    of them it is done; `then` is where these are sent on to."""

    path: str
    read: Callable[[Posted], Any | None]
    do: Callable[[Sequence[Any]], Awaitable[Sequence[bool]]]
    then: Callable[[], express.Piece]


class Queue:
    """Those who wait for the next transaction of a lane, and the one that is under way."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.waiting: list[tuple[str, Any, asyncio.Future[bool]]] = []
        self.task: asyncio.Task[None] | None = None
        self.last = 0.0

    async def ask(self, browser: str, wanted: Any) -> bool:
        """Is it done? What fails is found again on the usual way, where it is said kindly."""
        mine = asyncio.get_running_loop().create_future()
        self.waiting.append((browser, wanted, mine))
        if self.task is None or self.task.done():
            self.task = asyncio.ensure_future(self.go())
        return await mine

    async def go(self) -> None:
        while self.waiting:
            await self.gather()
            some: dict[str, tuple[str, Any, asyncio.Future[bool]]] = {}
            for one in self.waiting:  # a browser that asks twice is seen to one after the other
                if len(some) < TOGETHER:
                    some.setdefault(one[0], one)
            taken = list(some.values())
            self.waiting = [one for one in self.waiting if one is not some.get(one[0])]
            done: Sequence[bool] = [False] * len(taken)
            try:
                done = await self.lane.do([wanted for _browser, wanted, _over in taken])
            except Exception:
                pass
            finally:
                for (_browser, _wanted, over), is_done in zip(taken, done, strict=True):
                    if not over.done():
                        over.set_result(is_done)

    async def gather(self) -> None:
        """Let others come along: whoever is found at the door again and again in this very moment; and while only a few are
        there, whoever comes until the last transaction is some milliseconds old. What is published is drawn anew for each."""
        until, before, looks = time.monotonic() + APART, 0, 0
        while looks < LOOKS and len(self.waiting) < TOGETHER and time.monotonic() < until:
            looks = 0 if len(self.waiting) > before else looks + 1
            before = len(self.waiting)
            await asyncio.sleep(0)
        if len(self.waiting) < FEW:
            await asyncio.sleep(self.last + APART - time.monotonic())
        self.last = time.monotonic()


class Lanes:
    """Lets in by their lanes whoever may come that way."""

    def __init__(self, app: ASGIApp, lanes: Sequence[Lane]) -> None:
        self.app = app
        self.queues = {lane.path: Queue(lane) for lane in lanes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_sent = scope["type"] == "http" and scope["method"] == "POST"
        queue = self.queues.get(scope["path"]) if is_sent else None
        asked = head(scope) if queue is not None else None
        reader = express.read(asked) if asked is not None else None
        if queue is None or reader is None or not reader.browser:
            await self.app(scope, receive, send)
            return
        began, came, is_done = time.perf_counter(), await _whole(receive), False
        gate.crowd.count += 1
        try:
            posted = read(scope["query_string"], came, reader.browser)
            if posted is not None and not gate.crowd.is_too_large():
                wanted = queue.lane.read(posted)
                is_done = wanted is not None and await queue.ask(posted.browser, wanted)
        finally:
            gate.crowd.count -= 1
        if is_done:
            await express.give(queue.lane.path, queue.lane.then(), scope, send, began)
        else:
            await self.app(scope, _again(came, receive), send)


def head(scope: Scope) -> dict[bytes, bytes] | None:
    """The headers by name; None where one comes twice, they are too long, or it is no small form of our own pages."""
    said = scope["headers"]
    asked = dict(said)
    length = asked.get(b"content-length", b"")
    is_small = length.isdigit() and len(length) < 4 and int(length) <= LONGEST
    if len(asked) != len(said) or not is_small or b"transfer-encoding" in asked:
        return None
    if asked.get(b"content-type") != FORM or asked.get(b"sec-fetch-site") not in OURS:
        return None
    is_bearable = sum(map(len, asked)) + sum(map(len, asked.values())) <= gate.MOST_HEADERS
    return asked if is_bearable else None


def read(query: bytes, came: Sequence[Message], browser: str) -> Posted | None:
    """What was sent, where it came whole and says each thing once."""
    if came[-1]["type"] != "http.request" or len(query) > LONGEST:
        return None
    try:
        asked, said = _fields(query), _fields(b"".join(message.get("body", b"") for message in came))
    except ValueError:
        return None
    return Posted(browser, asked, said) if asked is not None and said is not None else None


@lru_cache(maxsize=1024)
def _fields(text: bytes) -> dict[str, str] | None:
    pairs = parse_qsl(
        text.decode("ascii"), keep_blank_values=True, strict_parsing=bool(text), errors="strict"
    )
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None


async def _whole(receive: Receive) -> list[Message]:
    """A body that says to be small, up to its end or that of the connection; the server sees to its coming in time."""
    came = [await receive()]
    while came[-1].get("more_body"):
        came.append(await receive())
    return came


def _again(came: list[Message], receive: Receive) -> Receive:
    """What came, for whoever reads it now, and then what is still to come."""
    ahead = iter(came)

    async def replayed() -> Message:
        return next(ahead, None) or await receive()

    return replayed
