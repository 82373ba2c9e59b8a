"""One morning of one lawyer: that they come, that they are there, who comes instead; and the mornings nobody has."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.languages import _, ngettext
from portal.people import standing_queries
from portal.people.models import Role
from portal.roster import card_pages, forms, morning_actions, queries, rules, swap_actions, swap_queries
from portal.roster.models import Duty, Lawyer, Swap, hours
from portal.web import door
from portal.web.forms import Form, one
from portal.web.pages import go, page, safe_back, see
from portal.web.routes import LAWYERS, STAFF_ONLY, get, post
from portal.web.templating import url

PLANNERS = LAWYERS | STAFF_ONLY
FOUR_WEEKS, FEW = timedelta(weeks=4), 5
CALLERS = PLANNERS | {Role.FIRM_COORDINATOR.value}


async def ahead(lawyer: Lawyer) -> dict[str, Any]:
    """What a lawyer's own page says of the coming four weeks: their mornings, those of colleagues they could take, and
    those nobody has."""
    first = clock.today()
    last = first + FOUR_WEEKS
    holes = [day.on for day in await queries.coverage(first + timedelta(days=1), last) if day.is_hole]
    return {
        "coming": await swap_queries.coming(first, last, lawyer_id=lawyer.id),
        "calls": await swap_queries.for_lawyer(lawyer),
        "unfilled": (await swap_queries.holes_for(lawyer, holes))[:FEW],
    }


async def show(request: Request) -> Response:
    """Everything about one morning, and what can be done about it."""
    return await _page(request, await _duty(request), _recorded)


async def _page(
    request: Request, duty: Any, form: Form | Callable[[Duty], Form], code: int = 200
) -> Response:
    person, today, now = request.state.person, clock.today(), clock.now()
    begins = swap_queries.starts_at(duty)
    swap = await swap_queries.open_of(duty)
    if swap:
        _held, swap.parts = await standing_queries.standing_to(person, swap)
    serves = person.serves(duty.community_id)
    is_ahead = duty.withdrawn_at is None and begins > now
    may = rules.may_attend(person, duty.lawyer, duty.community_id, duty.day, today)
    return page(
        request,
        "roster/duty.html",
        code,
        duty=duty,
        hours=hours(duty.from_minute, duty.until_minute),
        own=duty.lawyer.person_id == person.id,
        swap=swap,
        asked=[
            (
                lawyer.person.number,
                _("%(name)s（%(firm)s）") % {"name": lawyer.person.name, "firm": lawyer.firm.name},
            )
            for lawyer in (await swap_queries.able(duty.day, duty.community_id) if swap and serves else [])
        ],
        relief=await Swap.filter(duty_id=duty.id, taken_at__not_isnull=True)
        .order_by("-taken_at")
        .select_related("taken_by__person")
        .first(),
        may_confirm=is_ahead
        and duty.confirmed_at is None
        and rules.may_seat(person, duty.lawyer, duty.community_id),
        may_ask=is_ahead and rules.may_call(person, duty.lawyer, duty.community_id),
        may_arrive=may and duty.withdrawn_at is None and now >= begins - rules.AHEAD_OF_TIME,
        may_record=serves and duty.withdrawn_at is None and begins <= now,
        form=form if isinstance(form, Form) else form(duty),
    )


def _recorded(duty: Duty) -> Form:
    """The hours as they stand, or as they were planned."""
    came = morning_actions.minutes(duty.day, duty.arrived_at)
    went = morning_actions.minutes(duty.day, duty.left_at)
    said = {
        "arrived": duty.from_minute if came is None else came,
        "left": duty.until_minute if went is None else went,
    }
    return Form({name: f"{minute // 60:02}:{minute % 60:02}" for name, minute in said.items()})


async def confirm(request: Request) -> Response:
    """The lawyer comes."""
    return await _step(request, morning_actions.confirm, _("好的，到时候见。"))


async def arrive(request: Request) -> Response:
    """The lawyer is there."""
    return await _step(request, morning_actions.arrive, _("记好了，今天辛苦了。"))


async def depart(request: Request) -> Response:
    """The lawyer goes."""
    return await _step(request, morning_actions.depart, _("记好了，谢谢。"))


async def _step(request: Request, verb: Callable[[Any, Duty], Awaitable[None]], flash: str) -> Response:
    duty, form = await _duty(request), await Form.read(request)
    await verb(request.state.person, duty)
    return _back(form, duty, flash)


async def attend(request: Request) -> Response:
    """When the lawyer came and went, written down by staff."""
    duty, form = await _duty(request), await Form.read(request)
    arrived, left = form.minute("arrived"), form.minute("left")
    if arrived is not None and left is not None:
        with forms.beside(form, "left"):
            await morning_actions.attend(request.state.person, duty, arrived, left)
            return see(request, "roster:duty", flash=_("已保存。"), id=duty.id)
    return await _page(request, duty, form, 422)


async def ask(request: Request) -> Response:
    """Ask the others for this morning."""
    duty, form = await _duty(request), await Form.read(request)
    reason = form.text("reason", most=120, required=False)
    if not form.ok:
        return await _page(request, duty, form, 422)
    _swap, asked = await swap_actions.ask(request.state.person, duty, reason)
    said = ngettext(
        "已经问了 %(num)s 位律师，谁先点谁来。有人接之前，这个上午还是原来的律师。",
        "已经问了 %(num)s 位律师，谁先点谁来。有人接之前，这个上午还是原来的律师。",
        asked,
    )
    return _back(
        form,
        duty,
        said % {"num": asked} if asked else _("登记好了，但眼下没有能来的律师，请打电话给服务中心。"),
    )


async def withdraw(request: Request) -> Response:
    """The lawyer comes after all."""
    person = request.state.person
    found = Swap.visible_to(person).select_related("duty__lawyer__person")
    swap, form = await one(found, id=request.path_params["id"]), await Form.read(request)
    await swap_actions.withdraw(person, swap)
    return _back(form, swap.duty, _("撤回了，这个上午还是原来的律师。"))


async def invite(request: Request) -> Response:
    """Ask for somebody on an empty morning."""
    form = await Form.read(request)
    day = form.day("day")
    if day is None:
        return see(request, "roster:index", flash=_("请选一天。"))
    asked = await swap_actions.invite(request.state.person, day)
    said = ngettext("已经问了 %(num)s 位律师，谁先点谁来。", "已经问了 %(num)s 位律师，谁先点谁来。", asked)
    return see(
        request,
        "roster:index",
        flash=said % {"num": asked} if asked else _("那天没有能来的律师。可以从名单里打电话问。"),
    )


async def fill(request: Request) -> Response:
    """Come on an empty morning."""
    person, form = request.state.person, await Form.read(request)
    lawyer = await one(Lawyer.visible_to(person).select_related("person", "firm"), person_id=person.id)
    day = form.day("day")
    if day is None:
        return see(request, "roster:mine", flash=_("请选一天。"))
    await swap_actions.fill(person, lawyer, day)
    return see(request, "roster:mine", flash=_("谢谢您，这个上午归您了。"))


async def _duty(request: Request) -> Any:
    found = Duty.visible_to(request.state.person).select_related(
        "lawyer__person", "lawyer__firm", "community"
    )
    duty: Any = await door.opened(request, found, id=request.path_params["id"])
    return duty


def _back(form: Form, duty: Any, flash: str) -> Response:
    """To the page on which it was said."""
    return go(safe_back(form.values.get("back", ""), url("roster:duty", id=duty.id)), flash)


routes: list[BaseRoute] = [
    get("/roster/duties/{id:uuid}", show, who=CALLERS, name="roster:duty", of="duty"),
    post("/roster/duties/{id:uuid}/confirmation", confirm, who=PLANNERS, name="roster:confirm", of="duty"),
    post("/roster/duties/{id:uuid}/arrival", arrive, who=PLANNERS, name="roster:arrive", of="duty"),
    post("/roster/duties/{id:uuid}/departure", depart, who=PLANNERS, name="roster:depart", of="duty"),
    post("/roster/duties/{id:uuid}/hours", attend, who=STAFF_ONLY, name="roster:attend", of="duty"),
    post("/roster/duties/{id:uuid}/swap", ask, who=CALLERS, name="roster:ask", of="duty"),
    post("/roster/swaps/{id:uuid}/withdrawal", withdraw, who=CALLERS, name="roster:unask", of="swap"),
    post("/roster/invitation", invite, who=STAFF_ONLY, name="roster:invite"),
    *card_pages.routes,
    post("/mornings/empty", fill, who=LAWYERS, name="roster:fill"),
]
