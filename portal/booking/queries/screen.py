"""What the screen in the waiting room shows: numbers, and of a name no more than its surname."""

from typing import Any, NamedTuple
from uuid import UUID

from portal import clock
from portal.booking import queue_rules
from portal.booking.models import Appointment, Mode, State
from portal.booking.queries.apart import meetings
from portal.law import identifiers

SHOWN = 6  # who was called longer ago is at their desk by now


class Called(NamedTuple):
    """One line of the screen: the number, 张* (nothing of whom is protected), and whose desk: 陈."""

    ticket: int
    name: str
    lawyer: str
    calls: int


class Screen(NamedTuple):
    """Who is called, the last one first, and the numbers that wait."""

    called: list[Called]
    waiting: list[int]


async def screen(community: UUID) -> Screen:
    """The waiting room of this community today. Of two who must not meet only one is there to be seen."""
    first, until = clock.span(clock.today())
    today: Any = Appointment.filter(
        community_id=community,
        mode=Mode.DESK,
        starts_at__gte=first,
        starts_at__lt=until,
        ticket__isnull=False,
        state__in=(State.CALLED, State.CHECKED_IN),
    )
    here = await today.select_related("person", "lawyer__person")
    met = await meetings(community, clock.today()) if here else {}
    called = queue_rules.shown([one for one in here if one.state == State.CALLED], met)
    seen = {one.id for one in called}
    numbers: list[int] = []
    for one in queue_rules.in_order(here, clock.now()):
        if met.get(one.id) not in seen:
            seen.add(one.id)
            numbers.append(int(one.ticket or 0))
    lines = [
        Called(
            one.ticket,
            "" if one.protection_id else surname(one.person.name),
            surname(one.lawyer.person.name)[:-1],
            one.calls,
        )
        for one in reversed(called)
    ]
    return Screen(lines[:SHOWN], numbers)


def surname(name: str) -> str:
    """张*, 欧阳*: one star whatever the length; nothing for nobody."""
    masked = identifiers.mask_name(name).rstrip("*")
    return f"{masked}*" if masked else ""
