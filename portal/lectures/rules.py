"""Who may do what with a lecture or a seat, and the sums behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from portal.languages import _
from portal.law.days import SATURDAY, Calendar
from portal.lectures.models import Lecture, SignUp, SignUpState, State
from portal.people.models import Person

MOST_SEATS = 6  # one sign-up: a family
MOST_SESSIONS = 12  # one series
MOST_CAPACITY = 500  # the largest hall anybody has asked for
DOORS = timedelta(hours=1)  # before the beginning people are let in and counted

Waiting = TypeVar("Waiting", bound=Any)


@dataclass(frozen=True)
class Plan:
    """One lecture as staff wrote it down: the columns of `Lecture` that are theirs to choose."""

    title: str
    theme: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    capacity: int
    summary: str = ""
    audience: str = ""
    articles: list[int] = field(default_factory=list)
    speaker_id: UUID | None = None


# -- who may ---------------------------------------------------------------------------------------------------------------


def may_open(person: Person, lecture: Lecture, now: datetime) -> bool:
    """Staff announce a lecture that still lies ahead."""
    return person.serves(lecture.community_id) and now < lecture.starts_at


def may_cancel(person: Person, lecture: Lecture, now: datetime) -> bool:
    """Staff cancel, also one that should have been held and was not."""
    return person.serves(lecture.community_id)


def may_hold(person: Person, lecture: Lecture, now: datetime) -> bool:
    """Staff record that it took place, once it has begun."""
    return person.serves(lecture.community_id) and now >= lecture.starts_at


def may_edit(person: Person, lecture: Lecture, now: datetime) -> bool:
    """Staff change what is planned or announced until it begins."""
    return (
        person.serves(lecture.community_id)
        and lecture.state in (State.PLANNED, State.OPEN)
        and now < lecture.starts_at
    )


def may_count(person: Person, lecture: Lecture, now: datetime) -> bool:
    """Staff tick off who came, from an hour before the beginning on."""
    return (
        person.serves(lecture.community_id)
        and lecture.state in (State.OPEN, State.HELD)
        and now >= lecture.starts_at - DOORS
    )


def may_read_questions(person: Person | None, lecture: Lecture) -> bool:
    """Staff and the speaker read what people want to know; the names stay with staff. Needs `speaker` loaded."""
    if person is None:
        return False
    return person.serves(lecture.community_id) or (
        lecture.speaker is not None and lecture.speaker.person_id == person.id
    )


def is_signing_up(lecture: Lecture, now: datetime) -> bool:
    """Seats can be taken and given back while it is open and has not begun."""
    return lecture.state == State.OPEN and now < lecture.starts_at


def may_give_up(person: Person, sign_up: SignUp, now: datetime) -> bool:
    """One's own seats, or staff for somebody who calls; needs `lecture` loaded."""
    is_theirs = sign_up.person_id == person.id or person.serves(sign_up.lecture.community_id)
    return is_theirs and is_signing_up(sign_up.lecture, now)


def may_return(person: Person, sign_up: SignUp, now: datetime) -> bool:
    """Sign up once more after giving up; needs `lecture` loaded."""
    return sign_up.person_id == person.id and is_signing_up(sign_up.lecture, now)


def may_promote(person: Person, sign_up: SignUp, now: datetime) -> bool:
    """Nobody: whoever waits moves up by themselves, in order."""
    return False


MAY = {"open": may_open, "cancel": may_cancel, "hold": may_hold}
MAY_SEAT = {"cancel": may_give_up, "sign_up": may_return, "wait": may_return, "promote": may_promote}


def may_change_seats(person: Person, sign_up: SignUp, now: datetime) -> bool:
    """More seats, or fewer, while one has any or waits for them."""
    return sign_up.state != SignUpState.CANCELLED and may_give_up(person, sign_up, now)


# -- sums ------------------------------------------------------------------------------------------------------------------


def fitting(waiting: Sequence[Waiting], left: int) -> list[Waiting]:
    """Of those waiting, in their order, whoever fits into the seats left. A family too large lets the next one pass."""
    chosen = []
    for one in waiting:
        if one.seats <= left:
            chosen.append(one)
            left -= one.seats
    return chosen


def reminder_at(starts_at: datetime, now: datetime) -> datetime | None:
    """When to remind: a day before, at the same hour; not at all when that is past or almost."""
    due = starts_at - timedelta(days=1)
    return due if due >= now + timedelta(hours=3) else None


def session_days(first: date, sessions: int, calendar: Calendar) -> list[date]:
    """The days of a weekly series: the same weekday each week, a week that is closed on it left out.

    ValueError with a sentence when the first is no working day, or a weekend that others should follow.
    """
    if not calendar.is_workday(first):
        raise ValueError(_("这一天不上班，请选一个工作日。"))
    if sessions > 1 and first.weekday() >= SATURDAY:
        raise ValueError(_("这一天是调休上班，只能排一场。系列讲座请从周一到周五里选。"))
    days, day = [first], first
    while len(days) < sessions:
        day += timedelta(weeks=1)
        if calendar.is_workday(day):
            days.append(day)
    return days
