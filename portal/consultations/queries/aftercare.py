"""What was asked after a 处方, and who answers it."""

from datetime import timedelta
from typing import Any

from tortoise.expressions import Q

from portal import clock
from portal.consultations.models import (
    BY_DESK,
    Consultation,
    FollowUp,
    Helped,
    Prescription,
    PrescriptionState,
    State,
)
from portal.consultations.rules import aftercare
from portal.people.models import Person
from portal.roster.models import Duty


async def follow_up(consultation: Consultation) -> FollowUp | None:
    """The one further question, with who answers it."""
    found = FollowUp.filter(consultation_id=consultation.id)
    return await found.select_related("lawyer__person", "answered_by__person").first()


async def answering(consultation: Consultation) -> Duty | None:
    """The next duty of who should answer: the lawyer of the consultation, where they sit at the clinic within seven days;
    else whoever of their firm does first, but never about what is protected. None: nobody does. Needs `appointment` loaded.
    """
    appointment, today = consultation.appointment, clock.today()
    if appointment is None:
        return None
    week = Duty.filter(withdrawn_at=None, day__gte=today, day__lte=today + timedelta(days=7))
    week = week.filter(lawyer__firm_id=appointment.firm_id, lawyer__licence_until__gte=today)
    duties = await week.order_by("day", "from_minute").select_related("lawyer__person")
    own = [duty for duty in duties if duty.lawyer_id == appointment.lawyer_id]
    if consultation.protection_id:
        duties = own
    return next(iter([*own, *duties]), None)


def to_hand_over(consultations: Any) -> Any:
    """Those of these consultations whose 处方 is to be printed or read out by the desk, the oldest first; what is protected
    its lawyer hands over."""
    by_desk = consultations.filter(deliver_by__in=[way.value for way in BY_DESK], handed_at=None)
    return by_desk.filter(state=State.ADVISED, protection_id=None).order_by("ended_at")


def waiting_for(person: Person) -> Any:
    """The 处方 about which this lawyer is asked, the first due first."""
    mine = Q(consultation__follow_up__lawyer__person_id=person.id)
    asked = mine & Q(consultation__follow_up__answered_at__isnull=True, state=PrescriptionState.ISSUED)
    return Prescription.visible_to(person).filter(asked).order_by("consultation__follow_up__due_on")


def unanswered(consultations: Any) -> Any:
    """Those of these consultations whose further question nobody takes, or whose answer is late."""
    late = Q(follow_up__lawyer_id__isnull=True) | Q(follow_up__due_on__lt=clock.today())
    return consultations.filter(late, follow_up__id__isnull=False, follow_up__answered_at__isnull=True)


def to_recall(consultations: Any) -> Any:
    """Those of these consultations that did not help, and whose residents nobody has rung since."""
    return consultations.filter(helped=Helped.NO.value, recalled_at=None).order_by("helped_at")


def to_be_asked() -> Any:
    """Consultations that were advised a month ago and of which nobody has said whether it helped."""
    now = clock.now()
    until = now - aftercare.AFTER
    return Consultation.filter(
        state=State.ADVISED, helped="", ended_at__lte=until, ended_at__gt=until - aftercare.ASKED_FOR
    )
