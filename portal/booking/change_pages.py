"""To change an appointment: another time, another lawyer, or none."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.booking import actions, queries, rules
from portal.booking.appointment_pages import found, offers, show_page
from portal.booking.forms import read_time
from portal.booking.models import Appointment
from portal.booking.times_pages import offered
from portal.errors import Forbidden
from portal.languages import _
from portal.web import door
from portal.web.forms import Form, read_key
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, STAFF_ONLY, get, post


async def another_time(request: Request) -> Response:
    """The times it could be moved to."""
    return await move_page(request, await may_now(request, "move"), Form(), 200)


async def may_now(request: Request, verb: str) -> Appointment:
    """The appointment, if this person may do this to it now."""
    appointment = await found(request)
    if verb not in offers(request.state.person, appointment):
        ways = [(_("看我的预约"), "people:me")]
        raise Forbidden(_("这个预约现在不能改了：时间已到，或者状态已经变化。请打电话给服务中心。"), ways)
    return appointment


async def move_page(
    request: Request, appointment: Appointment, form: Form, code: int, nearest: Any = ()
) -> Response:
    await door.show(request.state.person, appointment)
    mornings = await queries.free_times(clock.now(), await queries.asker_of(appointment))
    return page(
        request,
        "booking/move.html",
        code,
        appointment=appointment,
        form=form,
        mornings=offered(mornings, nearest),
        left=sum(morning.left for morning in mornings),
        topic="" if rules.sees_names_only(request.state.person, appointment) else appointment.topic,
        place=await queries.place(appointment.community_id),
    )


async def move(request: Request) -> Response:
    """Move it to the chosen time."""
    appointment, form = await may_now(request, "move"), await Form.read(request)
    at, reason = read_time(form.values.get("slot", "")), form.text("reason", most=200, required=False)
    if at is None:
        form.refuse("slot", _("请选一个时间。"))
    if at is None or not form.ok:
        return await move_page(request, appointment, form, 422)
    try:
        await actions.move(request.state.person, appointment, at, reason)
    except actions.TimeTaken as taken:
        form.refuse("slot", taken.text)
        return await move_page(request, await found(request), form, 409, taken.nearest)
    return see(request, "appointments:show", flash=_("改好了，按新的时间来。"), number=appointment.number)


async def cancel(request: Request) -> Response:
    """Cancel it; a word of why helps the desk."""
    appointment, form = await found(request), await Form.read(request)
    reason = form.text("reason", most=200, required=False)
    if not form.ok:
        await door.show(request.state.person, appointment)
        return await show_page(request, appointment, 422, form)
    await actions.cancel(request.state.person, appointment, reason)
    return see(
        request, "appointments:show", flash=_("取消好了，谢谢您把时间让出来。"), number=appointment.number
    )


async def another_lawyer(request: Request) -> Response:
    """Who else is free at the same time."""
    return await lawyer_page(request, await may_now(request, "reassign"), Form(), 200)


async def lawyer_page(request: Request, appointment: Appointment, form: Form, code: int) -> Response:
    await door.show(request.state.person, appointment)
    free = await queries.free_lawyers(appointment, await queries.asker_of(appointment))
    return page(
        request,
        "booking/lawyer.html",
        code,
        appointment=appointment,
        form=form,
        able=[(str(desk.lawyer), *desk.names) for desk, is_clear in free if is_clear],
        unsuitable=[desk for desk, is_clear in free if not is_clear],
    )


async def reassign(request: Request) -> Response:
    """Give it to another lawyer at the same time."""
    appointment, form = await may_now(request, "reassign"), await Form.read(request)
    free = await queries.free_lawyers(appointment, await queries.asker_of(appointment))
    able = [str(desk.lawyer) for desk, is_clear in free if is_clear]
    chosen = form.choice("lawyer", ["", *able], required=False)
    if form.ok:
        try:
            await actions.reassign(request.state.person, appointment, read_key(chosen or ""))
        except actions.TimeTaken:
            form.refuse("lawyer", _("这个时间没有别的合适律师了。可以改时间，或者打电话给居民说明。"))
    if not form.ok:
        return await lawyer_page(request, await found(request), form, 422)
    return see(request, "appointments:show", flash=_("换好了，已经通知居民。"), number=appointment.number)


routes: list[BaseRoute] = [
    get(
        "/appointments/{number}/move", another_time, who=SIGNED_IN, name="appointments:move", of="appointment"
    ),
    post("/appointments/{number}/move", move, who=SIGNED_IN, name="appointments:moved", of="appointment"),
    post(
        "/appointments/{number}/cancellation",
        cancel,
        who=SIGNED_IN,
        name="appointments:cancel",
        of="appointment",
    ),
    get(
        "/appointments/{number}/lawyer",
        another_lawyer,
        who=STAFF_ONLY,
        name="appointments:lawyer",
        of="appointment",
    ),
    post(
        "/appointments/{number}/lawyer",
        reassign,
        who=STAFF_ONLY,
        name="appointments:reassign",
        of="appointment",
    ),
]
