"""What a person sees and decides about themselves."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.errors import Missing, Refusal
from portal.languages import _
from portal.people import actions, office_queries, queries, rules, session_rules
from portal.people.models import CONTACT_NAMES, ROLE_NAMES, ContactBy
from portal.people.second_step_pages import own_account
from portal.web.forms import Form, read_key
from portal.web.pages import page, see
from portal.web.routes import OFFICES, SIGNED_IN, get, post


async def me(request: Request) -> Response:
    """Name, how to be reached, browsers that are signed in, password."""
    return await _show(request)


async def rename(request: Request) -> Response:
    """Be called by another name."""
    form = await Form.read(request)
    name = form.text("name", most=40, missing=_("请写怎么称呼您。"))
    if not form.ok:
        return await _show(request, 422, name=form)
    await actions.rename(request.state.person, name)
    return see(request, "people:me", flash=_("名字记下了。"))


async def choose_contact(request: Request) -> Response:
    """How, how carefully and when to be reached."""
    form = await Form.read(request)
    by = form.choice("contact_by", ContactBy)
    when = form.text("contact_when", most=80, required=False)
    if by == ContactBy.SMS and not request.state.person.phone:
        form.refuse("contact_by", _("没有登记手机号，发不了短信。请选别的方式。"))
    if not form.ok:
        return await _show(request, 422, contact=form)
    await actions.choose_contact(request.state.person, by, form.flag("is_neutral"), when)
    return see(request, "people:me", flash=_("记下了，以后都按您选的方式联系。"))


async def revoke(request: Request) -> Response:
    """Sign another browser out."""
    session = read_key(request.path_params["session"])
    if session is None or not await actions.revoke(request.state.person, session):
        raise Missing
    return see(request, "people:me", flash=_("那台设备已经退出。"))


async def change_password(request: Request) -> Response:
    """A new password."""
    await own_account(request)
    form = await Form.read(request)
    old, new = form.values.get("old", ""), form.values.get("new", "")
    for name, given in (("old", old), ("new", new)):
        if not given:
            form.refuse(name, _("请填写这一项。"))
    if form.ok:
        try:
            await actions.change_password(request.state.person, old, new, request.state.session)
            return see(request, "people:me", flash=_("密码换好了，其他设备都已退出。"))
        except actions.WrongPassword as refusal:
            form.refuse("old", refusal.text)
        except Refusal as refusal:
            form.refuse("new", refusal.text)
    return await _show(request, 422, password=form)


async def _show(request: Request, code: int = 200, **forms: Form) -> Response:
    """The page about oneself; the refused form with what was typed, the others with what is known."""
    person = request.state.person
    account = await queries.credential_of(person) if person.in_office else None
    known = {
        "contact_by": str(person.contact_by),
        "contact_when": person.contact_when,
        "is_neutral": "1" if person.is_neutral else "",
    }
    return page(
        request,
        "people/me.html",
        code,
        name_form=forms.get("name", Form({"name": person.name})),
        contact_form=forms.get("contact", Form(known)),
        password_form=forms.get("password"),
        wrong=next(iter(forms.values()), None),
        ways=[(way.value, CONTACT_NAMES[way]) for way in ContactBy],
        posts=[
            (ROLE_NAMES[post["role"]], post["place"], post["began_on"])
            for post in await queries.posts_of(person)
            if post["role"] in person.roles and not post["ended_on"]
        ],
        sessions=await queries.live_sessions(person),
        here_now=request.state.session,
        browser_name=session_rules.name_of_browser,
        ways_in=session_rules.WAY_NAMES,
        account=account,
        recovery_left=await office_queries.recovery_left(account),
        recovery_few=rules.RECOVERY_FEW,
        may_passkey=bool(account and actions.house()),
        has_office=bool(person.posts),
    )


routes: list[BaseRoute] = [
    get("/me", me, who=SIGNED_IN, name="people:me"),
    post("/me/name", rename, who=SIGNED_IN, name="me:rename"),
    post("/me/contact", choose_contact, who=SIGNED_IN, name="me:contact"),
    post("/me/sessions/{session}/revocation", revoke, who=SIGNED_IN, name="me:revoke", of=None),
    post("/me/password", change_password, who=OFFICES, name="me:password", fresh=True),
]
