"""An office holder's own second step: the device that makes the digits, and ten codes for the day it is lost."""

import pyotp
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.errors import Missing, Refusal
from portal.languages import _
from portal.people import actions, queries
from portal.people.door_pages import status_of
from portal.people.models import Credential
from portal.people.office_door_pages import is_secret, picture
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import OFFICES, get, post


async def second_step(request: Request) -> Response:
    """Show a new secret for the device that will make the digits."""
    return await _device(request, pyotp.random_base32())


async def enrol(request: Request) -> Response:
    """The device shows the right digits: it counts from now on, and new codes are shown once."""
    await own_account(request)
    form = await Form.read(request)
    secret = form.values.get("secret", "")
    if not is_secret(secret):
        return see(request, "me:second_step")
    form.text("code", most=40)
    status = 422
    if form.ok:
        try:
            codes = await actions.enrol_totp(
                request.state.person, secret, form.values["code"], request.state.session
            )
            return page(request, "people/recovery_codes.html", codes=codes)
        except Refusal as refusal:
            form.refuse("code", refusal.text)
            status = status_of(refusal)
    return await _device(request, secret, form, status)


async def drop(request: Request) -> Response:
    """No second step any more: in a demonstration alone."""
    await own_account(request)
    await actions.drop_totp(request.state.person, request.state.session)
    return see(request, "people:me", flash=_("两步验证已经关闭。"))


async def renew_codes(request: Request) -> Response:
    """Ten new codes in place of those from before, shown once."""
    await own_account(request)
    codes = await actions.renew_recovery_codes(request.state.person)
    return page(request, "people/recovery_codes.html", codes=codes)


async def own_account(request: Request) -> Credential:
    """The account of the office holder who asks; Missing for whoever has none."""
    credential = await queries.credential_of(request.state.person)
    if credential is None:
        raise Missing
    return credential


async def _device(request: Request, secret: str, form: Form | None = None, code: int = 200) -> Response:
    credential = await own_account(request)
    return page(
        request,
        "people/device.html",
        code,
        form=form,
        back="/",
        secret=secret,
        picture=picture(secret, credential.login),
        is_first=False,
    )


routes: list[BaseRoute] = [
    get("/me/second-step", second_step, who=OFFICES, name="me:second_step", fresh=True),
    post("/me/second-step", enrol, who=OFFICES, name="me:enrol", fresh=True),
    post("/me/second-step/removal", drop, who=OFFICES, name="me:drop_second_step", fresh=True),
    post("/me/recovery-codes", renew_codes, who=OFFICES, name="me:recovery_codes", fresh=True),
]
