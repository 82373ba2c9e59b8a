"""What a request may bring: a form, of bearable length, within bearable time."""

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal import settings

MOST = 512 * 1024  # bytes of a form
PATIENCE = (
    32 * 1024 * 1024
)  # bytes we let go by before answering: a browser reads no answer while it still sends
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LAST = {"Connection": "close"}  # whoever is still sending is not listened to any longer


def bounded(app: ASGIApp) -> ASGIApp:
    """Refuses other bodies as an HTTPException: 413 too long, 415 no form, 408 too slow."""

    async def kind(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        timely = _timely(receive)
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:12]) > MOST:
            await _let_by(timely)
            raise HTTPException(413, headers=LAST)
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] == "POST" and media not in FORMS and (media or _has_body(headers)):
            raise HTTPException(415, headers=LAST)
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await timely()
            taken += len(message.get("body", b""))
            if taken > MOST:
                await _let_by(timely, message)
                raise HTTPException(413, headers=LAST)
            return message

        await app(scope, counted, send)

    return kind


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _timely(receive: Receive) -> Receive:
    """Receives until the body is there; raises HTTPException(408) once it takes longer than is allowed for all of it."""
    loop = asyncio.get_running_loop()
    until = loop.time() + settings.current().body_seconds
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
