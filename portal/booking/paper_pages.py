"""What of an appointment is printed and carried."""

from starlette.requests import Request
from starlette.routing import BaseRoute

from portal.booking import papers, queries, rules
from portal.booking.appointment_pages import opened
from portal.languages import _
from portal.web.papers import Sheet, document
from portal.web.routes import SIGNED_IN
from portal.web.templating import url


async def slip(request: Request) -> Sheet:
    """One page to print and carry, in large letters."""
    appointment = await opened(request)
    place = await queries.place(appointment.community_id)
    back = (_("回到预约"), url("appointments:show", number=appointment.number))
    says_what = not rules.sees_names_only(request.state.person, appointment)
    return Sheet(papers.slip(appointment, place, says_what=says_what), back)


routes: list[BaseRoute] = [
    *document("/appointments/{number}/slip", slip, who=SIGNED_IN, name="appointments:slip", of="appointment"),
]
