"""Coming in to an office: a password and then the digits on one's own device, or a passkey alone."""

import pyotp
import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import settings
from portal.errors import Refusal
from portal.languages import _
from portal.people import actions, queries
from portal.people.door_pages import address, admit, enter, status_of, with_back
from portal.people.models import Credential, Person, Way
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import go, page, safe_back
from portal.web.routes import PUBLIC, get, post
from portal.web.templating import url

TICKET_SECONDS = 15 * 60
KNOWN_SECONDS = 90 * 24 * 3600
BASE32 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


# -- the password ----------------------------------------------------------------------------------------------------------


async def staff_sign_in(request: Request) -> Response:
    """Ask for login and password; whoever came in by this door already goes on."""
    back = safe_back(request.query_params.get("back", ""), "")
    if request.state.session and request.state.session.way == Way.OFFICE:
        return go(back or url("desk"))
    return _ask_password(request, None, back or "/")


async def staff_enter(request: Request) -> Response:
    """Login and password were typed: on to the second step, or say that they are wrong."""
    form, browser = await Form.read(request), gate.browser(request)
    back = safe_back(form.values.get("back", ""))
    login, password = form.text("login", most=80), form.values.get("password", "")
    if not password:
        form.refuse("password", _("请填写密码。"))
    status = 422
    if form.ok:
        try:
            known = gate.kept(request, gate.KNOWN) or ""
            person = await actions.sign_in(
                login, password, browser=browser, address=address(request), known=known
            )
            return await _enter(request, person, back)
        except actions.SecondStepWanted as wanted:
            return with_ticket(request, "people:second_step", wanted.credential, back)
        except actions.DeviceWanted as wanted:
            return with_ticket(request, "people:device", wanted.credential, back)
        except Refusal as refusal:
            form.refuse("password", refusal.text)
            status = status_of(refusal)
    return _ask_password(request, form, back, status)


async def _enter(request: Request, person: Person, back: str) -> Response:
    response = await enter(request, person, settings.current().session_hours, back, Way.OFFICE)
    return await _known(response, person)


async def _known(response: Response, person: Person) -> Response:
    """From now on this browser is one by which the person came in."""
    account = await queries.credential_of(person)
    if account is not None:
        mark = actions.introduce(account.login)
        gate.cookie(response.headers, gate.KNOWN, mark, KNOWN_SECONDS)
    return response


def _ask_password(request: Request, form: Form | None, back: str, code: int = 200) -> Response:
    return page(
        request, "people/staff_sign_in.html", code, form=form, back=back, may_passkey=bool(actions.house())
    )


def with_ticket(request: Request, name: str, credential: Credential, back: str) -> Response:
    """On to the second step, with what shows that the first was taken."""
    response = go(with_back(name, back))
    made = actions.ticket(credential, gate.browser(request))
    gate.cookie(response.headers, gate.TICKET, made, TICKET_SECONDS)
    return response


# -- the second step ---------------------------------------------------------------------------------------------------------


async def second_step(request: Request) -> Response:
    """Ask for the digits on the person's own device, or a code on paper."""
    back = safe_back(request.query_params.get("back", ""))
    return page(request, "people/second_step.html", form=None, back=back)


async def staff_confirm(request: Request) -> Response:
    """The digits were typed: in, or say that they are wrong."""
    form = await Form.read(request)
    back = safe_back(form.values.get("back", ""))
    form.text("code", most=40)
    status = 422
    if form.ok:
        try:
            person = await actions.sign_in_second(*_ticket(request), form.values["code"])
            return _without_ticket(await _enter(request, person, back))
        except actions.DeviceWanted:
            return go(with_back("people:device", back))
        except Refusal as refusal:
            form.refuse("code", refusal.text)
            status = status_of(refusal)
    return page(request, "people/second_step.html", status, form=form, back=back)


def _ticket(request: Request) -> tuple[str, str]:
    return gate.kept(request, gate.TICKET) or "", gate.browser(request)


def _without_ticket(response: Response) -> Response:
    gate.cookie(response.headers, gate.TICKET, "", 0)
    return response


# -- a first device ----------------------------------------------------------------------------------------------------------


async def device(request: Request) -> Response:
    """The password was right and no device makes digits yet: show the secret for one."""
    return await _device(request, pyotp.random_base32())


