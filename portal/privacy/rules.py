"""When an answer is due, who may give it, who may let something go: pure judgements, asked with the time."""

from datetime import date, datetime, timedelta
from typing import Any

from portal.languages import lazy_
from portal.people.models import Role
from portal.privacy.models import Wish

ANSWER = timedelta(days=15)  # within which every request is answered
COPY = timedelta(hours=24)  # within which a copy is granted
TAKEN_WITHIN = timedelta(days=7)  # after it was granted a copy may be fetched as often as wanted
AGAIN_AFTER = timedelta(days=180)  # what was refused is proposed again

REASONS = {
    "needed": lazy_("还有人要用"),
    "lawsuit": lazy_("牵涉诉讼或者投诉"),
    "wrong": lazy_("选得不对"),
}


def due(wish: str, now: datetime) -> datetime:
    """Until when a request must be answered: a copy within a day, the rest within fifteen (个人信息保护法 45–50)."""
    return now + (COPY if wish == Wish.EXPORT else ANSWER)


def _covers(person: Any, role: str, community: Any) -> bool:
    places = person.minds(role)
    return None in places or community in places


def may_answer(person: Any, request: Any, now: datetime) -> bool:
    """A lead of the community, never about themselves."""
    return person.id != request.person_id and _covers(person, Role.LEAD, request.community_id)


def may_withdraw(person: Any, request: Any, now: datetime) -> bool:
    """Whoever asked."""
    return bool(person.id == request.person_id)


REQUEST_MAY = {
    "grant": may_answer,
    "refuse": may_answer,
    "finish": lambda person, request, now: request.wish == Wish.CORRECT and may_answer(person, request, now),
    "withdraw": may_withdraw,
}


def may_take(person: Any, request: Any, now: datetime) -> bool:
    """May the copy be fetched: granted to this person, and not longer than a week since it was first fetched?"""
    if request.wish != Wish.EXPORT or request.person_id != person.id:
        return False
    is_fresh = request.ended_at is None or now < request.ended_at + TAKEN_WITHIN
    return request.state in ("granted", "done") and is_fresh


def may_review(person: Any, disposal: Any, now: datetime) -> bool:
    """A lead or auditor of the community who did not propose it: nobody lets anything go alone."""
    if person.id == disposal.proposed_by_id:
        return False
    return any(_covers(person, role, disposal.community_id) for role in (Role.LEAD, Role.AUDITOR))


DISPOSAL_MAY = {
    "approve": may_review,
    "refuse": may_review,
    "carry_out": lambda person, disposal, now: False,  # the portal does, by itself
}


def before(days: int, today: date) -> date:
    """What ended before this day has been kept long enough this month: a month is proposed at once."""
    return today.replace(day=1) - timedelta(days=days)
