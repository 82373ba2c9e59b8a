"""常用段落 kept by whoever writes them. Each function is one transaction; none awaits the network."""

from portal import clock, journal
from portal.consultations.models import Snippet
from portal.consultations.rules import snippets
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person

MOST_KEPT = 300  # of one person


async def write(person: Person, topic: str, part: str, words: str) -> Snippet:
    """A new paragraph of one's own. Raises Conflict beyond three hundred."""
    if await Snippet.filter(author_id=person.id, retired_at=None).count() >= MOST_KEPT:
        raise Conflict(_("您的段落太多了，请先删掉不用的。"))
    async with transaction():
        made = await Snippet.create(topic=topic, part=part, words=words, author_id=person.id)
        await journal.record(person, "create", made)
    return made


async def change(person: Person, snippet: Snippet, words: str) -> None:
    """Say it otherwise. What was issued with it stays as it was."""
    await _update(person, snippet, "change", words=words)


async def withdraw(person: Person, snippet: Snippet) -> None:
    """Offer it no more."""
    await _update(person, snippet, "withdraw", retired_at=clock.now())


async def _update(person: Person, snippet: Snippet, verb: str, **columns: object) -> None:
    if not snippets.may_keep(person, snippet):
        raise Forbidden
    async with transaction():
        if not await Snippet.filter(id=snippet.id, retired_at=None).update(**columns):
            raise Conflict
        await journal.record(person, verb, snippet)
