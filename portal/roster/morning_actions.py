"""What is said of one morning: that its lawyer comes, that they are there, that they have gone."""

from datetime import date, datetime
from typing import Any

from portal import clock, journal
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.roster import rules
from portal.roster.models import Duty, Lawyer
from portal.roster.swap_queries import starts_at


async def confirm(actor: Any, duty: Duty) -> None:
    """The lawyer comes: they say so themselves, or staff who have them on the telephone. Said twice, it is said once."""
    await _judge(actor, duty, rules.may_seat)
    if starts_at(duty) <= clock.now():
        raise Refusal(_("这个上午已经开始了，不用再确认。"))
    async with transaction():
        if await Duty.filter(id=duty.id, withdrawn_at=None, confirmed_at=None).update(
            confirmed_at=clock.now()
        ):
            await journal.record(actor, "confirm", duty, day=duty.day)


async def arrive(actor: Any, duty: Duty) -> None:
    """The lawyer is there: their hours begin now. Not before two hours ahead of the morning; said twice, the first stands."""
    await _judge_day(actor, duty)
    if clock.now() < starts_at(duty) - rules.AHEAD_OF_TIME:
        raise Refusal(_("还早，到了服务中心再点。"))
    async with transaction():
        if await Duty.filter(id=duty.id, arrived_at=None).update(arrived_at=clock.now()):
            await journal.record(actor, "arrive", duty, day=duty.day)


async def depart(actor: Any, duty: Duty) -> None:
    """The lawyer goes: their hours end now. Conflict where nobody wrote down that they came."""
    await _judge_day(actor, duty)
    async with transaction():
        here = Duty.filter(id=duty.id, arrived_at__not_isnull=True, left_at=None)
        if await here.update(left_at=clock.now()):
            await journal.record(actor, "depart", duty, day=duty.day)
        elif not await Duty.filter(id=duty.id, left_at__not_isnull=True).exists():
            raise Conflict(_("还没有记到岗时间。请先点“我到了”。"))


async def attend(actor: Any, duty: Duty, arrived: int, left: int) -> None:
    """Staff write down when a lawyer came and went (minutes since midnight), instead of what stood there. Refusal where that
    is upside down, not on that day, or still ahead."""
    await _judge_day(actor, duty)
    if not actor.serves(duty.community_id):
        raise Forbidden
    if left <= arrived:
        raise Refusal(_("走的时间要晚于到的时间。"))
    came, went = clock.at(duty.day, arrived), clock.at(duty.day, left)
    if went > clock.now():
        raise Refusal(_("还没到的时间不能补记。"))
    async with transaction():
        await Duty.filter(id=duty.id).update(arrived_at=came, left_at=went)
        await journal.record(actor, "correct", duty, day=duty.day, arrived=arrived, left=left)


async def _judge_day(actor: Any, duty: Duty) -> None:
    def may(person: Any, lawyer: Any, community: Any) -> bool:
        return rules.may_attend(person, lawyer, community, duty.day, clock.today())

    await _judge(actor, duty, may)


async def _judge(actor: Any, duty: Duty, may: Any) -> None:
    """Forbidden to whom it is not theirs to say; Conflict about a morning that was taken back."""
    if not may(actor, await Lawyer.get(id=duty.lawyer_id), duty.community_id):
        raise Forbidden
    if duty.withdrawn_at is not None:
        raise Conflict(_("这个上午已经撤下了。"))


def minutes(day: date, at: datetime | None) -> int | None:
    """Minutes since midnight of an instant of that day; None where there is none."""
    return None if at is None else int((at - clock.at(day)).total_seconds()) // 60
