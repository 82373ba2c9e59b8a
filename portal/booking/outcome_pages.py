"""When nobody met: a call in vain is written down, a resident says that it was otherwise, staff decide."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.booking import actions
from portal.booking.appointment_pages import found, show_page
from portal.booking.models import RINGS, Appointment
from portal.languages import _
from portal.web import door
from portal.web.forms import Form
from portal.web.pages import see
from portal.web.routes import LAWYERS, SIGNED_IN, STAFF_ONLY, post

VERDICTS = ("uphold", "excuse")


async def ring(request: Request) -> Response:
    """A call to somebody who waits for one, in vain."""
    appointment, form = await found(request), await Form.read(request)
    how = form.choice("how", RINGS)
    if not form.ok or how is None:
        return await refused(request, appointment, form)
    was_last = await actions.ring(request.state.person, appointment, how)
    text = _("记好了。三次没有打通，已经发消息告诉居民。") if was_last else _("记好了，过一会儿再打。")
    return see(request, "appointments:show", flash=text, number=appointment.number)


async def contest(request: Request) -> Response:
    """The resident says that they did come, or were not rung."""
    appointment, form = await found(request), await Form.read(request)
    words = form.text("contested", most=200, missing=_("请写一句当时的情况。"))
    if not form.ok:
        return await refused(request, appointment, form)
    await actions.contest(request.state.person, appointment, words)
    text = _("收到了，工作人员会核实，结果会告诉您。")
    return see(request, "appointments:show", flash=text, number=appointment.number)


async def weigh(request: Request) -> Response:
    """Staff decide on what was said."""
    appointment, form = await found(request), await Form.read(request)
    verdict = form.choice("verdict", VERDICTS)
    reason = form.text("reason", most=200, missing=_("请写核实的结果，居民会看到。"))
    if not form.ok:
        return await refused(request, appointment, form)
    decide = actions.excuse if verdict == "excuse" else actions.uphold
    await decide(request.state.person, appointment, reason)
    return see(request, "appointments:show", flash=_("记好了，已经告诉居民。"), number=appointment.number)


async def refused(request: Request, appointment: Appointment, form: Form) -> Response:
    """The same page with what is wrong, and what was typed."""
    await door.show(request.state.person, appointment)
    return await show_page(request, appointment, 422, outcome_form=form)


routes: list[BaseRoute] = [
    post(
        "/appointments/{number}/ring",
        ring,
        who=LAWYERS | STAFF_ONLY,
        name="appointments:ring",
        of="appointment",
    ),
    post(
        "/appointments/{number}/contest",
        contest,
        who=SIGNED_IN,
        name="appointments:contest",
        of="appointment",
    ),
    post(
        "/appointments/{number}/verdict", weigh, who=STAFF_ONLY, name="appointments:weigh", of="appointment"
    ),
]
