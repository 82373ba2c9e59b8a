"""Breaking the glass over something confided: why, for how long, who is told; and the page of whoever was told."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.people import glass_queries, queries
from portal.people.actions import glass
from portal.people.models import CAUSE_NAMES, ROLE_NAMES, BrokenGlass, Cause, Role
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post
from portal.web.templating import url

LEAST_REASON = 10  # characters: a reason, not a word
SHOWN = {"consultation": "consultations:show", "appointment": "appointments:show"}  # kind → its own page
TOLD = frozenset({Role.LEAD.value, Role.AUDITOR.value})


async def _found(request: Request, kind: str) -> Any:
    """The record behind the glass, for staff of its community; nobody breaks a glass over what is their own."""
    person = request.state.person
    seen = glass_queries.kinds()[kind].visible_to(person)
    record = await one(seen, number=numbers.read(request.path_params["number"]))
    if record.person_id == person.id or not person.serves(record.community_id):
        raise Missing
    return record


def asking(kind: str) -> Callable[[Request], Awaitable[Response]]:
    """The page that says what breaking the glass means, for one kind of record."""

    async def ask(request: Request) -> Response:
        return form_page(request, kind, await _found(request, kind), None)

    return ask


def breaking(kind: str) -> Callable[[Request], Awaitable[Response]]:
    """Break it, for one kind of record."""

    async def break_it(request: Request) -> Response:
        record, form = await _found(request, kind), await Form.read(request)
        cause = form.choice("cause", Cause, missing=_("请选为什么要打开。"))
        reason = form.text("reason", least=LEAST_REASON, most=400)
        if not form.ok or cause is None:
            return form_page(request, kind, record, form, 422)
        await glass.break_glass(request.state.person, record, cause, reason)
        text = _("已经打开，一小时后自动关上。另一位负责人已经知道。")
        return see(request, SHOWN[kind], flash=text, number=record.number)

    return break_it


def form_page(request: Request, kind: str, record: Any, form: Form | None, code: int = 200) -> Response:
    return page(
        request,
        "people/glass.html",
        code,
        record=record,
        form=form,
        causes=list(CAUSE_NAMES.items()),
        back=url(SHOWN[kind], number=record.number),
        action=url(f"glass:break_{kind}", number=record.number),
    )


async def index(request: Request) -> Response:
    """What was opened that this person was told of: who, why, until when."""
    found = await glass_queries.told(request.state.person, anew=False)
    return page(request, "people/glasses.html", shown=[await line(one) for one in found])


async def line(broken: BrokenGlass) -> dict[str, Any]:
    """One broken glass, for whoever was told of it."""
    record = await glass_queries.kinds()[broken.kind].get_or_none(id=broken.subject)
    who = await queries.with_posts(broken.person)
    return {
        "glass": broken,
        "number": record.number if record else "",
        "who": who.name,
        "roles": [ROLE_NAMES[Role(role)] for role in sorted(who.roles)],
        "cause": CAUSE_NAMES[Cause(broken.cause)],
    }


async def review(request: Request) -> Response:
    """Whoever was told has looked at it."""
    await glass.review(request.state.person, request.path_params["glass"])
    return see(request, "glass:index", flash=_("记下了：您已经看过。"))


routes: list[BaseRoute] = [
    get("/glass", index, who=TOLD, name="glass:index"),
    # what stands in this path is a broken glass: only whoever was told of it finds it there
    post("/glass/{glass:uuid}/review", review, who=TOLD, name="glass:review", of=None),
]
for name in SHOWN:
    path = f"/glass/{name}/{{number}}"
    routes += [
        get(path, asking(name), who=STAFF_ONLY, name=f"glass:{name}", of=name, fresh=True),
        post(path, breaking(name), who=STAFF_ONLY, name=f"glass:break_{name}", of=name, fresh=True),
    ]
