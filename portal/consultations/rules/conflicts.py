"""Who looks at the names of a consultation, who says whether anything stands against it, and who may add to what is compared."""

from typing import Any

from portal import policy
from portal.consultations.models import State
from portal.consultations.rules import OVER, is_handling, is_lawyer_of


def sees_names_only(person: Any, consultation: Any) -> bool:
    """Its lawyer, before they have said that nothing stands against it. The consultation came through the door."""
    is_offered = policy.OFFERED in consultation.relations and policy.ASSIGNED not in consultation.relations
    return is_offered and is_lawyer_of(person, consultation) and person.id != consultation.person_id


def may_judge(person: Any, consultation: Any) -> bool:
    """Its lawyer, for as long as it is not over: a conflict may come to light in the middle."""
    is_open = consultation.state in (State.ASKED, State.STARTED)
    return is_open and is_lawyer_of(person, consultation) and consultation.appointment.state not in OVER


def may_complete(person: Any, consultation: Any) -> bool:
    """Its lawyer and the staff of its community, while it is open and a lawyer has it."""
    is_open = consultation.state in (State.ASKED, State.STARTED) and consultation.appointment is not None
    return is_open and is_handling(person, consultation)
