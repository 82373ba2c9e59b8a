"""What a request may bring: a form, of bearable length, within bearable time; files only where they are asked for."""

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal import settings

MEGABYTE = 1024 * 1024
MOST = 512 * 1024  # bytes of a form
SLOWEST = 128 * 1024  # bytes a second of a telephone that sends photographs
LARGE_AT_ONCE = (
    12  # bodies with files: they are held in memory, for nothing confided is put on a disk unsealed
)
PATIENCE = (
    32 * 1024 * 1024
)  # bytes we let go by before answering: a browser reads no answer while it still sends
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LAST = {"Connection": "close"}  # whoever is still sending is not listened to any longer

_large = 0  # under way in this process


def most_with_files() -> int:
    """Bytes of a form with files: as many as one matter may keep, and its words."""
    return settings.current().papers_megabytes * MEGABYTE + MOST


def length_of(value: str) -> int | None:
    """What a Content-Length says; None where it says nothing."""
    return int(value[:12]) if value.isascii() and value.isdigit() else None


def seconds_for(length: int | None) -> float:
    """How long a body that says to be of so many bytes may take; one that says nothing, as long as a short one."""
    return settings.current().body_seconds + min(length or 0, most_with_files()) / SLOWEST


def bounded(app: ASGIApp, *, takes_files: bool = False) -> ASGIApp:
    """Refuses other bodies as an HTTPException: 413 too long, 415 no form, 408 too slow, 503 too many large ones at once."""

    async def measured(scope: Scope, receive: Receive, send: Send) -> None:
        global _large
        headers = Headers(scope=scope)
        length = length_of(headers.get("content-length", ""))
        most = most_with_files() if takes_files else MOST
        timely = _timely(receive, seconds_for(min(length or 0, most)))
        if length is not None and length > most:
            await _let_by(timely)
            raise HTTPException(413, headers=LAST)
        is_large = takes_files and _has_body(headers) and (length is None or length > MOST)
        if is_large and _large >= LARGE_AT_ONCE:
            await _let_by(timely)
            raise HTTPException(503, headers={**LAST, "Retry-After": "30"})
        _large += is_large
        try:
            await kind(scope, timely, send, headers, most)
        finally:
            _large -= is_large

    async def kind(scope: Scope, timely: Receive, send: Send, headers: Headers, most: int) -> None:
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] == "POST" and media not in FORMS and (media or _has_body(headers)):
            raise HTTPException(415, headers=LAST)
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await timely()
            taken += len(message.get("body", b""))
            if taken > most:
                await _let_by(timely, message)
                raise HTTPException(413, headers=LAST)
            return message

        await app(scope, counted, send)

    return measured


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _timely(receive: Receive, seconds: float) -> Receive:
    """Receives until the body is there; raises HTTPException(408) once it takes longer than is allowed for all of it."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    is_whole = False

    async def timely() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()  # waits for the client to leave, however long that takes
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, headers=LAST) from None
        is_whole = not message.get("more_body", False)
        return message

    return timely


async def _let_by(receive: Receive, message: Message | None = None) -> None:
    """The rest of a body that is not wanted, as much of it as we have patience for."""
    gone = 0
    while gone < PATIENCE and (message is None or message.get("more_body")):
        message = await receive()
        gone += len(message.get("body", b""))
