"""What somebody had typed when their session ended: shown again, and sent on with one press."""

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from portal.errors import Missing
from portal.languages import _
from portal.people import actions, queries
from portal.people.models import KeptForm
from portal.web import gate
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, get, post

# What stands in a form to be read by us and was written by nobody: codes of choices, ticks, ids.
OURS = re.compile(r"[a-z][a-z_]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|/\S*|1|on|")


async def show(request: Request) -> Response:
    """What was typed, long texts in full, with one button that sends it on."""
    form = await _kept(request)
    fields = [(name, value) for name, value in form.typed["fields"]]
    written = [value for _name, value in fields if not OURS.fullmatch(value)]
    ticked = sum(1 for _name, value in fields if value) - len(written)
    return page(request, "people/kept.html", kept=form, fields=fields, written=written, ticked=ticked)


async def submit(request: Request) -> Response:
    """Send it on to where it was going, as it stands on the page; it is kept no longer."""
    form = await _kept(request)
    if not await actions.forget_form(form):
        raise Missing
    # With its body: a form that is refused there shows what was typed.
    return RedirectResponse(form.path, 307)


async def drop(request: Request) -> Response:
    """It is not wanted any more."""
    await actions.forget_form(await _kept(request))
    return see(request, "desk", flash=_("已经删掉，没有提交。"))


async def _kept(request: Request) -> KeptForm:
    found = await queries.kept_form(request.state.person, gate.browser(request), request.path_params["form"])
    if found is None:
        raise Missing(_("这份内容已经提交过或者过了一小时，不再保留。"))
    return found


# Kept forms are no records: they belong to a browser.
routes: list[BaseRoute] = [
    get("/kept/{form:uuid}", show, who=SIGNED_IN, name="kept:show", of=None),
    post("/kept/{form:uuid}/submission", submit, who=SIGNED_IN, name="kept:submit", of=None),
    post("/kept/{form:uuid}/removal", drop, who=SIGNED_IN, name="kept:drop", of=None),
]
