"""An office holder's own passkeys: one more, another name, one less."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.errors import Missing, Refusal
from portal.languages import _
from portal.people import actions, office_queries
from portal.people.door_pages import status_of
from portal.people.second_step_pages import own_account
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import OFFICES, get, post


async def index(request: Request) -> Response:
    """The keys there are, and how to add one."""
    return await _index(request)


async def options(request: Request) -> Response:
    """What a device is asked to make."""
    made = await actions.registration(request.state.person, gate.browser(request))
    return Response(made, media_type="application/json")


async def register(request: Request) -> Response:
    """A device made a key."""
    form = await Form.read(request)
    name = form.text("name", most=40)
    answer = form.text("assertion", most=20_000, missing=_("您的设备没有回应，请再试一次。"))
    status = 422
    if form.ok:
        try:
            await actions.register_passkey(
                request.state.person, gate.browser(request), answer, name, request.state.session
            )
            return see(request, "me:passkeys", flash=_("通行密钥登记好了，下次登录就能用。"))
        except Refusal as refusal:
            form.refuse("name", refusal.text)
            status = status_of(refusal)
    return await _index(request, form, status)


async def rename(request: Request) -> Response:
    """Call a key by another name."""
    form = await Form.read(request)
    name = form.text("name", most=40)
    if not form.ok:
        return see(request, "me:passkeys", flash=_("没有改：名字是 1 到 40 个字。"))
    if not await actions.rename_passkey(request.state.person, request.path_params["key"], name):
        raise Missing
    return see(request, "me:passkeys", flash=_("名字改好了。"))


async def remove(request: Request) -> Response:
    """A key opens nothing any more."""
    state = request.state
    if not await actions.remove_passkey(state.person, request.path_params["key"], state.session):
        raise Missing
    return see(request, "me:passkeys", flash=_("删掉了，那台设备上的通行密钥不能再登录。"))


async def _index(request: Request, form: Form | None = None, code: int = 200) -> Response:
    await own_account(request)
    known = await office_queries.passkeys(request.state.person)
    return page(
        request, "people/passkeys.html", code, form=form, passkeys=known, is_known=bool(actions.house())
    )


routes: list[BaseRoute] = [
    get("/me/passkeys", index, who=OFFICES, name="me:passkeys", fresh=True),
    get("/me/passkeys/options", options, who=OFFICES, name="me:passkey_options", fresh=True),
    post("/me/passkeys", register, who=OFFICES, name="me:add_passkey", fresh=True),
    # One's own keys, found by their owner alone.
    post("/me/passkeys/{key:uuid}/name", rename, who=OFFICES, name="me:rename_passkey", of=None, fresh=True),
    post(
        "/me/passkeys/{key:uuid}/removal", remove, who=OFFICES, name="me:remove_passkey", of=None, fresh=True
    ),
]
