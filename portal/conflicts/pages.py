"""曾用名: the names somebody had before, entered by themselves, or added by staff who were told at the desk."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.conflicts import actions, forms
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.people import queries
from portal.people.models import Person
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, STAFF_ONLY, get, post


async def own(request: Request) -> Response:
    """One's own former names, to be changed."""
    names = request.state.person.former_names
    return page(request, "conflicts/former.html", whose=None, form=Form({"former": "、".join(names)}))


async def keep_own(request: Request) -> Response:
    """What stands in the field is what is kept."""
    person, form = request.state.person, await Form.read(request)
    names = forms.former_names(form)
    if not form.ok:
        return page(request, "conflicts/former.html", 422, whose=None, form=form)
    await actions.rename_formerly(person, person, names)
    return see(request, "people:me", flash=_("曾用名记下了。") if names else _("没有记曾用名。"))


async def add(request: Request) -> Response:
    """At the desk somebody says a name they had before. What stands there already is not shown."""
    return page(request, "conflicts/former.html", whose=await _whose(request), form=None)


async def keep(request: Request) -> Response:
    """Add what was said to what is kept."""
    whose, form = await _whose(request), await Form.read(request)
    names = [*whose.former_names, *forms.former_names(form)]
    if not form.ok:
        return page(request, "conflicts/former.html", 422, whose=whose, form=form)
    await actions.rename_formerly(request.state.person, whose, names[-forms.MOST :])
    return see(request, "people:show", flash=_("曾用名记下了。"), number=whose.number)


async def _whose(request: Request) -> Person:
    """A resident of the community where this person works."""
    person, number = request.state.person, numbers.read(request.path_params["number"])
    found: Person = await one(Person.visible_to(person), number=number)
    if not person.serves(found.community_id):
        raise Missing
    return await queries.with_posts(found)


routes: list[BaseRoute] = [
    get("/me/former-names", own, who=SIGNED_IN, name="me:former_names"),
    post("/me/former-names", keep_own, who=SIGNED_IN, name="me:keep_former_names"),
    get("/people/{number}/former-names", add, who=STAFF_ONLY, name="people:former_names", of="person"),
    post("/people/{number}/former-names", keep, who=STAFF_ONLY, name="people:keep_former_names", of="person"),
]
