"""Before a dangerous act: is whoever sits here still who signed in?"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.errors import Refusal
from portal.languages import _
from portal.people import actions, office_queries, queries
from portal.people.door_pages import address, status_of, with_back
from portal.people.models import Session, Way
from portal.people.second_step_pages import own_account
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import go, page, safe_back
from portal.web.routes import SIGNED_IN, get, post
from portal.web.templating import url

HOUR = 3600  # that the cookie outlives its session, as at the door


async def confirm(request: Request) -> Response:
    """Ask once more: offices for the password, residents for a code to their telephone."""
    return await _ask(request, None, safe_back(request.query_params.get("back", "")))


async def by_password(request: Request) -> Response:
    """The password was typed, and the digits where a device makes them."""
    await own_account(request)
    form, session = await Form.read(request), _in_office(request)
    password = form.values.get("password", "")
    if not password:
        form.refuse("password", _("请填写密码。"))
    status = 422
    if form.ok:
        try:
            return _on(
                request,
                form,
                await actions.confirm_by_password(session, password, form.values.get("code", "")),
            )
        except actions.WrongPassword as refusal:
            form.refuse("password", refusal.text)
        except Refusal as refusal:
            form.refuse("code" if "code" in form.values else "password", refusal.text)
            status = status_of(refusal)
    return await _ask(request, form, safe_back(form.values.get("back", "")), status)


async def passkey_options(request: Request) -> Response:
    """What one of the person's own devices is asked to sign."""
    session = _in_office(request)
    purpose = f"{actions.CONFIRM}:{session.id}"
    made = await actions.assertion(purpose, gate.browser(request), request.state.person)
    return Response(made, media_type="application/json")


async def by_passkey(request: Request) -> Response:
    """A device answered."""
    form, session = await Form.read(request), _in_office(request)
    answer, back = form.text("assertion", most=20_000), safe_back(form.values.get("back", ""))
    try:
        return _on(request, form, await actions.confirm_by_passkey(session, answer, gate.browser(request)))
    except Refusal as refusal:
        blank = Form({"back": back})
        blank.refuse("password", refusal.text)
        return await _ask(request, blank, back, status_of(refusal))


async def send(request: Request) -> Response:
    """Send a code to the telephone that is known."""
    form = await Form.read(request)
    back, phone = safe_back(form.values.get("back", "")), request.state.person.phone
    try:
        if phone and request.state.session.way != Way.OFFICE:
            await actions.send_code(gate.browser(request), phone, address(request))
    except Refusal as refusal:
        form.refuse("code", refusal.text)
        return await _ask(request, form, back, status_of(refusal))
    return go(with_back("confirm", back))


async def by_code(request: Request) -> Response:
    """The code was typed."""
    form, session = await Form.read(request), request.state.session
    form.text("code", most=40)
    status = 422
    if form.ok:
        try:
            browser = gate.browser(request)
            return _on(request, form, await actions.confirm_by_code(session, browser, form.values["code"]))
        except Refusal as refusal:
            form.refuse("code", refusal.text)
            status = status_of(refusal)
    return await _ask(request, form, safe_back(form.values.get("back", "")), status)


def _in_office(request: Request) -> Session:
    session: Session = request.state.session
    if session.way != Way.OFFICE:
        raise Refusal(_("请用发到手机上的验证码确认。"), [(_("去确认"), "confirm")])
    return session


def _on(request: Request, form: Form, secret: str) -> Response:
    """On to what was wanted, under the session's new secret."""
    response = go(safe_back(form.values.get("back", ""), url("desk")))
    left = request.state.session.ends_at - clock.now()
    gate.cookie(response.headers, gate.SESSION, secret, left // timedelta(seconds=1) + HOUR)
    return response


async def _ask(request: Request, form: Form | None, back: str, code: int = 200) -> Response:
    person, session = request.state.person, request.state.session
    account = await queries.credential_of(person) if session.way == Way.OFFICE else None
    asked = await queries.asked_phone(gate.browser(request)) if person.phone else ""
    return page(
        request,
        "people/confirm.html",
        code,
        form=form,
        back=back,
        account=account,
        may_passkey=bool(account and actions.house() and await office_queries.passkeys(person)),
        is_sent=bool(asked) and asked == person.phone,
    )


routes: list[BaseRoute] = [
    get("/confirm", confirm, who=SIGNED_IN, name="confirm"),
    post("/confirm", by_password, who=SIGNED_IN, name="confirm:password"),
    get("/confirm/passkey", passkey_options, who=SIGNED_IN, name="confirm:passkey_options"),
    post("/confirm/passkey", by_passkey, who=SIGNED_IN, name="confirm:passkey"),
    post("/confirm/message", send, who=SIGNED_IN, name="confirm:send"),
    post("/confirm/code", by_code, who=SIGNED_IN, name="confirm:code"),
]
