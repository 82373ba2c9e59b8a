"""Lectures as a calendar file (RFC 5545) that a telephone can subscribe to: the same lecture keeps its UID for ever."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from portal import settings
from portal.languages import _
from portal.lectures.models import Lecture, State


def file(lectures: Iterable[Lecture], address: Callable[[Lecture], str]) -> bytes:
    """The calendar of these lectures; a cancelled one says so instead of vanishing. Needs `speaker__person` loaded."""
    host = urlsplit(settings.current().site).hostname
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//community legal clinic//lectures//ZH")
    calendar.add("x-wr-calname", _("社区普法讲座"))
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for lecture in lectures:
        event = Event()
        event.add("uid", f"{lecture.number}@{host}")
        event.add("dtstamp", lecture.created_at)
        event.add("dtstart", lecture.starts_at)
        event.add("dtend", lecture.ends_at)
        event.add("summary", lecture.title)
        event.add("location", lecture.venue)
        event.add("status", "CANCELLED" if lecture.state == State.CANCELLED else "CONFIRMED")
        event.add("url", address(lecture))
        if lecture.speaker:
            event.add("description", _("主讲：%(name)s") % {"name": lecture.speaker.person.name})
        calendar.add_component(event)
    return calendar.to_ical()
