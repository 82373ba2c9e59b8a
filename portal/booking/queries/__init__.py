"""Reads of this room: which times are free, whose turn it is, what awaits the desk."""

from portal.booking.queries.desk import affected, listed, queue
from portal.booking.queries.times import (
    OPEN,
    Asker,
    Morning,
    Time,
    ahead,
    desks,
    earliest,
    free_lawyers,
    free_times,
    hold_of,
    in_conflict,
    loads,
    nearest,
    open_desks,
    place,
    window,
)
from portal.booking.queries.waits import before, in_turn, is_anybody_waiting

__all__ = [
    "OPEN",
    "Asker",
    "Morning",
    "Time",
    "affected",
    "ahead",
    "before",
    "desks",
    "earliest",
    "free_lawyers",
    "free_times",
    "hold_of",
    "in_conflict",
    "in_turn",
    "is_anybody_waiting",
    "listed",
    "loads",
    "nearest",
    "open_desks",
    "place",
    "queue",
    "window",
]
