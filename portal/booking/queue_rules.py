"""The waiting room: whose turn it is, how long it may take, who may be called again, sent away for a while or given up."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.booking.models import Appointment, Mode, State

TALK = timedelta(minutes=30)  # as long as a time of the clinic
A_MORNING = timedelta(hours=6)
ARRIVE_EARLY, ARRIVE_LATE = timedelta(hours=1), timedelta(minutes=30)
INSIDE = (State.CALLED, State.STARTED)
HERE = (State.CHECKED_IN, State.CALLED, State.PARKED, State.STARTED)


def is_walk_in(appointment: Appointment) -> bool:
    """Came without an appointment: written down at the counter for the same morning."""
    is_now = appointment.starts_at - appointment.created_at < A_MORNING
    return is_now and appointment.channel == "counter"


def in_order(waiting: Iterable[Appointment], now: datetime) -> list[Appointment]:
    """Whoever has come, in the order in which they are called: an appointment at its time before everybody else, the
    earlier time first; all others, who came without one or before it, in the order of arrival."""

    def place(one: Appointment) -> tuple[bool, datetime, int]:
        is_due = not is_walk_in(one) and one.starts_at <= now
        came = one.checked_in_at or one.starts_at
        return not is_due, one.starts_at if is_due else came, one.ticket or 0

    return sorted((one for one in waiting if one.state == State.CHECKED_IN), key=place)


def next_up(waiting: Iterable[Appointment], now: datetime) -> Appointment | None:
    """Who is called next, if anybody who has come waits to be."""
    return next(iter(in_order(waiting, now)), None)


def ahead_of(one: Appointment, day: Iterable[Appointment], now: datetime) -> int:
    """How many the same lawyer sees before somebody: who is inside or has been called, who is called sooner, and who may
    still come to an earlier time that has not passed."""
    same = [other for other in day if other.lawyer_id == one.lawyer_id and other.id != one.id]
    inside = sum(other.state in INSIDE for other in same)
    still = sum(
        other.state == State.BOOKED and now < other.starts_at < one.starts_at and other.mode == Mode.DESK
        for other in same
    )
    if one.state != State.CHECKED_IN:
        earlier = sum(other.state == State.CHECKED_IN and other.starts_at < one.starts_at for other in same)
        return inside + earlier + still
    order = in_order([*same, one], now)
    return inside + still + next(place for place, other in enumerate(order) if other.id == one.id)


def estimate(one: Appointment, ahead: int, now: datetime, opens: datetime) -> datetime:
    """About when somebody is called, to the next five minutes: half an hour for each ahead of them, not before the morning
    begins (`opens`), nor before the time of an appointment."""
    at = max(now, opens) + ahead * TALK
    at = at if is_walk_in(one) else max(at, one.starts_at)
    return at + (datetime.min.replace(tzinfo=at.tzinfo) - at) % timedelta(minutes=5)


def may_arrive(appointment: Appointment, now: datetime) -> bool:
    """May somebody check in by themselves: for the desk, from an hour before their time to half an hour after it? What is
    behind a passphrase is received by people alone."""
    is_near = -ARRIVE_EARLY <= now - appointment.starts_at <= ARRIVE_LATE
    is_expected = appointment.state == State.BOOKED and appointment.mode == Mode.DESK
    return is_near and is_expected and appointment.protection_id is None


def shown(called: Sequence[Any], meetings: dict[UUID, UUID]) -> list[Any]:
    """Whom the screen on the wall shows, of those called: of two who must not meet the one who was called first."""
    seen: set[UUID] = set()
    kept = []
    for one in sorted(called, key=lambda one: one.called_at):
        if meetings.get(one.id) not in seen:
            kept.append(one)
            seen.add(one.id)
    return kept
