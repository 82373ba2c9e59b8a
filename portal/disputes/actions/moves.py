"""A dispute taken up, passed on, ended and taken up again: every hop with who and why, every end with its level."""

from typing import Any

from portal import clock, journal, notices, states
from portal.database import transaction
from portal.disputes import rules
from portal.disputes.models import Dispute, Hop, Level, Outcome, Sitting, SittingState
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people.models import Person


def judge(person: Person, dispute: Dispute, verb: str) -> None:
    """Raise Forbidden unless this person may do this to the dispute where it stands."""
    if not rules.MAY[verb](person, dispute, clock.now()):
        raise Forbidden


async def claim(dispute: Dispute) -> None:
    """Hold the row as it was read until the end of the transaction. Conflict when it has moved on, be it only to another
    level: what is judged at one level must not be written at the next."""
    same = Dispute.filter(id=dispute.id, state=dispute.state, level=dispute.level)
    if not await same.update(level=dispute.level):
        raise Conflict


async def tell(
    person: Person, dispute: Dispute, news: str, kind: str = "disputes/progress", **values: Any
) -> None:
    """Owe the reporter word that something happened; the message says only the number. Once for each piece of news."""
    if dispute.reporter_id is None or dispute.reporter_id == person.id:
        return
    reporter = await Person.get(id=dispute.reporter_id)
    key = f"{kind}:{dispute.id}:{news}:{dispute.reopened}"
    await notices.owe(reporter, kind, key=key, about=dispute, number=dispute.number, **values)


async def clear_sittings(person: Person, dispute: Dispute) -> None:
    """What was planned and not held falls away when the dispute leaves the hands that planned it."""
    for sitting in await Sitting.filter(dispute_id=dispute.id, state=SittingState.PLANNED):
        await states.move(person, sitting, "cancel")


async def hop(person: Person, dispute: Dispute, verb: str, to: int, reason: str) -> None:
    """Keep who passed it on, or on whose word it ended, from where to where and why."""
    await Hop.create(
        dispute_id=dispute.id, person=person, verb=verb, was=dispute.level, now=to, reason=reason
    )


async def pass_on(person: Person, dispute: Dispute, verb: str, to: int, reason: str) -> None:
    """To another level, where it waits to be taken up. The clock that began when it was taken up runs on."""
    await claim(dispute)
    await clear_sittings(person, dispute)
    await hop(person, dispute, verb, to, reason)
    was = dispute.level
    await states.move(
        person, dispute, verb, detail={"level_was": was, "level_now": int(to)}, level=int(to), handler_id=None
    )


async def unmask(person: Person, dispute: Dispute) -> None:
    """Write that somebody asked to see the parties' telephones in full."""
    async with transaction():
        await journal.record(person, "unmask", dispute)


async def accept(person: Person, dispute: Dispute) -> None:
    """Take it up. Staff who take up what stands below them lift it to the community: that is where it is handled now."""
    judge(person, dispute, "accept")
    is_theirs = person.serves(dispute.community_id)
    level = max(dispute.level, Level.COMMUNITY) if is_theirs else dispute.level
    async with transaction():
        await claim(dispute)
        if level != dispute.level:
            await hop(person, dispute, "accept", level, "")
        await states.move(
            person,
            dispute,
            "accept",
            detail={"level_was": dispute.level, "level_now": int(level)},
            level=int(level),
            handler_id=person.id,
            accepted_at=dispute.accepted_at or clock.now(),
        )
        await tell(person, dispute, "accept")


async def raise_(person: Person, dispute: Dispute, reason: str, to: Level | None = None) -> None:
    """上报: pass it up, to the next level unless another is named. Raises Refusal for a level that is not above."""
    judge(person, dispute, "raise")
    above = rules.levels_above(person, dispute)
    if (to := to or above[0]) not in above:
        raise Refusal(_("不能上报到这一级。"))
    async with transaction():
        await pass_on(person, dispute, "raise", to, reason)


