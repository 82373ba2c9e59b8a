"""代办: a resident says who may act for them, and takes it back."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.errors import Refusal
from portal.languages import _
from portal.law.identifiers import mask_phone
from portal.people import actions, proxy_queries, session_rules
from portal.people.models import SCOPE_NAMES, Person, Scope
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, get, post


def proxy_form() -> dict[str, Any]:
    """What the form that grants offers today."""
    today = clock.today()
    return {
        "scopes": [(scope.value, name) for scope, name in SCOPE_NAMES.items()],
        "least": today.isoformat(),
        "most": (today + session_rules.PROXY_LIVES).isoformat(),
        "usual": (today + timedelta(days=90)).isoformat(),
    }


async def index(request: Request) -> Response:
    """Whom I let act for me; for whom I act."""
    return await _index(request)


async def appoint(request: Request) -> Response:
    """Let somebody act for me."""
    form = await Form.read(request)
    if await granted(form, request.state.person):
        return see(request, "me:proxies", flash=_("登记好了。他用这个手机号登录后就能看到。"))
    return await _index(request, 422, form)


async def dismiss(request: Request) -> Response:
    """Take a grant back, or give it back: it ends at once either way."""
    person = request.state.person
    mine = proxy_queries.live_proxies().filter(proxy_queries.concerns(person))
    await actions.dismiss(person, await one(mine, id=request.path_params["proxy"]))
    return see(request, "me:proxies", flash=_("代办收回了，马上生效。"))


async def granted(form: Form, resident: Person, made_by: Person | None = None) -> bool:
    """Read the form and do what it says; False with the form's errors where it cannot be done."""
    phone = form.phone("phone")
    scopes = form.choices("scopes", Scope)
    today = clock.today()
    until = form.day("until", least=today, most=today + session_rules.PROXY_LIVES)
    if not scopes:
        form.refuse("scopes", _("请至少选一件可以代办的事。"))
    if form.ok and until:
        try:
            await actions.appoint(resident, phone, scopes, until, made_by)
        except Refusal as refusal:
            form.refuse("phone", refusal.text)
    return form.ok


async def grants(resident: Person) -> list[dict[str, Any]]:
    """What this resident granted: to which number (the name is the agent's own to tell), for what, until when."""
    return [
        {
            "id": proxy.id,
            "phone": mask_phone(proxy.agent.phone or ""),
            "scopes": [SCOPE_NAMES[Scope(scope)] for scope in proxy.scopes],
            "ends_on": proxy.ends_on,
        }
        for proxy in await proxy_queries.proxies_by(resident)
    ]


async def _index(request: Request, code: int = 200, form: Form | None = None) -> Response:
    person = request.state.person
    held = [
        {
            "id": proxy.id,
            "name": proxy.resident.name,
            "scopes": [SCOPE_NAMES[Scope(scope)] for scope in proxy.scopes],
            "ends_on": proxy.ends_on,
        }
        for proxy in await proxy_queries.proxies_held(person)
    ]
    return page(
        request,
        "people/proxies.html",
        code,
        given=await grants(person),
        held=held,
        form=form or Form({"until": proxy_form()["usual"]}),
        wrong=form,
        **proxy_form(),
    )


# A grant is no record of the policy: it is found only by the two it is between.
routes: list[BaseRoute] = [
    get("/me/proxies", index, who=SIGNED_IN, name="me:proxies"),
    post("/me/proxies", appoint, who=SIGNED_IN, name="me:appoint", fresh=True),
    post("/me/proxies/{proxy:uuid}/revocation", dismiss, who=SIGNED_IN, name="me:dismiss", of=None),
]
