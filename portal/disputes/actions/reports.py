"""A dispute becomes known: somebody reports it, or a head writes down one that was settled on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from portal import clock, journal, limits, locality
from portal.community.queries import Place
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Side
from portal.database import serialise, transaction
from portal.disputes import rules
from portal.disputes.actions.agreements import oral
from portal.disputes.actions.moves import pass_on
from portal.disputes.models import Dispute, Level, Source
from portal.errors import Forbidden
from portal.people.models import Person


class Named(NamedTuple):
    """Somebody who is said to be part of it."""

    side: Side
    name: str
    phone: str = ""
    person: Person | None = None


@dataclass(frozen=True)
class Report:
    """What was said about a dispute. `said` is the place in words; `dangers` are codes: violence, threat, minor."""

    category: str
    words: str
    place: Place = field(default_factory=Place)
    said: str = ""
    parties: Sequence[Named] = ()
    dangers: Sequence[str] = ()
    source: str = Source.APPLIED
    channel: str = "web"
    people: int = 2
    amount: int = 0

    @property
    def where(self) -> dict[str, Any]:
        """The place as columns of a dispute."""
        names = ("compound", "building", "unit", "grid")
        return {f"{name}_id": getattr(getattr(self.place, name), "id", None) for name in names}


class _Spot:
    """The columns of a place as attributes, for rules that ask about a dispute that is not yet written."""

    def __init__(self, where: dict[str, Any]) -> None:
        self.__dict__.update(where)


def spot(report: Report) -> Any:
    """The place of a report as the rules read it."""
    return _Spot({**report.where, "community_id": report.place.community})


async def report(
    person: Person, said: Report, *, reporter: Person | None = None, raised: bool = False
) -> Dispute:
    """Report a dispute; `reporter` is whoever asked when staff write for them. Sent twice, it is one dispute.

    It stands at the lowest level that could see to its place. With `raised`, a head who could not settle it on the spot
    passes it up at once, and it waits one level above their own. Raises TooMany beyond 20 a day of one person who does
    not work here.
    """
    reporter = reporter or person
    await limits.a_day("dispute", person)
    async with transaction():
        if twin := await _twin(reporter, said):
            return twin
        level = rules.arises_at(spot(said))
        dispute = await _create(person, reporter, said, level)
        own = rules.level_of(person, dispute) if raised else None
        if own is not None and own < Level.COMMUNITY:
            await _lift(dispute, own)
            await pass_on(person, dispute, "raise", rules.levels_above(person, dispute)[0], "")
        return dispute


async def log_settled(person: Person, said: Report, content: str) -> Dispute:
    """Write down a dispute that was settled on the spot, at the person's own level, with what was agreed by word of mouth
    (人民调解法 28). Raises Forbidden for a place they do not mind."""
    own = rules.level_of(person, spot(said))
    if own is None:
        raise Forbidden
    async with transaction():
        if twin := await _twin(person, said):
            return twin
        dispute = await _create(person, person, said, rules.arises_at(spot(said)))
        await _lift(dispute, own)
        await oral(person, dispute, content, level=own)
        return dispute


async def _lift(dispute: Dispute, level: int) -> None:
    """A head above the level where it arose has taken it there by speaking of it."""
    if level > dispute.level:
        await Dispute.filter(id=dispute.id).update(level=int(level))
        dispute.level = int(level)


async def _twin(reporter: Person, said: Report) -> Dispute | None:
    """What the same person reported in the same words a moment ago: a form that was sent twice."""
    await serialise(f"report {reporter.id}")
    since = clock.now() - rules.AGAIN
    lately = Dispute.filter(reporter_id=reporter.id, category=said.category, created_at__gte=since)
    return next((same for same in await lately.filter(**said.where) if same.words == said.words), None)


async def _create(person: Person, reporter: Person, said: Report, level: Level) -> Dispute:
    dispute = await Dispute.create(
        reporter=reporter,
        community_id=said.place.community or locality.current(),
        category=said.category,
        source=said.source,
        channel=said.channel,
        words=said.words,
        place=said.said[:80],
        people=said.people,
        amount=said.amount,
        is_dangerous=bool(said.dangers),
        level_arose=int(level),
        level=int(level),
        asked_on=clock.today() if said.source == Source.APPLIED else None,
        **said.where,
    )
    for party in said.parties:
        await conflicts.meet("dispute", dispute.id, party.side, party.name, party.phone, person=party.person)
    dangers = {"dangers": list(said.dangers)} if said.dangers else {}
    await journal.record(person, "create", dispute, level=int(level), channel=said.channel, **dangers)
    return dispute
