"""同行评议: drawn by lot from each month's 处方, offered to a lawyer of another firm, judged without names. Each function is one
transaction for each record; none awaits the network."""

from collections.abc import Sequence
from typing import Any

from portal import clock, database, journal, notices, secrecy
from portal.booking.rules import next_daytime
from portal.consultations.models import Review
from portal.consultations.queries import reviews as review_queries
from portal.consultations.rules import reviews
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.people.models import Person
from portal.roster.models import Lawyer

LOCK = "reviews"  # whoever draws, one at a time


async def draw() -> int:
    """Draw the sample of every month that is over and of which none was drawn, then offer what waits; how many of both."""
    count = 0
    for first, until in reviews.months(clock.today()):
        if await review_queries.to_be_drawn(first, until):
            count += await _draw(first, until)
    for review in await review_queries.waiting():
        count += await _offer(review)
    return count


async def _draw(first: Any, until: Any) -> int:
    """One month, in every community."""
    count = 0
    async with transaction():
        await database.serialise(LOCK)
        for issued in (await review_queries.to_be_drawn(first, until)).values():
            for number in reviews.drawn(issued, _mark):
                await journal.record(None, "draw", await Review.create(prescription_id=issued[number]))
                count += 1
    return count


async def _offer(review: Review) -> bool:
    """Ask the next lawyer who may; nobody is asked where nobody may."""
    able = await review_queries.able(review)
    given = await review_queries.given()
    chosen = reviews.next_reviewer(able, given, review.prescription.number, _mark)
    if chosen is None:
        return False
    lawyer, now = await Lawyer.get(id=chosen).select_related("person"), clock.now()
    async with transaction():
        same = Review.filter(id=review.id, reviewer_id=review.reviewer_id, reviewed_at=None)
        if not await same.update(reviewer_id=chosen, offered_at=now):
            return False
        await journal.record(None, "offer", review, to=lawyer.person.number)
        await notices.owe(
            lawyer.person,
            "consultations/review",
            key=f"consultations/review:{review.id}:{chosen}",
            due=next_daytime(now),
            by=clock.day_of(now + reviews.ANSWERING).isoformat(),
        )
    return True


async def assess(person: Person, review: Review, answers: Sequence[int], words: str) -> None:
    """Three answers and a few words, once; whoever wrote it is told that there is an opinion. Forbidden for whoever was not asked; ValueError for other answers. The review came
    through the door; needs `reviewer` loaded."""
    score = reviews.score(answers)
    if not reviews.may_assess(person, review):
        raise Forbidden
    said = review.sealed(words=words, answers=list(answers), score=score, reviewed_at=clock.now())
    async with transaction():
        if not await _mine(review).update(**said):
            raise Conflict
        await journal.record(person, "assess", review)
        writer = await Lawyer.get(prescriptions__id=review.prescription_id).select_related("person")
        key, due = f"consultations/reviewed:{review.id}", next_daytime(clock.now())
        await notices.owe(writer.person, "consultations/reviewed", key=key, due=due)


async def decline(person: Person, review: Review) -> None:
    """They know whom it is about, or cannot: somebody else is asked, and never they again. Forbidden for whoever was not
    asked."""
    if not reviews.may_assess(person, review):
        raise Forbidden
    async with transaction():
        if not await _mine(review).update(reviewer_id=None, offered_at=None):
            raise Conflict
        await journal.record(person, "decline", review)


def _mine(review: Review) -> Any:
    return Review.filter(id=review.id, reviewer_id=review.reviewer_id, reviewed_at=None)


def _mark(text: str) -> str:
    """The lot of a 处方, or of a 处方 and a lawyer."""
    return secrecy.keyed("review", text)
