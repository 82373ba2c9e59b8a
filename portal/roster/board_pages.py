"""The board of the coming weeks for staff, and the lawyers as residents see them."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.languages import _
from portal.people import rules as people_rules
from portal.people.models import Role
from portal.roster import queries, rules
from portal.roster.calendar_pages import Item, weeks
from portal.web.forms import page_number
from portal.web.pages import page
from portal.web.routes import PUBLIC, STAFF_ONLY, get
from portal.web.templating import url

WEEKS = 4


async def index(request: Request) -> Response:
    """Who comes in the coming four weeks, and where nobody does."""
    today = clock.today()
    days = await queries.coverage(today, rules.monday(today) + timedelta(days=7 * WEEKS - 1))
    ahead = [day for day in days if day.is_hole and day.on > today]
    number, pages, lawyers = await _lawyers(request, public=False)
    return page(
        request,
        "roster/index.html",
        weeks=weeks(days, _items),
        holes=ahead,
        urgent=[day for day in ahead if day.on <= today + rules.SOON],
        lawyers=lawyers,
        number=number,
        pages=pages,
        may_add=people_rules.may_grant(request.state.person, Role.LAWYER),
    )


def _items(day: queries.Covered) -> list[Item]:
    if day.is_hole:
        near = day.on <= clock.today() + rules.SOON
        return [{"label": _("没有律师"), "href": "#lawyers", "tone": "bad" if near else "warn"}]
    return [
        {
            "label": _("%(name)s %(hours)s") % {"name": duty["name"], "hours": duty["hours"]},
            "href": url("roster:lawyer", number=duty["number"]),
            "tone": "neutral",
        }
        for duty in day.duties
    ]


async def public(request: Request) -> Response:
    """The clinic's lawyers: name, firm, what they know best, when they come. No telephone."""
    number, pages, lawyers = await _lawyers(request, public=True)
    return page(request, "roster/public.html", lawyers=lawyers, number=number, pages=pages)


async def _lawyers(request: Request, *, public: bool) -> tuple[int, int, list[dict]]:
    """(page, pages, lawyers) for ?page=; a page that is not there is the first."""
    number = page_number(request)
    lawyers, total = await queries.lawyers(public=public, page=number)
    return number, max(1, -(-total // queries.PAGE)), lawyers


routes: list[BaseRoute] = [
    get("/roster", index, who=STAFF_ONLY, name="roster:index"),
    get("/lawyers", public, who=PUBLIC, name="roster:public"),
]
