"""Whoever has a seat is reminded the day before; whoever gives it up is not."""

from portal import clock, notices
from portal.lectures import rules
from portal.lectures.models import Lecture, SignUp
from portal.records import new_id


async def remind(sign_up: SignUp, lecture: Lecture) -> None:
    """Owe the reminder that still makes sense, in place of any owed before. Needs `person` loaded."""
    await forget(sign_up)
    due = rules.reminder_at(lecture.starts_at, clock.now())
    if due is not None:
        await notices.owe(
            sign_up.person,
            "lectures/reminder",
            key=f"{_keys(sign_up)}{new_id()}",
            due=due,
            number=sign_up.number,
            starts_at=lecture.starts_at,
            venue=lecture.venue,
        )


async def forget(sign_up: SignUp) -> None:
    """Withdraw the reminder if it was not sent yet."""
    unsent = notices.Notice.filter(key__startswith=_keys(sign_up), state=notices.State.OWED)
    await unsent.update(state=notices.State.WITHHELD)


def _keys(sign_up: SignUp) -> str:
    return f"lectures/reminder:{sign_up.number}:"
