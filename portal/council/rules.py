"""What makes a decision of the council valid, and who may take which step.

A council of residents (议事会) works by its own charter; the numbers here are settings, and their defaults follow what
the law on urban residents' committees (城市居民委员会组织法, in force since 2026-01-01) says of the residents'
representatives' meeting, article by article below.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.council.models import Meeting, MeetingState, Motion, MotionState
from portal.languages import _
from portal.people.models import Person

PUBLISHED = timedelta(days=15)  # article 34: results of deliberation are public for at least fifteen days
MOST_MEMBERS = 200
FARTHEST = timedelta(days=366)  # a meeting is not called further ahead
TWO_THIRDS = (66, 67)  # per cent cannot say two thirds, so either number means exactly that


@dataclass(frozen=True)
class Tally:
    """How those present voted on one motion."""

    votes_for: int
    votes_against: int
    abstained: int

    @property
    def total(self) -> int:
        """Everybody who was counted."""
        return self.votes_for + self.votes_against + self.abstained


# -- validity --------------------------------------------------------------------------------------------------------------


def earliest(noticed_on: date, notice_days: int) -> date:
    """The first day a meeting may be on when its notice is posted on this day, which is not counted itself.

    Article 26 gives ten days for the residents' meeting; a council's charter usually gives fewer, hence a setting.
    """
    return noticed_on + timedelta(days=notice_days)


def quorum(members: int, percent: int) -> int:
    """How many members must be present: so many per cent, rounded up. Article 29: two thirds."""
    if percent in TWO_THIRDS:
        return -(-members * 2 // 3)
    return -(-members * percent // 100)


def has_quorum(present: int, members: int, percent: int) -> bool:
    """Whether enough are present for anything to be decided."""
    return present >= quorum(members, percent)


def passes(tally: Tally, present: int) -> bool:
    """Article 29: more than half of those present. Abstaining is no yes, and a tie is a no."""
    return tally.votes_for * 2 > present


def is_whole(tally: Tally, present: int) -> bool:
    """Everybody present voted or abstained, and nobody twice."""
    return tally.total == present


def published_until(decided_on: date) -> date:
    """The last day a result is on show; the day of posting is not counted."""
    return decided_on + PUBLISHED


def short_of_quorum(present: int, members: int, percent: int) -> str:
    """Why nothing can be decided, in a sentence for the public."""
    return _("应到 %(members)s 人，至少要到 %(quorum)s 人，实到 %(present)s 人，人数不够，不能表决。") % {
        "members": members,
        "quorum": quorum(members, percent),
        "present": present,
    }


def is_over(meeting: Meeting, now: datetime) -> bool:
    """Its hour has come, whether or not anybody has written down how it went."""
    return meeting.state == MeetingState.NOTICED and now >= meeting.starts_at


# -- who may ---------------------------------------------------------------------------------------------------------------


def may_screen(person: Person, motion: Motion, now: datetime) -> bool:
    """Staff admit a motion or decline it with a reason."""
    return person.serves(motion.community_id)


def may_decide(person: Person, motion: Motion, now: datetime) -> bool:
    """Nobody by a button: a motion is decided with the result of the meeting that weighed it."""
    return False


def may_hold(person: Person, meeting: Meeting, now: datetime) -> bool:
    """Staff record the result, never before the hour that was noticed."""
    return person.serves(meeting.community_id) and now >= meeting.starts_at


def may_cancel(person: Person, meeting: Meeting, now: datetime) -> bool:
    """Staff call a meeting off; its motions wait for the next."""
    return person.serves(meeting.community_id)


def may_write_minutes(person: Person, meeting: Meeting) -> bool:
    """Staff add minutes once; what has been published is not rewritten."""
    return person.serves(meeting.community_id) and meeting.state == MeetingState.HELD and not meeting.minutes


def may_assign(person: Person, motion: Motion) -> bool:
    """Staff say who does what of a decision that was passed."""
    return person.serves(motion.community_id) and motion.state == MotionState.PASSED


MAY = {"admit": may_screen, "decline": may_screen, "pass": may_decide, "reject": may_decide}
MAY_MEETING = {"hold": may_hold, "cancel": may_cancel}
