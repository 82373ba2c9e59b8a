"""An appointment as an entry in somebody's calendar, which says nothing of law."""

from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from portal import settings
from portal.booking.models import Appointment, State
from portal.languages import _


def entry(appointment: Appointment, place: dict[str, Any], path: str) -> bytes:
    """The appointment as iCalendar (RFC 5545): one UID for life, SEQUENCE counting its changes, CANCEL when cancelled.

    `slot` and `second_slot` must be loaded. Whoever sees the calendar learns that somebody goes to the service centre; of a protected
    appointment not even its number, and nothing leads to it.
    """
    site = settings.current().site
    is_cancelled = appointment.state == State.CANCELLED
    event = Event()
    own = appointment.id if appointment.protection_id else appointment.number
    event.add("uid", f"{own}@{urlsplit(site).hostname}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.created_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", _("服务中心预约"))
    event.add("location", f"{place['name']} {place['address']}".strip())
    if not appointment.protection_id:
        event.add("description", _("编号 %(number)s") % {"number": appointment.number})
        event.add("url", f"{site}{path}")
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//portal//appointments//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()
