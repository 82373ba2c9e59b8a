"""The door of the house: who is at it, in which language, and may a write from there be trusted."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, ExceptionHandler, Message, Receive, Scope, Send

from portal import clock, languages, secrecy, settings
from portal.languages import _
from portal.people import actions, queries, session_rules
from portal.web import live

SESSION = "portal_session"
BROWSER = "portal_browser"
LANGUAGE = "portal_language"
MODE = "portal_mode"
TICKET = "portal_ticket"  # the password was right, the second step is still to come
KNOWN = "portal_known"  # an office holder came in by this browser before
FLASH = "portal_flash"  # a sentence of ours that is shown once

MOST_ADDRESS = 8 * 1024  # bytes of path and query
MOST_HEADERS = 32 * 1024  # bytes of names and values
AGAIN_SECONDS = 10  # after which whoever came while too much was under way may come again
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?")
PROBED = "/healthz"  # asked by machines that know the address and not the name; it says nothing about anybody

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "font-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
UNUSED = (  # what a browser could give a page and these pages never ask for
    *(
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
    ),
    *("gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
    *("screen-wake-lock", "usb", "xr-spatial-tracking"),
)
ALWAYS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in UNUSED).encode()),
]
UNLESS_GIVEN = [(b"vary", b"Accept-Language, Cookie"), (b"cache-control", b"no-store")]


class Crowd:
    """Those whom this process is answering now, by whichever way they came in."""

    def __init__(self) -> None:
        self.count = 0

    def is_too_large(self) -> bool:
        """Are they more than we answer at once?"""
        return self.count > settings.current().requests_at_once


crowd = Crowd()


class Gate:
    """Finds the person behind the session, refuses what is not meant for us or comes from other sites, speaks the right
    language, sets headers. `mishaps` are handlers of whatever goes wrong anywhere behind the gate, or in it."""

    def __init__(self, app: ASGIApp, mishaps: Mapping[Any, ExceptionHandler] | None = None) -> None:
        self.app = app
        self.behind = ExceptionMiddleware(self.enter, mishaps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.setdefault("state", {})
        state.update(person=None, session=None, mode="standard", browser=None, new_browser=None)
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        state["cookies"] = connection.cookies

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                dress(message, state)
            await send(message)

        chosen = languages.choose(kept(connection, LANGUAGE), connection.headers.get("accept-language", ""))
        crowd.count += 1
        try:
            with languages.speaking(chosen):
                if refusal := self.refusal(connection):
                    await refusal(scope, receive, headed)
                else:
                    scope["query_string"] = first_of_each(scope["query_string"])
                    await self.behind(scope, receive, headed)
        finally:
            crowd.count -= 1

    def refusal(self, connection: HTTPConnection) -> Response | None:
        """The answer to what goes no further, in one plain sentence."""
        scope = connection.scope
        if not is_for_us(connection):
            site = settings.current().site
            return PlainTextResponse(_("请从 %(site)s 打开本网站。") % {"site": site}, 421)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_ADDRESS:
            return PlainTextResponse(_("网址太长了。"), 414)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            return PlainTextResponse(_("请求的头部太大了。请清除本网站的 Cookie 后再试。"), 431)
        if not trusted(connection):
            return PlainTextResponse(_("请从本网站的页面提交。"), 403)
        if crowd.is_too_large() and scope["path"] != PROBED:
            text = _("现在来的人太多，请过一会儿再试。您也可以直接打电话或到服务中心来。")
            return PlainTextResponse(text, 503, {"Retry-After": str(AGAIN_SECONDS)})
        return None

    async def enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """On to the pages, with the person who asks. Assets are nobody's: they are the same for all."""
        connection, state = HTTPConnection(scope), scope["state"]
        if not scope["path"].startswith("/static/"):
            if secret := kept(connection, SESSION):
                state["session"] = session = await queries.session_of(secret)
                state["person"] = session.person if session else None
                is_awake = not live.is_unattended(connection)
                if session and is_awake and session_rules.is_to_be_noted(session, clock.now()):
                    await actions.touch(session)
            state["mode"] = "elder" if kept(connection, MODE) == "elder" else "standard"
            state["browser"] = kept(connection, BROWSER)
        await self.app(scope, receive, send)


