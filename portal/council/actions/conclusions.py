"""The end of voting: it comes by the clock, and whoever notices first writes the result down, exactly once."""

from datetime import datetime
from typing import Any

from portal import clock, database, states
from portal.council import vote_queries, vote_rules
from portal.council.actions.motions import tell
from portal.council.charter_rules import published_until
from portal.council.models import Meeting, MeetingState, Motion
from portal.council.vote_rules import Outcome, Verdict
from portal.database import transaction


async def lock(meeting: Meeting) -> Meeting:
    """The meeting as it stands now, in a transaction that no other vote or conclusion of it passes by."""
    await database.serialise(f"meeting {meeting.id}")
    return await Meeting.get(id=meeting.id)


async def conclude(meeting: Meeting) -> bool:
    """Write down what the votes came to, if voting is over and nobody did yet; whether it was this call that did.

    What could not be decided stays admitted for the next meeting, and the meeting keeps by how many it fell short.
    """
    if not vote_rules.is_due(meeting, clock.now()):
        return False
    async with transaction():
        now = await lock(meeting)
        if not vote_rules.is_due(now, clock.now()):
            return False
        motions = await Motion.filter(meeting_id=now.id).order_by("created_at").select_related("person")
        outcomes = await vote_queries.outcomes(now, motions)
        left = [
            {"number": motion.number, "title": motion.title, **_figures(outcomes[motion.id])}
            for motion in motions
            if not outcomes[motion.id].is_decided
        ]
        members, present = await vote_queries.present(now)
        changes: dict[str, Any] = {"members": members, "present": present}
        if left:
            changes["charter"] = {**now.charter, "left": left}
        await states.move(None, now, "hold", **changes)
        closed, days = vote_rules.closing(now), vote_rules.terms_of(now).published_days
        for motion in motions:
            if outcomes[motion.id].is_decided:
                await decide(None, motion, outcomes[motion.id], closed, days)
            else:
                await tell(motion, "council/undecided")
    return True


def _figures(outcome: Outcome) -> dict[str, Any]:
    return {
        "verdict": str(outcome.verdict),
        "members": outcome.members,
        "present": outcome.present,
        "quorum": outcome.quorum,
    }


async def decide(actor: Any, motion: Motion, outcome: Outcome, at: datetime, days: int) -> None:
    """Write one outcome down, as of the instant at which voting ended. Inside a transaction; needs `person` loaded."""
    day = clock.day_of(at)
    await states.move(
        actor,
        motion,
        "pass" if outcome.verdict == Verdict.PASSED else "reject",
        detail={"present": outcome.present},
        votes_for=outcome.tally.votes_for,
        votes_against=outcome.tally.votes_against,
        abstained=outcome.tally.abstained,
        recused=outcome.recused,
        decided_at=at,
        published_from=clock.today(),
        published_until=published_until(max(day, clock.today()), days),
    )
    await tell(motion, "council/decided")


async def conclude_due() -> int:
    """Write down every result that is due, in every community. How many there were."""
    done = 0
    for meeting in await Meeting.filter(state=MeetingState.NOTICED, starts_at__lt=clock.now()):
        done += await conclude(meeting)
    return done
