"""A number leads to its record, for whoever may see it; for anybody else there is nothing."""

from typing import Any

from portal.booking.models import Appointment, Wait
from portal.consultations.models import Consultation, Prescription
from portal.consultations.queries import mergers
from portal.council.models import Meeting, Motion
from portal.disputes.models import Dispute
from portal.feedback.models import Feedback
from portal.lectures.models import Lecture, SignUp
from portal.rounds.models import Round

# kind → the page that shows it
KINDS: dict[Any, str] = {
    Appointment: "appointments:show",
    Wait: "waits:show",
    Consultation: "consultations:show",
    Prescription: "prescriptions:show",
    Dispute: "disputes:show",
    Feedback: "feedback:show",
    Lecture: "lectures:show",
    SignUp: "lectures:sign_up",
    Motion: "council:motion",
    Meeting: "council:meeting",
    Round: "rounds:show",
}


async def find(person: Any, number: str) -> str | None:
    """The route that shows the record of this number to this person; None when there is none for them."""
    for kind, route in KINDS.items():
        if await kind.visible_to(person).filter(number=number).exists():
            return route
    return None


async def leads_to(person: Any, route: str, number: str) -> str:
    """The number under which it goes on: of a matter that was asked twice the first one, where they may see that."""
    if route != KINDS[Consultation]:
        return number
    found = await Consultation.visible_to(person).filter(number=number).first()
    first = await mergers.first(person, found) if found else None
    return first.number if first else number
