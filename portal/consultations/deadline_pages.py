"""Which day is the last one: for every period of the law, told in days, with its article, and never as the final word."""

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.booking import drafts
from portal.consultations import rules
from portal.consultations.models import Danger
from portal.errors import Missing
from portal.languages import _
from portal.law.days import Calendar
from portal.law.periods import PERIODS, Deadline, Period
from portal.law.topics import Topic
from portal.roster.queries import legal_calendar
from portal.web.forms import Form
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post

BACK, AHEAD = timedelta(days=36_525), timedelta(days=3_653)  # how far from today an event may lie
ROLLED = timedelta(days=60)  # beyond the days off on the way and at the end


async def index(request: Request) -> Response:
    """Every period of the law, under the problem of life it belongs to."""
    groups = [(topic, [PERIODS[key] for key in rules.deadlines_of(topic)]) for topic in Topic]
    return page(request, "consultations/deadlines.html", groups=[group for group in groups if group[1]])


async def ask(request: Request) -> Response:
    """One period: when it begins, and the day to count from."""
    return _page(request, _period(request), None)


async def count(request: Request) -> Response:
    """The last day. Nothing is kept, and no date stands in an address that somebody else may read."""
    period, form = _period(request), await Form.read(request)
    on = _day(form)
    if on is None:
        return _page(request, period, form, code=422)
    end = await _end(period, on)
    if end is None:
        form.refuse("on", _("从这一天算，日期太远了。请检查起算的那天。"))
        return _page(request, period, form, code=422)
    return _page(request, period, form, end)


async def take_along(request: Request) -> Response:
    """On to a lawyer; a last day that is near goes along as urgent."""
    period, form = _period(request), await Form.read(request)
    on = _day(form)
    end = await _end(period, on) if on else None
    topic = _topic(period)
    if end and rules.is_pressing(end.days_left(clock.today())):
        told = await drafts.read(browser(request))
        dangers = [
            *(code for code in told.get("dangers", []) if code != Danger.DEADLINE),
            Danger.DEADLINE.value,
        ]
        await drafts.keep(browser(request), topic=topic.value, dangers=dangers)
    return see(request, "book:story", query=f"topic={topic.value}")


def _period(request: Request) -> Period:
    found = PERIODS.get(request.path_params["key"])
    if found is None or not found.length:
        raise Missing(_("没有这一种期限。"), [(_("看看所有的期限"), "deadlines")])
    return found


def _topic(period: Period) -> Topic:
    """The problem of life under which it is listed first."""
    return next(topic for topic in Topic if period.key in rules.deadlines_of(topic))


def _day(form: Form) -> date | None:
    today = clock.today()
    return form.day("on", least=today - BACK, most=today + AHEAD)


async def _end(period: Period, on: date) -> Deadline | None:
    """When it ends; None beyond what a calendar can say."""
    try:
        counted = period.deadline(on, Calendar())
        return counted and period.deadline(on, await legal_calendar(on, counted.raw + ROLLED))
    except (OverflowError, ValueError):
        return None


def _page(
    request: Request, period: Period, form: Form | None, end: Deadline | None = None, code: int = 200
) -> Response:
    left = end.days_left(clock.today()) if end else 0
    return page(
        request,
        "consultations/deadline.html",
        code,
        period=period,
        topic=_topic(period),
        form=form,
        end=end,
        left=left,
        is_pressing=end is not None and rules.is_pressing(left),
    )


routes: list[BaseRoute] = [
    get("/deadlines", index, who=PUBLIC, name="deadlines"),
    # The key of a period of the law: no record.
    get("/deadlines/{key}", ask, who=PUBLIC, name="deadlines:ask", of=None),
    post("/deadlines/{key}", count, who=PUBLIC, name="deadlines:count", of=None),
    post("/deadlines/{key}/question", take_along, who=PUBLIC, name="deadlines:take_along", of=None),
]
