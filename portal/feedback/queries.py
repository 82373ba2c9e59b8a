"""Lists and tallies of what was raised."""

from datetime import datetime
from typing import Any

from portal import clock
from portal.feedback.models import STATE_NAMES, Feedback, State
from portal.people.models import Person

PAGE = 30
LIST_COLUMNS = (
    "number",
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
    found = Feedback.visible_to(person)
    if state in set(State):
        found = found.filter(state=state)
    if category:
        found = found.filter(category=category)
    if grid:
        found = found.filter(grid_id=grid)
    return found.filter(state=State.DISPATCHED, due_at__lt=now) if late else found


async def page_of(found: Any, page: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the list, newest first, and how many pages there are."""
    total = await found.count()
    rows = await found.order_by("-created_at").offset((page - 1) * PAGE).limit(PAGE).values(*LIST_COLUMNS)
    return rows, max(1, -(-total // PAGE))


async def tally(person: Person) -> dict[str, int]:
    """今天: how many came in, went out, were answered; how many are open and late."""
    now, (start, end) = clock.now(), clock.span(clock.today())
    seen = Feedback.visible_to(person)
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
