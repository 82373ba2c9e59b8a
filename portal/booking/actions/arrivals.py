"""Whoever stands at the door checks in by themselves: the digits that hang there, and that it is theirs."""

from datetime import timedelta

from portal import clock, limits, logs, secrecy, states
from portal.booking import passes, queue_rules
from portal.booking.actions.desk import ticket
from portal.booking.models import Appointment, State
from portal.database import transaction
from portal.errors import Refusal
from portal.languages import _
from portal.people import session_rules
from portal.people.models import Person


async def arrive(
    browser: str, code: str, number: str, *, person: Person | None = None, tail: str = "", address: str = ""
) -> Appointment:
    """The appointment of this number, checked in. It is theirs who are signed in, or who know the last four digits of its
    telephone; pressed twice it is done once. What was wrong is never said.

    Raises Refusal, or TooMany beyond 15 tries from a browser in 15 minutes or 200 from a network address in an hour.
    """
    await limits.count(f"arrive:browser:{browser}", 15, timedelta(minutes=15))
    if address:
        await limits.count(f"arrive:address:{secrecy.keyed('address', address)}", 200, timedelta(hours=1))
    found = await Appointment.filter(number=number, protection_id=None).select_related("person").first()
    if found is None or not _is_theirs(found, person, tail) or not _is_here(found, code):
        logs.warn("wrong arrival", browser=secrecy.keyed("tried", browser)[:16])
        raise Refusal(_("没有报到上：数字、编号或尾号不对，或者还没到时间。请直接到服务台。"))
    if found.state == State.CHECKED_IN:
        return found
    if not queue_rules.may_arrive(found, clock.now()):
        raise Refusal(_("没有报到上：数字、编号或尾号不对，或者还没到时间。请直接到服务台。"))
    async with transaction():
        columns = await ticket(found)
        detail = {"by": "door"}
        await states.move(person, found, "check_in", detail=detail, checked_in_at=clock.now(), **columns)
    return found


def _is_theirs(found: Appointment, person: Person | None, tail: str) -> bool:
    if person is not None and person.id == found.person_id:
        return True
    return found.person.phone_tail in secrecy.marks("phone tail", session_rules.digits(tail))


def _is_here(found: Appointment, code: str) -> bool:
    return found.community_id is not None and passes.is_at_door(code, found.community_id, clock.today())
