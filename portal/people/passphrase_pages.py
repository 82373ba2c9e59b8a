"""A page that looks the same to everybody, whether there is anything behind it or not."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.languages import _
from portal.people import actions
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, get, post


async def quiet(request: Request) -> Response:
    """Something can be said here."""
    return page(request, "people/quiet.html", form=None)


async def say(request: Request) -> Response:
    """Something was said. The answer is the same whatever it was."""
    form = await Form.read(request)
    words = form.values.get("passphrase", "")
    if not words.strip():
        form.refuse("passphrase", _("请填写这一项。"))
        return page(request, "people/quiet.html", 422, form=form)
    await actions.say(request.state.person, request.state.session, words)
    return see(request, "desk", flash=_("好的。"))


routes: list[BaseRoute] = [
    get("/quiet", quiet, who=SIGNED_IN, name="quiet"),
    post("/quiet", say, who=SIGNED_IN, name="quiet:say"),
]
