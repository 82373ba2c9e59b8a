"""Reads of the council: what is being weighed, what was decided, what came of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q

from portal import locality, paging
from portal.council.models import Meeting, MeetingState, Minutes, Motion, MotionState, Task
from portal.disputes.models import Dispute
from portal.feedback.models import Feedback
from portal.paging import Leaf
from portal.people.models import Person

PAGE = 30
DECIDED = [MotionState.PASSED, MotionState.REJECTED]
LINE = (
    *("number", "title", "state", "created_at", "decided_at", "published_until", "meeting__starts_at"),
    "is_suggested",
)


@dataclass
class Progress:
    """How far the tasks of decisions are."""

    done: int
    open: int
    overdue: list[dict[str, Any]]


async def coming(most: int = 10) -> list[Meeting]:
    """Meetings here that were noticed and whose result is not written down yet, the next one first."""
    here = Meeting.filter(community_id=locality.current(), state=MeetingState.NOTICED)
    return await here.order_by("starts_at").limit(most)


async def held(most: int = 10) -> list[dict[str, Any]]:
    """The latest meetings here with a result."""
    found = (
        Meeting.filter(community_id=locality.current(), state=MeetingState.HELD)
        .order_by("-starts_at")
        .limit(most)
    )
    return await found.values("number", "title", "starts_at", "present", "members")


async def in_state(person: Person | None, state: MotionState) -> list[dict[str, Any]]:
    """Motions here in this state that this person may see, the oldest first."""
    found = Motion.visible_to(person).filter(community_id=locality.current(), state=state)
    return await found.order_by("created_at").limit(100).values(*LINE)


async def own(person: Person | None) -> list[dict[str, Any]]:
    """What this person proposed, the latest first."""
    if person is None:
        return []
    return await Motion.filter(person_id=person.id).order_by("-created_at").limit(PAGE).values(*LINE)


async def decisions(wanted: Q, page: int) -> Leaf:
    """One page of what was decided here, the latest first."""
    found = Motion.filter(wanted, community_id=locality.current(), state__in=DECIDED)
    return await paging.leaf(found.order_by("-decided_at", "id"), page, *LINE)


async def progress(today: date) -> Progress:
    """All tasks here counted, and those that are late."""
    here = Task.filter(motion__community_id=locality.current())
    late = here.filter(done_on__isnull=True, due_on__lt=today).order_by("due_on").limit(PAGE)
    return Progress(
        done=await here.filter(done_on__isnull=False).count(),
        open=await here.filter(done_on__isnull=True).count(),
        overdue=await late.values("words", "owner", "due_on", "motion__number", "motion__title"),
    )


async def waiting() -> list[Motion]:
    """Motions here that can be put before a meeting: admitted, and on no agenda that is still ahead."""
    free = Q(meeting_id__isnull=True) | ~Q(meeting__state=MeetingState.NOTICED)
    found = Motion.filter(free, community_id=locality.current(), state=MotionState.ADMITTED)
    return await found.order_by("created_at").select_related("person")


async def agenda(meeting: Meeting) -> list[Motion]:
    """What the meeting weighs, or weighed."""
    return await Motion.filter(meeting_id=meeting.id).order_by("created_at").select_related("person")


async def reporters(sources: list[str]) -> list[tuple[Person, Feedback | Dispute]]:
    """Who raised the matters with these numbers, each once, with the first of theirs."""
    found: dict[Any, tuple[Person, Feedback | Dispute]] = {}
    for raised in await Feedback.filter(number__in=sources).order_by("id").select_related("person"):
        if raised.person is not None:
            found.setdefault(raised.person_id, (raised.person, raised))
    for dispute in await Dispute.filter(number__in=sources).order_by("id").select_related("reporter"):
        if dispute.reporter is not None:
            found.setdefault(dispute.reporter_id, (dispute.reporter, dispute))
    return list(found.values())


async def versions(meeting: Meeting) -> list[Minutes]:
    """Every version of the minutes, the latest first, with who wrote and who signed it."""
    found = Minutes.filter(meeting_id=meeting.id).order_by("-version")
    return await found.select_related("written_by", "signed_by")


async def tasks(motion: Motion) -> list[Task]:
    """What the decision asks of whom, by date."""
    return await Task.filter(motion_id=motion.id).order_by("due_on", "created_at")


async def sources(person: Person | None, numbers: list[str]) -> list[tuple[str, str]]:
    """(number, route) of the needs and disputes among these that this person may open."""
    found: list[tuple[str, str]] = []
    if person is None or not numbers:
        return found
    for kind, route in ((Feedback, "feedback:show"), (Dispute, "disputes:show")):
        seen = await kind.visible_to(person).filter(number__in=numbers).values("number")
        found += [(row["number"], route) for row in seen]
    return found
