"""The screen on the wall, which nobody signs in to, and where staff open it and print what hangs at the door."""

from datetime import timedelta

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality, settings
from portal.booking import passes, queries
from portal.errors import Missing
from portal.web import live
from portal.web.pages import page
from portal.web.routes import PUBLIC, STAFF_ONLY, get
from portal.web.templating import url


async def setting_up(request: Request) -> Response:
    """The address of the screen, and today's poster for the door."""
    here = locality.current()
    if here is None or not request.state.person.serves(here):
        raise Missing
    ends_on = clock.today() + passes.SCREEN_LIVES - timedelta(days=1)
    code, site = passes.door_code(here, clock.today()), settings.current().site
    arrive = f"{site}{url('arrivals:new')}?code={code}"
    return page(
        request,
        "booking/door.html",
        screen=url("screen:show", token=passes.screen_token(here, ends_on)),
        ends_on=ends_on,
        door=code,
        site=site,
        picture=segno.make(arrive, error="m").svg_data_uri(scale=5, border=2, light="#fff"),
        place=await queries.place(here),
    )


async def show(request: Request) -> Response:
    """The screen: it asks for itself every few seconds, and is drawn anew by the browser where scripts do not run."""
    community = passes.read_screen(request.path_params["token"], clock.today())
    if community is None:
        raise Missing
    shown = await queries.screen(community)
    version = live.version(shown, clock.today())
    if same := live.unchanged(request, version):
        return same
    return page(
        request,
        "booking/screen.html",
        version=version,
        shown=shown,
        place=await queries.place(community),
        door=passes.door_code(community, clock.today()),
        site=settings.current().site,
    )


routes: list[BaseRoute] = [
    get("/screen", setting_up, who=STAFF_ONLY, name="screen:set_up"),
    get("/screen/{token}", show, who=PUBLIC, name="screen:show", of=None),
]
