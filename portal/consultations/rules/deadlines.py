"""Who sees, adds, confirms and takes out a deadline of a consultation; how many may be told; when one makes it urgent."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from portal import policy
from portal.consultations.models import Danger
from portal.consultations.rules import PRESSING, is_handling, is_lawyer_of, is_pressing
from portal.law.periods import Deadline, Period
from portal.people import sight

MOST = 5  # that somebody takes along; lawyer and staff may add more
BACK, AHEAD = timedelta(days=36_525), timedelta(days=3_653)  # how far from today an event may lie


class Counted(NamedTuple):
    """A period, the day it was counted from, and its end."""

    period: Period
    event_on: date
    end: Deadline


def shown_to(person: Any, consultation: Any) -> bool:
    """The resident sees their deadlines, and so does whoever works on it: a lawyer who may read what was asked; of a
    protected one nobody who may not know whose it is, for a period of the law says what it is about. The consultation came
    through the door."""
    if person.id == consultation.person_id:
        return policy.OWN in consultation.relations
    is_theirs = policy.ASSIGNED in consultation.relations or person.serves(consultation.community_id)
    return is_theirs and is_handling(person, consultation) and not sight.is_nameless(consultation)


def may_add(person: Any, consultation: Any) -> bool:
    """Lawyer and staff, for others."""
    return person.id != consultation.person_id and shown_to(person, consultation)


def may_confirm(person: Any, consultation: Any) -> bool:
    """Only its lawyer answers for a last day, or for the day it is counted from."""
    is_theirs = policy.ASSIGNED in consultation.relations and is_lawyer_of(person, consultation)
    return is_theirs and person.id != consultation.person_id


def may_remove(person: Any, consultation: Any, is_confirmed: bool) -> bool:
    """What no lawyer has confirmed anybody who works on it takes out; the rest only its lawyer."""
    return may_confirm(person, consultation) or (not is_confirmed and may_add(person, consultation))


def dangers(ticked: Iterable[str], counted: Iterable[Counted], today: date) -> tuple[str, ...]:
    """What makes it urgent, with a last day less than seven days away among it."""
    named = set(ticked)
    if any(is_pressing(one.end.days_left(today)) for one in counted):
        named.add(Danger.DEADLINE.value)
    return tuple(code.value for code in Danger if code.value in named)


def near(today: date) -> dict[str, date]:
    """The last days that are pressing now, as a condition on `last_on`."""
    return {"last_on__gte": today, "last_on__lt": today + timedelta(days=PRESSING)}
