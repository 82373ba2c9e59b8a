"""常用段落: what is offered for a 处方, shipped with the portal, written by the lead, or the lawyer's own."""

from typing import Any, NamedTuple

from tortoise.expressions import Q

from portal import locality
from portal.consultations.models import Snippet
from portal.consultations.rules import snippets
from portal.law import paragraphs
from portal.people import queries as people
from portal.people.models import Person, Role


class Offer(NamedTuple):
    """A paragraph to take over: `key` names it in a form."""

    key: str
    part: str
    words: str
    snippet: Snippet | None = None  # none: shipped


async def kept(person: Person, topic: str) -> list[Snippet]:
    """Those of a topic that were written here and are offered to this person: their own first, then the lead's."""
    leads = [lead.id for lead in await people.holders(Role.LEAD, community=locality.current())]
    mine = Q(author_id=person.id) | Q(author_id__in=leads)
    found = await Snippet.filter(mine, topic=topic, retired_at=None).order_by("created_at")
    return sorted(found, key=lambda one: one.author_id != person.id)


async def offers(person: Person, topic: str) -> dict[str, list[Offer]]:
    """Everything that is offered for a topic, by part."""
    found: dict[str, list[Offer]] = {part: [] for part in snippets.PARTS}
    for one in await kept(person, topic):
        found[one.part].append(Offer(str(one.id), one.part, one.words, one))
    for shipped in paragraphs.of(topic):
        found[shipped.part].append(Offer(shipped.key, shipped.part, shipped.words))
    return found


async def words_of(person: Person, topic: str, part: str, key: str) -> str:
    """The words of one of them; nothing where it is not offered."""
    offered: Any = (await offers(person, topic)).get(part, [])
    return next((one.words for one in offered if one.key == key), "")
