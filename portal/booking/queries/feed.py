"""What a lawyer's own calendar is drawn from: their mornings, and how many times of each are taken. No word of who comes."""

from collections import Counter
from datetime import timedelta
from typing import Any, NamedTuple

from portal import clock, journal
from portal.booking.models import Hold
from portal.people import queries as people
from portal.people.models import Role
from portal.roster import rules
from portal.roster.feed_actions import hashed
from portal.roster.models import Duty, Lawyer, Slot

BACK = timedelta(weeks=4)


class Sitting(NamedTuple):
    """One morning. `changes` counts up with whatever happened to it."""

    duty: Duty
    booked: int
    free: int
    changes: int


async def lawyer_of(secret: str) -> Lawyer | None:
    """Whose calendar this is, while they are a lawyer here."""
    found = await Lawyer.filter(feed=hashed(secret), is_active=True).select_related("person").first()
    if found is None or found.person.frozen_at is not None:
        return None
    return found if Role.LAWYER in (await people.with_posts(found.person)).roles else None


async def sittings(lawyer: Lawyer) -> list[Sitting]:
    """The lawyer's mornings from four weeks back to eight weeks ahead, those that were taken back among them."""
    today = clock.today()
    found = Duty.filter(lawyer_id=lawyer.id, day__gte=today - BACK, day__lte=today + rules.AHEAD)
    duties = await found.select_related("community").order_by("day")
    keys = [duty.id for duty in duties]
    offered: Counter[Any] = Counter(
        await Slot.filter(duty_id__in=keys, withdrawn_at=None).values_list("duty_id", flat=True)
    )
    taken: Counter[Any] = Counter(
        await Hold.filter(slot__duty_id__in=keys, slot__withdrawn_at=None, ends_at__isnull=True).values_list(
            "slot__duty_id", flat=True
        )
    )
    told = journal.Entry.filter(kind="duty", subject__in=[str(key) for key in keys])
    changes: Counter[Any] = Counter(await told.values_list("subject", flat=True))
    return [
        Sitting(duty, taken[duty.id], offered[duty.id] - taken[duty.id], changes[str(duty.id)])
        for duty in duties
    ]
