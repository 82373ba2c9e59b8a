"""Who may take which step of what the council weighs."""

from datetime import datetime, timedelta

from portal.council import vote_rules
from portal.council.models import Meeting, MeetingState, Minutes, Motion, MotionState
from portal.council.vote_rules import Stage, Tally
from portal.people.models import Person, Role

MOST_MEMBERS = 5000  # of a meeting counted by hand
FARTHEST = timedelta(days=366)  # a meeting is not called further ahead
FEW = 5  # of fewer sources the public is told no number


def is_whole(tally: Tally, present: int) -> bool:
    """Everybody present voted or abstained, and nobody twice."""
    return tally.total == present


def is_over(meeting: Meeting, now: datetime) -> bool:
    """Its hour has come, whether or not anybody has written down how it went."""
    return meeting.state == MeetingState.NOTICED and now >= meeting.starts_at


def leads(person: Person, community: object) -> bool:
    """Leads this community, or all of them."""
    places = person.minds(Role.LEAD)
    return None in places or (community is not None and community in places)


def may_screen(person: Person, motion: Motion, now: datetime) -> bool:
    """Staff admit a motion or decline it with a reason."""
    return person.serves(motion.community_id)


def may_decide(person: Person, motion: Motion, now: datetime) -> bool:
    """Nobody by a button: a motion is decided with the result of the meeting that weighed it."""
    return False


def may_hold(person: Person, meeting: Meeting, now: datetime) -> bool:
    """Staff type in what was counted by hand, never before the hour that was noticed; where members vote by name the
    portal counts."""
    by_hand = not vote_rules.is_by_roll(meeting)
    return by_hand and person.serves(meeting.community_id) and now >= meeting.starts_at


def may_cancel(person: Person, meeting: Meeting, now: datetime) -> bool:
    """Staff call a meeting off; its motions wait for the next. Where members vote by name not once voting has begun, or a
    result could be called off."""
    is_free = now < meeting.starts_at or not vote_rules.is_by_roll(meeting)
    return is_free and person.serves(meeting.community_id)


def may_count(person: Person, meeting: Meeting, now: datetime) -> bool:
    """Staff tick who is there and type in votes of the room and of paper, while voting lasts."""
    is_open = vote_rules.stage(meeting, now) == Stage.VOTING and vote_rules.is_by_roll(meeting)
    return is_open and person.serves(meeting.community_id)


def may_recuse(meeting: Meeting, now: datetime) -> bool:
    """From the notice until voting ends."""
    return vote_rules.is_by_roll(meeting) and vote_rules.stage(meeting, now) in (Stage.CALLED, Stage.VOTING)


def may_write_minutes(person: Person, meeting: Meeting, now: datetime) -> bool:
    """Staff write minutes once the meeting has begun; each time a new version."""
    begun = meeting.state != MeetingState.CANCELLED and now >= meeting.starts_at
    return begun and person.serves(meeting.community_id)


def may_sign(person: Person, meeting: Meeting, minutes: Minutes, chair: object) -> bool:
    """Its chair signs minutes off, else a lead; never whoever wrote them."""
    if minutes.signed_at is not None or minutes.written_by_id == person.id:
        return False
    return person.id == chair or leads(person, meeting.community_id)


def may_conclude(person: Person, motion: Motion) -> bool:
    """Staff say in words what was decided, once, also where it is no."""
    is_decided = motion.state in (MotionState.PASSED, MotionState.REJECTED)
    return is_decided and not motion.decision and person.serves(motion.community_id)


def may_assign(person: Person, motion: Motion) -> bool:
    """Staff say who does what of a decision that was passed."""
    return person.serves(motion.community_id) and motion.state == MotionState.PASSED


MAY = {"admit": may_screen, "decline": may_screen, "pass": may_decide, "reject": may_decide}
MAY_MEETING = {"hold": may_hold, "cancel": may_cancel}
