"""A route says who it is for. `portal routes --json` prints what is declared here, and the gate enforces it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from urllib.parse import quote

from starlette.convertors import IntegerConvertor, UUIDConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal import clock, logs, secrecy
from portal.errors import Missing
from portal.people.models import HEADS, STAFF, Role
from portal.people.rules import is_fresh
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
    path: str,
    page: Page,
    *,
    who: Who,
    name: str,
    methods: Sequence[str] = ("GET",),
    of: str | None = UNSAID,
    fresh: bool = False,
    takes_files: bool = False,
) -> Route:
    """A route that admits only `who`. Strangers are asked to sign in; the wrong person finds nothing there.

    `of` is the kind of record whose number or id stands in the path, whose line in `portal.policy` then decides; None says
    that what stands there is no such record. `fresh`: a dangerous act; who has not shown who they are within
    `people.rules.FRESH` does so first, and finds again what they had typed. `takes_files`: photographs and papers may come
    with the form.
    """

    async def guarded(request: Request) -> Response:
        person = request.state.person
        if may_enter(who, person):
            if fresh and not is_fresh(request.state.session, clock.now()):
                return await _first(request, "confirm")
            return await page(request)
        if person is None:
            return await _first(request, "sign_in" if who in (PUBLIC, SIGNED_IN) else "staff_sign_in")
        logs.warn("kept out", route=name, person=secrecy.keyed("person", str(person.id))[:16])
        raise Missing

    made = Route(path, guarded, name=name, methods=list(methods))
    made.app = bodies.bounded(made.app, takes_files=takes_files)
    made.who = who if isinstance(who, str) else sorted(who)  # type: ignore[attr-defined]
    made.page = page  # type: ignore[attr-defined]
    made.of = of if "{" in path else None  # type: ignore[attr-defined]
    made.fresh = fresh  # type: ignore[attr-defined]
    made.takes_files = takes_files  # type: ignore[attr-defined]
    return made


async def _first(request: Request, name: str) -> Response:
    """To the page where somebody shows who they are, and from there back to what they wanted or had typed."""
    wanted = await kept.keep(request) if request.method == "POST" else paths.local(request)
    return RedirectResponse(f"{request.url_for(name).path}?back={quote(wanted, safe='')}", 303)


def get(path: str, page: Page, *, who: Who, name: str, of: str | None = UNSAID, fresh: bool = False) -> Route:
    """A page to read."""
    return route(path, page, who=who, name=name, of=of, fresh=fresh)


def post(
    path: str,
    page: Page,
    *,
    who: Who,
    name: str,
    of: str | None = UNSAID,
    fresh: bool = False,
    takes_files: bool = False,
) -> Route:
    """A move: its URL is a noun."""
    return route(
        path, page, who=who, name=name, methods=("POST",), of=of, fresh=fresh, takes_files=takes_files
    )
