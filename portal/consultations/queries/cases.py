"""Who is waiting for advice, what a consultation has come to, and what somebody has just booked."""

from datetime import timedelta

from tortoise.expressions import Q

from portal import clock, locality, paging, policy
from portal.booking.models import MATTER, Appointment
from portal.booking.models import State as Booked
from portal.conflicts import possible
from portal.conflicts.possible import confirmed
from portal.consultations.models import Consultation, Prescription, PrescriptionState, Referral
from portal.consultations.queries import deadlines
from portal.law import identifiers, numbers
from portal.paging import Leaf
from portal.people import finding, naming, sight
from portal.people import queries as people
from portal.people.models import Person, Role

LOADED = ("person", "protection", "appointment__lawyer__person", "appointment__lawyer__firm")
# The same of a 处方, with what stands on its sheet.
SHEET = (
    *("consultation__person", "consultation__protection", "consultation__community"),
    *("consultation__appointment__lawyer", "lawyer__person", "lawyer__firm"),
)


async def listed(person: Person, wanted: Q, page: int) -> Leaf:
    """One page of what staff or the lawyer sees, urgent ones first. Names and telephones come masked but for the lawyer's
    own, of what is protected neither they nor the topic, nor the topic of what the lawyer has seen the names of only, and not
    a word of what was asked."""
    found = locality.narrow(Consultation.visible_to(person), person).filter(wanted)
    leaf = await paging.leaf(
        found.order_by("-is_urgent", "-created_at", "number"),
        page,
        "id",
        "number",
        "topic",
        "state",
        "is_urgent",
        "created_at",
        "protection_id",
        "appointment_id",
        name="person__name",
        phone="person__phone",
        starts_at="appointment__starts_at",
        booked="appointment__state",
        lawyer="appointment__lawyer__person__name",
        lawyer_person="appointment__lawyer__person_id",
    )
    dues = await deadlines.nearest([row["id"] for row in leaf.rows])
    own = [row["appointment_id"] for row in leaf.rows if row["lawyer_person"] == person.id]
    unconfirmed = await possible.unconfirmed(person, MATTER, own)
    for row in leaf.rows:
        is_protected, is_mine = row["protection_id"] is not None, row["lawyer_person"] == person.id
        is_told = row["appointment_id"] not in unconfirmed
        if is_protected or not is_mine:
            row["name"] = naming.masked(row["name"], is_protected)
        row["phone"] = identifiers.mask_phone(row["phone"]) if row["phone"] and not is_protected else ""
        row["topic"] = row["topic"] if is_told and not is_protected else ""
        row["due"] = dues.get(row["id"]) if is_told and (is_mine or not is_protected) else None
    return leaf


def told(person: Person) -> Q:
    """Of these more may be said than names: whoever narrows a list by what a matter is about narrows it to them. What is
    protected is not among them, nor is a lawyer's own before they have looked at the names."""
    known = Q(protection_id__isnull=True)
    if Role.LAWYER not in person.roles:
        return known
    others = Q(appointment_id__isnull=True) | ~Q(appointment__lawyer__person_id=person.id)
    return known & (others | confirmed(person, MATTER, "appointment_id"))


async def meant(person: Person, text: str) -> Q:
    """What somebody finds here by a few characters: by what they may read of it, by the number of the appointment, and by
    the whole telephone or its last digits, which whoever is at the desk was just told."""
    found = await finding.matching(Consultation, person, text)
    if text:
        found |= people.by_phone(text, "person__") & Q(protection_id__isnull=True)
        if number := numbers.read(text):
            found |= Q(appointment__number=number)
    return found


async def prescriptions(person: Person, consultation: Consultation) -> list[Prescription]:
    """The versions this person may see, the newest first."""
    found = Prescription.visible_to(person).filter(consultation_id=consultation.id)
    return await found.order_by("-version")


async def draft(person: Person, consultation: Consultation) -> Prescription | None:
    """The version that this lawyer is writing: not what one of another firm left, unless its resident lets them read it."""
    found = Prescription.visible_to(person).filter(consultation_id=consultation.id, version__gt=0)
    return await found.filter(state=PrescriptionState.DRAFT).first()


async def in_force(consultation: Consultation) -> Prescription | None:
    """The version that holds now."""
    return await Prescription.filter(consultation_id=consultation.id, state=PrescriptionState.ISSUED).first()


async def issued(consultation: Consultation) -> list[Prescription]:
    """Every version that was ever in force."""
    return await Prescription.filter(consultation_id=consultation.id).exclude(state=PrescriptionState.DRAFT)


async def referrals(consultation: Consultation) -> list[Referral]:
    """Where it was sent on, in order."""
    return await Referral.filter(consultation_id=consultation.id).order_by("created_at")


async def just_booked(person: Person) -> Appointment | None:
    """What this person booked in the last few minutes: the answer to a form that is sent twice."""
    since = clock.now() - timedelta(minutes=20)
    mine = Appointment.filter(sight.own()(person, policy.RESIDENT), state=Booked.BOOKED, created_at__gt=since)
    return await mine.order_by("-created_at").first()
