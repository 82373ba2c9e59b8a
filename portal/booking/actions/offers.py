"""The waitlist moves on: a time that is free is offered to one person, who has a while to answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from portal import clock, database, notices, settings, states
from portal.booking import queries, rules
from portal.booking.actions import holds
from portal.booking.models import Hold, Mode, Wait, WaitState
from portal.booking.queries import Asker
from portal.booking.rules import Desk
from portal.database import transaction
from portal.errors import Conflict
from portal.roster.skills import preference

MANY = 50  # offers made in one round


async def asker_of(wait: Wait) -> Asker:
    """Somebody on the waitlist, with the other side they named when they joined, and whom they must not meet. `person` must
    be loaded."""
    typed = wait.typed
    other = (str(typed.get("other_side", "")), str(typed.get("other_phone", "")))
    asker = Asker.of("", wait.person, *other)
    if typed.get("mode") in (None, "", Mode.DESK):
        asker = await queries.facing(asker)
    likes = preference(str(typed.get("needs", "")))
    asker = asker._replace(likes=likes)
    return asker._replace(wait=wait.id, community=wait.community_id, is_long=bool(typed.get("is_long")))


async def offer_next() -> Wait | None:
    """Offer the earliest free time to whoever has waited longest in the same community and could take it; None when there
    is no such pair.

    Only between 8:00 and 20:00 in China. A time is offered to one person at a time: the hold belongs to them until
    `offered_until`.
    """
    now = clock.now()
    if not rules.is_daytime(now.astimezone(clock.CHINA)):
        return None
    for community in await queries.where_anybody_waits():
        try:
            async with transaction():
                await database.serialise("waitlist")
                waiting = await queries.in_turn(community).limit(MANY).select_related("person")
                asker = Asker(wait=waiting[0].id, community=community) if waiting else None
                free = await queries.open_desks(now, asker) if asker else []
                for wait in waiting if free else ():
                    if rules.may_offer(wait, now) and await _offer(now, wait, free):
                        return wait
        except Conflict:  # they left the waitlist in this very moment; the next round asks the next
            continue
    return None


async def _offer(now: datetime, wait: Wait, free: Sequence[Desk]) -> bool:
    """Offer the first of these times that suits; False when none does."""
    set_to, asker, refused = settings.current(), await asker_of(wait), rules.refused_times(wait)
    if asker.is_long:  # of what is free, the units of two
        free = await queries.open_desks(now, asker)
    answer, notice = timedelta(minutes=set_to.offer_minutes), timedelta(minutes=set_to.notice_minutes)
    barred, loads = await queries.in_conflict(free, asker), await queries.loads(now)
    for starts_at in await queries.keeps_apart(asker, sorted({desk.starts_at for desk in free})):
        until = rules.offer_ends(now, starts_at, answer, notice)
        if until is None or starts_at.isoformat() in refused:
            continue
        at_once = [desk for desk in free if desk.starts_at == starts_at]
        for one in rules.rank(at_once, wait.topic, barred, loads, asker.likes):
            if await holds.take(one.desk, until, asker):
                await states.move(None, wait, "offer", detail={"slot": one.desk.slot}, offered_until=until)
                await notices.owe(
                    wait.person,
                    "booking/offer",
                    key=f"booking/offer:{wait.number}:{starts_at.isoformat()}",
                    about=wait,
                    number=wait.number,
                    starts_at=starts_at,
                    until=until,
                )
                return True
    return False


async def pass_on(wait: Wait) -> dict[str, Any]:
    """The offered time goes back; answers the columns that remember it, so that it is not offered to the same again."""
    held = await Hold.filter(wait_id=wait.id, appointment_id=None).select_related("slot").first()
    if held is None:
        return {"declined": wait.declined + 1}
    refused = [*rules.refused_times(wait), held.slot.starts_at.isoformat()]
    await holds.give_back(held.slot)
    return {"declined": wait.declined + 1, "typed": {**wait.typed, "refused": sorted(refused)}}


async def lapse() -> int:
    """Take back the offers nobody answered in time; those people wait on at their place. Answers how many."""
    done = 0
    for wait in await Wait.filter(state=WaitState.OFFERED, offered_until__lte=clock.now()):
        try:
            async with transaction():
                await states.move(None, wait, "lapse", **await pass_on(wait))
            done += 1
        except Conflict:  # answered in this very moment
            continue
    return done


async def serve_waitlist() -> int:
    """Take back what ran out, then offer what is free. Answers how many moves that was."""
    done = await lapse()
    for _offer_made in range(MANY):
        if not await offer_next():
            break
        done += 1
    return done
