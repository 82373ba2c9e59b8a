"""The deadlines of one consultation: added and counted anew, confirmed by its lawyer, taken out."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.consultations import case_pages
from portal.consultations.actions import deadlines as deadline_actions
from portal.consultations.models import Consultation
from portal.consultations.queries import deadlines as deadline_queries
from portal.consultations.rules import deadlines as deadline_rules
from portal.errors import Forbidden
from portal.languages import _
from portal.law.periods import PERIODS
from portal.web.forms import Form
from portal.web.pages import see
from portal.web.routes import LAWYERS, STAFF_ONLY, post

COUNTABLE = [key for key, period in PERIODS.items() if period.length]


async def add(request: Request) -> Response:
    """One more, or the same from another day."""
    consultation, person = await case_pages.opened(request), request.state.person
    if not deadline_rules.may_add(person, consultation):
        raise Forbidden
    form, today = await Form.read(request), clock.today()
    key = form.choice("period", COUNTABLE, missing=_("请选是哪一种期限。"))
    on = form.day("on", least=today - deadline_rules.BACK, most=today + deadline_rules.AHEAD)
    if key and on and not await deadline_queries.counted([(key, on)]):
        form.refuse("on", _("从这一天算，日期太远了。请检查起算的那天。"))
    if not form.ok or not key or not on:
        return await case_pages.shown(request, consultation, 422, {"due_form": form})
    await deadline_actions.add(person, consultation, (key, on))
    return _back(request, consultation, _("期限已经记下。"))


async def confirm(request: Request) -> Response:
    """It is right as it stands."""
    consultation, form = await case_pages.opened(request), await Form.read(request)
    await deadline_actions.confirm(request.state.person, consultation, form.values.get("period", ""))
    return _back(request, consultation, _("期限已经核对，居民看得到。"))


async def remove(request: Request) -> Response:
    """It does not belong there."""
    consultation, form = await case_pages.opened(request), await Form.read(request)
    await deadline_actions.remove(request.state.person, consultation, form.values.get("period", ""))
    return _back(request, consultation, _("这个期限已经去掉。"))


def _back(request: Request, consultation: Consultation, text: str) -> Response:
    return see(request, "consultations:show", flash=text, number=consultation.number)


HANDLING = LAWYERS | STAFF_ONLY
AT = "/consultations/{number}/deadlines"

routes: list[BaseRoute] = [
    post(AT, add, who=HANDLING, name="consultations:add_deadline", of="consultation"),
    post(
        f"{AT}/confirmation", confirm, who=LAWYERS, name="consultations:confirm_deadline", of="consultation"
    ),
    post(f"{AT}/removal", remove, who=HANDLING, name="consultations:drop_deadline", of="consultation"),
]
