"""Staff look people up, enter residents, and say who holds which office."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import journal
from portal.errors import Conflict, Missing, Refusal
from portal.languages import _
from portal.law import numbers
from portal.people import (
    actions,
    door_pages,
    glass_pages,
    kept_pages,
    office_door_pages,
    own_pages,
    passwords,
    queries,
    rules,
    session_pages,
)
from portal.people.models import CONTACT_NAMES, ROLE_NAMES, ContactBy, Person, Post, Role
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post
from portal.web.templating import url

WHO = STAFF_ONLY | {Role.ADMINISTRATOR.value}


async def index(request: Request) -> Response:
    """Those who hold offices, or whoever is searched for."""
    asked = request.query_params
    text, role = asked.get("q", "").replace("\0", "")[:40], asked.get("role", "")
    role = role if role in set(Role) else ""
    number = Form(dict(asked)).number("page", 1, 10_000) or 1
    seen = Person.visible_to(request.state.person)
    people, count = await queries.search(seen, text, role, number)
    return page(
        request,
        "people/index.html",
        people=people,
        count=count,
        q=text,
        role=role,
        number=number,
        pages=-(-count // queries.PAGE),
        href_of=lambda n: f"{url('people:index')}?{urlencode({'q': text, 'role': role, 'page': n})}",
        role_names=ROLE_NAMES,
    )


async def new(request: Request) -> Response:
    """The form for somebody who came in person."""
    return page(request, "people/new.html", form=None)


async def register(request: Request) -> Response:
    """Enter a resident, or find that they are known already."""
    form = await Form.read(request)
    name, phone = form.text("name", most=40), form.phone("phone", required=False)
    if not form.ok:
        return page(request, "people/new.html", 422, form=form)
    person = await actions.register(request.state.person, name, phone)
    known = person.name != actions.tidy(name)
    flash = _("这个电话已经登记过，下面就是登记的人。") if known else _("登记好了。")
    return see(request, "people:show", number=person.number, flash=flash)


async def show(request: Request) -> Response:
    """One person: how to reach them, carefully if they asked so, and their offices. Looking is written down."""
    person = await _person(request)
    await journal.opened(request.state.person, person)
    return await _show(request, person)


async def office(request: Request) -> Response:
    """Choose an office, then the place it minds."""
    person = await _person(request)
    role = request.query_params.get("role", "")
    offered = _offered(request.state.person, person)
    return await _office(request, person, None, role if role in offered else "", 200)


async def grant(request: Request) -> Response:
    """Give the office."""
    person = await _person(request)
    form = await Form.read(request)
    role = form.choice("role", _offered(request.state.person, person))
    if role is None:
        return await _office(request, person, form, "", 422)
    column = rules.PLACE_OF.get(role)
    place = form.choice("place", [key for key, _name in await queries.places_for(column)]) if column else None
    if not form.ok:
        return await _office(request, person, form, role, 422)
    await actions.grant(request.state.person, person, role, place)
    return see(request, "people:show", number=person.number, flash=_("职务安排好了。"))


async def end_post(request: Request) -> Response:
    """End an office today."""
    person = await _person(request)
    held = {str(post.id): post for post in await Post.filter(person_id=person.id)}
    if request.path_params["post"] not in held:
        raise Missing
    await actions.end_post(request.state.person, held[request.path_params["post"]])
    return see(request, "people:show", number=person.number, flash=_("职务到今天结束。"))


async def make_account(request: Request) -> Response:
    """A login with a password that is shown this once."""
    person = await _person(request)
    form = await Form.read(request)
    form.text("login", most=40)
    if form.ok:
        password = passwords.temporary()
        try:
            credential = await actions.make_account(
                request.state.person, person, form.values["login"], password
            )
            return page(
                request, "people/account.html", whose=person, login=credential.login, password=password
            )
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.refuse("login", refusal.text)
    return await _show(request, person, 422, account=form)


async def change_phone(request: Request) -> Response:
    """Another number for somebody who stands at the desk."""
    person = await _person(request)
    form = await Form.read(request)
    phone = form.phone("phone")
    if form.ok:
        try:
            await actions.change_phone(request.state.person, person, phone)
            return see(
                request, "people:show", number=person.number, flash=_("电话改好了，旧号码不能再登录。")
            )
        except Conflict as refusal:
            form.refuse("phone", refusal.text)
    return await _show(request, person, 422, phone=form)


async def _person(request: Request) -> Person:
    number = numbers.read(request.path_params["number"])
    found = await one(Person.visible_to(request.state.person), number=number)
    return await queries.with_posts(found)


async def _show(request: Request, whose: Person, code: int = 200, **forms: Form) -> Response:
    actor = request.state.person
    posts: list[dict[str, Any]] = await queries.posts_of(whose)
    for held in posts:
        held["may_end"] = not held["ended_on"] and rules.may_grant(actor, held["role"])
    account = await queries.credential_of(whose)
    return page(
        request,
        "people/show.html",
        code,
        whose=whose,
        posts=posts,
        role_names=ROLE_NAMES,
        contact=CONTACT_NAMES[ContactBy(whose.contact_by)],
        account=account,
        account_form=forms.get("account", Form({"login": account.login if account else ""})),
        phone_form=forms.get("phone"),
        wrong=next(iter(forms.values()), None),
        may_change_phone=rules.may_change_phone(actor, whose),
        may_make_account=rules.may_make_account(actor, whose),
        may_grant=bool(_offered(actor, whose)),
    )


async def _office(request: Request, whose: Person, form: Form | None, role: str, code: int) -> Response:
    column = rules.PLACE_OF.get(role, "")
    return page(
        request,
        "people/office.html",
        code,
        whose=whose,
        form=form or Form({"role": role}),
        wrong=form,
        role=role,
        role_name=ROLE_NAMES[Role(role)] if role else "",
        roles=[(each.value, ROLE_NAMES[each]) for each in _offered(request.state.person, whose)],
        column=column,
        places=await queries.places_for(column) if column else [],
    )


def _offered(actor: Person, whose: Person) -> list[Role]:
    """Offices this actor can give this person here. A lawyer's comes with a licence, which the roster asks for."""
    if actor.id == whose.id:
        return []
    return [role for role in rules.grantable(actor) if role != Role.LAWYER]


routes: list[BaseRoute] = [
    *door_pages.routes,
    *office_door_pages.routes,
    *own_pages.routes,
    *kept_pages.routes,
    *session_pages.routes,
    *glass_pages.routes,
    get("/people", index, who=WHO, name="people:index"),
    get("/people/new", new, who=WHO, name="people:new"),
    post("/people/new", register, who=WHO, name="people:register"),
    get("/people/{number}", show, who=WHO, name="people:show", of="person"),
    post("/people/{number}/phone", change_phone, who=WHO, name="people:phone", of="person"),
    get("/people/{number}/posts/new", office, who=WHO, name="people:office", of="person"),
    post("/people/{number}/posts", grant, who=WHO, name="people:grant", of="person"),
    post("/people/{number}/posts/{post}/end", end_post, who=WHO, name="people:end_post", of="person"),
    post("/people/{number}/account", make_account, who=WHO, name="people:account", of="person"),
]
