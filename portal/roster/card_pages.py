"""A lawyer's card, as they wish the public to read it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.languages import _
from portal.roster import firm_actions, forms
from portal.roster.models import Lawyer
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, get, post


async def _own(request: Request) -> Lawyer:
    person = request.state.person
    lawyer: Lawyer = await one(Lawyer.visible_to(person), person_id=person.id)
    return lawyer


async def card(request: Request) -> Response:
    """The card as it stands."""
    form = forms.of_card(await _own(request))
    return page(request, "roster/card.html", form=form, **forms.card_choices())


async def change_card(request: Request) -> Response:
    """The card as it is from now on."""
    lawyer, form = await _own(request), await Form.read(request)
    typed = forms.card(form)
    if not form.ok:
        return page(request, "roster/card.html", 422, form=form, **forms.card_choices())
    await firm_actions.change_card(request.state.person, lawyer, **typed)
    return see(request, "roster:mine", flash=_("已保存。"))


routes: list[BaseRoute] = [
    get("/mornings/card", card, who=LAWYERS, name="roster:card"),
    post("/mornings/card", change_card, who=LAWYERS, name="roster:change_card"),
]
