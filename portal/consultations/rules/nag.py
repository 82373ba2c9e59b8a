"""Working hours of the clinic, counted back from an instant."""

from datetime import datetime, time, timedelta

from portal.law import days

OPENS, CLOSES = time(9), time(17)


def hours_ago(local: datetime, hours: int, calendar: days.Calendar) -> datetime:
    """The latest instant since which so many hours from nine to five on working days have gone by. `local` is in China; at
    most thirty days are gone back."""
    left, day = timedelta(hours=hours), local.date()
    for _n in range(30):
        opens = datetime.combine(day, OPENS, local.tzinfo)
        until = min(local, datetime.combine(day, CLOSES, local.tzinfo))
        if calendar.is_workday(day) and until > opens:
            if until - opens >= left:
                return until - left
            left -= until - opens
        day -= timedelta(days=1)
    return datetime.combine(day, OPENS, local.tzinfo)
