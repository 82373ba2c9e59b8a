"""The door behind a link in a message: four digits, then one record and nothing else."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.errors import Missing, Refusal
from portal.languages import _
from portal.people import queries
from portal.people.actions import links
from portal.people.door_pages import address, status_of
from portal.people.models import Link
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import go, page
from portal.web.routes import PUBLIC, Page, get, post
from portal.web.templating import url

SECRET, TICKET = "portal_link", "portal_linked"
HOUR = 3600

Shown = Callable[[Request, Link], Awaitable[Response]]


async def follow(request: Request) -> Response:
    """The link was opened: its secret leaves the address bar. Nothing is used up by it: programs that look at messages
    open links too."""
    response = go(url("link"))
    gate.cookie(response.headers, SECRET, request.path_params["secret"][:100], HOUR)
    return response


async def link(request: Request) -> Response:
    """Ask for the last digits; whoever gave them goes on."""
    found = await _found(request)
    if _is_open(request, found):
        return go(where(found))
    return page(request, "people/link.html", form=None)


async def enter(request: Request) -> Response:
    """The digits were typed: on to the record, or say what is wrong."""
    await _found(request)
    form = await Form.read(request)
    digits = form.text("digits", most=20, missing=_("请填手机号的最后四位。"))
    status = 422
    if form.ok:
        try:
            found, ticket = await links.enter_link(
                gate.browser(request), _secret(request), digits, address(request)
            )
            response = go(where(found))
            gate.cookie(response.headers, TICKET, ticket, links.OPEN_FOR // timedelta(seconds=1))
            return response
        except Refusal as refusal:
            form.refuse("digits", refusal.text)
            status = status_of(refusal)
    form.values.pop("digits", None)
    return page(request, "people/link.html", status, form=form)


async def leave(request: Request) -> Response:
    """Done reading: this browser asks for the digits again."""
    response = go(url("home"))
    for name in (SECRET, TICKET):
        gate.cookie(response.headers, name, "", 0)
    return response


def where(link: Link) -> str:
    """The page of what a link leads to: the room of that kind names its route <kind>s:by_link."""
    return url(f"{link.kind}s:by_link")


def linked(kind: str, shown: Shown) -> Page:
    """A handler for whoever came by a link to a record of this kind and gave the digits; others are asked for them.

    `link.record` is the record's id, `link.person` its resident as the gate would know one: without offices, without what
    a passphrase opens. Look the record up through `visible_to(link.person)`.
    """

    async def handler(request: Request) -> Response:
        found = await _found(request)
        if found.kind != kind or not _is_open(request, found):
            return go(url("link"))
        return await shown(request, found)

    return handler


def _secret(request: Request) -> str:
    return gate.kept(request, SECRET) or ""


async def _found(request: Request) -> Link:
    found = await queries.link_of(_secret(request))
    if found is None or found.tries >= links.TRIES:
        raise Missing(links.gone(), [(_("登录来看"), "sign_in")])
    return found


def _is_open(request: Request, link: Link) -> bool:
    return links.holds_ticket(link, gate.browser(request), gate.kept(request, TICKET) or "")


routes: list[BaseRoute] = [
    # What stands in the path opens no record by itself.
    get("/l/{secret}", follow, who=PUBLIC, name="people:follow_link", of=None),
    get("/link", link, who=PUBLIC, name="link"),
    post("/link", enter, who=PUBLIC, name="people:enter_link"),
    post("/link/end", leave, who=PUBLIC, name="people:leave_link"),
]
