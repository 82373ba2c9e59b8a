"""The record of conflict checks of one appointment, for the staff of its community."""

from starlette.requests import Request
from starlette.routing import BaseRoute

from portal.booking import check_papers, queries
from portal.booking.appointment_pages import found
from portal.booking.models import MATTER
from portal.conflicts.queries import checks_of
from portal.errors import Missing
from portal.languages import _
from portal.web.papers import Sheet, document
from portal.web.routes import STAFF_ONLY
from portal.web.templating import url


async def record(request: Request) -> Sheet:
    """Who was asked when, what was compared, what came of it."""
    appointment, person = await found(request), request.state.person
    if not person.serves(appointment.community_id):
        raise Missing
    checks = await checks_of(MATTER, appointment.id)
    met = {party for check in checks for party in (*check["hits"], *check["possible"])}
    back = (_("回到预约"), url("appointments:show", number=appointment.number))
    return Sheet(check_papers.record(appointment, checks, await queries.numbers_of(person, met)), back)


routes: list[BaseRoute] = [
    *document(
        "/appointments/{number}/conflicts",
        record,
        who=STAFF_ONLY,
        name="appointments:conflicts",
        of="appointment",
    ),
]
