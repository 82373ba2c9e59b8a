"""How a 处方 reaches its resident: chosen by them, read through the link of a message, handed over at the desk."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.consultations import case_pages, papers, queries
from portal.consultations.actions import delivery
from portal.consultations.models import Delivery, Prescription
from portal.errors import Refusal
from portal.languages import _
from portal.people import standing_queries
from portal.people.link_pages import linked
from portal.people.models import Link
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.papers import FILE, Paper, handed_over
from portal.web.routes import LAWYERS, PUBLIC, SIGNED_IN, STAFF_ONLY, get, post


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


async def choose(request: Request) -> Response:
    """How the 处方 shall come; one that is written already comes that way at once."""
    consultation = await case_pages.opened(request)
    form = await Form.read(request)
    way = form.choice("deliver_by", Delivery)
    if way is None:
        raise Refusal(_("请从给出的选项里选一个。"))
    await delivery.choose(request.state.person, consultation, way)
    return see(request, "consultations:show", flash=_("记下了。"), number=consultation.number)


async def hand_over(request: Request) -> Response:
    """It was given to its resident, or read out."""
    consultation = await case_pages.found(request)
    await delivery.hand_over(request.state.person, consultation)
    return see(request, "desk", flash=_("记下了：处方交给本人了。"))


routes: list[BaseRoute] = [
    post(
        "/consultations/{number}/delivery",
        choose,
        who=SIGNED_IN,
        name="prescriptions:deliver_by",
        of="consultation",
    ),
    post(
        "/consultations/{number}/handover",
        hand_over,
        who=LAWYERS | STAFF_ONLY,
        name="prescriptions:hand_over",
        of="consultation",
    ),
    get("/link/prescription", linked("prescription", read), who=PUBLIC, name="prescriptions:by_link"),
    get(
        "/link/prescription" + FILE,
        linked("prescription", file),
        who=PUBLIC,
        name="prescriptions:by_link_pdf",
    ),
]
