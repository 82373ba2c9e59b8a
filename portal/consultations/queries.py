"""Who is waiting for advice, what a consultation has come to, and what somebody has just booked."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tortoise.expressions import Q

from portal import clock, locality, policy
from portal.booking.models import Appointment
from portal.booking.models import State as Booked
from portal.consultations.models import Consultation, Prescription, PrescriptionState, Referral, State
from portal.law import identifiers, numbers
from portal.people import naming, sight
from portal.people import queries as people
from portal.people.models import Person

PAGE = 30
LOADED = ("person", "protection", "appointment__lawyer__person", "appointment__lawyer__firm")
OPEN, ALL = "open", "all"


@dataclass(frozen=True)
class Wanted:
    """What a list of consultations is narrowed down to. `state` is a state, "open" or "all"."""

    text: str = ""
    state: str = OPEN
    topic: str = ""
    urgent: bool = False

    @property
    def terms(self) -> Q:
        """The same for the database."""
        terms = Q()
        if self.state == OPEN:
            terms &= Q(state__in=[State.ASKED, State.STARTED])
        elif self.state != ALL:
            terms &= Q(state=self.state)
        if self.topic:
            terms &= Q(topic=self.topic, protection_id__isnull=True)
        if self.urgent:
            terms &= Q(is_urgent=True)
        return terms & _meant(self.text) if self.text else terms


def _meant(text: str) -> Q:
    """A number, a telephone (whole, or its last four digits), or part of the resident's name. What is protected is found by
    its number alone: a search by name would say whose it is."""
    who = Q(person__name__icontains=text) | people.by_phone(text, "person__")
    meant = who & Q(protection_id__isnull=True)
    if number := numbers.read(text):
        meant |= Q(number=number) | Q(appointment__number=number)
    return meant


async def listed(person: Person, wanted: Wanted, page: int) -> tuple[list[dict[str, Any]], int]:
    """One page of what staff or the lawyer sees, urgent ones first, and how many pages there are. Names and telephones come
    masked but for the lawyer's own, of what is protected neither they nor the topic, and not a word of what was asked."""
    found = locality.narrow(Consultation.visible_to(person), person).filter(wanted.terms)
    rows = await (
        found.order_by("-is_urgent", "-created_at")
        .offset((page - 1) * PAGE)
        .limit(PAGE)
        .values(
            "number",
            "topic",
            "state",
            "is_urgent",
            "created_at",
            "protection_id",
            name="person__name",
            phone="person__phone",
            starts_at="appointment__starts_at",
            booked="appointment__state",
            lawyer="appointment__lawyer__person__name",
            lawyer_person="appointment__lawyer__person_id",
        )
    )
    for row in rows:
        is_protected, is_mine = row["protection_id"] is not None, row["lawyer_person"] == person.id
        if is_protected or not is_mine:
            row["name"] = naming.masked(row["name"], is_protected)
        row["phone"] = identifiers.mask_phone(row["phone"]) if row["phone"] and not is_protected else ""
        row["topic"] = "" if is_protected else row["topic"]
    return rows, max(1, -(-await found.count() // PAGE))


async def prescriptions(person: Person, consultation: Consultation) -> list[Prescription]:
    """The versions this person may see, the newest first."""
    found = Prescription.visible_to(person).filter(consultation_id=consultation.id)
    return await found.order_by("-version")


async def draft(consultation: Consultation) -> Prescription | None:
    """The version that is being written."""
    return await Prescription.filter(consultation_id=consultation.id, state=PrescriptionState.DRAFT).first()


async def in_force(consultation: Consultation) -> Prescription | None:
    """The version that holds now."""
    return await Prescription.filter(consultation_id=consultation.id, state=PrescriptionState.ISSUED).first()


async def referrals(consultation: Consultation) -> list[Referral]:
    """Where it was sent on, in order."""
    return await Referral.filter(consultation_id=consultation.id).order_by("created_at")


async def just_booked(person: Person) -> Appointment | None:
    """What this person booked in the last few minutes: the answer to a form that is sent twice."""
    since = clock.now() - timedelta(minutes=20)
    mine = Appointment.filter(sight.own()(person, policy.RESIDENT), state=Booked.BOOKED, created_at__gt=since)
    return await mine.order_by("-created_at").first()
