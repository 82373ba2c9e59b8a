"""Every request leaves one line: what kind of page was asked for, what came of it and how long it took."""

import random
import time
from datetime import date
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from portal import clock, logs, secrecy

NUMBERS = random.Random()  # begins with what the system gives, in each process anew
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Ledger:
    """Gives every request a number, which its answer carries too, and writes the line when it is over."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number, began, status = new_number(), time.perf_counter(), None

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", number.encode())]
            await send(message)

        with bound_contextvars(request=number):
            try:
                await self.app(scope, receive, seen)
            finally:
                write(scope, getattr(scope.get("route"), "path", None), status, began)


def new_number() -> str:
    """A number for a request, in our lines and in its answer: no secret, only another one each time."""
    return f"{NUMBERS.getrandbits(64):016x}"


def write(scope: Scope, route: str | None, status: int | None, began: float, **more: str) -> None:
    """The line of a request that is over."""
    logs.note(
        "request",
        method=scope["method"] if scope["method"] in METHODS else "other",
        route=route,
        status=status,
        ms=round((time.perf_counter() - began) * 1000, 1),
        client=client(scope),
        **more,
    )


def client(scope: Scope) -> str:
    """Tells clients of one day apart, and nothing else: a keyed hash of the address that is another one tomorrow."""
    return _client((scope.get("client") or ("",))[0], clock.today())


@lru_cache(maxsize=4096)
def _client(host: str, day: date) -> str:
    return secrecy.keyed("ledger", f"{day} {host}")[:12]
