"""When people are reminded of an appointment: not at night, not for nothing."""

from datetime import datetime, timedelta

from portal.booking.rules import DAY_ENDS, DAY_STARTS


def reminders(booked: datetime, starts: datetime) -> list[tuple[str, datetime]]:
    """When to remind of an appointment: a day and two hours before, neither earlier than 8:00 nor after 20:00.

    Both instants are on China's clock. None on the day of booking; none within three hours of booking, nor so late that
    it would not help.
    """
    asked = {"day": starts - timedelta(days=1), "hours": starts - timedelta(hours=2)}
    due = {name: _in_daytime(at) for name, at in asked.items()}
    return [
        (name, at)
        for name, at in due.items()
        if booked.date() != starts.date()
        and at >= booked + timedelta(hours=3)
        and at <= starts - timedelta(minutes=30)
    ]


def _in_daytime(at: datetime) -> datetime:
    """The same instant, or the nearest of that day at which a telephone may ring."""
    if at.hour < DAY_STARTS:
        return at.replace(hour=DAY_STARTS, minute=0, second=0, microsecond=0)
    if at.hour >= DAY_ENDS:
        return at.replace(hour=DAY_ENDS - 1, minute=30, second=0, microsecond=0)
    return at
