"""What lawyers and leads are told by the clock: to say that they come, and how the next four weeks stand. Said once each."""

from datetime import timedelta
from typing import Any

from portal import clock, locality, notices
from portal.community.models import Community
from portal.database import transaction
from portal.people import queries as people
from portal.people.models import Person, Role
from portal.roster import queries, rules, swap_queries
from portal.roster.models import Duty

FRIDAY = 5


async def remind_of_mornings() -> int:
    """Ask lawyers, five days before a morning, whether they come, and again when two working days are left; how many were
    asked. Only by day. Whoever has said so, or is looking for a substitute, is not asked."""
    now = clock.now()
    if clock.minute_of(now) not in rules.DAYTIME:
        return 0
    today = clock.today()
    ahead = await swap_queries.coming(today + timedelta(days=1), today + rules.ASKED)
    late = {row["id"] for row in await swap_queries.unsure()}
    told = 0
    for row in ahead:
        if row["is_asked"] and row["swap"] is None:
            told += await _tell(row["id"], "roster/unsure" if row["id"] in late else "roster/confirm")
    return told


async def _tell(duty: object, kind: str) -> int:
    key = f"{kind}:{duty}"
    if await notices.Notice.filter(key=key).exists():
        return 0
    async with transaction():
        found = await Duty.get(id=duty).select_related("lawyer__person")
        await notices.owe(found.lawyer.person, kind, key=key, starts_at=swap_queries.starts_at(found))
    return 1


async def digest() -> int:
    """Tell each community's lead on Friday how many mornings of the next four weeks are empty, unsure or looking for a
    substitute; how many were told."""
    now, today = clock.now(), clock.today()
    if today.isoweekday() != FRIDAY or clock.minute_of(now) not in rules.DAYTIME:
        return 0
    told = 0
    for community in await Community.all().order_by("created_at"):
        with locality.standing(locality.Known(community.id, community.name)):
            told += await _digest(community)
    return told


async def _digest(community: Community) -> int:
    today = clock.today()
    leads = [
        one
        for one in await people.holders(Role.LEAD, community=community.id)
        if not await _knows(one, community)
    ]
    if not leads:
        return 0
    days = await queries.coverage(today + timedelta(days=1), today + timedelta(weeks=4))
    holes = [day.on for day in days if day.is_hole]
    said: dict[str, Any] = {
        "holes": len(holes),
        "first": clock.at(holes[0], rules.USUAL[0]) if holes else "",
        "unsure": len(await swap_queries.unsure(community_id=community.id)),
        "calls": len(await swap_queries.standing(duty__community_id=community.id)),
    }
    async with transaction():
        for lead in leads:
            await notices.owe(lead, "roster/digest", key=_key(lead, community), **said)
    return len(leads)


def _key(lead: Person, community: Community) -> str:
    return f"roster/digest:{community.id}:{clock.today()}:{lead.id}"


async def _knows(lead: Person, community: Community) -> bool:
    return await notices.Notice.filter(key=_key(lead, community)).exists()
