"""Who may act for whom today."""

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from portal import clock
from portal.people.models import Person, Proxy


def live_proxies() -> QuerySet[Proxy]:
    """The grants that hold today. Who had their data frozen is stood in for by nobody."""
    return Proxy.filter(revoked_at=None, ends_on__gte=clock.today(), resident__frozen_at=None)


async def proxies_by(resident: Person) -> list[Proxy]:
    """The grants this resident gave that hold today, with their agents."""
    given = live_proxies().filter(resident_id=resident.id).select_related("agent")
    return await given.order_by("id")


async def proxies_held(agent: Person) -> list[Proxy]:
    """The grants this person holds today, with the residents who gave them."""
    return await live_proxies().filter(agent_id=agent.id).select_related("resident").order_by("id")


def concerns(person: Person) -> Q:
    """The grants that this person gave or holds."""
    return Q(resident_id=person.id) | Q(agent_id=person.id)
