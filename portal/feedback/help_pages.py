"""请人帮我办: whoever cannot or will not fill in forms leaves a number, and somebody calls."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import limits, secrecy
from portal.feedback import actions
from portal.languages import _
from portal.law import numbers
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post


async def help_page(request: Request) -> Response:
    """请人帮我办: one number, one tap. Afterwards the same page says what happens next."""
    done = numbers.read(request.query_params.get("number", ""))
    return page(request, "feedback/help.html", form=None, done=done)


async def ask_for_help(request: Request) -> Response:
    """Somebody wants to be called."""
    person = request.state.person
    form = await Form.read(request)
    name = form.text("name", most=40, required=False)
    words = form.text("words", most=500, required=False)
    phone = person.phone if person and person.phone else form.phone("phone")
    if not form.ok:
        return page(request, "feedback/help.html", 422, form=form, done=None)
    await limits.count(f"help:{gate.browser(request)}", 5, timedelta(hours=1))
    await limits.count(f"help:{secrecy.keyed('phone', phone)}", 5, timedelta(hours=1))
    made = await actions.ask_for_help(person, phone, name, words or _("请打电话给我。"))
    return see(request, "feedback:help", query=f"number={made.number}")


routes: list[BaseRoute] = [
    get("/help", help_page, who=PUBLIC, name="feedback:help"),
    post("/help", ask_for_help, who=PUBLIC, name="feedback:ask_for_help"),
]
