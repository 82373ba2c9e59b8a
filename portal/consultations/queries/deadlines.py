"""Last days: counted from a day by the calendar of the law, and those of consultations with what stands behind them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from portal import clock, locality
from portal.booking.models import MATTER
from portal.conflicts.possible import confirmed
from portal.consultations.models import Consultation, Deadline, State
from portal.consultations.rules import deadlines, is_pressing
from portal.consultations.rules.deadlines import Counted
from portal.law.days import Calendar
from portal.law.periods import PERIODS, Period
from portal.law.periods import Deadline as End
from portal.people.models import Person
from portal.roster.queries import legal_calendar

ROLLED = timedelta(days=60)  # beyond the days off on the way and at the end
OPEN = Q(state__in=[State.ASKED, State.STARTED])


@dataclass(frozen=True)
class Due:
    """One deadline of a consultation as its page shows it."""

    row: Deadline
    number: str  # of the consultation it was told with
    period: Period
    end: End
    left: int
    confirmed_by: str

    @property
    def is_pressing(self) -> bool:
        """Less than seven days, and not over."""
        return is_pressing(self.left)


async def end_of(period: Period, on: date) -> End | None:
    """When a period ends that is counted from this day; None beyond what a calendar can say."""
    try:
        counted = period.deadline(on, Calendar())
        return counted and period.deadline(on, await legal_calendar(on, counted.raw + ROLLED))
    except (OverflowError, ValueError):
        return None


async def counted(told: Iterable[tuple[str, date]]) -> list[Counted]:
    """What was told as (key of a period, day) with its end; what cannot be counted is left out."""
    found = []
    for key, on in told:
        period = PERIODS.get(key)
        if period and period.length and (end := await end_of(period, on)):
            found.append(Counted(period, on, end))
    return found


async def of(consultations: Sequence[Consultation]) -> list[Due]:
    """The deadlines of these consultations, the nearest first."""
    numbers = {one.id: one.number for one in consultations}
    rows = Deadline.filter(consultation_id__in=list(numbers)).order_by("last_on", "created_at")
    today, found = clock.today(), []
    for row in await rows.select_related("confirmed_by__person"):
        period = PERIODS[row.period]
        end = await end_of(period, row.event_on)
        known = End(row.last_on, row.rolled_on, bool(end and end.provisional))
        by = row.confirmed_by.person.name if row.confirmed_by else ""
        number = numbers[row.consultation_id]
        found.append(Due(row, number, period, known, known.days_left(today), by))
    return found


async def nearest(keys: Collection[UUID]) -> dict[UUID, date]:
    """consultation → the next last day of it; one that is over where none is to come."""
    today = clock.today()
    found: dict[UUID, date] = {}
    rows = Deadline.filter(consultation_id__in=list(keys)).order_by("last_on")
    for key, on in await rows.values_list("consultation_id", "last_on") if keys else []:
        if key not in found or found[key] < today:
            found[key] = on
    return found


def pressing() -> Q:
    """Consultations of which a last day is less than seven days away."""
    near: Any = deadlines.near(clock.today())
    return Q(id__in=Subquery(Deadline.filter(**near).values("consultation_id")))


def of_lawyer(person: Person) -> Any:
    """The lawyer's own open consultations that press, wherever they are; none of which they see names only yet."""
    mine = Consultation.visible_to(person).filter(OPEN, pressing(), appointment__lawyer__person_id=person.id)
    return mine.filter(confirmed(person, MATTER, "appointment_id")).order_by("created_at")


def unmarked() -> Any:
    """Open consultations of which a last day has come near since they were asked, and which nobody calls urgent for it."""
    return Consultation.filter(OPEN, pressing()).exclude(danger__contains="deadline").limit(100)


def here(person: Person) -> Any:
    """Those of the community that is meant which press, as far as this person may see them."""
    return locality.narrow(Consultation.visible_to(person), person).filter(OPEN, pressing())
