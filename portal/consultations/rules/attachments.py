"""Who hands in papers with a consultation, who reads them, and who takes which back."""

from datetime import datetime, timedelta
from typing import Any

from portal import policy
from portal.consultations.rules import is_handling, is_lawyer_of

STILL = timedelta(days=30)  # after it has ended: what was still missing may come


def reads(person: Any, consultation: Any) -> bool:
    """Whoever may read what was confided reads the papers. The consultation came through the door, just now."""
    return policy.FACTS in consultation.parts


def may_hand_in(person: Any, consultation: Any, now: datetime) -> bool:
    """The resident, and for them whoever handles it, until thirty days after its end; a lawyer who may read it. Needs
    `appointment__lawyer` loaded, and the door passed."""
    if consultation.merged_into_id is not None or (
        consultation.ended_at is not None and now >= consultation.ended_at + STILL
    ):
        return False
    if is_lawyer_of(person, consultation):
        return reads(person, consultation)
    return policy.OWN in consultation.relations or is_handling(person, consultation)


def may_take_back(person: Any, by: Any, consultation: Any) -> bool:
    """Whoever handed it in (`by`), as long as it goes on."""
    return by is not None and by == person.id and consultation.ended_at is None
