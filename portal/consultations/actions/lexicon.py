"""A word of the list is added, weighed anew or taken out, with who set it to what before."""

from portal import clock, database, journal
from portal.consultations.models import Clue
from portal.consultations.rules import lexicon
from portal.database import transaction
from portal.errors import Forbidden
from portal.law import triage
from portal.people.models import Person


async def weigh(person: Person, word: str, about: str, weight: int, reason: str = "") -> Clue:
    """Let a word (in its normal form) weigh so much for a topic or a danger from now on; 0 takes it out. What it weighed
    before stays with it. Raises Forbidden for anybody but the lead, and where a shipped danger is silenced without a reason.
    """
    shipped = {(term.about, triage.normal(term.word)): term.weight for term in triage.terms()}
    first = shipped.get((about, word))
    if not lexicon.may_change(person) or (lexicon.needs_reason(about, first, weight) and not reason):
        raise Forbidden
    async with transaction():
        await database.serialise("lexicon")
        clue = await Clue.get_or_none(word=word, about=about)
        was = clue.weight if clue else first
        said = {
            "was": was,
            "weight": weight,
            "by": str(person.id),
            "at": clock.now().isoformat(timespec="seconds"),
            "reason": reason,
        }
        if clue is None:
            clue = await Clue.create(word=word, about=about, weight=weight, author=person, former=[said])
        else:
            clue.weight, clue.author_id, clue.former = weight, person.id, [*clue.former, said]
            await clue.save(update_fields=["weight", "author_id", "former"])
        await journal.record(person, "weigh", clue, about=about, was=was, now=weight)
    return clue