async def hand_down(person: Person, dispute: Dispute, reason: str, to: Level | None = None) -> None:
    """交办: pass it down, to the nearest level that knows the place unless another is named."""
    judge(person, dispute, "hand_down")
    below = rules.levels_below(dispute)
    if (to := to or below[0]) not in below:
        raise Refusal(_("不能交办到这一级：先要知道是哪个网格、楼栋或单元。"))
    async with transaction():
        await pass_on(person, dispute, "hand_down", to, reason)


async def end(
    person: Person, dispute: Dispute, verb: str, outcome: Outcome, to: int, reason: str, **detail: Any
) -> None:
    """Every end but a settlement: its reason is kept, nothing stays planned, the reporter is told."""
    await claim(dispute)
    await clear_sittings(person, dispute)
    await hop(person, dispute, verb, to, reason)
    detail |= {"level_was": dispute.level, "level_now": int(to)}
    now = clock.now()
    await states.move(
        person, dispute, verb, detail=detail, outcome=outcome.value, level=int(to), ended_at=now
    )
    await tell(person, dispute, verb)


async def fail(person: Person, dispute: Dispute, reason: str, *, told: bool) -> None:
    """Mediation did not succeed. The parties must have been told of arbitration, administrative and court ways
    (人民调解法 26): without that it is not over, and a Refusal says so."""
    judge(person, dispute, "fail")
    if not told:
        raise Refusal(_("先要告诉双方还可以仲裁、找行政机关或者起诉，才能结束调解。"))
    async with transaction():
        await end(person, dispute, "fail", Outcome.FAILED, dispute.level, reason, told=True)


async def withdraw(person: Person, dispute: Dispute, reason: str) -> None:
    """The parties do not want it mediated any more, whatever the reason (人民调解法 23)."""
    judge(person, dispute, "withdraw")
    async with transaction():
        await end(person, dispute, "withdraw", Outcome.WITHDRAWN, dispute.level, reason)


async def escalate(person: Person, dispute: Dispute, reason: str, to: Level = Level.COURT) -> None:
    """移送: it leaves mediation for the street's or the court's own procedure."""
    judge(person, dispute, "escalate")
    if to not in (Level.STREET, Level.COURT):
        raise Refusal(_("只能移送街道或者法院。"))
    async with transaction():
        await end(person, dispute, "escalate", Outcome.ESCALATED, to, reason)


async def settle(person: Person, dispute: Dispute, outcome: Outcome, level: int | None = None) -> None:
    """It is settled, at this level or where it stands. Call inside the transaction that keeps its agreement."""
    levels = rules.levels_to_settle(person, dispute)
    level = levels[0] if level is None else level
    if level not in levels:
        raise Refusal(_("不能登记为在这一级化解。"))
    now = clock.now()
    await claim(dispute)
    await clear_sittings(person, dispute)
    await states.move(
        person,
        dispute,
        "settle",
        detail={"outcome": outcome.value, "level_was": dispute.level, "level_now": int(level)},
        outcome=outcome.value,
        level=int(level),
        level_settled=int(level),
        handler_id=dispute.handler_id or person.id,
        accepted_at=dispute.accepted_at or now,
        ended_at=now,
    )
    await tell(person, dispute, "settle")


async def reopen(person: Person, dispute: Dispute, reason: str) -> None:
    """Take it up again where it ended. What was settled no longer counts as settled; that it was reopened stays."""
    judge(person, dispute, "reopen")
    async with transaction():
        await claim(dispute)
        await hop(person, dispute, "reopen", dispute.level, reason)
        await states.move(
            person,
            dispute,
            "reopen",
            detail={"level": dispute.level},
            outcome="",
            level_settled=None,
            ended_at=None,
            accepted_at=dispute.accepted_at or clock.now(),
            reopened=dispute.reopened + 1,
        )
        await tell(person, dispute, "reopen")
