"""Coming in to an office: a password, then the digits on one's own device."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import settings
from portal.errors import Refusal
from portal.languages import _
from portal.people import actions
from portal.people.door_pages import address, enter, status_of, with_back
from portal.people.models import Way
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import go, page, safe_back
from portal.web.routes import PUBLIC, get, post
from portal.web.templating import url

TICKET_SECONDS = 5 * 60


async def staff_sign_in(request: Request) -> Response:
    """Ask for login and password."""
    back = safe_back(request.query_params.get("back", ""), "")
    if request.state.session and request.state.session.way == Way.OFFICE:
        return go(back or url("desk"))
    return page(request, "people/staff_sign_in.html", form=None, back=back or "/")


async def staff_enter(request: Request) -> Response:
    """Login and password were typed: in, or on to the second step, or say that they are wrong."""
    form, browser = await Form.read(request), gate.browser(request)
    back = safe_back(form.values.get("back", ""))
    login, password = form.text("login", most=40), form.values.get("password", "")
    if not password:
        form.refuse("password", _("请填写密码。"))
    status = 422
    if form.ok:
        try:
            person = await actions.sign_in(login, password, browser=browser, address=address(request))
            return await enter(request, person, settings.current().session_hours, back, Way.OFFICE)
        except actions.TotpWanted as wanted:
            response = go(with_back("people:second_step", back))
            gate.cookie(
                response.headers, gate.TICKET, actions.ticket(wanted.credential, browser), TICKET_SECONDS
            )
            return response
        except Refusal as refusal:
            form.refuse("password", refusal.text)
            status = status_of(refusal)
    return page(request, "people/staff_sign_in.html", status, form=form, back=back)


async def second_step(request: Request) -> Response:
    """Ask for the digits on the person's own device."""
    return page(
        request, "people/second_step.html", form=None, back=safe_back(request.query_params.get("back", ""))
    )


async def staff_confirm(request: Request) -> Response:
    """The digits were typed: in, or say that they are wrong."""
    form = await Form.read(request)
    back = safe_back(form.values.get("back", ""))
    form.text("code", most=40)
    status = 422
    if form.ok:
        try:
            kept = gate.kept(request, gate.TICKET) or ""
            person = await actions.sign_in_second(kept, gate.browser(request), form.values["code"])
            response = await enter(request, person, settings.current().session_hours, back, Way.OFFICE)
            gate.cookie(response.headers, gate.TICKET, "", 0)
            return response
        except Refusal as refusal:
            form.refuse("code", refusal.text)
            status = status_of(refusal)
    return page(request, "people/second_step.html", status, form=form, back=back)


routes: list[BaseRoute] = [
    get("/staff/sign-in", staff_sign_in, who=PUBLIC, name="staff_sign_in"),
    post("/staff/sign-in", staff_enter, who=PUBLIC, name="people:staff_enter"),
    get("/staff/sign-in/second-step", second_step, who=PUBLIC, name="people:second_step"),
    post("/staff/sign-in/second-step", staff_confirm, who=PUBLIC, name="people:staff_confirm"),
]
