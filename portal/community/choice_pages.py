"""In which community somebody looks at the portal: found for every request, changed on a page, and a further one entered."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from portal import locality, publishing
from portal.community import actions, queries, rules
from portal.community.forms import centre
from portal.errors import Conflict, Missing
from portal.languages import _
from portal.locality import Known
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import go, page, safe_back, see
from portal.web.routes import ADMINISTRATORS, PUBLIC, get, post
from portal.web.templating import url

CHOSEN = "portal_community"
YEAR = 365 * 24 * 3600


class Signpost:
    """Says, behind the gate, which community is meant: the one chosen if it is open to whoever asks, else their own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == gate.PROBED or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        chosen = gate.kept(HTTPConnection(scope), CHOSEN) or ""
        seen = scope["state"].get("editions") or await publishing.look()
        scope["state"]["editions"] = seen
        here, choices = await queries.standing(scope["state"]["person"], chosen, seen)
        known = Known(here.id, here.name) if here else None
        with locality.standing(known, [Known(one.id, one.name) for one in choices]):
            await self.app(scope, receive, send)


async def index(request: Request) -> Response:
    """Which communities there are to choose among."""
    communities = (await queries.standing(request.state.person, ""))[1]
    if len(communities) < 2 and not _may_found(request):
        raise Missing
    return page(
        request,
        "community/choice.html",
        communities=communities,
        chosen=locality.current(),
        back=safe_back(request.query_params.get("back", "")),
        may_found=_may_found(request),
    )


async def choose(request: Request) -> Response:
    """From now on this browser means that one. What is not open to whoever asks is not chosen."""
    form = await Form.read(request)
    offered = {str(known.id): known for known in locality.choices()}
    wanted = form.values.get("community", "")
    if wanted not in offered:
        raise Missing
    back = safe_back(form.values.get("back", ""))
    text = _("现在看的是%(name)s。") % {"name": offered[wanted].name}
    return remembering(go(back, text), wanted)


def remembering(response: Response, community: object) -> Response:
    """The same answer; the browser that reads it means this community for a year."""
    gate.cookie(MutableHeaders(raw=response.raw_headers), CHOSEN, str(community), YEAR)
    return response


async def new(request: Request) -> Response:
    """The form for a further community."""
    if not _may_found(request):
        raise Missing
    return page(request, "community/centre.html", form=None, known=None, action=url("community:found"))


async def found(request: Request) -> Response:
    """Enter it, and look at it."""
    if not _may_found(request):
        raise Missing
    form = await Form.read(request)
    said = centre(form)
    street, district = form.text("street", most=40), form.text("district", most=40, required=False)
    if form.ok:
        try:
            made = await actions.found(request.state.person, street, district, **said)
        except Conflict as refusal:
            form.refuse("name", refusal.text)
        else:
            text = _("新社区登记好了。接着加网格、小区和楼栋，再安排人员。")
            return remembering(see(request, "community:index", flash=text), made.id)
    return page(request, "community/centre.html", 422, form=form, known=None, action=url("community:found"))


def _may_found(request: Request) -> bool:
    person = request.state.person
    return person is not None and rules.may_found(person)


routes: list[BaseRoute] = [
    get("/communities", index, who=PUBLIC, name="community:choice"),
    post("/communities", choose, who=PUBLIC, name="community:choose"),
    get("/communities/new", new, who=ADMINISTRATORS, name="community:new"),
    post("/communities/new", found, who=ADMINISTRATORS, name="community:found", fresh=True),
]