def is_for_us(connection: HTTPConnection) -> bool:
    """Does the one Host header name this portal? A demonstration answers to every name of this machine."""
    if connection.scope["path"] == PROBED:
        return True
    said = [value for name, value in connection.scope["headers"] if name == b"host"]
    return len(said) == 1 and is_ours(said[0])


def is_ours(host: bytes) -> bool:
    """Is that a name of this portal, as a Host header writes it?"""
    now = settings.current()
    return _is_ours(host.decode("latin-1").lower(), now.site, now.demo)


@lru_cache(maxsize=1024)
def _is_ours(host: str, site: str, demo: bool) -> bool:
    found, own = HOST.fullmatch(host), urlsplit(site.lower())
    if found is None:
        return False
    usual = f"{own.netloc}:{443 if own.scheme == 'https' else 80}" if own.port is None else own.netloc
    return host in (own.netloc, usual) or (demo and settings.is_loopback(found[1]))


def trusted(connection: HTTPConnection) -> bool:
    """Reading is always allowed. A write must come from our own pages, as Sec-Fetch-Site or Origin tell; a client that
    sends neither is no browser and carries nobody's cookies against their will."""
    if connection.scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return True
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    scheme, _colon, host = origin.partition("://")
    return host == connection.headers.get("host") and (scheme == "https" or not settings.current().is_https)


def first_of_each(query: bytes) -> bytes:
    """The query with each name once. The first counts, as in forms: whoever checks and whoever acts read the same."""
    if b"&" not in query:
        return query
    fields: dict[bytes, bytes] = {}
    for field in query.split(b"&"):
        name = unquote_to_bytes(field.partition(b"=")[0].replace(b"+", b" "))
        fields.setdefault(name, field)
    return b"&".join(fields.values())


def dress(message: Message, state: dict[str, Any]) -> None:
    """What every answer carries, and the name of a browser that had none."""
    message["headers"] = dressed(message.get("headers", ()))
    if state["new_browser"]:
        cookie(MutableHeaders(raw=message["headers"]), BROWSER, state["new_browser"], 30 * 24 * 3600)


def dressed(given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """These headers with those that every answer carries."""
    given = list(given)
    there = {name for name, _value in given}
    whole = [*given, *ALWAYS, *(pair for pair in UNLESS_GIVEN if pair[0] not in there)]
    if settings.current().is_https:
        whole.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return whole


def named(name: str) -> str:
    """A cookie's name as it travels: over TLS browsers promise that no other host or path can have set it."""
    return f"__Host-{name}" if settings.current().is_https else name


def kept(connection: HTTPConnection, name: str) -> str | None:
    """What this browser keeps for us under a name."""
    cookies: dict[str, str] = connection.scope["state"]["cookies"]
    return cookies.get(named(name)) if cookies else None


def cookie(headers: MutableHeaders, name: str, value: str, seconds: int) -> None:
    """Set a cookie that only our own pages send back and no script can read; zero seconds removes it."""
    known = named(name)
    made: SimpleCookie = SimpleCookie({known: value})
    made[known].update({"path": "/", "max-age": str(seconds), "samesite": "Lax"})
    made[known]["httponly"] = True
    if settings.current().is_https:
        made[known]["secure"] = True
    headers.append("Set-Cookie", made.output(header="").strip())


def browser(request: Request) -> str:
    """The keyed hash of this browser's secret; a browser without one is given one with the answer."""
    state = request.state
    if not state.browser:
        state.browser = state.new_browser = secrecy.token()
    return secrecy.keyed("browser", state.browser)
