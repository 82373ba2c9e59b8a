"""How many appointments one person may have: what counts, and which limit one more would break."""

from collections.abc import Iterable
from datetime import datetime

from portal.booking.models import State

LAWYER_ABSENT = "lawyer_absent"
ENDED = frozenset({State.DONE, State.MISSED, State.CANCELLED})


def beyond(
    own: Iterable[tuple[datetime, str, str]],
    starts_at: datetime | None,
    now: datetime,
    most_open: int,
    most_in_month: int,
) -> str:
    """Which limit one more appointment would break: "open" of those still ahead, "month" of those in the month of
    `starts_at`, or none. `own` are (when, state, why missed); a time to which the lawyer did not come counts for nothing.
    All instants are on China's clock."""
    kept = [(at, state) for at, state, because in own if because != LAWYER_ABSENT]
    if sum(at > now and state not in ENDED for at, state in kept) >= most_open:
        return "open"
    if starts_at is None:
        return ""
    month = (starts_at.year, starts_at.month)
    return "month" if sum((at.year, at.month) == month for at, _state in kept) >= most_in_month else ""
