"""Which records have been kept long enough, and which of those must stay all the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from portal import clock, journal
from portal.booking.models import Appointment, Wait
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Consultation
from portal.disputes.models import OPEN, Dispute
from portal.feedback.models import Feedback
from portal.feedback.models import State as FeedbackState
from portal.fields import Envelope
from portal.lectures.models import SignUp
from portal.people.models import Person, Post, Session
from portal.privacy import rules
from portal.privacy.models import Disposal, DisposalState, LegalHold, Request
from portal.rounds.models import Visit

MOST = 5_000  # records in one proposal; the rest are proposed the month after
BLANK = Envelope("")

MODELS: dict[str, type[Any]] = {
    "consultation": Consultation,
    "appointment": Appointment,
    "dispute": Dispute,
    "feedback": Feedback,
    "signup": SignUp,
    "visit": Visit,
    "request": Request,
    "person": Person,
}
# Whose it is, and to which community it belongs.
OWNERS = {
    "consultation": "person_id",
    "appointment": "person_id",
    "dispute": "reporter_id",
    "feedback": "person_id",
    "signup": "person_id",
    "visit": "",
    "request": "person_id",
    "person": "id",
}
COMMUNITIES = {"signup": "lecture__community_id", "visit": "round__grid__community_id"}


def model_of(kind: str) -> type[Any]:
    """The table of a kind that two people let go; KeyError for any other."""
    return MODELS[kind]


def owner_of(kind: str) -> str:
    """The column that says whose a record is; empty where it is nobody's."""
    return OWNERS[kind]


def ended(kind: str, limit: datetime) -> QuerySet[Any]:
    """The records of this kind that ended before this instant. What is open, or was opened again, is not among them."""
    if kind == "consultation":
        return Consultation.filter(ended_at__lt=limit)
    if kind == "appointment":
        asked = Consultation.filter(appointment_id__not_isnull=True).values("appointment_id")
        over = (AppointmentState.DONE, AppointmentState.MISSED, AppointmentState.CANCELLED)
        return Appointment.filter(starts_at__lt=limit, state__in=over).exclude(id__in=Subquery(asked))
    if kind == "dispute":
        return Dispute.filter(ended_at__lt=limit).exclude(state__in=OPEN)
    if kind == "feedback":
        waiting = (FeedbackState.RECEIVED, FeedbackState.DISPATCHED)
        return Feedback.filter(answered_at__lt=limit).exclude(state__in=waiting)
    if kind == "signup":
        return SignUp.filter(lecture__ends_at__lt=limit).exclude(question=BLANK)
    if kind == "visit":
        return Visit.filter(visited_at__lt=limit).exclude(note=BLANK)
    if kind == "request":
        return Request.filter(ended_at__lt=limit)
    return _gone(limit)


def _gone(limit: datetime) -> QuerySet[Person]:
    """Residents who had nothing to do with the portal since, and no office ever."""
    since = [
        Appointment.filter(created_at__gte=limit).values("person_id"),
        Wait.filter(created_at__gte=limit).values("person_id"),
        Consultation.filter(Q(created_at__gte=limit) | Q(ended_at__isnull=True)).values("person_id"),
        Dispute.filter(Q(created_at__gte=limit) | Q(state__in=OPEN), reporter_id__not_isnull=True).values(
            "reporter_id"
        ),
        Feedback.filter(Q(created_at__gte=limit) | Q(answered_at=None), person_id__not_isnull=True).values(
            "person_id"
        ),
        SignUp.filter(created_at__gte=limit).values("person_id"),
        Session.filter(Q(seen_at__gte=limit) | Q(ends_at__gte=limit)).values("person_id"),
        Post.all().values("person_id"),
    ]
    people = Person.filter(created_at__lt=limit)
    for busy in since:
        people = people.exclude(id__in=Subquery(busy))
    return people


async def disposed(kind: str) -> set[UUID]:
    """Those whose words were let go already, as the journal tells."""
    told = journal.Entry.filter(kind=kind, verb="dispose").values_list("subject", flat=True)
    return {UUID(str(subject)) for subject in await told}


async def pending(kind: str, now: datetime) -> set[UUID]:
    """Those in a proposal that is still open, or was refused lately."""
    standing = Q(state__in=[DisposalState.PROPOSED, DisposalState.APPROVED])
    refused = Q(state=DisposalState.REFUSED, created_at__gt=now - rules.AGAIN_AFTER)
    found = await Disposal.filter(standing | refused, kind=kind).values_list("subjects", flat=True)
    return {UUID(str(key)) for subjects in found for key in subjects}


async def is_held(kind: str, key: UUID) -> bool:
    """Does a hold stand on this record, or on everything of the person it is about?"""
    standing = LegalHold.filter(lifted_at=None)
    if await standing.filter(kind=kind, subject=key).exists():
        return True
    owner = OWNERS[kind]
    if not owner:
        return False
    found = await MODELS[kind].filter(id=key).values_list(owner, flat=True)
    return bool(found) and await standing.filter(kind="person", subject=found[0]).exists()


async def due(kind: str, limit: datetime) -> dict[UUID | None, list[UUID]]:
    """What ended before this instant and may be proposed: by community, the oldest first, at most MOST of each."""
    now = clock.now()
    passed = await disposed(kind) | await pending(kind, now)
    path = COMMUNITIES.get(kind, "community_id")
    found: dict[UUID | None, list[UUID]] = {}
    for key, community in await ended(kind, limit).order_by("id").values_list("id", path):
        here = found.setdefault(community, [])
        if key not in passed and len(here) < MOST and not await is_held(kind, key):
            here.append(key)
    return {community: keys for community, keys in found.items() if keys}


async def theirs(person: Person, kind: str, limit: datetime) -> tuple[list[UUID], list[UUID], int]:
    """Of one person: (what has ended and may go, what is held, how many have not ended)."""
    mine: Any = MODELS[kind].filter(**{OWNERS[kind]: person.id})
    over: set[Any] = set(
        await ended(kind, limit).filter(**{OWNERS[kind]: person.id}).values_list("id", flat=True)
    )
    passed = await disposed(kind)
    all_of_it: set[Any] = set(await mine.values_list("id", flat=True)) - passed
    if kind == "appointment":  # with a consultation it goes with that one
        all_of_it -= set(
            await Consultation.filter(person_id=person.id).values_list("appointment_id", flat=True)
        )
    if kind == "signup":  # one without a question holds no words
        all_of_it = set(await mine.exclude(question=BLANK).values_list("id", flat=True)) - passed
    held = [key for key in over - passed if await is_held(kind, key)]
    return sorted(over - passed - {*held}), held, len(all_of_it - over)


async def community_of(kind: str, key: UUID) -> UUID | None:
    """The community a record belongs to."""
    path = COMMUNITIES.get(kind, "community_id")
    found = await MODELS[kind].filter(id=key).values_list(path, flat=True)
    return found[0] if found else None


async def numbers_of(kind: str, keys: Iterable[Any]) -> list[tuple[str, Any]]:
    """(number, made at) of records in a proposal, for whoever reviews it; a visit has no number."""
    column = "number" if "number" in MODELS[kind]._meta.fields_map else "id"
    found = MODELS[kind].filter(id__in=[UUID(str(key)) for key in keys]).order_by("created_at")
    return [(str(name), at) for name, at in await found.values_list(column, "created_at")]
