"""What comes after a 处方: one more question within a week, and after a month whether it helped."""

from datetime import date, datetime, timedelta
from typing import Any

from portal import policy
from portal.consultations import rules
from portal.consultations.models import HELPED_NAMES, Helped, State

ASKING = timedelta(days=7)  # from when the 处方 was issued
AFTER = timedelta(days=30)  # then its resident is asked whether it helped
ASKED_FOR = timedelta(
    days=14
)  # so long after that the question is still sent, should the portal have stood still
ANSWERING = timedelta(days=60)  # and so long it may be answered
ANSWER_WORKDAYS = 3  # where nobody of that firm sits here in the coming week


def is_in_time(issued_at: datetime | None, now: datetime) -> bool:
    """May what was issued then still be asked about?"""
    return issued_at is not None and now < issued_at + ASKING


def may_ask(person: Any, prescription: Any, follow_up: Any, now: datetime) -> bool:
    """Its own resident, once, within seven days. The 处方 came through the door."""
    is_own = policy.OWN in prescription.relations
    return is_own and follow_up is None and is_in_time(prescription.issued_at, now)


def may_answer(person: Any, prescription: Any, follow_up: Any) -> bool:
    """The lawyer it went to, or the one whose consultation it is, once."""
    is_lawyer = {policy.ASSIGNED, policy.ASKED} & prescription.relations
    return follow_up is not None and follow_up.answered_at is None and bool(is_lawyer)


def reads(prescription: Any) -> bool:
    """Does whoever reads the 处方 read what was asked about it? Not those at the desk who only hand it over."""
    return bool({policy.OWN, policy.PROXY, policy.ASSIGNED, policy.ASKED} & prescription.relations)


def may_tell(person: Any, consultation: Any, now: datetime) -> bool:
    """Whether it helped: its resident, or whoever they let answer for them, once, from the thirtieth day on."""
    is_theirs = {policy.OWN, policy.ASKS_BACK} & consultation.relations
    return bool(is_theirs) and not consultation.helped and is_due(consultation, now)


def is_due(consultation: Any, now: datetime) -> bool:
    """Is it time to ask whether it helped, and not too late to answer?"""
    if consultation.state != State.ADVISED:
        return False
    return bool(consultation.ended_at + AFTER <= now < consultation.ended_at + AFTER + ANSWERING)


def is_to_be_recalled(consultation: Any) -> bool:
    """Did its resident say that it did not help, and nobody has rung them since?"""
    return consultation.helped == Helped.NO and consultation.recalled_at is None


def due(duty: date | None, third_workday: date) -> date:
    """The day by which an answer is promised: when the lawyer next sits here, else the third working day."""
    return duty or third_workday


def shown(person: Any, consultation: Any, now: datetime) -> dict[str, Any]:
    """What the pages of a consultation say of it."""
    return {
        "helped": HELPED_NAMES[Helped(consultation.helped)] if consultation.helped else "",
        "may_tell": may_tell(person, consultation, now),
        "may_recall": is_to_be_recalled(consultation) and rules.is_handling(person, consultation),
    }
