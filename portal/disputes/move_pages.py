"""The moves of a dispute, each a POST to a noun: taken up, passed on, ended, taken up again."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.disputes import actions, forms, rules
from portal.disputes.models import Level
from portal.disputes.show_pages import door, refused, result, show_phones
from portal.languages import _
from portal.web.forms import Form
from portal.web.routes import SIGNED_IN, post


async def accept(request: Request) -> Response:
    """Take it up."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    await actions.accept(person, dispute)
    return await result(request, dispute, _("已受理，由您负责。"))


async def raise_(request: Request) -> Response:
    """上报."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    form = await Form.read(request)
    reason, to = forms.read_reason(form), forms.read_level(form, rules.levels_above(person, dispute))
    if not form.ok:
        return await refused(request, "raise", form)
    await actions.raise_(person, dispute, reason, to)
    return await result(request, dispute, _("已上报。"))


async def hand_down(request: Request) -> Response:
    """交办."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    form = await Form.read(request)
    reason, to = forms.read_reason(form), forms.read_level(form, rules.levels_below(dispute))
    if not form.ok:
        return await refused(request, "hand_down", form)
    await actions.hand_down(person, dispute, reason, to)
    return await result(request, dispute, _("已交办。"))


async def fail(request: Request) -> Response:
    """Mediation did not succeed."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    form = await Form.read(request)
    reason = forms.read_reason(form)
    if not form.flag("told"):
        form.refuse("told", _("先告诉双方还有哪些路可走，再结束调解。"))
    if not form.ok:
        return await refused(request, "fail", form)
    await actions.fail(person, dispute, reason, told=True)
    return await result(request, dispute, _("已登记为调解不成。"))


async def withdraw(request: Request) -> Response:
    """The parties do not want it mediated any more."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    form = await Form.read(request)
    reason = forms.read_reason(form)
    if not form.ok:
        return await refused(request, "withdraw", form)
    await actions.withdraw(person, dispute, reason)
    return await result(request, dispute, _("已撤回。"))


async def escalate(request: Request) -> Response:
    """移送 to the street or the court."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    form = await Form.read(request)
    reason, to = forms.read_reason(form), forms.read_level(form, [Level.STREET, Level.COURT])
    if not form.ok:
        return await refused(request, "escalate", form)
    await actions.escalate(person, dispute, reason, to or Level.COURT)
    return await result(request, dispute, _("已移送。"))


async def reopen(request: Request) -> Response:
    """Take it up again."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    form = await Form.read(request)
    reason = forms.read_reason(form)
    if not form.ok:
        return await refused(request, "reopen", form)
    await actions.reopen(person, dispute, reason)
    return await result(request, dispute, _("已重新受理。"))


routes: list[BaseRoute] = [
    post("/disputes/{number}/phones", show_phones, who=SIGNED_IN, name="disputes:phones", of="dispute"),
    post("/disputes/{number}/acceptance", accept, who=SIGNED_IN, name="disputes:accept", of="dispute"),
    post("/disputes/{number}/raising", raise_, who=SIGNED_IN, name="disputes:raise", of="dispute"),
    post(
        "/disputes/{number}/handing-down", hand_down, who=SIGNED_IN, name="disputes:hand_down", of="dispute"
    ),
    post("/disputes/{number}/failure", fail, who=SIGNED_IN, name="disputes:fail", of="dispute"),
    post("/disputes/{number}/withdrawal", withdraw, who=SIGNED_IN, name="disputes:withdraw", of="dispute"),
    post("/disputes/{number}/escalation", escalate, who=SIGNED_IN, name="disputes:escalate", of="dispute"),
    post("/disputes/{number}/reopening", reopen, who=SIGNED_IN, name="disputes:reopen", of="dispute"),
]
