"""What a person sees and decides about themselves."""

import pyotp
import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.errors import Missing, Refusal
from portal.languages import _
from portal.people import actions, queries, session_rules
from portal.people.models import CONTACT_NAMES, ROLE_NAMES, ContactBy
from portal.web.forms import Form, read_key
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, get, post


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
    await _own_account(request)
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


async def second_step(request: Request) -> Response:
    """Show a new secret for the device that will make the digits."""
    return await _second_step(request, pyotp.random_base32())


async def enrol(request: Request) -> Response:
    """The device shows the right digits: ask for them from now on."""
    form = await Form.read(request)
    secret = form.values.get("secret", "")
    if len(secret) != 32 or set(secret) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
        return see(request, "me:second_step")
    form.text("code", most=40)
    if form.ok:
        try:
            await _own_account(request)
            await actions.enrol_totp(request.state.person, secret, form.values["code"])
            return see(request, "people:me", flash=_("两步验证开通了，下次登录会用到。"))
        except Missing:
            raise
        except Refusal as refusal:
            form.refuse("code", refusal.text)
    return await _second_step(request, secret, form, 422)


async def drop(request: Request) -> Response:
    """No second step any more."""
    await _own_account(request)
    form = await Form.read(request)
    try:
        await actions.drop_totp(request.state.person, form.values.get("current", ""))
    except Refusal as refusal:
        form.refuse("current", refusal.text)
        return await _show(request, 422, second=form)
    return see(request, "people:me", flash=_("两步验证已经关闭。"))


async def _own_account(request: Request) -> str:
    """The login of an office holder; Missing for whoever has none."""
    credential = await queries.credential_of(request.state.person)
    if credential is None:
        raise Missing
    return credential.login


async def _second_step(request: Request, secret: str, form: Form | None = None, code: int = 200) -> Response:
    login = await _own_account(request)
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=str(_("社区法律诊所")))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff")
    return page(request, "people/enrol.html", code, form=form, secret=secret, picture=picture)


async def _show(request: Request, code: int = 200, **forms: Form) -> Response:
    """The page about oneself; the refused form with what was typed, the others with what is known."""
    person = request.state.person
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
        second_form=forms.get("second"),
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
        account=await queries.credential_of(person),
    )


routes: list[BaseRoute] = [
    get("/me", me, who=SIGNED_IN, name="people:me"),
    post("/me/name", rename, who=SIGNED_IN, name="me:rename"),
    post("/me/contact", choose_contact, who=SIGNED_IN, name="me:contact"),
    post("/me/sessions/{session}/revocation", revoke, who=SIGNED_IN, name="me:revoke", of=None),
    post("/me/password", change_password, who=SIGNED_IN, name="me:password"),
    get("/me/second-step", second_step, who=SIGNED_IN, name="me:second_step"),
    post("/me/second-step", enrol, who=SIGNED_IN, name="me:enrol"),
    post("/me/second-step/removal", drop, who=SIGNED_IN, name="me:drop_second_step"),
]
