"""What touches everyone: who weighs it, the meetings, the votes, and what came of them."""

from portal.council.models.ballots import (
    CHOICE_NAMES,
    WAY_NAMES,
    Attendance,
    Ballot,
    Choice,
    Minutes,
    Recusal,
    Voted,
    Way,
)
from portal.council.models.meetings import (
    MEETING_NAMES,
    MOTION_NAMES,
    Meeting,
    MeetingState,
    Motion,
    MotionState,
    Task,
)
from portal.council.models.members import KIND_NAMES, Charter, Kind, Member

__all__ = [
    "CHOICE_NAMES",
    "KIND_NAMES",
    "MEETING_NAMES",
    "MOTION_NAMES",
    "WAY_NAMES",
    "Attendance",
    "Ballot",
    "Charter",
    "Choice",
    "Kind",
    "Meeting",
    "MeetingState",
    "Member",
    "Minutes",
    "Motion",
    "MotionState",
    "Recusal",
    "Task",
    "Voted",
    "Way",
]
