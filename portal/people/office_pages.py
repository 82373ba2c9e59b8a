"""Who holds which office: given and ended by those who answer for the place."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.people import actions, office_queries, queries, rules
from portal.people.models import ROLE_NAMES, Person, Post, Role
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post

WHO = STAFF_ONLY | {Role.ADMINISTRATOR.value}
EVERYWHERE = "everywhere"  # of an office for the whole portal


async def office(request: Request) -> Response:
    """Choose an office, then the place it minds."""
    person = await _person(request)
    role = request.query_params.get("role", "")
    return await _office(request, person, None, role if role in offered(request.state.person, person) else "")


async def grant(request: Request) -> Response:
    """Give the office."""
    person = await _person(request)
    form = await Form.read(request)
    role = form.choice("role", offered(request.state.person, person))
    if role is None:
        return await _office(request, person, form, "", 422)
    places = await _places(request.state.person, role)
    place = form.choice("place", [key for key, _name in places]) if rules.PLACE_OF.get(role) else None
    if not form.ok:
        return await _office(request, person, form, role, 422)
    await actions.grant(request.state.person, person, role, None if place == EVERYWHERE else place)
    return see(request, "people:show", number=person.number, flash=_("职务安排好了。"))


async def end_post(request: Request) -> Response:
    """End an office today."""
    person = await _person(request)
    held = await Post.get_or_none(id=request.path_params["post"], person_id=person.id)
    if held is None:
        raise Missing
    await actions.end_post(request.state.person, held)
    return see(request, "people:show", number=person.number, flash=_("职务到今天结束。"))


async def _person(request: Request) -> Person:
    seen = Person.visible_to(request.state.person)
    found = await one(seen, number=numbers.read(request.path_params["number"]))
    return await queries.with_posts(found)


async def _office(request: Request, whose: Person, form: Form | None, role: str, code: int = 200) -> Response:
    return page(
        request,
        "people/office.html",
        code,
        whose=whose,
        form=form or Form({"role": role}),
        wrong=form,
        role=role,
        role_name=ROLE_NAMES[Role(role)] if role else "",
        roles=[(each.value, ROLE_NAMES[each]) for each in offered(request.state.person, whose)],
        column=rules.PLACE_OF.get(role, ""),
        places=await _places(request.state.person, role),
    )


async def _places(actor: Person, role: str) -> list[tuple[str, str]]:
    """What the actor may let somebody mind in this office: what lies in their communities, and the whole portal where they
    answer for it."""
    column = rules.PLACE_OF.get(role)
    if not column:
        return []
    found = await queries.places_for(column, office_queries.covered(actor, role))
    if role in rules.MAY_COVER_ALL and rules.may_grant(actor, role, None):
        found = [*found, (EVERYWHERE, _("不分地方，整个平台"))]
    return found


def offered(actor: Person, whose: Person) -> list[Role]:
    """Offices this actor can give this person here. A lawyer's comes with a licence, which the roster asks for."""
    if actor.id == whose.id:
        return []
    return [role for role in rules.grantable(actor) if role != Role.LAWYER]


async def may_end(actor: Person, posts: list[UUID]) -> set[UUID]:
    """Those of these posts that the actor could end."""
    lie = await office_queries.lie(posts)
    return {key for key, office in lie.items() if rules.may_grant(actor, *office)}


routes: list[BaseRoute] = [
    get("/people/{number}/posts/new", office, who=WHO, name="people:office", of="person", fresh=True),
    post("/people/{number}/posts", grant, who=WHO, name="people:grant", of="person", fresh=True),
    post(
        "/people/{number}/posts/{post:uuid}/end",
        end_post,
        who=WHO,
        name="people:end_post",
        of="person",
        fresh=True,
    ),
]
