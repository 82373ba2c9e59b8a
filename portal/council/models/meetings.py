"""What touches everyone: motions, the meetings that weigh them, what was decided and what came of it."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from portal import policy
from portal.council.models.members import Kind
from portal.fields import Instant, Words
from portal.languages import lazy_
from portal.people import sight
from portal.records import Record, Row


class MeetingState(StrEnum):
    NOTICED = "noticed"
    HELD = "held"
    CANCELLED = "cancelled"


MEETING_NAMES = {
    MeetingState.NOTICED: lazy_("已通知"),
    MeetingState.HELD: lazy_("已召开"),
    MeetingState.CANCELLED: lazy_("已取消"),
}


class Meeting(sight.Guarded, Record):
    """议事会会议. `members` may vote; below the quorum nothing is decided."""

    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    title = fields.CharField(max_length=80)
    starts_at = Instant(db_index=True)
    place = fields.CharField(max_length=80)
    noticed_at = Instant()
    members = fields.IntField()
    present = fields.IntField(null=True)
    minutes = Words(8000, default="")
    state = fields.CharField(max_length=10, default=MeetingState.NOTICED)
    kind = fields.CharField(max_length=10, default=Kind.COUNCIL, db_default="council")
    charter = fields.JSONField(default=dict, db_default="{}")  # what held when notice was given
    closes_at = Instant(null=True)  # when voting ends, online too

    class Meta:
        table = "meeting"

    MOVES = {
        (MeetingState.NOTICED, "hold"): MeetingState.HELD,
        (MeetingState.NOTICED, "cancel"): MeetingState.CANCELLED,
    }
    AWAITS = {MeetingState.NOTICED: "staff"}

    RELATIONS = {policy.PUBLIC: sight.every, policy.COMMUNITY: sight.within()}
    PARTS = {"line": ("title", "place", "minutes", "state")}
    FOUND_BY = {policy.LINE: ("title", "minutes")}


class MotionState(StrEnum):
    PROPOSED = "proposed"
    ADMITTED = "admitted"
    DECLINED = "declined"
    PASSED = "passed"
    REJECTED = "rejected"


MOTION_NAMES = {
    MotionState.PROPOSED: lazy_("已提出，待审查"),
    MotionState.ADMITTED: lazy_("列入议程"),
    MotionState.DECLINED: lazy_("不列入议程"),
    MotionState.PASSED: lazy_("表决通过"),
    MotionState.REJECTED: lazy_("表决未通过"),
}


class Motion(sight.Guarded, Record):
    """议题: proposed, screened, put to a meeting, and passed or not."""

    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    title = fields.CharField(max_length=80)
    words = Words(4000)
    person = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="motions", on_delete=fields.SET_NULL, db_index=True
    )
    person_id: UUID | None
    sources = fields.JSONField(default=list)  # numbers of the feedback and disputes it grew out of
    meeting = fields.ForeignKeyField("portal.Meeting", null=True, related_name="motions", db_index=True)
    meeting_id: UUID | None
    state = fields.CharField(max_length=10, default=MotionState.PROPOSED)
    reason = Words(1000, default="")
    votes_for = fields.IntField(null=True)
    votes_against = fields.IntField(null=True)
    abstained = fields.IntField(null=True)
    decided_at = Instant(null=True)
    published_until = fields.DateField(null=True)
    published_from = fields.DateField(null=True)
    is_secret = fields.BooleanField(default=False, db_default=False)
    is_suggested = fields.BooleanField(default=False, db_default=False)  # by the portal, from similar matters
    category = fields.CharField(max_length=20, default="", db_default="")
    decision = Words(2000, default="", db_default="")  # what was decided, in words; it may be no
    recused = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "motion"

    MOVES = {
        (MotionState.PROPOSED, "admit"): MotionState.ADMITTED,
        (MotionState.PROPOSED, "decline"): MotionState.DECLINED,
        (MotionState.ADMITTED, "pass"): MotionState.PASSED,
        (MotionState.ADMITTED, "reject"): MotionState.REJECTED,
    }
    AWAITS = {MotionState.PROPOSED: "staff", MotionState.ADMITTED: "council"}

    RELATIONS = {
        policy.PUBLIC: lambda person, role: ~Q(state__in=[MotionState.PROPOSED, MotionState.DECLINED]),
        policy.OWN: sight.named("person_id"),
        policy.COMMUNITY: sight.within(),
    }
    PARTS = {"line": ("title", "sources", "state", "reason"), policy.FACTS: ("words",)}
    PERSON = "person_id"
    FOUND_BY = {policy.LINE: ("title",), policy.FACTS: ("words",)}


class Task(Row):
    """督办事项: what a decision asks of whom, until when."""

    motion = fields.ForeignKeyField("portal.Motion", related_name="tasks", db_index=True)
    words = fields.CharField(max_length=200)
    owner = fields.CharField(max_length=60)
    due_on = fields.DateField()
    done_on = fields.DateField(null=True)
    progress = Words(1000, default="", db_default="")

    class Meta:
        table = "task"
