"""The board of the coming weeks for staff, and the lawyers as residents see them."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, locality, paging
from portal.languages import _
from portal.people import rules as people_rules
from portal.people.models import Role
from portal.roster import queries, rules, skills, swap_queries
from portal.roster.calendar_pages import Item, weeks
from portal.web.finder import Filter, Finder
from portal.web.pages import page
from portal.web.routes import PUBLIC, STAFF_ONLY, get
from portal.web.templating import url

WEEKS = 4


async def index(request: Request) -> Response:
    """Who comes in the coming four weeks, and where nobody does."""
    today = clock.today()
    days = await queries.coverage(today, rules.monday(today) + timedelta(days=7 * WEEKS - 1))
    ahead = [day for day in days if day.is_hole and day.on > today]
    find = lawyers_finder(request)
    wanted = await queries.wanted(request.state.person, find.text, find["standing"])
    return page(
        request,
        "roster/index.html",
        find.code,
        weeks=weeks(days, _items),
        holes=ahead,
        open_days=sum(day.is_open for day in days if day.on > today),
        calls=await swap_queries.standing(duty__community_id=locality.current()),
        unsure=await swap_queries.unsure(community_id=locality.current()),
        urgent=[day for day in ahead if day.on <= today + rules.SOON],
        find=find,
        leaf=await queries.lawyers(public=False, wanted=wanted, page=find.page)
        if find.ok
        else paging.NOTHING,
        may_add=people_rules.may_grant(request.state.person, Role.LAWYER),
    )


def _items(day: queries.Covered) -> list[Item]:
    if day.is_hole:
        near = day.on <= clock.today() + rules.SOON
        return [{"label": _("没有律师"), "href": "#open", "tone": "bad" if near else "warn"}]
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
    find = Finder(
        request,
        [
            Filter("speaks", _("会说"), list(skills.SPEECH_NAMES.items())),
            Filter("gender", _("女律师、男律师"), list(skills.GENDER_NAMES.items())),
        ],
    )
    wanted = Q(person__name__icontains=find.text) | Q(firm__name__icontains=find.text) if find.text else Q()
    wanted &= await queries.skilled(find["speaks"], find["gender"])
    found = await queries.lawyers(public=True, wanted=wanted, page=find.page) if find.ok else paging.NOTHING
    return page(request, "roster/public.html", find.code, find=find, leaf=found)


def lawyers_finder(request: Request) -> Finder:
    """What a list of lawyers is narrowed by, for staff."""
    names = (_("在值班"), _("执业证快到期或已过期"), _("已停止"))
    standings = list(zip(queries.STANDINGS, names, strict=True))
    return Finder(request, [Filter("standing", _("状态"), standings)])


routes: list[BaseRoute] = [
    get("/roster", index, who=STAFF_ONLY, name="roster:index"),
    get("/lawyers", public, who=PUBLIC, name="roster:public"),
]
