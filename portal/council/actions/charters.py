"""By which numbers meetings are valid here, and who sits: both public, both changed only for what is still to come."""

from datetime import date

from portal import clock, database, journal, locality
from portal.council import charter_rules, member_queries, rules
from portal.council.charter_rules import Terms
from portal.council.models import Charter, Kind, Member
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person


async def set_charter(person: Person, kind: Kind, terms: Terms) -> None:
    """The lead sets the numbers for one kind of meeting. Conflict, with the article, below what the law asks for.
    Meetings that were called keep what held then."""
    here = locality.current()
    if not rules.leads(person, here):
        raise Forbidden
    for refusal in charter_rules.refusals(kind, terms).values():
        raise Conflict(refusal)
    async with transaction():
        await database.serialise(f"charter {here} {kind}")
        charter = await Charter.get_or_none(community_id=here, kind=kind)
        if charter is None:
            charter = await Charter.create(community_id=here, kind=kind, **terms.pinned())
        else:
            await Charter.filter(id=charter.id).update(**terms.pinned())
        await journal.record(person, "change", charter, of=str(kind), **terms.pinned())


async def appoint(
    person: Person, kind: Kind, name: str, began_on: date, ended_on: date | None, who: Person | None = None
) -> Member:
    """Staff write down that somebody sits, from a day not gone by. `who` lets them vote online. Conflict when they sit
    already: one person once, and of those not known to the portal one name once."""
    here = locality.current()
    if not person.serves(here):
        raise Forbidden
    if began_on < clock.today() or (ended_on is not None and ended_on <= began_on):
        raise Conflict(_("任期不能从过去开始，结束要晚于开始。"))
    async with transaction():
        await database.serialise(f"members {here} {kind}")
        if await member_queries.overlapping(here, kind, name, who, began_on, ended_on):
            raise Conflict(_("这个人在这段时间里已经是成员。不是同一个人的，请在姓名后面加楼号区分。"))
        member = await Member.create(
            community_id=here, kind=kind, person=who, name=name, began_on=began_on, ended_on=ended_on
        )
        await journal.record(person, "create", member, of=str(kind))
    return member


async def dismiss(person: Person, member: Member) -> None:
    """Their term ends with today: a meeting of today is still theirs."""
    if not person.serves(member.community_id):
        raise Forbidden
    tomorrow = charter_rules.earliest(clock.today(), 1)
    async with transaction():
        sits = Member.filter(member_queries.ends_after(tomorrow), id=member.id)
        if not await sits.update(ended_on=max(tomorrow, member.began_on)):
            raise Conflict(_("任期已经结束了。"))
        await journal.record(person, "end", member)
