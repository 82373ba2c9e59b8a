"""A lawyer's mornings in their own calendar (webcal): an address that only they know, and can take back."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import languages, limits, settings
from portal.booking import calendar
from portal.booking.queries import feed
from portal.errors import Missing
from portal.languages import _
from portal.roster import feed_actions
from portal.roster.models import Lawyer
from portal.web import exports
from portal.web.forms import one
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, PUBLIC, get, post
from portal.web.templating import url

OFTEN = 60  # times an hour a calendar may ask


async def _own(request: Request) -> Lawyer:
    person = request.state.person
    lawyer: Lawyer = await one(Lawyer.visible_to(person).select_related("person"), person_id=person.id)
    return lawyer


async def subscription(request: Request) -> Response:
    """Is there an address, and what does it show?"""
    return page(request, "booking/feed.html", lawyer=await _own(request), address="", subscribe="")


async def give(request: Request) -> Response:
    """A new address, shown this once."""
    lawyer = await _own(request)
    secret = await feed_actions.give_feed(request.state.person, lawyer)
    address = settings.current().site.rstrip("/") + url("feeds:mornings", secret=secret)
    return page(
        request,
        "booking/feed.html",
        lawyer=lawyer,
        address=address,
        subscribe="webcal://" + address.partition("://")[2],
    )


async def end(request: Request) -> Response:
    """The address answers nobody any more."""
    await feed_actions.end_feed(request.state.person, await _own(request))
    return see(request, "feeds:own", flash=_("日历地址已停用。"))


async def mornings(request: Request) -> Response:
    """The calendar itself, for whatever program was given the address."""
    secret = request.path_params["secret"][:100]
    lawyer = await feed.lawyer_of(secret)
    if lawyer is None:
        raise Missing
    await limits.count(f"feed:{lawyer.feed[:40]}", OFTEN, timedelta(hours=1))
    with languages.speaking(lawyer.person.language):
        body = calendar.mornings(await feed.sittings(lawyer))
    return exports.calendar("mornings", body)


routes: list[BaseRoute] = [
    get("/mornings/calendar", subscription, who=LAWYERS, name="feeds:own"),
    post("/mornings/calendar", give, who=LAWYERS, name="feeds:give"),
    post("/mornings/calendar/end", end, who=LAWYERS, name="feeds:end"),
    get("/feeds/{secret}/mornings.ics", mornings, who=PUBLIC, name="feeds:mornings", of=None),
]
