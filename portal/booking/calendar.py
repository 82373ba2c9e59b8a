"""An appointment as an entry in somebody's calendar, which says nothing of law."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from portal import clock, settings
from portal.booking.models import Appointment, State
from portal.booking.queries.feed import Sitting
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
    calendar = _calendar("appointments")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()


def mornings(sittings: Iterable[Sitting]) -> bytes:
    """A lawyer's mornings as iCalendar: one UID for life, SEQUENCE counting what happened to it, CANCELLED when it was taken
    back. It tells how many times are taken and nothing of who takes them; `community` must be loaded."""
    host, calendar = urlsplit(settings.current().site).hostname, _calendar("mornings")
    calendar.add("x-wr-calname", _("法律诊所值班"))
    calendar.add("method", "PUBLISH")
    for one in sittings:
        duty, event = one.duty, Event()
        event.add("uid", f"{duty.id}@{host}")
        event.add("sequence", one.changes)
        event.add("dtstamp", clock.now())
        event.add("dtstart", clock.at(duty.day, duty.from_minute))
        event.add("dtend", clock.at(duty.day, duty.until_minute))
        event.add("summary", _("法律诊所值班"))
        if duty.community:
            event.add("location", f"{duty.community.name} {duty.community.address}".strip())
        if duty.withdrawn_at is None:
            said = {"booked": one.booked, "free": one.free}
            event.add("description", _("已约 %(booked)s 个，空 %(free)s 个") % said)
        event.add("status", "CONFIRMED" if duty.withdrawn_at is None else "CANCELLED")
        calendar.add_component(event)
    return calendar.to_ical()


def _calendar(of: str) -> Calendar:
    made = Calendar()
    made.add("prodid", f"-//portal//{of}//ZH")
    made.add("version", "2.0")
    return made
