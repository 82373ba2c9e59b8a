"""What a desk is made of: blocks of lines that lead somewhere."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from tortoise.queryset import QuerySet

from portal import clock
from portal.consultations.models import Consultation, Danger
from portal.disputes.models import STATE_NAMES as DISPUTE_NAMES
from portal.disputes.models import Dispute
from portal.disputes.models import State as DisputeState
from portal.feedback.models import CATEGORY_NAMES, Category, Feedback
from portal.feedback.models import STATE_NAMES as FEEDBACK_NAMES
from portal.feedback.models import State as FeedbackState
from portal.languages import _, ngettext
from portal.law import places
from portal.law.dispute_types import DisputeType
from portal.law.topics import Topic

FEW = 5


class Progress(NamedTuple):
    """How far a long piece of work is."""

    done: int
    total: int
    said: str


@dataclass
class Item:
    """One line that leads somewhere. `at` is an instant to be said, `state` a word, `tone` its colour."""

    route: str
    parameters: dict[str, Any]
    title: str
    at: Any = None
    state: str = ""
    tone: str = "neutral"
    note: str = ""  # what to do, or how long it has been waiting
    says: str = "moment"  # how `at` is said: "moment", "time" of a day that is known, or "countdown" in days
    more: list[str] = field(default_factory=list)  # what somebody reads before they leave the house
    progress: Progress | None = None


@dataclass
class Block:
    """A group of what awaits: how many, the first few, and where all of them are."""

    title: str
    count: int
    advice: str  # what an empty block says
    items: list[Item] = field(default_factory=list)
    route: str = ""
    query: str = ""
    action: str = ""
    is_urgent: bool = False
    note: str = ""
    progress: Progress | None = None

    @property
    def is_pressing(self) -> bool:
        """Something in it cannot wait."""
        return bool(self.is_urgent and self.count)


def topic(key: str) -> str:
    """A topic as residents call it."""
    return str(Topic(key).label) if key in set(Topic) else key


async def few(found: QuerySet[Any], most: int = FEW) -> tuple[int, list[Any]]:
    """How many there are, and the first of them; few are counted by reading them."""
    rows = await found.limit(most + 1)
    return (len(rows) if len(rows) <= most else await found.count()), rows[:most]


def since(at: datetime) -> str:
    """How many days something has been waiting."""
    days = (clock.today() - clock.day_of(at)).days
    return ngettext("已经 %(num)s 天", "已经 %(num)s 天", days) % {"num": days} if days else _("今天的")


def named(what: object, where: str) -> str:
    """A kind of matter and its place."""
    return _("%(what)s · %(where)s") % {"what": what, "where": where} if where else str(what)


def where(one: Any) -> str:
    """Where a matter lies, from the map and without the room: how somebody described the place stays on its page."""
    compound = one.building.compound if one.building else one.compound if _has_compound(one) else None
    names = [place.name if place else "" for place in (compound, one.building, one.unit)]
    return places.say(*names) or (one.grid.name if one.grid else "")


def placed(found: QuerySet[Any]) -> QuerySet[Any]:
    """The same matters with what `where` reads."""
    further = ("compound",) if _has_compound(found.model) else ()
    return found.select_related("building__compound", "unit", "grid", *further)


def _has_compound(kind: Any) -> bool:
    return "compound" in kind._meta.fields_map


def protected() -> str:
    """What a list says instead of the topic and the name of somebody who is protected."""
    return _("受保护居民")


def dispute(one: Dispute) -> Item:
    """One line about a dispute, for those who settle it."""
    kind = DisputeType(one.category).label if one.category in set(DisputeType) else one.number
    return Item(
        "disputes:show",
        {"number": one.number},
        protected() if one.protection_id else named(kind, where(one)),
        state=_("有危险") if one.is_dangerous else str(DISPUTE_NAMES[DisputeState(one.state)]),
        tone="bad" if one.is_dangerous else "info",
        note=since(one.created_at),
    )


def feedback(one: Feedback) -> Item:
    """One line about what somebody raised, for those who see to it."""
    late = bool(one.due_at and one.due_at < clock.now() and one.state == FeedbackState.DISPATCHED)
    return Item(
        "feedback:show",
        {"number": one.number},
        named(CATEGORY_NAMES[Category(one.category)], where(one)),
        one.due_at if one.state == FeedbackState.DISPATCHED else None,
        _("已超时") if late else str(FEEDBACK_NAMES[FeedbackState(one.state)]),
        "bad" if late else "info",
        since(one.created_at),
    )


def consultation(one: Consultation, due: date | None = None) -> Item:
    """One line about what somebody asked, for those who find them a lawyer or advise them; `due` is its next last day."""
    is_late = one.dangers == [Danger.DEADLINE]
    left = (due - clock.today()).days if due else -1
    return Item(
        "consultations:show",
        {"number": one.number},
        protected() if one.protection_id else topic(one.topic),
        state=_("期限快到了") if is_late else _("有危险") if one.is_urgent else _("待安排"),
        tone="bad" if one.is_urgent else "info",
        note=ngettext("还剩 %(num)s 天", "还剩 %(num)s 天", left) % {"num": left}
        if left >= 0
        else since(one.created_at),
    )
