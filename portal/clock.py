"""The only reader of the time, so that every rule can be asked about any instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_offset = timedelta()


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC) + _offset


def today() -> date:
    """The date on the wall calendar of the service centre."""
    return now().astimezone(CHINA).date()


def at(day: date, minute: int = 0) -> datetime:
    """The instant so many minutes after midnight in China on this day, in UTC."""
    return (datetime.combine(day, time(), CHINA) + timedelta(minutes=minute)).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The date in China at this instant."""
    return instant.astimezone(CHINA).date()


def minute_of(instant: datetime) -> int:
    """Minutes since midnight in China at this instant."""
    local = instant.astimezone(CHINA)
    return local.hour * 60 + local.minute


def span(day: date) -> tuple[datetime, datetime]:
    """The day as [start, end) in UTC: what a look-up by day compares with."""
    return at(day), at(day + timedelta(days=1))


def shift_to(instant: datetime) -> None:
    """Let this process live at another instant (demonstrations only); time goes on from there."""
    global _offset
    _offset = instant - datetime.now(UTC)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Live at another instant inside the block (tests)."""
    global _offset
    before = _offset
    shift_to(instant)
    try:
        yield
    finally:
        _offset = before
