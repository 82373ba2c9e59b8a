"""Lists and tallies of what was raised."""

from datetime import datetime
from typing import Any, NamedTuple

from portal import clock, locality, policy
from portal.feedback.models import STATE_NAMES, Category, Feedback, Reply, State
from portal.people.models import Person

PAGE = 30
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


def chosen(
    person: Person, *, state: str = "", category: str = "", grid: str = "", late: bool = False, now: datetime
):
    """What the person sees of it, narrowed by the filters of the list."""
    found = locality.narrow(Feedback.visible_to(person), person)
    if state in set(State):
        found = found.filter(state=state)
    if category:
        found = found.filter(category=category)
    if grid:
        found = found.filter(grid_id=grid)
    return found.filter(state=State.DISPATCHED, due_at__lt=now) if late else found


async def page_of(person: Person, found: Any, page: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the list, newest first, and how many pages there are. Each row says where it is, as far as this person
    may know: nothing of what they see only for standing in for somebody, and never what 请人帮我办 keeps there instead."""
    total = await found.count()
    rows = await found.order_by("-created_at").offset((page - 1) * PAGE).limit(PAGE).values(*LIST_COLUMNS)
    residents = {proxy.resident_id for proxy in person.acts_for}
    for row in rows:
        is_stood_in_for = row["person_id"] in residents and not person.serves(row["community_id"])
        if is_stood_in_for or row["category"] == Category.HELP:
            row["place"] = ""
        row["place"] = row["place"] or row["grid__name"] or ""
    return rows, max(1, -(-total // PAGE))


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
