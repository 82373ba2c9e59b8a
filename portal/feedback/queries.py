"""Lists and tallies of what was raised."""

from datetime import datetime
from typing import Any, NamedTuple

from tortoise.expressions import Q

from portal import clock, locality, paging, policy
from portal.feedback.models import STATE_NAMES, Category, Feedback, Reply, State
from portal.paging import Leaf
from portal.people.models import Person

LIST_COLUMNS = (
    "number",
    "person_id",
    "community_id",
    "category",
    "way",
    "place",
    "state",
    "handler",
    "created_at",
    "due_at",
    "grid__name",
)


async def listed(person: Person, wanted: Q, page: int) -> Leaf:
    """One page of what the person sees of it, the newest first. Each row says where it is, as far as this person may know:
    nothing of what they see only for standing in for somebody, and never what 请人帮我办 keeps there instead."""
    found = locality.narrow(Feedback.visible_to(person), person).filter(wanted)
    leaf = await paging.leaf(found.order_by("-created_at", "number"), page, *LIST_COLUMNS)
    residents = {proxy.resident_id for proxy in person.acts_for}
    for row in leaf.rows:
        is_stood_in_for = row["person_id"] in residents and not person.serves(row["community_id"])
        if is_stood_in_for or row["category"] == Category.HELP:
            row["place"] = ""
        row["place"] = row["place"] or row["grid__name"] or ""
    return leaf


def due(now: datetime, until: datetime, is_late: bool) -> Q:
    """What is being done and late, or else due from now until then."""
    within = Q(due_at__lt=now) if is_late else Q(due_at__gte=now, due_at__lt=until)
    return Q(state=State.DISPATCHED) & within


class Author(NamedTuple):
    """Whose it is and how to reach them, as far as whoever reads the record may know."""

    name: str
    phone: str


def author(record: Feedback) -> Author:
    """Of a record that was opened: a known resident, or whoever left a name and a number to be called at."""
    name = phone = ""
    if record.person:
        name, phone = record.person.name, record.person.phone or ""
    elif record.category == Category.HELP:
        name, _blank, phone = record.place.rpartition(" ")
    named, reached = policy.NAME in record.parts, policy.CONTACT in record.parts
    return Author(name if named else "", phone if reached else "")


async def replies(record: Feedback) -> list[dict[str, Any]]:
    """What was said on the way, oldest first, for whoever knows what it is about."""
    if policy.FACTS not in record.parts:
        return []
    said = Reply.filter(feedback_id=record.id).order_by("created_at")
    return await said.values("verb", "words", "created_at")


async def tally(person: Person) -> dict[str, int]:
    """今天: how many came in, went out, were answered; how many are open and late."""
    now, (start, end) = clock.now(), clock.span(clock.today())
    seen = locality.narrow(Feedback.visible_to(person), person)
    return {
        "received": await seen.filter(created_at__gte=start, created_at__lt=end).count(),
        "answered": await seen.filter(answered_at__gte=start, answered_at__lt=end).count(),
        "waiting": await seen.filter(state=State.RECEIVED).count(),
        "handled": await seen.filter(state=State.DISPATCHED).count(),
        "late": await seen.filter(state=State.DISPATCHED, due_at__lt=now).count(),
    }


def state_name(state: str) -> str:
    """The word for a state."""
    return str(STATE_NAMES[State(state)])
