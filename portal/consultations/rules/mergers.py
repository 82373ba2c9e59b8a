"""When two questions are the same matter asked twice: who may join them, with what reason, and until when that is undone."""

from datetime import datetime, timedelta
from typing import Any

from portal.consultations.models import Outcome, State

WITHIN = timedelta(days=90)  # of the earlier one
UNDONE = timedelta(days=1)
MOST_REASON, LEAST_REASON = 400, 4


def may_compare(person: Any, consultation: Any) -> bool:
    """Is this one that might have been asked before, for whoever looks? Nothing is ever said beside a protected one."""
    is_own = person.id == consultation.person_id
    return not is_own and consultation.protection_id is None and consultation.merged_into_id is None


def may_merge(person: Any, consultation: Any, now: datetime) -> bool:
    """Staff of its community join it to an earlier one."""
    return may_compare(person, consultation) and person.serves(consultation.community_id)


def needs_reason(later: Any, earlier: Any) -> bool:
    """Two people are taken for one only by somebody who says why."""
    return bool(later.person_id != earlier.person_id)


def ends_with_it(later: Any, earlier: Any) -> bool:
    """A question that only waits for a call is carried on under the earlier number, while that is open. Whoever has a time
    keeps it; and nobody's question is over because an old one was."""
    is_waiting = later.state == State.ASKED and later.appointment_id is None
    return is_waiting and earlier.state in (State.ASKED, State.STARTED)


def may_separate(person: Any, consultation: Any, merged_at: datetime | None, now: datetime) -> bool:
    """Within a day whoever may merge may take it back."""
    is_theirs = person.id != consultation.person_id and person.serves(consultation.community_id)
    if merged_at is None or consultation.merged_into_id is None:
        return False
    return is_theirs and now < merged_at + UNDONE


def was_ended(consultation: Any) -> bool:
    """Did it end by being merged? Then it is open again when it is taken apart."""
    return consultation.state == State.CLOSED and consultation.outcome == Outcome.MERGED
