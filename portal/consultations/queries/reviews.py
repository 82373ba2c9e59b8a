"""同行评议: what may be drawn, who may look at it, what they are shown, and what was said."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from portal import clock, journal
from portal.booking.models import MATTER
from portal.community.models import Community, Compound
from portal.conflicts.models import Check, Party, Side
from portal.conflicts.queries import check, sides
from portal.consultations.models import Prescription, Review
from portal.consultations.models.care import may_be_reviewed
from portal.consultations.rules import SECTIONS, reviews
from portal.consultations.rules.reviews import Known, Month
from portal.law.names import normal
from portal.people.models import Person
from portal.roster.models import Lawyer

LOADED = (
    *("reviewer__person", "prescription__lawyer__person", "prescription__lawyer__firm"),
    *("prescription__consultation__person", "prescription__consultation__appointment"),
)
YEAR = timedelta(days=365)


async def to_be_drawn(first: date, until: date) -> dict[UUID | None, dict[str, UUID]]:
    """Community → number → id of the 处方 issued in [first, until) that may be looked at. Communities of which some were
    drawn already are left out."""
    start, end = clock.at(first), clock.at(until)
    found: dict[UUID | None, dict[str, UUID]] = defaultdict(dict)
    issued = Prescription.filter(may_be_reviewed(), issued_at__gte=start, issued_at__lt=end)
    for community, number, key in await issued.values_list("consultation__community_id", "number", "id"):
        found[community][number] = key
    drawn: Any = Review.filter(prescription__issued_at__gte=start, prescription__issued_at__lt=end)
    for community in await drawn.values_list("prescription__consultation__community_id", flat=True):
        found.pop(community, None)
    return dict(found)


async def waiting() -> list[Review]:
    """Those that nobody has looked at and that are to be offered: to a first lawyer, or to another since the one who was
    asked has left it too long or may not any more."""
    late = clock.now() - reviews.ANSWERING
    nobody = Q(reviewer_id__isnull=True) | Q(offered_at__lt=late) | Q(reviewer__is_active=False)
    found = Review.filter(nobody, may_be_reviewed("prescription__"), reviewed_at=None)
    return await found.select_related(*LOADED).order_by("created_at", "id")


async def able(review: Review) -> dict[UUID, str]:
    """Lawyer → number of those who may look at it today: of another firm than any that has met its matter or stands against
    one of its people, not named in it, not asked before. Needs LOADED."""
    prescription = review.prescription
    consultation = prescription.consultation
    matter = (MATTER, consultation.appointment_id)
    known = {"matter_kind": MATTER, "matter": consultation.appointment_id}
    met = {prescription.lawyer.firm_id, consultation.appointment.firm_id}
    met |= set(await Party.filter(**known, firm_id__isnull=False).values_list("firm_id", flat=True))
    met |= set(await Check.filter(**known).exclude(decision="").values_list("firm_id", flat=True))
    good = Lawyer.filter(is_active=True, firm__is_active=True, licence_until__gte=clock.today())
    lawyers = await good.exclude(firm_id__in=list(met)).select_related("person")
    served, others = await sides(*matter)
    barred = await check({one.firm_id for one in lawyers}, served, others, matter)
    asked = {entry["detail"]["to"] for entry in await journal.of(review) if entry["verb"] == "offer"}
    people = {consultation.person_id, consultation.taken_by_id}
    return {
        one.id: one.person.number
        for one in lawyers
        if one.firm_id not in barred
        and not {one.person_id} & people
        and one.person.number not in asked
        and normal(one.person.name) not in served.keys | others.keys
        and one.person.phone not in served.phones | others.phones
    }


async def given() -> Counter[Any]:
    """Lawyer → how many were given to them within a year."""
    recent = Review.filter(offered_at__gte=clock.now() - YEAR, reviewer_id__isnull=False)
    return Counter(await recent.values_list("reviewer_id", flat=True))


async def is_clear(review: Review) -> bool:
    """May its reviewer still look at it: has their firm met nobody of it since? Needs LOADED."""
    matter = (MATTER, review.prescription.consultation.appointment_id)
    served, others = await sides(*matter)
    return review.reviewer is not None and not await check([review.reviewer.firm_id], served, others, matter)


async def to_do(person: Person) -> list[Review]:
    """What this lawyer was asked to look at, the oldest first; judged anew each time."""
    mine = Review.visible_to(person).filter(reviewed_at=None, reviewer__person_id=person.id)
    found = await mine.select_related(*LOADED).order_by("offered_at")
    return [one for one in found if await is_clear(one)]


async def done(person: Person) -> list[Review]:
    """What this lawyer has looked at, the newest first."""
    mine = Review.visible_to(person).filter(reviewed_at__isnull=False, reviewer__person_id=person.id)
    return await mine.select_related("prescription__consultation").order_by("-reviewed_at").limit(50)


async def about(person: Person) -> list[Review]:
    """What was said of what this lawyer wrote, the newest first. By whom is not loaded."""
    written = Review.filter(prescription__lawyer__person_id=person.id, reviewed_at__isnull=False)
    seen = Prescription.visible_to(person).filter(lawyer__person_id=person.id)
    keys = await seen.filter(review__reviewed_at__isnull=False).values_list("id", flat=True)
    found = written.filter(prescription_id__in=list(keys)).select_related("prescription")
    return await found.order_by("-reviewed_at").limit(50)


async def months(community: UUID | None) -> list[Month]:
    """What the lead of a community is told: by month of issue."""
    ours = Review.filter(reviewed_at__isnull=False, prescription__consultation__community_id=community)
    rows = await ours.values_list("prescription__issued_at", "score")
    return reviews.monthly((clock.day_of(issued), score) for issued, score in rows)


async def known(review: Review) -> Known:
    """Whom and where the record knows, to be masked. Needs LOADED."""
    prescription = review.prescription
    consultation = prescription.consultation
    people = {normal(consultation.person.name): [consultation.person.name, *consultation.person.former_names]}
    parties = Party.filter(matter_kind=MATTER, matter=consultation.appointment_id)
    for party in await parties.order_by("created_at", "id"):
        if party.side == Side.CLIENT:
            people[normal(consultation.person.name)].append(party.name)
        else:
            people.setdefault(normal(party.name), []).append(party.name)
    for name in (consultation.other_side, consultation.guardian):
        people.setdefault(normal(name), []).append(name)
    lawyer = prescription.lawyer
    places = [
        name
        for one in await Community.all().select_related("street")
        for name in (one.name, one.short, one.address, one.desk, one.street.name)
    ]
    places += await Compound.all().values_list("name", flat=True)
    groups = [[name for name in names if name.strip()] for names in people.values()]
    return Known(
        [names for names in groups if names], [lawyer.person.name, lawyer.firm.name], [*filter(None, places)]
    )


async def sections(review: Review) -> dict[str, str]:
    """Section → what it says, without names. Needs LOADED."""
    whom = await known(review)
    return {name: reviews.masked(getattr(review.prescription, name), whom) for name in SECTIONS}
