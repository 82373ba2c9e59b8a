"""Times of the clinic as they stand in forms and addresses: 20261215T0930, on China's clock."""

import re
from datetime import date, datetime
from functools import lru_cache

from portal import clock
from portal.web import forms

_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})T([01]\d|2[0-3])([0-5]\d)", re.ASCII)


@lru_cache(maxsize=1024)
def read_time(text: str) -> datetime | None:
    """The instant a form means, or None for anything that is no time between 2000 and 2200."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute = map(int, found.groups())
    try:
        on = date(year, month, day)
    except ValueError:
        return None
    return clock.at(on, hour * 60 + minute) if 2000 <= year <= 2200 else None


def write_time(at: datetime) -> str:
    """The instant as a form says it."""
    return at.astimezone(clock.CHINA).strftime("%Y%m%dT%H%M")


def read_day(text: str, otherwise: date) -> date:
    """A day in an address (2026-12-15); anything else is the other one."""
    day = forms.read_day(text)
    return day if day and 2000 <= day.year <= 2200 else otherwise
