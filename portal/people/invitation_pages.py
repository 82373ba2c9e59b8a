"""Invitations: staff hand one over, and whoever it is for chooses login and password by themselves."""

from datetime import timedelta

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.errors import Conflict, Missing
from portal.languages import _
from portal.law import numbers
from portal.people import actions, office_queries, queries, rules
from portal.people.models import Invitation, Person, Role
from portal.people.office_door_pages import with_ticket
from portal.web import gate
from portal.web.forms import Form, one
from portal.web.pages import go, page
from portal.web.routes import PUBLIC, STAFF_ONLY, get, post
from portal.web.templating import url

INVITED = "portal_invitation"  # the secret of a link that was opened, where no address bar shows it
HOUR = 3600


async def invite(request: Request) -> Response:
    """A new link for an office holder, shown this once to be handed over."""
    seen = Person.visible_to(request.state.person)
    found = await one(seen, number=numbers.read(request.path_params["number"]))
    person = await queries.with_posts(found)
    form = await Form.read(request)
    sends = form.flag("send") and rules.may_send_link(person)
    link = await actions.invite(request.state.person, person, send=sends)
    return page(
        request,
        "people/invited.html",
        whose=person,
        link=link,
        picture=segno.make(link, error="m").svg_data_uri(scale=5, border=3, light="#fff"),
        is_sent=sends,
        hours=rules.INVITATION_LIVES // timedelta(hours=1),
    )


async def follow(request: Request) -> Response:
    """The link was opened. Nothing is used up by it: programs that look at messages open links too."""
    response = go(url("people:invitation"))
    gate.cookie(response.headers, INVITED, request.path_params["secret"][:100], HOUR)
    return response


async def invitation(request: Request) -> Response:
    """Ask for a login and a password of the person's own choice."""
    found = await _found(request)
    known = await queries.credential_of(found.person)
    return _ask(request, found, Form({"login": known.login if known else ""}), 200)


async def accept(request: Request) -> Response:
    """They were chosen: on to the device."""
    found, form = await _found(request), await Form.read(request)
    login, password = form.text("login", most=80), form.values.get("password", "")
    if form.ok:
        try:
            login = rules.login(login)
        except ValueError as error:
            form.refuse("login", str(error))
    if fault := rules.password_fault(password, login or "-") if password else _("请填写密码。"):
        form.refuse("password", fault)
    elif password != form.values.get("again", ""):
        form.refuse("again", _("两次写的不一样，请再写一遍。"))
    if form.ok:
        try:
            credential = await actions.accept(_secret(request), login, password)
            response = with_ticket(request, "people:device", credential, "/")
            gate.cookie(response.headers, INVITED, "", 0)
            return response
        except Conflict as refusal:
            form.refuse("login", refusal.text)
    return _ask(request, found, form, 422)


def _secret(request: Request) -> str:
    return gate.kept(request, INVITED) or ""


async def _found(request: Request) -> Invitation:
    found = await office_queries.invitation(_secret(request))
    if found is None:
        text = _("这个链接已经用过或者过期了。请让给您链接的人再给一个。")
        raise Missing(text, [(_("工作人员、律师、三长登录"), "staff_sign_in")])
    return found


def _ask(request: Request, found: Invitation, form: Form, code: int) -> Response:
    return page(request, "people/invitation.html", code, whose=found.person, form=form)


routes: list[BaseRoute] = [
    post(
        "/people/{number}/invitation",
        invite,
        who=STAFF_ONLY | {Role.ADMINISTRATOR.value},
        name="people:invite",
        of="person",
        fresh=True,
    ),
    # What stands in the path opens no record by itself.
    get("/invitations/{secret}", follow, who=PUBLIC, name="people:follow", of=None),
    get("/invitation", invitation, who=PUBLIC, name="people:invitation"),
    post("/invitation", accept, who=PUBLIC, name="people:accept"),
]
