"""Whoever came and has no 处方 is not forgotten: its lawyer is reminded after some working hours, then staff see it."""

from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from portal import clock, notices, settings
from portal.booking.models import Appointment
from portal.booking.models import State as AppointmentState
from portal.consultations.models import State
from portal.consultations.rules import nag
from portal.database import transaction
from portal.roster import queries as roster

REMINDED = timedelta(days=30)  # what is older is a matter for the lead, not for another message
UNWRITTEN = Q(consultation__id__isnull=True) | Q(consultation__state__in=[State.ASKED, State.STARTED])


async def remind() -> int:
    """Owe each lawyer one message about whoever came so many working hours ago and has no 处方; how many were owed now."""
    hours, owed = settings.current().unwritten_hours, 0
    late = unwritten(Appointment.all(), await _before(hours))
    for one in await late.select_related("lawyer__person").limit(200):
        key = f"consultations/unwritten:{one.id}"
        if await notices.Notice.exists(key=key):
            continue
        async with transaction():
            person = one.lawyer.person
            await notices.owe(person, "consultations/unwritten", key=key, number=one.number, hours=hours)
        owed += 1
    return owed


async def overdue(appointments: Any) -> Any:
    """Those of these appointments that staff should ask about: twice the hours have gone by."""
    late = unwritten(appointments, await _before(2 * settings.current().unwritten_hours))
    return late.select_related("lawyer__person").order_by("started_at")


def unwritten(appointments: Any, before: datetime) -> Any:
    """Those of these appointments that began before then, and whose consultation has no end."""
    attended = appointments.filter(state__in=[AppointmentState.STARTED, AppointmentState.DONE])
    return attended.filter(UNWRITTEN, started_at__lte=before, started_at__gt=before - REMINDED)


async def _before(hours: int) -> datetime:
    now = clock.now()
    today = clock.day_of(now)
    calendar = await roster.calendar(today - REMINDED, today)
    return nag.hours_ago(now.astimezone(clock.CHINA), hours, calendar)
