"""A route says who it is for. `portal routes --json` prints what is declared here, and the gate enforces it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.errors import Missing
from portal.people.models import HEADS, STAFF, Role

Page = Callable[[Request], Awaitable[Response]]

PUBLIC = "public"  # everybody, signed in or not
SIGNED_IN = "signed_in"  # every resident who showed their telephone, and everybody with an office
OFFICES = frozenset(role.value for role in Role)
STAFF_ONLY = frozenset(role.value for role in STAFF)
HEADS_ONLY = frozenset(role.value for role in HEADS)
LAWYERS = frozenset({Role.LAWYER.value})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR.value, Role.LEAD.value})

Who = str | Iterable[str]

MAX_BODY = 512 * 1024  # bytes of a form
PATIENCE = (
    32 * 1024 * 1024
)  # bytes we let go by before answering: a browser reads no answer while it still sends


def may_enter(who: Who, person: object | None) -> bool:
    """May this person (None: nobody signed in) use a route that is for `who`?"""
    if who == PUBLIC:
        return True
    if person is None:
        return False
    return who == SIGNED_IN or bool(set(who) & set(person.roles))  # type: ignore[attr-defined]


def route(path: str, page: Page, *, who: Who, name: str, methods: Sequence[str] = ("GET",)) -> Route:
    """A route that admits only `who`. Strangers are asked to sign in; the wrong person finds nothing there."""

    async def guarded(request: Request) -> Response:
        person = request.state.person
        if may_enter(who, person):
            return await page(request)
        if person is None:
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            back = quote(wanted if request.method == "GET" else "/", safe="")
            signing = "staff_sign_in" if who not in (PUBLIC, SIGNED_IN) else "sign_in"
            return RedirectResponse(f"{request.url_for(signing).path}?back={back}", 303)
        raise Missing

    made = Route(path, guarded, name=name, methods=list(methods), max_body_size=MAX_BODY)
    made.app = bounded(made.app)
    made.who = who if isinstance(who, str) else sorted(who)  # type: ignore[attr-defined]
    made.page = page  # type: ignore[attr-defined]
    return made


def bounded(app: ASGIApp) -> ASGIApp:
    """Says kindly that too much was sent at once, where the framework's own limit would say it in plain English."""

    async def kind(scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:12]) > MAX_BODY:
            gone = 0
            while gone < PATIENCE and (message := await receive()).get("more_body"):
                gone += len(message["body"])
            raise HTTPException(413)
        await app(scope, receive, send)

    return kind


def get(path: str, page: Page, *, who: Who, name: str) -> Route:
    """A page to read."""
    return route(path, page, who=who, name=name)


def post(path: str, page: Page, *, who: Who, name: str) -> Route:
    """A move: its URL is a noun."""
    return route(path, page, who=who, name=name, methods=("POST",))
