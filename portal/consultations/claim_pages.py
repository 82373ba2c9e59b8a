"""Claims on times: one that is kept longer while a form is filled in, one that the waitlist offers."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.booking import actions as booking
from portal.booking.models import Wait
from portal.consultations import actions, forms, proxy_forms
from portal.consultations.safety_pages import keep, right, told
from portal.errors import Conflict
from portal.languages import _
from portal.law import numbers
from portal.people.queries import needs_name
from portal.web.forms import Form, one
from portal.web.gate import browser
from portal.web.pages import go, safe_back, see
from portal.web.routes import PUBLIC, SIGNED_IN, post
from portal.web.templating import url
from portal.web.wording import clock_time


async def longer(request: Request) -> Response:
    """Keep the chosen time longer, once. What stands on the last page stays: what is right of it goes to the draft."""
    form, here = await Form.read(request), browser(request)
    if request.state.person and "mode" in form.values:
        typed = forms.rest(form, await told(request), needs_name(request.state.person))
        await keep(request, **proxy_forms.whose(form), **right(form, typed))
    try:
        until = await booking.extend(here)
        text = _("给您留到 %(time)s。") % {"time": clock_time(until)}
    except Conflict as refused:
        text = refused.text
    return go(safe_back(form.values.get("back", ""), url("book:confirm")), text)


async def accept(request: Request) -> Response:
    """Take the time that the waitlist offers; staff may give it to somebody beyond the limit, and say why."""
    found = Wait.visible_to(request.state.person).select_related("person")
    wait = await one(found, number=numbers.read(request.path_params["number"]))
    form = await Form.read(request)
    over_limit = form.text("over_limit", most=200, required=False)
    appointment = await actions.accept(request.state.person, wait, over_limit)
    return see(request, "appointments:show", flash=_("约好了。"), number=appointment.number)


routes: list[BaseRoute] = [
    post("/book/hold/extension", longer, who=PUBLIC, name="book:longer"),
    post("/waitlist/{number}/acceptance", accept, who=SIGNED_IN, name="waits:accept", of="wait"),
]
