"""Notes beside a consultation: one box for each kind, one way to add to one's own."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.consultations import case_pages
from portal.consultations.actions import notes as note_actions
from portal.consultations.rules import notes as note_rules
from portal.errors import Forbidden
from portal.languages import _
from portal.web.forms import Form
from portal.web.pages import see
from portal.web.routes import SIGNED_IN, post


async def write(request: Request) -> Response:
    """Keep what was written, for those who may read this kind."""
    consultation, person = await case_pages.opened(request), request.state.person
    if note_rules.writes(person, consultation) is None:
        raise Forbidden
    form = await Form.read(request)
    words = form.text("note", most=note_rules.MOST_WORDS, missing=_("请写几句再保存。"))
    if not form.ok:
        return await case_pages.shown(request, consultation, 422, {"note_form": form})
    await note_actions.write(person, consultation, words)
    return see(request, "consultations:show", flash=_("备注已经保存。"), number=consultation.number)


routes: list[BaseRoute] = [
    post("/consultations/{number}/notes", write, who=SIGNED_IN, name="consultations:note", of="consultation")
]
