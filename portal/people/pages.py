"""Staff look people up, enter residents, and say who holds which office."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import journal, limits, paging, policy
from portal.errors import Conflict, Missing
from portal.languages import _
from portal.law import numbers
from portal.people import (
    actions,
    card_pages,
    confirm_pages,
    door_pages,
    glass_pages,
    invitation_pages,
    kept_pages,
    link_pages,
    office_door_pages,
    office_pages,
    office_queries,
    own_pages,
    passkey_pages,
    passphrase_pages,
    proxy_pages,
    queries,
    rules,
    second_step_pages,
    session_pages,
)
from portal.people.actions import glass
from portal.people.models import CONTACT_NAMES, ROLE_NAMES, ContactBy, Person, Role
from portal.web import door
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post

WHO = STAFF_ONLY | {Role.ADMINISTRATOR.value}


async def index(request: Request) -> Response:
    """Those who hold offices, or whoever is searched for."""
    actor = request.state.person
    find = Finder(request, [Filter("role", _("职务"), list(ROLE_NAMES.items()))])
    if find.text:
        await limits.count(f"search:{actor.id}", 300, timedelta(hours=1))
    found = await office_queries.meant(actor, find.text)
    return page(
        request,
        "people/index.html",
        find.code,
        find=find,
        leaf=await queries.search(found, find.text, find["role"], find.page) if find.ok else paging.NOTHING,
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


async def show_phone(request: Request) -> Response:
    """The same with the telephone whole, this once, for staff of their community. That somebody asked is written down."""
    person = await _person(request)
    if not request.state.person.serves(person.community_id):
        raise Missing
    await glass.unmask(request.state.person, person, person)
    return await _show(request, person, unmasked=True)


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


async def _show(
    request: Request, whose: Person, code: int = 200, unmasked: bool = False, **forms: Form
) -> Response:
    actor, reach, may_send_link = request.state.person, queries.reach(whose), rules.may_send_link(whose)
    await door.show(actor, whose)
    reach = reach if unmasked or policy.CONTACT in whose.parts else reach.masked
    posts: list[dict[str, Any]] = await queries.posts_of(whose)
    offices = await office_queries.offices(whose)
    may_end = await office_pages.may_end(actor, [held["id"] for held in posts if not held["ended_on"]])
    for held in posts:
        held["may_end"] = held["id"] in may_end
    account = await queries.credential_of(whose)
    return page(
        request,
        "people/show.html",
        code,
        whose=whose,
        reach=reach,
        may_note_names=actor.serves(whose.community_id),
        may_unmask=actor.serves(whose.community_id) and not unmasked and policy.CONTACT not in whose.parts,
        posts=posts,
        role_names=ROLE_NAMES,
        contact=CONTACT_NAMES[ContactBy(whose.contact_by)],
        account=account,
        invitation=await office_queries.open_invitation(whose),
        phone_form=forms.get("phone"),
        wrong=next(iter(forms.values()), None),
        may_change_phone=rules.may_change_phone(actor, whose, offices),
        may_invite=rules.may_invite(actor, whose, offices),
        may_send_link=may_send_link,
        may_grant=bool(office_pages.offered(actor, whose)),
    )


routes: list[BaseRoute] = [
    *door_pages.routes,
    *office_door_pages.routes,
    *invitation_pages.routes,
    *confirm_pages.routes,
    *own_pages.routes,
    *second_step_pages.routes,
    *passkey_pages.routes,
    *office_pages.routes,
    *kept_pages.routes,
    *session_pages.routes,
    *card_pages.routes,
    *link_pages.routes,
    *proxy_pages.routes,
    *passphrase_pages.routes,
    *glass_pages.routes,
    get("/people", index, who=WHO, name="people:index"),
    get("/people/new", new, who=WHO, name="people:new"),
    post("/people/new", register, who=WHO, name="people:register"),
    get("/people/{number}", show, who=WHO, name="people:show", of="person"),
    post("/people/{number}/phone/whole", show_phone, who=STAFF_ONLY, name="people:unmask", of="person"),
    post("/people/{number}/phone", change_phone, who=WHO, name="people:phone", of="person", fresh=True),
]
