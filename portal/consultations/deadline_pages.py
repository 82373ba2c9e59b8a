"""Which day is the last one: for every period of the law, told in days, with its article, and never as the final word."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.booking import drafts
from portal.consultations import rules
from portal.consultations.intake import Intake
from portal.consultations.queries import deadlines as deadline_queries
from portal.consultations.rules import deadlines as deadline_rules
from portal.errors import Missing
from portal.languages import _
from portal.law.periods import PERIODS, Deadline, Period
from portal.law.topics import Topic
from portal.web.forms import Form
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post


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
    end = await deadline_queries.end_of(period, on)
    if end is None:
        form.refuse("on", _("从这一天算，日期太远了。请检查起算的那天。"))
        return _page(request, period, form, code=422)
    return _page(request, period, form, end)


async def take_along(request: Request) -> Response:
    """On to a lawyer, with the last day; one that is near makes it urgent."""
    period, form = _period(request), await Form.read(request)
    on = _day(form)
    counted = await deadline_queries.counted([(period.key, on)]) if on else []
    topic = _topic(period)
    for one in counted:
        told = Intake.read(await drafts.read(browser(request)))
        others = [[key, day.isoformat()] for key, day in told.deadlines if key != period.key]
        await drafts.keep(
            browser(request),
            topic=topic.value,
            deadlines=[*others, [period.key, one.event_on.isoformat()]][-deadline_rules.MOST :],
            dangers=list(deadline_rules.dangers(told.dangers, counted, clock.today())),
        )
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
    return form.day("on", least=today - deadline_rules.BACK, most=today + deadline_rules.AHEAD)


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
