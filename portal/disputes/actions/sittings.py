"""Sittings: planned with both sides willing, held with their rights told, or called off."""

from datetime import datetime

from portal import clock, journal, states
from portal.database import transaction
from portal.disputes import rules
from portal.disputes.actions.moves import claim, judge, tell
from portal.disputes.models import Dispute, Sitting, State
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people.models import Person


async def plan_sitting(
    person: Person,
    dispute: Dispute,
    *,
    mediator: Person,
    starts_at: datetime,
    place: str,
    willing: bool,
    safe: bool = False,
) -> Sitting:
    """Plan a sitting and tell the reporter when and where.

    Raises Refusal for a time that is past, when one side does not want it (人民调解法 17), and for a dispute marked as
    dangerous while nobody has made sure that both can come safely.
    """
    judge(person, dispute, "mediate")
    now = clock.now()
    if not now < starts_at <= now + rules.SITTINGS_AHEAD:
        raise Refusal(_("调解时间要在今后三个月以内。"))
    if not willing:
        raise Refusal(_("有一方不愿意，就不能调解。"))
    if dispute.is_dangerous and not safe:
        raise Refusal(_("这件事有危险标记：先确认双方能安全到场，再安排见面。"))
    async with transaction():
        if dispute.state == State.ACCEPTED:
            await claim(dispute)
            await states.move(person, dispute, "mediate", detail={"level": dispute.level})
        elif dispute.state == State.MEDIATING:
            await claim(dispute)
        else:
            raise Conflict(_("先受理，再安排调解。"))
        sitting = await Sitting.create(
            dispute=dispute, mediator=mediator, starts_at=starts_at, place=place, minutes=""
        )
        detail = {"willing": True, "safe": True} if dispute.is_dangerous else {"willing": True}
        await journal.record(person, "plan", sitting, dispute=dispute.number, **detail)
        await tell(
            person, dispute, str(sitting.id), "disputes/sitting", starts_at=starts_at.isoformat(), place=place
        )
    return sitting


async def hold_sitting(
    person: Person, sitting: Sitting, *, attended: str, minutes: str, rights_told: bool
) -> None:
    """Write down who came and what was said. Their rights must have been told first (人民调解法 23): to choose the
    mediator, to accept, refuse or stop, to have it open or closed, to speak freely."""
    dispute = await Dispute.get(id=sitting.dispute_id)
    if not rules.may_record(person, sitting, dispute, clock.now()):
        raise Forbidden
    if not rights_told:
        raise Refusal(_("先告知双方的权利，再开始调解。"))
    async with transaction():
        await states.move(
            person,
            sitting,
            "hold",
            detail={"dispute": dispute.number},
            attended=attended,
            minutes=minutes,
            rights_told=True,
        )


async def cancel_sitting(person: Person, sitting: Sitting) -> None:
    """Call it off and tell the reporter."""
    dispute = await Dispute.get(id=sitting.dispute_id)
    if not (rules.stands_with(person, dispute) or person.id == sitting.mediator_id):
        raise Forbidden
    async with transaction():
        await states.move(person, sitting, "cancel", detail={"dispute": dispute.number})
        await tell(person, dispute, f"cancel {sitting.id}")
