"""What a lawyer gave in a year, counted from the roster, the appointments, the prescriptions and the lectures."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from portal import clock, locality
from portal.booking.models import Appointment
from portal.booking.models import State as Booked
from portal.consultations.models import Prescription, PrescriptionState
from portal.lectures.models import Lecture
from portal.lectures.models import State as LectureState
from portal.roster.models import Duty, Lawyer


class Month(NamedTuple):
    """One month of a lawyer's service at this community; `minutes` are those of mornings and lectures together."""

    key: str
    mornings: int
    consultations: int
    prescriptions: int
    lectures: int
    minutes: int


async def year_of(lawyer: Lawyer, year: int) -> list[Month]:
    """The months of a year in which the lawyer served the community that is meant, up to today. A morning counts when it
    stood; a consultation when it began; a prescription once, however often it was corrected."""
    first, until = date(year, 1, 1), min(date(year, 12, 31), clock.today())
    span = (clock.at(first), clock.now())
    here = locality.current()
    duties = await Duty.filter(
        lawyer_id=lawyer.id, community_id=here, day__gte=first, day__lte=until, withdrawn_at=None
    ).values_list("day", "from_minute", "until_minute")
    lectures = await Lecture.filter(
        **_between("starts_at", span, year), speaker_id=lawyer.id, community_id=here, state=LectureState.HELD
    ).values_list("starts_at", "ends_at")
    seen = await Appointment.filter(
        **_between("starts_at", span, year),
        lawyer_id=lawyer.id,
        community_id=here,
        state__in=[Booked.STARTED, Booked.DONE],
    ).values_list("starts_at", flat=True)
    written = (
        await Prescription.filter(
            **_between("issued_at", span, year),
            lawyer_id=lawyer.id,
            consultation__community_id=here,
            version=1,
        )
        .exclude(state=PrescriptionState.DRAFT)
        .values_list("issued_at", flat=True)
    )
    mornings = Counter(_key(day) for day, _from, _until in duties)
    minutes = Counter[str]()
    for day, begins, ends in duties:
        minutes[_key(day)] += ends - begins
    for begins, ends in lectures:
        minutes[_key(clock.day_of(begins))] += round((ends - begins).total_seconds() / 60)
    consulted, issued = _monthly(seen), _monthly(written)
    spoken = _monthly(begins for begins, _ends in lectures)
    keys = sorted({*mornings, *consulted, *issued, *spoken})
    return [Month(key, mornings[key], consulted[key], issued[key], spoken[key], minutes[key]) for key in keys]


def _between(column: str, span: tuple[datetime, datetime], year: int) -> dict[str, datetime]:
    return {f"{column}__gte": span[0], f"{column}__lt": min(span[1], clock.at(date(year + 1, 1, 1)))}


def _monthly(instants: Iterable[Any]) -> Counter[str]:
    return Counter(_key(clock.day_of(at)) for at in instants)


def _key(day: date) -> str:
    return f"{day.year}-{day.month:02}"
