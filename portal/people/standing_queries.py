"""How somebody stands to a record, judged from the database as it is read, and which glass they broke over it."""

from typing import Any

from tortoise.expressions import Q

from portal import clock, policy
from portal.people import sight
from portal.people.models import BrokenGlass, Person


async def standing_to(person: Person | None, record: Any) -> tuple[frozenset[str], frozenset[str]]:
    """(relations, parts): what this person is to a record, and what of it they may read: by the policy, or for as long as
    a glass they broke stays open. Judged now, from the database."""
    kind, name = type(record), type(record).__name__.lower()
    held: set[str] = set()
    parts: set[str] = set()
    for seen, condition in sight.relations(kind, person):
        is_news = seen.relation not in held or not seen.parts <= parts
        if is_news and await kind.filter(condition, id=record.id).exists():
            held.add(seen.relation)
            parts |= seen.parts
    under_glass = policy.GLASS.get(name, frozenset())
    if person is not None and policy.COMMUNITY in held and not under_glass <= parts:
        parts |= under_glass if await glass_over(person, record) else frozenset()
    return frozenset(held), frozenset(parts)


async def glass_over(person: Person, record: Any) -> BrokenGlass | None:
    """The glass over this record that this person broke within the hour: over itself, or over what it belongs to."""
    kind, lies = type(record), Q(kind=type(record).__name__.lower(), subject=record.id)
    for over, path in kind.GLASS_OVER.items():
        found = await kind.filter(id=record.id, **{f"{path}__isnull": False}).values_list(path, flat=True)
        lies |= Q(kind=over, subject__in=list(found))
    live = BrokenGlass.filter(lies, person_id=person.id, ends_at__gt=clock.now())
    return await live.order_by("-ends_at").first()
