"""What lawyers gave, month by month, counted from the roster, the appointments, the prescriptions and the lectures."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from portal import clock, locality
from portal.booking.models import Appointment
from portal.booking.models import State as Booked
from portal.consultations.models import Prescription, PrescriptionState
from portal.lectures.models import Lecture
from portal.lectures.models import State as LectureState
from portal.roster import rules
from portal.roster.models import Duty, Lawyer


class Month(NamedTuple):
    """One month of service at this community; `minutes` are those of mornings and lectures together. Of the mornings,
    `planned` have no record of coming and going, and count as long as they were planned."""

    key: str
    mornings: int = 0
    consultations: int = 0
    prescriptions: int = 0
    lectures: int = 0
    minutes: int = 0
    planned: int = 0

    def and_(self, other: "Month") -> "Month":
        """Both together, under this one's key."""
        return Month(self.key, *(mine + theirs for mine, theirs in zip(self[1:], other[1:], strict=True)))


class Served(NamedTuple):
    """A lawyer with their firm, and what they gave."""

    lawyer: Lawyer
    given: Month


async def year_of(lawyer: Lawyer, year: int) -> list[Month]:
    """The months of a year in which the lawyer served the community that is meant, up to today. A morning counts when it
    stood; a consultation when it began; a prescription once, however often it was corrected."""
    found = await _given(date(year, 1, 1), date(year, 12, 31), [lawyer.id])
    return [found[key] for key in sorted(found)]


async def of_month(first: date, last: date, firms: Collection[UUID] | None = None) -> list[Served]:
    """Every lawyer who served here from first to last, all within one month, by firm and name; of these firms where they
    are named. Whoever changed firms is counted with the one they are with now."""
    chosen = Lawyer.all() if firms is None else Lawyer.filter(firm_id__in=list(firms))
    everybody = await chosen.select_related("person", "firm").order_by("firm__name", "person__name", "id")
    found = await _given(first, last, [one.id for one in everybody], by_lawyer=True)
    return [Served(one, found[one.id]) for one in everybody if one.id in found]


async def firm_year(firm: UUID, year: int) -> tuple[list[Month], list[Served]]:
    """A firm's year: by month, and by lawyer."""
    lawyers = (
        await Lawyer.filter(firm_id=firm).select_related("person", "firm").order_by("person__name", "id")
    )
    first, last = date(year, 1, 1), date(year, 12, 31)
    among = [one.id for one in lawyers]
    months = await _given(first, last, among)
    people = await _given(first, last, among, by_lawyer=True)
    return [months[key] for key in sorted(months)], [
        Served(one, people[one.id]) for one in lawyers if one.id in people
    ]


def total(served: list[Month]) -> Month:
    """All of them together."""
    whole = Month("")
    for one in served:
        whole = whole.and_(one)
    return whole


async def _given(
    first: date, last: date, lawyers: Collection[UUID], *, by_lawyer: bool = False
) -> dict[Any, Month]:
    """What these lawyers gave here from first to last, up to now, by month (2026-11), or by lawyer (their id)."""
    last, here = min(last, clock.today()), locality.current()
    span = (clock.at(first), min(clock.span(last)[1], clock.now()))
    found: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def count(lawyer: UUID, day: date, **more: int) -> None:
        key = lawyer if by_lawyer else f"{day.year}-{day.month:02}"
        for name, n in more.items():
            found[key][name] += n

    sat = Duty.filter(
        lawyer_id__in=list(lawyers), community_id=here, day__gte=first, day__lte=last, withdrawn_at=None
    )
    for duty in await sat:
        at_hand = (duty.arrived_at, duty.left_at)
        recorded = [None if at is None else clock.minute_of(at) for at in at_hand]
        minutes, is_recorded = rules.served(duty.from_minute, duty.until_minute, *recorded)
        count(duty.lawyer_id, duty.day, mornings=1, minutes=minutes, planned=int(not is_recorded))
    held = Lecture.filter(
        **_between("starts_at", span),
        speaker_id__in=list(lawyers),
        community_id=here,
        state=LectureState.HELD,
    )
    for lawyer, begins, ends in await held.values_list("speaker_id", "starts_at", "ends_at"):
        count(lawyer, clock.day_of(begins), lectures=1, minutes=round((ends - begins).total_seconds() / 60))
    seen = Appointment.filter(
        **_between("starts_at", span),
        lawyer_id__in=list(lawyers),
        community_id=here,
        state__in=[Booked.STARTED, Booked.DONE],
    )
    for lawyer, at in await seen.values_list("lawyer_id", "starts_at"):
        count(lawyer, clock.day_of(at), consultations=1)
    written = Prescription.filter(
        **_between("issued_at", span), lawyer_id__in=list(lawyers), consultation__community_id=here, version=1
    ).exclude(state=PrescriptionState.DRAFT)
    for lawyer, at in await written.values_list("lawyer_id", "issued_at"):
        count(lawyer, clock.day_of(at), prescriptions=1)
    return {key: Month(key if isinstance(key, str) else "", **counts) for key, counts in found.items()}


def _between(column: str, span: tuple[Any, Any]) -> dict[str, Any]:
    return {f"{column}__gte": span[0], f"{column}__lt": span[1]}
