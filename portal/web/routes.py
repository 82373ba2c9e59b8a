"""A route says who it is for. `portal routes --json` prints what is declared here, and the gate enforces it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from urllib.parse import quote

from starlette.convertors import IntegerConvertor, UUIDConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.errors import Missing
from portal.people.models import HEADS, STAFF, Role
from portal.web import bodies, kept, paths


class KeyConvertor(UUIDConvertor):
    """An id in an address, in the one spelling in which we write it."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class CountConvertor(IntegerConvertor):
    """A whole number in an address, without zeros in front and never longer than a column holds."""

    regex = "0|[1-9][0-9]{0,8}"


register_url_convertor("uuid", KeyConvertor())
register_url_convertor("int", CountConvertor())

Page = Callable[[Request], Awaitable[Response]]

PUBLIC = "public"  # everybody, signed in or not
SIGNED_IN = "signed_in"  # every resident who showed their telephone, and everybody with an office
OFFICES = frozenset(role.value for role in Role)
STAFF_ONLY = frozenset(role.value for role in STAFF)
HEADS_ONLY = frozenset(role.value for role in HEADS)
LAWYERS = frozenset({Role.LAWYER.value})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR.value, Role.LEAD.value})

Who = str | Iterable[str]
UNSAID = "?"  # a house test refuses it for a path that holds a record


def may_enter(who: Who, person: object | None) -> bool:
    """May this person (None: nobody signed in) use a route that is for `who`?"""
    if who == PUBLIC:
        return True
    if person is None:
        return False
    return who == SIGNED_IN or bool(set(who) & set(person.roles))  # type: ignore[attr-defined]


def route(
    path: str, page: Page, *, who: Who, name: str, methods: Sequence[str] = ("GET",), of: str | None = UNSAID
) -> Route:
    """A route that admits only `who`. Strangers are asked to sign in; the wrong person finds nothing there.

    `of` is the kind of record whose number or id stands in the path, whose line in `portal.policy` then decides; None says
    that what stands there is no such record.
    """

    async def guarded(request: Request) -> Response:
        person = request.state.person
        if may_enter(who, person):
            return await page(request)
        if person is None:
            back = quote(
                await kept.keep(request) if request.method == "POST" else paths.local(request), safe=""
            )
            signing = "staff_sign_in" if who not in (PUBLIC, SIGNED_IN) else "sign_in"
            return RedirectResponse(f"{request.url_for(signing).path}?back={back}", 303)
        raise Missing

    made = Route(path, guarded, name=name, methods=list(methods))
    made.app = bodies.bounded(made.app)
    made.who = who if isinstance(who, str) else sorted(who)  # type: ignore[attr-defined]
    made.page = page  # type: ignore[attr-defined]
    made.of = of if "{" in path else None  # type: ignore[attr-defined]
    return made


def get(path: str, page: Page, *, who: Who, name: str, of: str | None = UNSAID) -> Route:
    """A page to read."""
    return route(path, page, who=who, name=name, of=of)


def post(path: str, page: Page, *, who: Who, name: str, of: str | None = UNSAID) -> Route:
    """A move: its URL is a noun."""
    return route(path, page, who=who, name=name, methods=("POST",), of=of)
