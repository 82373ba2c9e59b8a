"""A person's wishes about what is kept of them, what must stay for a while, and what two people together let go."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from portal import policy
from portal.fields import Instant, Sealed
from portal.languages import lazy_
from portal.people import sight
from portal.records import Record, Row


class Wish(StrEnum):
    """What the law lets everybody ask (个人信息保护法 44–50)."""

    EXPORT = "export"
    CORRECT = "correct"
    DELETE = "delete"
    FREEZE = "freeze"


WISH_NAMES = {
    Wish.EXPORT: lazy_("要一份我的资料"),
    Wish.CORRECT: lazy_("更正写错的内容"),
    Wish.DELETE: lazy_("删除我的资料"),
    Wish.FREEZE: lazy_("先停止使用我的资料"),
}


class State(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    State.ASKED: lazy_("等待答复"),
    State.GRANTED: lazy_("已同意，办理中"),
    State.REFUSED: lazy_("没有同意，已说明理由"),
    State.DONE: lazy_("已办好"),
    State.WITHDRAWN: lazy_("已撤回"),
}


class Request(sight.Guarded, Record):
    """个人信息请求: what a person asked about what is kept of them, and the answer, with its reason."""

    person = fields.ForeignKeyField("portal.Person", related_name="privacy_requests", db_index=True)
    person_id: UUID
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    wish = fields.CharField(max_length=10)
    words = Sealed(2000, default="")
    answer = Sealed(1000, default="")
    state = fields.CharField(max_length=10, default=State.ASKED)
    due_at = Instant(db_index=True)
    decided_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="privacy_decided", on_delete=fields.SET_NULL, db_index=True
    )
    decided_by_id: UUID | None
    ended_at = Instant(null=True)

    class Meta:
        table = "privacy_request"

    MOVES = {
        (State.ASKED, "grant"): State.GRANTED,
        (State.ASKED, "refuse"): State.REFUSED,
        (State.ASKED, "withdraw"): State.WITHDRAWN,
        (State.GRANTED, "finish"): State.DONE,
        (State.GRANTED, "withdraw"): State.WITHDRAWN,
    }
    AWAITS = {State.ASKED: "lead", State.GRANTED: "lead"}
    RELATIONS = {policy.OWN: sight.named("person_id"), policy.COMMUNITY: sight.within()}
    PARTS = {"line": ("wish", "state"), policy.FACTS: ("words", "answer")}


class LegalHold(Row):
    """A record that may not be disposed of while it stands: a lawsuit, a complaint, an inquiry."""

    kind = fields.CharField(max_length=40)
    subject = fields.UUIDField(db_index=True)
    reason = Sealed(400)
    made_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="legal_holds", on_delete=fields.SET_NULL, db_index=True
    )
    lifted_at = Instant(null=True)

    class Meta:
        table = "legal_hold"


class DisposalState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"


DISPOSAL_NAMES = {
    DisposalState.PROPOSED: lazy_("已提出，等第二人复核"),
    DisposalState.APPROVED: lazy_("已复核，等待执行"),
    DisposalState.REFUSED: lazy_("复核不同意"),
    DisposalState.DONE: lazy_("已销毁"),
}


class Disposal(sight.Guarded, Record):
    """销毁: words that are let go, proposed by one and approved by another. What remains of a record is its line."""

    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    kind = fields.CharField(max_length=40)
    before_on = fields.DateField()  # what ended before this day
    subjects = fields.JSONField(default=list)  # ids of the records, as they were proposed
    cause = fields.CharField(max_length=12)  # retention, or the request of a person
    request = fields.ForeignKeyField(
        "portal.Request", null=True, related_name="disposals", on_delete=fields.SET_NULL, db_index=True
    )
    proposed_by = fields.ForeignKeyField(
        "portal.Person",
        null=True,
        related_name="disposals_proposed",
        on_delete=fields.SET_NULL,
        db_index=True,
    )
    proposed_by_id: UUID | None
    approved_by = fields.ForeignKeyField(
        "portal.Person",
        null=True,
        related_name="disposals_approved",
        on_delete=fields.SET_NULL,
        db_index=True,
    )
    approved_by_id: UUID | None
    state = fields.CharField(max_length=10, default=DisposalState.PROPOSED)
    count = fields.IntField(default=0)  # records whose words were let go
    done_at = Instant(null=True)
    backups_until = fields.DateField(null=True)  # by then the last backup that still holds them is gone

    class Meta:
        table = "disposal"

    MOVES = {
        (DisposalState.PROPOSED, "approve"): DisposalState.APPROVED,
        (DisposalState.PROPOSED, "refuse"): DisposalState.REFUSED,
        (DisposalState.APPROVED, "carry_out"): DisposalState.DONE,
    }
    AWAITS = {DisposalState.PROPOSED: "lead", DisposalState.APPROVED: "portal"}
    RELATIONS = {policy.COMMUNITY: sight.within()}
    PARTS = {"line": ("kind", "subjects", "cause", "state")}
