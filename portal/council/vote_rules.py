"""Where a meeting stands by the clock, and what its votes come to: the same for whoever computes it, however often."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from portal.council import charter_rules
from portal.council.charter_rules import Terms
from portal.council.models import Choice, Meeting, MeetingState
from portal.languages import _, lazy_


class Stage(StrEnum):
    """Where a meeting stands. Nobody sets it: it follows from the hour."""

    CALLED = "called"
    VOTING = "voting"
    OVER = "over"
    CANCELLED = "cancelled"


STAGE_NAMES = {
    Stage.CALLED: lazy_("已通知"),
    Stage.VOTING: lazy_("正在表决"),
    Stage.OVER: lazy_("已结束"),
    Stage.CANCELLED: lazy_("已取消"),
}
REASONS = {
    "interest": lazy_("这件事关系到自己的利益"),
    "relative": lazy_("这件事关系到亲属"),
    "neighbour": lazy_("自己就是这件事里的邻居"),
    "other": lazy_("别的会让人觉得不公道的原因"),
}


class Verdict(StrEnum):
    PASSED = "passed"
    REJECTED = "rejected"
    SHORT = "short"  # too few took part
    UNASKED = "unasked"  # nobody voted on it


@dataclass(frozen=True)
class Tally:
    """How those who took part voted on one motion."""

    votes_for: int
    votes_against: int
    abstained: int

    @classmethod
    def of(cls, choices: Iterable[str]) -> "Tally":
        """The ballots counted."""
        cast = list(choices)
        return cls(cast.count(Choice.FOR), cast.count(Choice.AGAINST), cast.count(Choice.ABSTAIN))

    @property
    def total(self) -> int:
        """Everybody who was counted."""
        return self.votes_for + self.votes_against + self.abstained


@dataclass(frozen=True)
class Outcome:
    """What the votes on one motion come to. Whoever stood aside is in none of the numbers but `recused`."""

    members: int
    present: int
    quorum: int
    recused: int
    tally: Tally
    verdict: Verdict

    @property
    def missing(self) -> int:
        """By how many it falls short of the quorum."""
        return max(0, self.quorum - self.present)

    @property
    def is_decided(self) -> bool:
        """It passed or it did not; anything else waits for the next meeting."""
        return self.verdict in (Verdict.PASSED, Verdict.REJECTED)


def is_by_roll(meeting: Meeting) -> bool:
    """Its members are known by name and vote one by one. Of any other, staff type in what was counted on paper."""
    return bool(meeting.charter.get("roll"))


def terms_of(meeting: Meeting) -> Terms:
    """The charter that held when notice was given."""
    return charter_rules.read(meeting.kind, meeting.charter)


def closing(meeting: Meeting) -> datetime:
    """When voting ends: as the notice said, else a day after it began."""
    return meeting.closes_at or meeting.starts_at + timedelta(days=1)


def stage(meeting: Meeting, now: datetime) -> Stage:
    """Where it stands at this instant, whether or not anything has run meanwhile."""
    if meeting.state == MeetingState.CANCELLED:
        return Stage.CANCELLED
    if meeting.state == MeetingState.HELD or (is_by_roll(meeting) and now >= closing(meeting)):
        return Stage.OVER
    return Stage.VOTING if now >= meeting.starts_at else Stage.CALLED


def is_due(meeting: Meeting, now: datetime) -> bool:
    """Its votes are in and its result is still to be written down."""
    return meeting.state == MeetingState.NOTICED and is_by_roll(meeting) and now >= closing(meeting)


def judge(
    terms: Terms, kind: str, members: Collection[UUID], attending: Collection[UUID],
    recused: Collection[UUID], choices: Iterable[str],
) -> Outcome:  # fmt: skip
    """The outcome of one motion, from who sits, who takes part, who stood aside, and the ballots.

    Whoever stood aside counts neither among the members nor among those who take part.
    """
    entitled = set(members) - set(recused)
    present = len(entitled & set(attending))
    tally, needed = Tally.of(choices), charter_rules.quorum(terms, kind, len(entitled))
    if present < needed or not entitled:
        verdict = Verdict.SHORT
    elif not tally.total:
        verdict = Verdict.UNASKED
    elif charter_rules.passes(terms, tally.votes_for, present):
        verdict = Verdict.PASSED
    else:
        verdict = Verdict.REJECTED
    return Outcome(len(entitled), present, needed, len(set(recused) & set(members)), tally, verdict)


def too_few(present: int, members: int, needed: int) -> str:
    """Why nothing can be decided, in a sentence for the public."""
    return _("应到 %(members)s 人，至少要到 %(quorum)s 人，实到 %(present)s 人，人数不够，不能表决。") % {
        "members": members,
        "quorum": needed,
        "present": present,
    }