async def enrol_first(request: Request) -> Response:
    """The device shows the right digits: in, with ten codes for the day it is lost."""
    form = await Form.read(request)
    secret = form.values.get("secret", "")
    if not is_secret(secret):
        return go(with_back("people:device", safe_back(form.values.get("back", ""))))
    form.text("code", most=40)
    status = 422
    if form.ok:
        try:
            person, codes = await actions.enrol_first(*_ticket(request), secret, form.values["code"])
            return _without_ticket(await _admitted(request, person, codes))
        except actions.SecondStepWanted:
            return go(with_back("people:second_step", safe_back(form.values.get("back", ""))))
        except Refusal as refusal:
            form.refuse("code", refusal.text)
            status = status_of(refusal)
    return await _device(request, secret, form, status)


async def without_device(request: Request) -> Response:
    """In without a second step: in a demonstration alone."""
    form = await Form.read(request)
    back = safe_back(form.values.get("back", ""))
    try:
        person = await actions.enter_without(*_ticket(request))
    except Refusal as refusal:
        return go(with_back("staff_sign_in", back), refusal.text)
    return _without_ticket(await _enter(request, person, back))


async def _device(request: Request, secret: str, form: Form | None = None, code: int = 200) -> Response:
    values = form.values if form else request.query_params
    back = safe_back(values.get("back", ""))
    try:
        credential = await actions.ticket_holder(*_ticket(request))
    except Refusal as refusal:
        return go(with_back("staff_sign_in", back), refusal.text)
    if credential.totp:
        return go(with_back("people:second_step", back))
    return page(
        request,
        "people/device.html",
        code,
        form=form,
        back=back,
        secret=secret,
        picture=picture(secret, credential.login),
        is_first=True,
    )


async def _admitted(request: Request, person: Person, codes: list[str]) -> Response:
    request.state.person = person
    shown = page(request, "people/recovery_codes.html", codes=codes)
    await admit(request, shown, person, settings.current().session_hours, Way.OFFICE)
    return await _known(shown, person)


def is_secret(text: str) -> bool:
    """Can this be a secret that we drew for a device?"""
    return len(text) == 32 and set(text) <= BASE32


def picture(secret: str, login: str) -> str:
    """The secret for a device as a QR code."""
    said = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=str(_("社区法律诊所")))
    return segno.make(said, error="m").svg_data_uri(scale=5, border=3, light="#fff")


# -- a passkey ---------------------------------------------------------------------------------------------------------------


async def passkey_options(request: Request) -> Response:
    """What a device is asked to sign, for whoever has a passkey."""
    return Response(
        await actions.assertion(actions.SIGN_IN, gate.browser(request)), media_type="application/json"
    )


async def passkey_enter(request: Request) -> Response:
    """A device answered: in, or back to the password."""
    form, browser = await Form.read(request), gate.browser(request)
    back = safe_back(form.values.get("back", ""))
    answer = form.text("assertion", most=20_000)
    try:
        person = await actions.sign_in_by_passkey(answer, browser, address(request))
    except Refusal as refusal:
        blank = Form({"back": back})
        blank.refuse("login", refusal.text)
        return _ask_password(request, blank, back, status_of(refusal))
    return await _enter(request, person, back)


routes: list[BaseRoute] = [
    get("/staff/sign-in", staff_sign_in, who=PUBLIC, name="staff_sign_in"),
    post("/staff/sign-in", staff_enter, who=PUBLIC, name="people:staff_enter"),
    get("/staff/sign-in/second-step", second_step, who=PUBLIC, name="people:second_step"),
    post("/staff/sign-in/second-step", staff_confirm, who=PUBLIC, name="people:staff_confirm"),
    get("/staff/sign-in/device", device, who=PUBLIC, name="people:device"),
    post("/staff/sign-in/device", enrol_first, who=PUBLIC, name="people:enrol_first"),
    post("/staff/sign-in/without-device", without_device, who=PUBLIC, name="people:without_device"),
    get("/staff/sign-in/passkey", passkey_options, who=PUBLIC, name="people:passkey_options"),
    post("/staff/sign-in/passkey", passkey_enter, who=PUBLIC, name="people:passkey_enter"),
]
