"""Another lawyer takes a morning, and with it whoever is booked there."""

from typing import NamedTuple

from portal.booking import queries
from portal.booking.actions.appointments import seat_anew
from portal.booking.actions.holds import TimeTaken
from portal.booking.models import Appointment
from portal.booking.queries import OPEN
from portal.conflicts import actions as conflicts
from portal.database import transaction
from portal.people.models import Person
from portal.roster import swap_actions
from portal.roster.models import Lawyer, Swap


class HandedOver(NamedTuple):
    """What became of whoever was booked: seated and told, or left for the desk's list."""

    seated: int
    left: int


async def accept_swap(actor: Person, swap: Swap, lawyer: Lawyer) -> HandedOver:
    """Let this lawyer take the morning, and seat everybody who is booked there with them.

    Of two who accept at one moment one has it; the other gets a Conflict. The conflict of interest of the new firm is
    judged for each appointment: whom it may not serve is given to another lawyer at the same time, or stays, where nobody
    else is free then, on the desk's list of those who need one. All or nothing.
    """
    async with transaction():
        # Names before rows: see conflicts.actions.in_turn.
        askers = [await queries.asker_of(one) for one in await _booked(swap)]
        await conflicts.in_turn(*(side for asker in askers for side in (asker.served, asker.others)))
        await swap_actions.take(actor, swap, lawyer)
        booked, left = await _booked(swap), 0
        for one in booked:
            try:
                await seat_anew(actor, one.id, lawyer.id, "swap")
            except TimeTaken:
                left += 1
    return HandedOver(len(booked) - left, left)


async def _booked(swap: Swap) -> list[Appointment]:
    """The appointments of the morning that is given away, in order of time."""
    found = Appointment.filter(slot__duty_id=swap.duty_id, state__in=OPEN)
    return await found.select_related("person").order_by("starts_at", "number")
