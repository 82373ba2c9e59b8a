"""Who does what by when. The clock starts at dispatch; sending something back does not reset it."""

from datetime import datetime
from typing import Any

from portal.feedback.models import Category, Handler, State

HANDLE_DAYS = 5  # working days from dispatch to answer
REDO_DAYS = 3  # working days after a resident said that it was not solved
REOPEN_DAYS = 15  # calendar days in which an answer can be contested

SUGGESTED = {
    Category.REPAIR: Handler.PROPERTY,
    Category.SANITATION: Handler.PROPERTY,
    Category.GREENERY: Handler.PROPERTY,
    Category.PARKING: Handler.PROPERTY,
    Category.NOISE: Handler.COMMITTEE,
    Category.SAFETY: Handler.COMMITTEE,
    Category.PROPERTY: Handler.COMMITTEE,
    Category.WELFARE: Handler.COMMITTEE,
    Category.CONDUCT: Handler.COMMITTEE,
    Category.HELP: Handler.CLINIC,
    Category.OTHER: Handler.COMMITTEE,
}


def suggested(category: str) -> Handler:
    """Who usually does this. Whatever the table does not know goes to the committee, so that nothing is lost."""
    return (
        SUGGESTED.get(Category(category), Handler.COMMITTEE)
        if category in set(Category)
        else Handler.COMMITTEE
    )


def is_late(record: Any, now: datetime) -> bool:
    """Dispatched, not answered, and past its day."""
    return record.state == State.DISPATCHED and record.due_at is not None and record.due_at < now


def may_handle(person: Any, record: Any, now: datetime) -> bool:
    """Dispatching and answering are the staff's of its community, who accept for everybody who handles."""
    return bool(person.serves(record.community_id))


def is_theirs(person: Any, record: Any) -> bool:
    """Whoever raised it, or took it in at the door for somebody."""
    return person.id in (record.person_id, record.taken_by_id)


def may_confirm(person: Any, record: Any, now: datetime) -> bool:
    """Only who raised it says that it is solved; staff may write down what they were told on the telephone."""
    return is_theirs(person, record) or may_handle(person, record, now)


def may_reopen(person: Any, record: Any, now: datetime) -> bool:
    """The same people, within fifteen days of the answer."""
    in_time = record.answered_at is not None and (now - record.answered_at).days < REOPEN_DAYS
    return in_time and may_confirm(person, record, now)


MAY = {
    "dispatch": may_handle,
    "return": may_handle,
    "solve": may_handle,
    "give_up": may_handle,
    "disown": may_handle,
    "confirm": may_confirm,
    "reopen": may_reopen,
}
