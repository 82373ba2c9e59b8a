"""请人帮我办: whoever cannot or will not fill in forms leaves a number, and somebody calls."""

from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import limits, secrecy
from portal.feedback import actions
from portal.languages import _, lazy_
from portal.law import identifiers, numbers
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post

ROOMS = {  # the first word of an address, in words of the people who call back; no number of anything
    "book": lazy_("约律师"),
    "appointments": lazy_("我的预约"),
    "waitlist": lazy_("排候补"),
    "prescriptions": lazy_("处方"),
    "disputes": lazy_("报纠纷"),
    "feedback": lazy_("提诉求"),
    "lectures": lazy_("听讲座"),
    "council": lazy_("议事会"),
    "sign-in": lazy_("登录"),
    "card": lazy_("登录"),
    "me": lazy_("我的资料"),
}


def left_off(request: Request) -> str:
    """Which part of the portal somebody came from to ask for help, as the first word of its address; often none."""
    came = urlsplit(request.headers.get("referer", ""))
    room = came.path.split("/")[1] if came.netloc == request.url.netloc and "/" in came.path else ""
    return room if room in ROOMS else ""


async def help_page(request: Request) -> Response:
    """请人帮我办: one number, one tap. Afterwards the same page says what happens next."""
    done = numbers.read(request.query_params.get("number", ""))
    return _help(request, Form({"from": left_off(request)}), done=done)


def _help(request: Request, form: Form, code: int = 200, done: str | None = None) -> Response:
    person = request.state.person
    known = identifiers.mask_phone(person.phone) if person and person.phone else ""
    return page(request, "feedback/help.html", code, form=form, done=done, known=known)


async def ask_for_help(request: Request) -> Response:
    """Somebody wants to be called."""
    person = request.state.person
    form = await Form.read(request)
    name = form.text("name", most=40, required=False)
    words = form.text("words", most=500, required=False)
    phone = person.phone if person and person.phone else form.phone("phone")
    if not form.ok:
        return _help(request, form, 422)
    await limits.count(f"help:{gate.browser(request)}", 5, timedelta(hours=1))
    await limits.count(f"help:{secrecy.keyed('phone', phone)}", 5, timedelta(hours=1))
    said = words or _("请打电话给我。")
    if room := ROOMS.get(form.values.get("from", "")):
        said += "\n" + _("求助时正在看：%(page)s") % {"page": room}
    made = await actions.ask_for_help(person, phone, name, said)
    return see(request, "feedback:help", query=f"number={made.number}")


routes: list[BaseRoute] = [
    get("/help", help_page, who=PUBLIC, name="feedback:help"),
    post("/help", ask_for_help, who=PUBLIC, name="feedback:ask_for_help"),
]
