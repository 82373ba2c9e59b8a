"""A morning matched anew when a lawyer drops out: as many as possible are received, and nobody is moved who need not be,
nor near somebody they must not meet."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import NamedTuple
from uuid import UUID

from portal.booking.fairness import deficits
from portal.booking.rules import Desk, Loads, is_apart

# What counts more outweighs everything below it, for as many residents as a morning can hold.
UNSEEN = 10**15  # somebody is received by nobody
MOVED = 10**11  # somebody who could have stayed sits elsewhere
RETIMED = 10**8  # somebody is asked to come at another time
PER_MINUTE = 10**4  # and the further away, the worse
STRANGE = 10**3  # the lawyer does not know the topic
FAIREST = 10**3 - 1  # the most that a firm's share may weigh
TRIES = 12  # ways to keep people apart that are looked at; the first is enough unless several pairs stand in each other's way


class Claim(NamedTuple):
    """Somebody's appointment of that morning. `slot` is the desk they keep, or None when its lawyer dropped out."""

    appointment: UUID
    starts_at: datetime
    slot: UUID | None
    topic: str
    barred: frozenset[UUID] = frozenset()  # firms in conflict with them
    is_fixed: bool = False  # has come already, or is being received: stays where they are
    against: frozenset[UUID] = frozenset()  # appointments of people whom they must not meet in the room
    away: frozenset[datetime] = frozenset()  # when such people come who are not matched here


Seats = dict[UUID, Desk]
Closed = Set[tuple[UUID, datetime]]  # an appointment and an instant at which it must not be


def rematch(
    claims: Sequence[Claim], desks: Sequence[Desk], loads: Loads, apart: timedelta = timedelta()
) -> Seats:
    """Appointment → its desk from now on. Whoever is missing in the answer can be received by nobody that morning.

    `desks` are all that remain, whether free or kept by one of the claims. Nobody is brought within `apart` of whom they must
    not meet; who would have met before, and whose times stay, is staff's to see to. Then as many as possible are received;
    then as few as possible leave their desk who still have it; then as few as possible come at another time, the nearest
    one; then lawyers know the topic; then the firm furthest below its share is due (as in `fairness`).
    """
    number, waiting = count(), list[tuple[int, int, Closed, Seats]]()
    instants = {desk.starts_at for desk in desks}

    def look(closed: Closed) -> None:
        cost, seats = _match(claims, desks, loads, apart, closed)
        heappush(waiting, (cost, next(number), closed, seats))

    look(frozenset())
    while True:
        # The cheapest comes first: where nobody meets in it, no other way is better.
        _total, looked, closed, seats = heappop(waiting)
        met = next(_meetings(claims, seats, apart), None)
        if met is None:
            return seats
        if looked >= TRIES:
            return _without_meetings(claims, seats, apart)
        # In every way in which they do not meet, either the one stays at this instant and the other is away from it, or the
        # one is at another.
        goes, stays = sorted(met, key=lambda one: one.is_fixed)
        there = seats[stays.appointment].starts_at
        near = {at for at in instants if not is_apart(at, [there], apart)}
        if there == stays.starts_at:
            near -= {goes.starts_at}  # they would have met anyway
        look(closed | {(goes.appointment, at) for at in near})
        if not stays.is_fixed:
            look(closed | {(stays.appointment, there)})


def _match(
    claims: Sequence[Claim], desks: Sequence[Desk], loads: Loads, apart: timedelta, closed: Closed
) -> tuple[int, Seats]:
    """(cost, who sits where) of the cheapest way, whoever meets."""
    shares = _shares(desks, loads)

    def cost(claim: Claim, desk: Desk) -> int:
        is_new = desk.starts_at != claim.starts_at
        is_near = is_new and not is_apart(desk.starts_at, claim.away, apart)
        is_closed = is_near or (claim.appointment, desk.starts_at) in closed
        return 2 * UNSEEN if is_closed else _cost(claim, desk, shares)

    costs = [[cost(claim, desk) for desk in desks] + [UNSEEN] * len(claims) for claim in claims]
    chosen = cheapest(costs)
    total = sum(row[column] for row, column in zip(costs, chosen, strict=True))
    return total, {
        claim.appointment: desks[column]
        for claim, column, row in zip(claims, chosen, costs, strict=True)
        if column < len(desks) and row[column] < UNSEEN
    }


