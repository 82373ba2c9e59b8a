"""Where everybody arrives: the home page, one's own desk, the look-up by number, and the portal's own health."""

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, database, paging
from portal.booking import queries as booking
from portal.consultations.queries import elsewhere
from portal.desk import actions, demo_pages, lookup, queries
from portal.desk.centre import to_carry
from portal.languages import _, lazy_
from portal.law import numbers
from portal.notices import Channel, Notice, State
from portal.people.models import HEADS, Role
from portal.web import assets, live
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, one
from portal.web.gate import browser
from portal.web.pages import go, page, see
from portal.web.routes import PUBLIC, SIGNED_IN, STAFF_ONLY, get, post
from portal.web.templating import url


async def home(request: Request) -> Response:
    """Three ways in, and for whoever is known what awaits them first."""
    person = request.state.person
    return page(
        request,
        "desk/home.html",
        **await unfinished(request),
        blocks=(await queries.own(person))[:3] if person else [],
        first_free=await booking.first_free(clock.now()),
        lecture=await queries.next_lecture(),
    )


async def desk(request: Request) -> Response:
    """Everything that awaits the person. A lawyer's stays as the morning is: who comes in shows by itself."""
    person, version = request.state.person, ""
    if Role.LAWYER in person.roles:
        version = live.version(clock.today(), await booking.standing(person, clock.today()))
        if same := live.unchanged(request, version):
            return same
    return page(
        request,
        "desk/desk.html",
        version=version,
        **await unfinished(request),
        blocks=await queries.blocks(person),
        is_head=bool(person.roles & HEADS),
    )


async def unfinished(request: Request) -> dict[str, Any]:
    """What somebody asked to go on with elsewhere, and here they are."""
    person = request.state.person
    if person is None:
        return {"unfinished": None, "aside": None}
    here = browser(request) if request.state.browser else ""
    aside = await elsewhere.set_aside(here) if here else None
    return {"unfinished": await elsewhere.offered(person, here), "aside": aside}


async def report(request: Request) -> Response:
    """Dispute or need: two doors, and the numbers for whoever is in danger."""
    return page(request, "desk/report.html")


async def words(request: Request) -> Response:
    """What the words used here mean."""
    return page(request, "desk/words.html")


async def look_up(request: Request) -> Response:
    """The page that asks for a number; with one, the record itself for whoever may see it."""
    typed = request.query_params.get("number")
    return page(request, "desk/lookup.html", form=None) if typed is None else await _find(request, typed)


async def find(request: Request) -> Response:
    """A number was typed."""
    form = await Form.read(request)
    return await _find(request, form.values.get("number", ""))


async def _find(request: Request, typed: str) -> Response:
    form = Form({"number": typed})
    number = numbers.read(typed)
    if number is None:
        form.refuse("number", _("编号是八位字母和数字，例如 K7F3-29QX。请对照短信或纸条再看一遍。"))
        return page(request, "desk/lookup.html", 422, form=form)
    if request.state.person is None:
        return go(
            f"{url('sign_in')}?back={url('lookup')}%3Fnumber%3D{number}",
            _("请先用手机号验证，再查看这个编号。"),
        )
    route = await lookup.find(request.state.person, number)
    if route is None:
        form.refuse("number", _("没有找到属于您的这个编号。请核对编号，或者确认登录的是预约时用的手机号。"))
        return page(request, "desk/lookup.html", 404, form=form)
    return see(request, route, number=await lookup.leads_to(request.state.person, route, number))


async def calls(request: Request) -> Response:
    """Messages that somebody must carry by telephone or on paper."""
    return await _calls(request)


async def show_phone(request: Request) -> Response:
    """The same with one telephone whole, this once. That somebody asked for it is written down."""
    notice = await one(to_carry(), id=request.path_params["notice"])
    await actions.unmask(request.state.person, notice)
    return await _calls(request, notice)


WAYS = {
    "call": (lazy_("打电话"), Q(channel=Channel.CALL, state=State.OWED)),
    "paper": (lazy_("纸条"), Q(channel=Channel.PAPER, state=State.OWED)),
    "failed": (lazy_("短信没发出去"), Q(state=State.FAILED)),
}


async def _calls(request: Request, unmasked: Notice | None = None) -> Response:
    find = Finder(request, [Filter("way", _("怎么通知"), [(key, way[0]) for key, way in WAYS.items()])])
    wanted = WAYS[find["way"]][1] if find["way"] else Q()
    if unmasked:
        wanted = Q(id=unmasked.id)  # the one that was asked for, and nothing to look for it among
    leaf = await queries.calls(wanted, find.page, unmasked and unmasked.id) if find.ok else paging.NOTHING
    return page(request, "desk/calls.html", find.code, find=find, leaf=leaf, is_one=unmasked is not None)


async def carried(request: Request) -> Response:
    """One of them was."""
    notice = await one(to_carry(), id=request.path_params["notice"])
    await actions.carry(request.state.person, notice)
    return see(request, "desk:calls", flash=_("已记下：通知到了。"))


async def health(request: Request) -> Response:
    """200 while the database answers."""
    well = await database.healthy()
    return PlainTextResponse("ok" if well else "the database does not answer", 200 if well else 503)


async def robots(request: Request) -> Response:
    """Nothing here is for search engines."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def favicon(request: Request) -> Response:
    """Browsers that do not read the page's own link."""
    return RedirectResponse(assets.address("mark.svg"), 308)


routes: list[BaseRoute] = [
    get("/", home, who=PUBLIC, name="home"),
    get("/desk", desk, who=SIGNED_IN, name="desk"),
    get("/report", report, who=PUBLIC, name="report"),
    get("/words", words, who=PUBLIC, name="words"),
    get("/lookup", look_up, who=PUBLIC, name="lookup"),
    post("/lookup", find, who=PUBLIC, name="lookup:find"),
    get("/calls", calls, who=STAFF_ONLY, name="desk:calls"),
    # what stands in these paths is a message to carry: to_carry() says which are theirs
    post("/calls/{notice:uuid}/phone", show_phone, who=STAFF_ONLY, name="desk:phone", of=None),
    post("/calls/{notice:uuid}/delivery", carried, who=STAFF_ONLY, name="desk:carried", of=None),
    get("/healthz", health, who=PUBLIC, name="health"),
    *demo_pages.routes,
    get("/robots.txt", robots, who=PUBLIC, name="robots"),
    get("/favicon.ico", favicon, who=PUBLIC, name="favicon"),
]
