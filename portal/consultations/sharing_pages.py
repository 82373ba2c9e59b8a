"""Earlier advice: its resident lets a lawyer of another firm read it, or not any more; its own firm reads it anyway."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import policy
from portal.consultations.actions import sharing
from portal.consultations.models import Consultation, Prescription, PrescriptionState
from portal.errors import Forbidden
from portal.languages import _
from portal.law import numbers
from portal.people.models import Person
from portal.web import door
from portal.web.forms import Form
from portal.web.pages import see
from portal.web.routes import SIGNED_IN, post


async def earlier(person: Person, consultation: Consultation) -> list[dict[str, Any]]:
    """What was advised before to the same person, as far as this lawyer may read it, the newest first."""
    if policy.ASSIGNED not in consultation.relations:
        return []
    found = Prescription.visible_to(person).filter(
        consultation__person_id=consultation.person_id, state=PrescriptionState.ISSUED
    )
    others = found.exclude(consultation_id=consultation.id).order_by("-issued_at")
    return await others.values("number", "issued_at", firm="lawyer__firm__name")


async def share(request: Request) -> Response:
    """The tick, set or taken away; it holds from this moment."""
    number = numbers.read(request.path_params["number"])
    consultation = await door.opened(request, Consultation.visible_to(request.state.person), number=number)
    if policy.OWN not in consultation.relations:
        raise Forbidden
    form = await Form.read(request)
    is_shared, refuses = form.flag("is_shared"), form.flag("refuses_review")
    await sharing.share(request.state.person, consultation, is_shared, refuses)
    flash = (
        _("以后接待您的别家律所的律师也能看这次的处方。")
        if is_shared
        else _("别家律所的律师看不到这次的处方了。")
    )
    return see(request, "consultations:show", flash=flash, number=consultation.number)


routes: list[BaseRoute] = [
    post(
        "/consultations/{number}/sharing",
        share,
        who=SIGNED_IN,
        name="consultations:share",
        of="consultation",
    ),
]
