"""The site map: every room's routes, what stands before them, and what the portal does while it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import anchors, database, delivery, logs, schema, secrecy, settings, work
from portal.booking import lane_pages
from portal.booking import pages as booking
from portal.booking import work as booking_work
from portal.community import choice_pages
from portal.community import pages as community
from portal.conflicts import pages as conflicts
from portal.consultations import pages as consultations
from portal.consultations import work as consultations_work
from portal.council import pages as council
from portal.council import work as council_work
from portal.desk import pages as desk
from portal.disputes import pages as disputes
from portal.errors import Refusal
from portal.feedback import pages as feedback
from portal.languages import _
from portal.lectures import pages as lectures
from portal.people import pages as people
from portal.people import work as people_work
from portal.privacy import pages as privacy
from portal.privacy import work as privacy_work
from portal.reporting import pages as reporting
from portal.roster import pages as roster
from portal.roster import work as roster_work
from portal.rounds import pages as rounds
from portal.web import assets, express, gate, lane, ledger, pages, straight, templating

routes: list[BaseRoute] = [
    *desk.routes,
    *people.routes,
    *community.routes,
    *roster.routes,
    *conflicts.routes,
    *consultations.routes,
    *booking.routes,
    *disputes.routes,
    *feedback.routes,
    *lectures.routes,
    *rounds.routes,
    *council.routes,
    *reporting.routes,
    *privacy.routes,
    assets.route,
    assets.worker,
]

JOBS = [
    work.Job("deliver", 1, delivery.deliver),
    *anchors.JOBS,
    *booking_work.JOBS,
    *consultations_work.JOBS,
    *council_work.JOBS,
    *roster_work.JOBS,
    *privacy_work.JOBS,
    *people_work.JOBS,
]


async def refused(request: Request, refusal: Exception) -> Response:
    """What we will not do is said kindly."""
    assert isinstance(refusal, Refusal)
    return pages.refused(request, refusal)


async def unknown(request: Request, error: Exception) -> Response:
    """What the web server itself refuses: no such page, wrong method, too much at once."""
    assert isinstance(error, HTTPException)
    texts = {
        404: (_("没有找到"), _("这里没有这个页面。请从首页重新开始，或者用编号查询。")),
        405: (_("没有找到"), _("这个地址不能这样打开。请从首页重新开始。")),
        408: (_("等得太久了"), _("提交的内容没有在规定时间里传完。请检查网络，再提交一次。")),
        413: (
            _("内容太长"),
            _(
                "一次提交的内容太多了。请按返回键回到刚才的页面，删短一些再提交，照片分几次交：您写的还在那里。"
            ),
        ),
        415: (_("没有办成"), _("请用本网站的表单提交。")),
        503: (_("暂时打不开"), _("现在来的人太多，请过一会儿再试。您也可以直接打电话或到服务中心来。")),
    }
    title, text = texts.get(
        error.status_code, (_("没有办成"), _("提交的内容不完整或者格式不对，请返回再试一次。"))
    )
    response = pages.problem(request, error.status_code, title, text)
    response.headers.update(error.headers or {})
    return response


async def unavailable(request: Request, error: Exception) -> Response:
    """The database is away for a moment."""
    text = _("系统正在恢复，请过一分钟再试。您也可以直接打电话或到服务中心来。")
    response = pages.problem(request, 503, _("暂时打不开"), text)
    response.headers["Retry-After"] = "10"
    return response


async def broken(request: Request, error: Exception) -> Response:
    """Our own mistake. What went wrong is logged without the words it happened to."""
    logs.mishap(error)
    text = _("我们这边出了错，已经记录下来。请再试一次，或者打电话给服务中心。")
    return pages.problem(request, 500, _("出错了"), text)


async def unreadable(request: Request, error: Exception) -> Response:
    """Something sealed does not open: `portal verify` names it. The page says nothing of what it was."""
    logs.mishap(error)
    text = _("这里有一段内容无法读取，没有显示任何内容。我们已经记录下来；请打电话给服务中心。")
    return pages.problem(request, 500, _("无法读取"), text)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the database, refuse one whose schema is behind, and work in the background until the end."""
    url = settings.current().database_url
    if behind := await schema.pending(url):
        raise settings.BadSetting(f"The database is behind by {len(behind)} migrations. Run: portal migrate")
    await database.connect(url)
    background = asyncio.create_task(work.forever(JOBS))
    try:
        yield
    finally:
        background.cancel()
        with suppress(asyncio.CancelledError):
            await background
        await database.close()


MISHAPS = {
    Refusal: refused,
    HTTPException: unknown,
    database.Unavailable: unavailable,
    secrecy.Tampered: unreadable,
    Exception: broken,
}

app = Starlette(
    routes=routes,
    # Assets come compressed already and pass through; level 6 because a page is compressed for every reader.
    middleware=[
        Middleware(express.Express),
        Middleware(lane.Lanes, lanes=lane_pages.LANES),
        Middleware(ledger.Ledger),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        Middleware(gate.Gate, mishaps=MISHAPS),
        Middleware(choice_pages.Signpost),
        Middleware(straight.Straight, routes=routes),
    ],
    exception_handlers=MISHAPS,
    lifespan=lifespan,
)
templating.use(app.router)