def _meetings(claims: Sequence[Claim], seats: Seats, apart: timedelta) -> Iterator[tuple[Claim, Claim]]:
    """The pairs that would be brought near each other; not those who come when they would have come anyway."""
    known = {claim.appointment: claim for claim in claims}
    for one in claims:
        for key in one.against & seats.keys():
            other = known.get(key)
            if other is None or one.appointment not in seats:
                continue
            at, then = seats[one.appointment].starts_at, seats[key].starts_at
            is_as_before = at == one.starts_at and then == other.starts_at
            if not is_as_before and not is_apart(at, [then], apart):
                yield one, other


def _without_meetings(claims: Sequence[Claim], seats: Seats, apart: timedelta) -> Seats:
    """The same, but of two who would meet the one that was to move is seated by nobody: a person sees to them."""
    left = dict(seats)
    while met := next(_meetings(claims, left, apart), None):
        moved = [one for one in met if left[one.appointment].starts_at != one.starts_at]
        del left[moved[-1].appointment]
    return left


def _cost(claim: Claim, desk: Desk, shares: Mapping[UUID, int]) -> int:
    if desk.slot == claim.slot:
        return 0
    if claim.is_fixed or desk.firm in claim.barred:
        return 2 * UNSEEN
    minutes = abs(int((desk.starts_at - claim.starts_at).total_seconds())) // 60
    return (
        (MOVED if claim.slot is not None else 0)
        + (RETIMED + minutes * PER_MINUTE if minutes else 0)
        + (0 if claim.topic in desk.topics else STRANGE)
        + shares[desk.firm]
    )


def _shares(desks: Sequence[Desk], loads: Loads) -> dict[UUID, int]:
    """The place of each firm, the one furthest below its share first, spread over what fairness may weigh."""
    below = deficits({desk.firm: (loads.firms.get(desk.firm, 0), desk.weight) for desk in desks})
    order = sorted(below, key=lambda firm: (-below[firm], str(firm)))
    return {firm: min(place, FAIREST) for place, firm in enumerate(order)}


def cheapest(costs: Sequence[Sequence[int]]) -> list[int]:
    """For each row its column, all different, at the least sum of costs. There are at least as many columns as rows.

    The Hungarian method with potentials: rows are added one by one, each along the cheapest chain of changes.
    """
    rows, columns = len(costs), len(costs[0]) if costs else 0
    of_row, of_column = [0] * (rows + 1), [0] * (columns + 1)  # potentials
    holder = [0] * (columns + 1)  # which row has the column; 0: nobody
    for row in range(1, rows + 1):
        holder[0], column = row, 0
        slack, before, is_seen = (
            [UNSEEN * 4 * rows] * (columns + 1),
            [0] * (columns + 1),
            [False] * (columns + 1),
        )
        while holder[column]:
            is_seen[column] = True
            here = holder[column]
            for other in range(1, columns + 1):
                if not is_seen[other]:
                    left = costs[here - 1][other - 1] - of_row[here] - of_column[other]
                    if left < slack[other]:
                        slack[other], before[other] = left, column
            step, nearest = min(
                (slack[other], other) for other in range(1, columns + 1) if not is_seen[other]
            )
            for other in range(columns + 1):
                if is_seen[other]:
                    of_row[holder[other]] += step
                    of_column[other] -= step
                else:
                    slack[other] -= step
            column = nearest
        chain = [column]
        while chain[-1]:
            chain.append(before[chain[-1]])
        for later, earlier in pairwise(chain):
            holder[later] = holder[earlier]
    found = [0] * rows
    for column in range(1, columns + 1):
        if holder[column]:
            found[holder[column] - 1] = column - 1
    return found
