"""A page that stays open asks now and then whether it still is as it stands (static/js/live.js), and is told so cheaply."""

import hashlib

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

UNATTENDED = "x-unattended"  # sent by a script of ours when nobody pressed anything


def is_unattended(connection: HTTPConnection) -> bool:
    """Did the page ask by itself? That is no sign that somebody is there: it keeps nobody signed in and uses up nothing."""
    return UNATTENDED in connection.headers


def version(*known: object) -> str:
    """What a part of a page is drawn from as one entity tag: the same for as long as it would be drawn the same."""
    return f'W/"{hashlib.sha256(repr(known).encode()).hexdigest()[:16]}"'


def unchanged(request: Request, version: str) -> Response | None:
    """304 to a page that has this version already; None for one that is to be drawn anew."""
    if request.headers.get("if-none-match") != version:
        return None
    return Response(status_code=304, headers={"ETag": version})
