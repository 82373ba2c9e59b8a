"""同一件事？ Staff join a later question to an earlier one, and take them apart again."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.consultations import case_pages
from portal.consultations.actions import mergers as merger_actions
from portal.consultations.queries import mergers as merger_queries
from portal.consultations.rules import mergers as merger_rules
from portal.errors import Forbidden
from portal.languages import _
from portal.web.forms import Form
from portal.web.pages import see
from portal.web.routes import STAFF_ONLY, post


async def merge(request: Request) -> Response:
    """Join it to the one that was shown beside it."""
    later, person = await case_pages.found(request), request.state.person
    if not merger_rules.may_merge(person, later, clock.now()):
        raise Forbidden(_("这一件不能和别的合并。"))
    alike = {one.consultation.number: one for one in await merger_queries.alike(person, later)}
    form = await Form.read(request)
    into = form.choice("into", alike, missing=_("这两件现在不能合并，请看最新情况。"))
    is_other = into is not None and not alike[into].is_same_person
    reason = form.text(
        "reason",
        least=merger_rules.LEAST_REASON,
        most=merger_rules.MOST_REASON,
        required=is_other,
        missing=_("不是同一位居民的登记，请写明为什么是同一件事。"),
    )
    if not form.ok:
        return await case_pages.shown(request, await case_pages.opened(request), 422, {"merge_form": form})
    earlier = alike[into].consultation
    await merger_actions.merge(person, later, earlier, reason)
    text = _("合并好了，两个编号都能用。一天之内可以分开。")
    return see(request, "consultations:show", flash=text, number=earlier.number)


async def separate(request: Request) -> Response:
    """Take them apart again."""
    consultation, person = await case_pages.found(request), request.state.person
    await merger_actions.separate(person, consultation)
    return see(request, "consultations:show", flash=_("已经分开，各办各的。"), number=consultation.number)


routes: list[BaseRoute] = [
    post(
        "/consultations/{number}/merger", merge, who=STAFF_ONLY, name="consultations:merge", of="consultation"
    ),
    post(
        "/consultations/{number}/separation",
        separate,
        who=STAFF_ONLY,
        name="consultations:separate",
        of="consultation",
    ),
]
