"""The word list as this portal's staff have set it: what ships with the portal, and their changes, the same in every process."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from portal import clock, publishing
from portal.consultations.intake import Intake
from portal.consultations.models import Clue
from portal.law import triage
from portal.law.topics import Topic
from portal.law.triage import Lexicon, Sign, Term

ORDER = {about: n for n, about in enumerate([*(one.value for one in Sign), *(one.value for one in Topic)])}


class Made(NamedTuple):
    """A list that is ready; it holds until somebody changes a word."""

    lexicon: Lexicon
    since: datetime
    until: datetime


class Entry(NamedTuple):
    """One word of the list: how it weighs now, how it was shipped (None: it was not), and who changed it."""

    word: str
    about: str
    weight: float
    shipped: float | None
    clue: Clue | None

    @property
    def is_off(self) -> bool:
        """Staff took it out."""
        return not self.weight


async def current() -> Lexicon:
    """The list as it is now: drawn anew when a word was changed, in whatever process. Not inside `transaction()`."""
    seen, now = await publishing.look(), clock.now()

    async def draw() -> Made:
        changed = await Clue.all().order_by("created_at", "id").values_list("word", "about", "weight")
        terms = [*triage.terms(), *(Term(word, about, float(weight)) for word, about, weight in changed)]
        return Made(Lexicon.of(terms), now, datetime.max.replace(tzinfo=now.tzinfo))

    return (await publishing.copy("lexicon", (seen.get("lexicon", 0),), now, draw)).lexicon


async def told(typed: Mapping[str, Any]) -> Intake:
    """What a draft or a place on the waitlist kept, read with the list as it is now."""
    return await reading(Intake.read(typed))


async def reading(intake: Intake) -> Intake:
    """The same story, read with the list as it is now."""
    return replace(intake, lexicon=await current())


async def entries() -> list[Entry]:
    """Every word, dangers first, the changed ones before the others of the same kind."""
    shipped = {(term.about, triage.normal(term.word)): term for term in triage.terms()}
    changed = {(clue.about, clue.word): clue for clue in await Clue.all().select_related("author")}
    found = []
    for about, word in {**shipped, **changed}:
        term, clue = shipped.get((about, word)), changed.get((about, word))
        weight = float(clue.weight) if clue else term.weight if term else 0.0
        found.append(Entry(word, about, weight, term.weight if term else None, clue))
    return sorted(found, key=lambda one: (one.clue is None, ORDER.get(one.about, len(ORDER)), one.word))
