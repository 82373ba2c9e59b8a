"""Sittings: planned with both sides willing, held with their rights told, or called off."""

from collections.abc import Sequence
from datetime import datetime

from portal import clock, journal, states
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Wall
from portal.conflicts.queries import sides
from portal.database import transaction
from portal.disputes import queries, rules
from portal.disputes.actions.moves import claim, judge, tell
from portal.disputes.models import MATTER, Dispute, Sitting, State
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people import actions as people
from portal.people.consents import Purpose, Way
from portal.people.models import Person
from portal.roster.models import Lawyer


async def plan_sitting(
    person: Person,
    dispute: Dispute,
    *,
    mediator: Person,
    starts_at: datetime,
    place: str,
    willing: bool,
    safe: bool = False,
    agreed: Sequence[Purpose] = (),
) -> Sitting:
    """Plan a sitting and tell the reporter when and where.

    Raises Refusal for a time that is past, when one side does not want it (人民调解法 17), for a dispute marked as
    dangerous while nobody has made sure that both can come safely, and while the reporter does not agree that the other
    side is told; `agreed` they said aloud to this person.
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
        if agreed and dispute.reporter_id:
            reporter = await Person.get(id=dispute.reporter_id)
            await people.agree(reporter, agreed, way=Way.DESK, actor=person)
        if await queries.unagreed(dispute):
            raise Refusal(_("反映的人没有同意把事情告诉对方和调解委员会，不能安排调解。"))
        await _stand_between(person, dispute, mediator)
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


async def _stand_between(person: Person, dispute: Dispute, mediator: Person) -> None:
    """A lawyer who mediates brings a firm with them, which has met both sides from now on. Raises Conflict when it has
    advised one of them, or stood against them, before (律师执业行为规范 51)."""
    lawyer = await Lawyer.get_or_none(person_id=mediator.id, is_active=True)
    if lawyer is None:
        return
    await conflicts.in_turn(*await sides(MATTER, dispute.id))
    await conflicts.met_by(lawyer.firm_id, MATTER, dispute.id, person)
    if await Wall.exists(firm_id=lawyer.firm_id, matter_kind=MATTER, matter=dispute.id):
        raise Conflict(_("这位调解员不合适调解这件事，请另选一位。"))


async def hold_sitting(
    person: Person, sitting: Sitting, *, attended: str, minutes: str, rights_told: bool
) -> None:
    """Write down who came and what was said. Their rights must have been told first (人民调解法 23): to choose the
    mediator, to accept, refuse or stop, to have it open or closed, to speak freely."""
    dispute = await Dispute.get(id=sitting.dispute_id).select_related("community")
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
    dispute = await Dispute.get(id=sitting.dispute_id).select_related("community")
    if not (rules.stands_with(person, dispute) or person.id == sitting.mediator_id):
        raise Forbidden
    async with transaction():
        await states.move(person, sitting, "cancel", detail={"dispute": dispute.number})
        await tell(person, dispute, f"cancel {sitting.id}")
