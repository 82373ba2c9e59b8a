"""A lawyer sees the names first, and says whether anything stands against it; then the words are theirs, or another firm's."""

from typing import Any
from uuid import UUID

from portal.booking import actions as booking
from portal.booking.models import MATTER
from portal.conflicts import actions as conflicts
from portal.conflicts import possible
from portal.conflicts.models import Decision, Party, Side
from portal.consultations.models import Consultation
from portal.consultations.rules import conflicts as conflict_rules
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person


class Unconfirmed(Conflict):
    """Nobody has said yet that nothing stands against it: the words stay closed."""

    def plain(self) -> str:
        return _("请先看双方的姓名，确认没有利益冲突，再开始。")


async def judged(consultation: Consultation) -> None:
    """Raises Unconfirmed before the names were looked at. `appointment` must be loaded."""
    appointment = consultation.appointment
    if appointment and not await possible.is_confirmed(appointment.firm_id, MATTER, appointment.id):
        raise Unconfirmed


async def decide(person: Person, consultation: Consultation, decision: Decision) -> bool:
    """What its lawyer says of the names. With a conflict their firm is behind a wall at once, and the appointment goes to a
    lawyer of another firm at the same time: answers whether one was free; else the desk is asked to see to it.

    Forbidden for anybody but its lawyer, and where it is over.
    """
    if not conflict_rules.may_judge(person, consultation):
        raise Forbidden
    appointment: Any = consultation.appointment
    async with transaction():
        await conflicts.decide(person, MATTER, appointment.id, appointment.firm_id, decision)
    if decision == Decision.NONE:
        return True
    before = appointment.lawyer_id
    await booking.part()
    await appointment.refresh_from_db(fields=["lawyer_id"])
    return bool(appointment.lawyer_id != before)


async def complete(person: Person, consultation: Consultation, building: UUID | None, tail: str) -> int:
    """More about the other side, said at the desk: the building they live in, the end of their identity number. Compared
    again with everybody the firm has met; how many may be meant. Forbidden for whoever does not work on it."""
    if not conflict_rules.may_complete(person, consultation):
        raise Forbidden
    appointment: Any = consultation.appointment
    async with transaction():
        others = Party.filter(matter_kind=MATTER, matter=appointment.id, side=Side.OTHER, is_former=False)
        for party in await others:
            changed = {"building_id": building or party.building_id, "id_tail": tail or party.id_tail}
            await Party.filter(id=party.id).update(**party.sealed(**changed))
        found = await conflicts.look_again(person, MATTER, appointment.id, appointment.firm_id)
    return len(found.possible) if found else 0
