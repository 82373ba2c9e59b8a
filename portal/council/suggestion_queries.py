"""Similar matters that pile up: what the portal proposes to weigh together, derived from what is there today."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from portal import clock, locality
from portal.council import member_queries
from portal.council.models import Kind, Motion, MotionState
from portal.disputes.models import Dispute
from portal.feedback.models import CATEGORY_NAMES, Category, Feedback
from portal.law.dispute_types import DisputeType

WITHIN = timedelta(days=90)
MOST_SOURCES = 100  # that one topic names
NEEDS, QUARRELS = "needs", "quarrels"
# Only what touches everyone. What is somebody's own (help at home, marriage, wages) is nobody else's to weigh, however
# often it comes.
COMMON = {
    NEEDS: (
        Category.REPAIR, Category.SANITATION, Category.GREENERY, Category.PARKING, Category.NOISE, Category.SAFETY,
        Category.PROPERTY,
    ),
    QUARRELS: (DisputeType.NEIGHBOURS, DisputeType.ENVIRONMENT, DisputeType.TRAFFIC, DisputeType.PROPERTY_SERVICE),
}  # fmt: skip
SHORT = {NEEDS: "f", QUARRELS: "d"}  # how a motion remembers of which kind it is


@dataclass(frozen=True)
class Pile:
    """Matters of one kind within a quarter that no topic has grown out of yet."""

    kind: str  # as a motion keeps it
    label: str
    sources: list[str]  # numbers, the oldest first


def label_of(kind: str) -> str:
    """What a kind of matter is called."""
    which, _colon, category = kind.partition(":")
    if which == SHORT[NEEDS]:
        return str(CATEGORY_NAMES[Category(category)])
    return str(DisputeType(category).label)


async def piles(community: UUID | None = None) -> list[Pile]:
    """Kinds of matters of which as many as the council's charter says came within 90 days, the most first; none of which
    a topic is open. Matters that a topic already grew out of are not counted again, nor what is protected or dangerous."""
    community = community or locality.current()
    least = (await member_queries.terms(community, Kind.COUNCIL)).similar
    since = clock.now() - WITHIN
    suggested = Motion.filter(community_id=community, is_suggested=True)
    used = {number for sources in await suggested.values_list("sources", flat=True) for number in sources}
    open_states = [MotionState.PROPOSED, MotionState.ADMITTED]
    is_open = set(await suggested.filter(state__in=open_states).values_list("category", flat=True))
    found = []
    for which, model, more in ((NEEDS, Feedback, {}), (QUARRELS, Dispute, QUIET)):
        rows: list[Any] = await _matters(model, community, since, COMMON[which], more)
        for category in COMMON[which]:
            kind = f"{SHORT[which]}:{category.value}"
            numbers = [number for of, number in rows if of == category.value and number not in used]
            if len(numbers) >= least and kind not in is_open:
                found.append(Pile(kind, label_of(kind), numbers[:MOST_SOURCES]))
    return sorted(found, key=lambda pile: (-len(pile.sources), pile.kind))


QUIET: dict[str, Any] = {"protection_id__isnull": True, "is_dangerous": False}


async def _matters(
    model: Any, community: UUID | None, since: Any, categories: Any, more: dict[str, Any]
) -> Any:
    recent = model.filter(
        community_id=community, created_at__gte=since, category__in=list(categories), **more
    )
    return await recent.order_by("created_at", "id").values_list("category", "number")
