"""How a 处方 reaches its resident: read through the link of a message."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.consultations import papers, queries
from portal.consultations.models import Prescription
from portal.people import standing_queries
from portal.people.link_pages import linked
from portal.people.models import Link
from portal.web.forms import one
from portal.web.pages import page
from portal.web.papers import FILE, Paper, handed_over
from portal.web.routes import PUBLIC, get


async def read(request: Request, link: Link) -> Response:
    """The sheet for whoever came by the link: to read and to take away, nothing to do."""
    return page(request, "consultations/linked.html", paper=await _paper(link))


async def file(request: Request, link: Link) -> Response:
    """The same as PDF."""
    return await handed_over(await _paper(link))


async def _paper(link: Link) -> Paper:
    """The document behind a link: what its resident could read after signing in, and nothing behind a passphrase."""
    seen = Prescription.visible_to(link.person).select_related(*queries.SHEET)
    prescription: Prescription = await one(seen, id=link.record)
    prescription.relations, prescription.parts = await standing_queries.standing_to(link.person, prescription)
    return papers.prescription(prescription, await queries.in_force(prescription.consultation))


routes: list[BaseRoute] = [
    get("/link/prescription", linked("prescription", read), who=PUBLIC, name="prescriptions:by_link"),
    get(
        "/link/prescription" + FILE,
        linked("prescription", file),
        who=PUBLIC,
        name="prescriptions:by_link_pdf",
    ),
]
