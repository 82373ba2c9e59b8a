"""By the link of a message: when the appointment is, another time, or none. Nothing else of it is shown."""

from collections.abc import Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.booking import actions, queries
from portal.booking.appointment_pages import LOADED, offers
from portal.booking.forms import read_time
from portal.booking.models import MATTER, Appointment, State
from portal.booking.times_pages import offered
from portal.languages import _
from portal.people.link_pages import linked
from portal.people.models import Link
from portal.web.forms import Form, one
from portal.web.pages import page
from portal.web.routes import PUBLIC, get, post


async def found(link: Link) -> Appointment:
    """The appointment behind the link, of whom the message was for; nothing behind a passphrase."""
    seen = Appointment.visible_to(link.person).filter(person_id=link.person.id)
    appointment: Appointment = await one(seen.select_related(*LOADED), id=link.record)
    return appointment


async def show(request: Request, link: Link) -> Response:
    """When it is, and what can be done."""
    return await show_page(request, link, await found(link))


async def show_page(
    request: Request,
    link: Link,
    appointment: Appointment,
    code: int = 200,
    form: Form | None = None,
    done: str = "",
) -> Response:
    return page(
        request,
        "booking/linked.html",
        code,
        appointment=appointment,
        offers=offers(link.person, appointment),
        is_over=appointment.state != State.BOOKED,
        form=form,
        done=done,
        place=await queries.place(appointment.community_id),
    )


async def cancel(request: Request, link: Link) -> Response:
    """Give it up; a word of why helps the desk."""
    appointment, form = await found(link), await Form.read(request)
    reason = form.text("reason", most=200, required=False)
    if not form.ok:
        return await show_page(request, link, appointment, 422, form)
    await actions.cancel(link.person, appointment, reason)
    return await show_page(request, link, await found(link), done=_("取消好了，谢谢您把时间让出来。"))


async def another_time(request: Request, link: Link) -> Response:
    """The times it can be moved to."""
    return await times_page(request, link, Form(), 200)


async def times_page(
    request: Request, link: Link, form: Form, code: int, nearest: Sequence[datetime] = ()
) -> Response:
    appointment = await found(link)
    if "move" not in offers(link.person, appointment):
        return await show_page(request, link, appointment)
    mornings = await queries.free_times(clock.now(), await queries.asker_of(appointment))
    return page(
        request,
        "booking/linked_move.html",
        code,
        appointment=appointment,
        form=form,
        mornings=offered(mornings, nearest),
        left=sum(morning.left for morning in mornings),
    )


async def move(request: Request, link: Link) -> Response:
    """Move it. The message that says so brings a link of its own, and this one has served."""
    appointment, form = await found(link), await Form.read(request)
    at = read_time(form.values.get("slot", ""))
    if at is None:
        form.refuse("slot", _("请选一个时间。"))
        return await times_page(request, link, form, 422)
    try:
        await actions.move(link.person, appointment, at)
    except actions.TimeTaken as taken:
        form.refuse("slot", taken.text)
        return await times_page(request, link, form, 409, taken.nearest)
    done = _("改好了，按新的时间来。新的短信里有新的链接，这个链接不能再用了。")
    return await show_page(request, link, await found(link), done=done)


routes: list[BaseRoute] = [
    get("/link/appointment", linked(MATTER, show), who=PUBLIC, name="appointments:by_link"),
    post(
        "/link/appointment/cancellation",
        linked(MATTER, cancel),
        who=PUBLIC,
        name="appointments:cancel_by_link",
    ),
    get("/link/appointment/move", linked(MATTER, another_time), who=PUBLIC, name="appointments:move_by_link"),
    post("/link/appointment/move", linked(MATTER, move), who=PUBLIC, name="appointments:moved_by_link"),
]
