"""What the counter can give: the free times of this very morning, and those that come."""

from datetime import timedelta
from typing import NamedTuple

from portal import clock, locality
from portal.booking.queries.times import Asker, Time, desks, window

RUNNING = timedelta(minutes=20)  # into a time that nobody took, somebody can still sit down to it


class AtCounter(NamedTuple):
    """Free times: `now` are those of today that have not gone by, `ahead` all others that can be booked."""

    now: list[Time]
    ahead: list[Time]


async def at_counter(is_long: bool = False) -> AtCounter:
    """Every free time of the community that is meant, in order. Conflicts are judged when one is taken."""
    now, mornings = clock.now(), await window(clock.now())
    if not mornings:
        return AtCounter([], [])
    asker = Asker(community=locality.current(), is_long=is_long)
    found = await desks(now - RUNNING, clock.span(mornings[-1].day)[1], asker)
    left: dict[object, Time] = {}
    for desk in found:
        if desk.is_free:
            before = left.get(desk.starts_at)
            left[desk.starts_at] = Time(desk.starts_at, before.left + 1 if before else 1)
    ends = clock.span(clock.today())[1]
    times = list(left.values())
    return AtCounter(
        [one for one in times if one.starts_at < ends], [one for one in times if one.starts_at >= ends]
    )
