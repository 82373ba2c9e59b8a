"""A lawyer cannot come: that is written down once, and everybody they were to receive is seated anew, one by one."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from portal import clock, notices
from portal.booking.actions import appointments, assignment, holds, offers
from portal.booking.models import Appointment, Mode, State
from portal.booking.queries import OPEN
from portal.booking.rules import Desk
from portal.database import transaction
from portal.errors import Refusal
from portal.people.models import STAFF, Person, Post
from portal.roster import actions as roster
from portal.roster.models import Lawyer, Leave
from portal.roster.rules import is_away


class Wish(NamedTuple):
    """What staff chose for one appointment: a desk, and whether the lawyer there rings the resident instead."""

    appointment: Appointment
    desk: Desk
    by_phone: bool = False


async def drop_out(actor: Person, lawyer: Lawyer, day: date, reason: str = "") -> bool:
    """Write down that the lawyer cannot come that day: leave, by which their times are withdrawn. False where it is known
    already. When they say so themselves, the centre's staff are told at once."""
    leaves = await Leave.filter(lawyer_id=lawyer.id, withdrawn_at=None)
    if is_away(leaves, day):
        return False
    async with transaction():
        await roster.take_leave(actor, lawyer, day, day, reason)
        if actor.id == lawyer.person_id:
            await _tell(lawyer, day)
    return True


async def _tell(lawyer: Lawyer, day: date) -> None:
    """The staff of each community where somebody is left without a lawyer, each of them once."""
    first, until = clock.span(day)
    left = Appointment.filter(lawyer_id=lawyer.id, starts_at__gte=first, starts_at__lt=until, state__in=OPEN)
    places = {place for place in await left.values_list("community_id", flat=True) if place}
    posts = Post.current(clock.today()).filter(role__in=list(STAFF), community_id__in=list(places))
    staff = {post.person_id: post.person for post in await posts.select_related("person")}
    for person in staff.values():
        await notices.owe(
            person,
            "booking/dropout",
            key=f"booking/dropout:{lawyer.id}:{day}:{person.id}",
            name=lawyer.person.name,
            day=day,
        )


async def carry_out(actor: Person, wishes: Sequence[Wish]) -> tuple[list[Wish], list[Wish]]:
    """Seat each as was chosen, each in a transaction of its own; (done, lost). Lost is what somebody else took or changed
    meanwhile: that appointment stays as it was.

    Who leaves a desk goes before who comes to it, whatever the order in which they are given.
    """
    done: list[Wish] = []
    lost: list[Wish] = []
    waiting = list(wishes)
    while waiting:
        left = {wish.appointment.slot_id for wish in waiting}  # type: ignore[attr-defined]
        ready = next((wish for wish in waiting if wish.desk.slot not in left), waiting[0])
        waiting.remove(ready)
        try:
            await _seat(actor, ready)
            done.append(ready)
        except Refusal:
            lost.append(ready)
    await offers.offer_next()
    return done, lost


async def _seat(actor: Person, wish: Wish) -> None:
    """At exactly this desk, and told once."""
    one, desk = wish.appointment, wish.desk
    is_moved = desk.starts_at != one.starts_at
    verb = "move" if is_moved and one.state == State.BOOKED else "reassign"
    mode = Mode.PHONE if wish.by_phone else Mode(one.mode)
    async with transaction():
        # Who is rung is not in the room; who stays at their time meets whom they would have met, which staff know.
        asker = await appointments.in_turn(one, actor if is_moved and not wish.by_phone else None)
        await assignment.take_up(actor, one, verb)
        before = {"from": one.starts_at, "from_lawyer": one.lawyer_id, "by": "dropout"}
        is_rung = mode != one.mode
        await appointments.seat(actor, one, verb, asker, desk.starts_at, desk.slot, before, mode=mode)
        if _slot(one) != desk.slot:
            raise holds.TimeTaken
        kind = "booking/moved" if is_moved or is_rung else "booking/reassigned"
        await assignment.tell(actor, kind, one, one.person)


def _slot(appointment: Appointment) -> UUID:
    return appointment.slot_id  # type: ignore[attr-defined]
