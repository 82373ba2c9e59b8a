"""Reads of lectures: what is coming, what was held, who sits where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from portal import locality, paging
from portal.law import identifiers
from portal.lectures.models import Lecture, SignUp, SignUpState, State
from portal.paging import Leaf
from portal.people.models import TAIL, Person
from portal.roster.models import Lawyer

PAGE = 30
MOST_COMING = 100
LINE = (
    *(
        "number",
        "title",
        "theme",
        "starts_at",
        "ends_at",
        "venue",
        "audience",
        "capacity",
        "taken",
        "attended",
    ),
    *("state", "series_id", "speaker__person__name", "speaker__firm__name"),
)


@dataclass
class Sheet:
    """The list at the door: who has seats, who waits, how many came so far; each known by their surname and the last
    digits of their telephone, which they say at the door."""

    seated: list[SignUp]
    waiting: list[SignUp]
    came: int

    @staticmethod
    def called(one: SignUp) -> str:
        """What somebody says at the door to be found on the list."""
        return f"{identifiers.mask_name(one.person.name)} {(one.person.phone or '')[-TAIL:]}".strip()


async def coming(person: Person | None, now: datetime) -> list[dict[str, Any]]:
    """Lectures here that are not over, the next one first."""
    ahead = Lecture.visible_to(person).filter(
        community_id=locality.current(), ends_at__gt=now, state__not=State.HELD
    )
    return await ahead.order_by("starts_at", "id").limit(MOST_COMING).values(*LINE)


async def past(person: Person | None, wanted: Q, page: int) -> Leaf:
    """One page of the lectures that were held, the latest first."""
    held = Lecture.visible_to(person).filter(wanted, community_id=locality.current(), state=State.HELD)
    return await paging.leaf(held.order_by("-starts_at", "id"), page, *LINE)


async def unfinished(person: Person | None, now: datetime) -> list[dict[str, Any]]:
    """For staff: lectures here whose time is over and of which nobody has said how they went."""
    if person is None or not person.is_staff:
        return []
    over = Lecture.visible_to(person).filter(
        community_id=locality.current(), ends_at__lte=now, state__in=[State.OPEN, State.PLANNED]
    )
    return await over.order_by("starts_at").limit(PAGE).values(*LINE)


async def feed(now: datetime) -> list[Lecture]:
    """What the calendar file holds: everything announced here that is not over, cancelled ones too."""
    ahead = (
        Lecture.visible_to(None)
        .filter(community_id=locality.current(), ends_at__gt=now)
        .order_by("starts_at")
        .limit(MOST_COMING)
    )
    return await ahead.select_related("speaker__person")


async def siblings(person: Person | None, lecture: Lecture) -> list[dict[str, Any]]:
    """The lectures of the same series, in their order; empty for a lecture that stands alone."""
    series = lecture.series_id
    if series is None:
        return []
    return await Lecture.visible_to(person).filter(series_id=series).order_by("starts_at").values(*LINE)


async def sign_up_of(person: Person | None, lecture: Lecture) -> SignUp | None:
    """This person's own sign-up, given up or not."""
    if person is None:
        return None
    return await SignUp.get_or_none(lecture_id=lecture.id, person_id=person.id)


async def seats_before(sign_up: SignUp) -> int:
    """How many seats those ahead in the queue are waiting for."""
    queue = SignUp.filter(lecture_id=sign_up.lecture_id, state=SignUpState.WAITING)
    ahead = queue.filter(created_at__lt=sign_up.created_at)
    return sum(row["seats"] for row in await ahead.values("seats"))


async def seats_waiting(lecture: Lecture) -> int:
    """How many seats are waited for in all."""
    queue = SignUp.filter(lecture_id=lecture.id, state=SignUpState.WAITING)
    return sum(row["seats"] for row in await queue.values("seats"))


async def questions(lecture: Lecture) -> list[str]:
    """What people want to know, without their names."""
    asked = SignUp.filter(lecture_id=lecture.id).exclude(state=SignUpState.CANCELLED)
    rows = await asked.order_by("created_at").values("question")
    return [row["question"] for row in rows if row["question"]]


async def sheet(lecture: Lecture) -> Sheet:
    """The list at the door."""
    found = await SignUp.filter(lecture_id=lecture.id).order_by("created_at", "id").select_related("person")
    seated = [one for one in found if one.state == SignUpState.SEATED]
    waiting = [one for one in found if one.state == SignUpState.WAITING]
    return Sheet(seated, waiting, sum(one.came or 0 for one in seated))


async def speakers() -> list[tuple[str, str]]:
    """(id, name and firm) of the lawyers who can speak."""
    found = Lawyer.filter(is_active=True).order_by("firm__name", "person__name")
    rows = await found.values("id", "person__name", "firm__name")
    return [(str(row["id"]), f"{row['person__name']} · {row['firm__name']}") for row in rows]
