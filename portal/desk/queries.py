"""What awaits each person, the urgent first."""

from typing import Any

from tortoise.expressions import Q

from portal import clock, locality, paging
from portal.desk.advice import of_advice
from portal.desk.agents import of_agent
from portal.desk.blocks import Block
from portal.desk.centre import of_lead, of_staff, to_carry
from portal.desk.keepers import of_coordinator, of_inviter, of_reader
from portal.desk.lawyers import of_lawyer
from portal.desk.mornings import of_mornings
from portal.desk.offices import of_head, of_mediator, of_street
from portal.desk.oversight import of_told
from portal.desk.residents import of_resident
from portal.languages import lazy_
from portal.law.identifiers import mask_name, mask_phone
from portal.lectures.models import Lecture
from portal.lectures.models import State as LectureState
from portal.paging import Leaf
from portal.people import sight
from portal.people.models import HEADS, Person, Role

PARTS = (
    ({Role.LAWYER.value}, of_lawyer),
    ({Role.MEDIATOR.value}, of_mediator),
    ({Role.LEAD.value}, of_lead),
    ({Role.DISPATCHER.value, Role.LEAD.value, Role.MEDIATOR.value}, of_staff),
    ({Role.DISPATCHER.value, Role.LEAD.value, Role.MEDIATOR.value}, of_advice),
    ({Role.DISPATCHER.value, Role.LEAD.value, Role.MEDIATOR.value}, of_mornings),
    ({Role.LEAD.value, Role.AUDITOR.value}, of_told),
    ({Role.STREET.value}, of_street),
    ({role.value for role in HEADS}, of_head),
    ({Role.LEAD.value, Role.ADMINISTRATOR.value}, of_inviter),
    ({Role.FIRM_COORDINATOR.value}, of_coordinator),
    ({Role.STREET.value, Role.AUDITOR.value}, of_reader),
)


async def blocks(person: Person) -> list[Block]:
    """Everything that awaits, the urgent first; what is empty and says nothing is left out."""
    found: list[Block] = []
    for roles, part in PARTS:
        if roles & person.roles:
            found += await part(person)
    found += await own(person) if person.roles else await of_resident(person)
    found += await of_agent(person)
    shown = [block for block in found if block.count or block.advice]
    return sorted(shown, key=lambda block: (not block.is_pressing, not block.count))


async def own(person: Person) -> list[Block]:
    """What awaits somebody as a resident, and only what does."""
    found = [block for block in await of_resident(person) if block.count]
    return sorted(found, key=lambda block: not block.is_urgent)


async def next_lecture() -> Lecture | None:
    """The next lecture here that is open."""
    here = Lecture.filter(community_id=locality.current(), state=LectureState.OPEN)
    return await here.filter(starts_at__gt=clock.now()).order_by("starts_at").first()


ASKS = {
    "booking/unclear": lazy_("回了“取消”，请问清是哪一个预约")
}  # where there is something to ask, not only to say


async def calls(wanted: Q = sight.EVERYTHING, page: int = 1, unmasked: Any = None) -> Leaf:
    """One page of the messages that a person must carry: to telephone, to hand over on paper, or that could not be
    delivered. Of one of them (its id) the telephone is whole."""
    found = to_carry().filter(wanted).select_related("person").order_by("created_at", "id")
    total = await found.count()
    leaf = paging.placed(total, page)
    lines = []
    for one in await found.offset((leaf.page - 1) * paging.LINES).limit(paging.LINES):
        phone = one.address or (one.person.phone if one.person else "") or ""
        lines.append(
            {
                "notice": one,
                "name": mask_name(one.person.name) if one.person else "",
                "phone": phone if one.id == unmasked else mask_phone(phone) if phone else "",
                "may_unmask": bool(phone) and one.id != unmasked,
                "asks": ASKS.get(one.kind, ""),
            }
        )
    return leaf._replace(rows=lines)
