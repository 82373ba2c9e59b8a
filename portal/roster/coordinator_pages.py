"""A firm's own page, for whoever speaks for it: its lawyers, their mornings, who is looked for, and no client's matter."""

from datetime import timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.errors import Missing
from portal.languages import _
from portal.people.models import Role
from portal.roster import queries, swap_actions, swap_queries
from portal.roster.models import Firm, Lawyer
from portal.web import wording
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import get, post

COORDINATORS = frozenset({Role.FIRM_COORDINATOR.value})
WEEKS, FEW = timedelta(weeks=4), 8


def _firm(request: Request) -> UUID:
    """The firm they speak for; of several the one that was asked for."""
    ours = [key for key in request.state.person.minds(Role.FIRM_COORDINATOR) if key]
    asked = request.query_params.get("firm", "")
    found = next((key for key in ours if str(key) == asked), ours[0] if ours else None)
    if found is None:
        raise Missing
    return found


async def firm(request: Request) -> Response:
    """How the firm stands."""
    return await _page(request, Form(), 200)


async def _page(request: Request, form: Form, code: int) -> Response:
    key, first = _firm(request), clock.today()
    last = first + WEEKS
    holes = [day.on for day in await queries.coverage(first + timedelta(days=1), last) if day.is_hole]
    lawyers = await queries.lawyers(public=False, firm=key)
    return page(
        request,
        "roster/own_firm.html",
        code,
        firm=await one(Firm.all(), id=key),
        lawyers=lawyers.rows,
        active=[(row["number"], row["name"]) for row in lawyers.rows if row["is_active"]],
        coming=await swap_queries.coming(first, last, lawyer__firm_id=key),
        holes=holes[:FEW],
        days=[(day.isoformat(), wording.day(day)) for day in holes],
        form=form,
    )


async def propose(request: Request) -> Response:
    """Propose one of the firm's lawyers for an empty morning."""
    form = await Form.read(request)
    active = Lawyer.filter(firm_id=_firm(request), is_active=True).select_related("person", "firm")
    lawyers = {lawyer.person.number: lawyer for lawyer in await active}
    chosen, day = form.choice("lawyer", lawyers), form.day("day")
    if not form.ok or chosen is None or day is None:
        return await _page(request, form, 422)
    await swap_actions.propose(request.state.person, lawyers[chosen], day)
    said = _("已经请%(name)s律师考虑，本人点了“这天我来”就定下来。")
    return see(request, "roster:own_firm", flash=said % {"name": lawyers[chosen].person.name})


routes: list[BaseRoute] = [
    get("/firm", firm, who=COORDINATORS, name="roster:own_firm"),
    post("/firm/proposal", propose, who=COORDINATORS, name="roster:propose"),
]
