"""The door of the house: who is at it, in which language, and may a write from there be trusted."""

from http.cookies import SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal import languages, secrecy, settings
from portal.languages import _
from portal.people import actions, queries

SESSION = "portal_session"
BROWSER = "portal_browser"
LANGUAGE = "portal_language"
MODE = "portal_mode"
TICKET = "portal_ticket"  # the password was right, the second step is still to come

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


class Gate:
    """Finds the person behind the session, refuses writes from other sites, speaks the right language, sets headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.setdefault("state", {})
        state.update(person=None, session=None, mode="standard", browser=None, new_browser=None)
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                dress(MutableHeaders(scope=message), state)
            await send(message)

        chosen = languages.choose(
            connection.cookies.get(LANGUAGE), connection.headers.get("accept-language", "")
        )
        with languages.speaking(chosen):
            if not trusted(connection):
                refusal = PlainTextResponse(_("请从本网站的页面提交。"), 403)
                await refusal(scope, receive, headed)
                return
            if secret := connection.cookies.get(SESSION):
                state["session"] = await queries.session_of(secret)
                state["person"] = state["session"].person if state["session"] else None
                if state["session"] and not queries.seen_lately(state["session"]):
                    await actions.touch(state["session"])
            state["mode"] = "elder" if connection.cookies.get(MODE) == "elder" else "standard"
            state["browser"] = connection.cookies.get(BROWSER)
            await self.app(scope, receive, headed)


def trusted(connection: HTTPConnection) -> bool:
    """Reading is always allowed. A write must come from our own pages, as Sec-Fetch-Site or Origin tell; a client that
    sends neither is no browser and carries nobody's cookies against their will."""
    if connection.scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return True
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    return origin is None or origin.partition("://")[2] == connection.headers.get("host")


def dress(headers: MutableHeaders, state: dict) -> None:
    """What every answer carries."""
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Vary"] = "Accept-Language, Cookie"
    if "cache-control" not in headers:
        headers["Cache-Control"] = "no-store"
    if settings.current().is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if state["new_browser"]:
        cookie(headers, BROWSER, state["new_browser"], 30 * 24 * 3600)


def cookie(headers: MutableHeaders, name: str, value: str, seconds: int) -> None:
    """Set a cookie that only our own pages send back and no script can read; zero seconds removes it."""
    made: SimpleCookie = SimpleCookie({name: value})
    made[name].update({"path": "/", "max-age": str(seconds), "samesite": "Lax"})
    made[name]["httponly"] = True
    if settings.current().is_https:
        made[name]["secure"] = True
    headers.append("Set-Cookie", made.output(header="").strip())


def browser(request: Request) -> str:
    """The keyed hash of this browser's secret; a browser without one is given one with the answer."""
    state = request.state
    if not state.browser:
        state.browser = state.new_browser = secrecy.token()
    return secrecy.keyed("browser", state.browser)
