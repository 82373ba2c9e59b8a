"""What a 处方 says must be done by a certain day, and the same as entries in its resident's own calendar."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event

from portal import settings
from portal.languages import _

ON = re.compile(r"(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")
EARLY = timedelta(days=3, hours=-9)  # before the day begins: the calendar reminds at nine in the morning
LONGEST = 200  # characters of an entry's heading


class Line(NamedTuple):
    """One line with a day in it; the first day counts, as in 2026年12月15日以前."""

    on: date
    words: str


def lines(prescription: Any) -> list[Line]:
    """Those of the deadlines, then those of the steps, as they stand there."""
    found = []
    for text in (prescription.deadlines, prescription.steps):
        for words in text.splitlines():
            if on := _day(words):
                found.append(Line(on, words.strip()))
    return found


def _day(words: str) -> date | None:
    """The first real day that is written there."""
    for year, month, day in ON.findall(words):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def calendar(prescription: Any, versions: Sequence[Any], path: str) -> bytes:
    """The last days as iCalendar (RFC 5545), a whole day each, with a reminder three days before. `versions` are all that
    were issued.

    One UID for the same place in the list in every version, SEQUENCE counting versions, so that a correction moves what was
    imported before; what a correction left out is cancelled. Whoever asked us to be careful, or is protected, reads in
    their calendar that there is something to do, and not what. Needs `consultation__person` loaded.
    """
    consultation, site = prescription.consultation, settings.current().site
    is_careful = consultation.person.is_neutral or consultation.protection_id is not None
    now, most = lines(prescription), max((lines(one) for one in versions), key=len, default=[])
    made = Calendar()
    made.add("prodid", "-//portal//deadlines//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for n, line in enumerate([*now, *most[len(now) :]]):
        is_over = n >= len(now)
        event, said = Event(), _("服务中心提醒您办一件事") if is_careful else line.words[:LONGEST]
        event.add("uid", f"{consultation.id}-{n}@{urlsplit(site).hostname}")
        event.add("sequence", prescription.version - 1)
        event.add("dtstamp", prescription.issued_at)
        event.add("dtstart", line.on)
        event.add("dtend", line.on + timedelta(days=1))
        event.add("summary", said)
        event.add("transp", "TRANSPARENT")
        event.add("status", "CANCELLED" if is_over else "CONFIRMED")
        if not is_careful:
            event.add("url", f"{site}{path}")
        if not is_over:
            event.add_component(_reminder(said))
        made.add_component(event)
    return made.to_ical()


def _reminder(said: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", said)
    alarm.add("trigger", -EARLY)
    return alarm
