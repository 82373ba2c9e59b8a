"""What people do to times, appointments and places on the waitlist. Each is one transaction; none awaits the network."""

from portal.booking.actions.allowance import BeyondLimit, refusal
from portal.booking.actions.appointments import AlreadyBooked, book, cancel, move, part, protect, reassign
from portal.booking.actions.arrivals import arrive
from portal.booking.actions.counter import seat
from portal.booking.actions.desk import (
    call,
    call_next,
    check_in,
    come_back,
    finish,
    miss,
    park,
    recall,
    start,
    ticket,
)
from portal.booking.actions.dropouts import Wish, carry_out, drop_out
from portal.booking.actions.holds import TimeTaken, extend, hold, named, tidy
from portal.booking.actions.offers import lapse, offer_next, serve_waitlist
from portal.booking.actions.outcomes import contest, excuse, ring, uphold
from portal.booking.actions.replies import cancel_by_phone
from portal.booking.actions.swaps import HandedOver, accept_swap
from portal.booking.actions.waits import accept, decline, join, leave

__all__ = [
    "AlreadyBooked",
    "BeyondLimit",
    "HandedOver",
    "TimeTaken",
    "Wish",
    "accept",
    "accept_swap",
    "arrive",
    "book",
    "call",
    "call_next",
    "cancel",
    "cancel_by_phone",
    "carry_out",
    "check_in",
    "come_back",
    "contest",
    "decline",
    "drop_out",
    "excuse",
    "extend",
    "finish",
    "hold",
    "join",
    "lapse",
    "leave",
    "miss",
    "move",
    "named",
    "offer_next",
    "park",
    "part",
    "protect",
    "reassign",
    "recall",
    "refusal",
    "ring",
    "seat",
    "serve_waitlist",
    "start",
    "ticket",
    "tidy",
    "uphold",
]
