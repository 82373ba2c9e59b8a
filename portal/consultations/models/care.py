"""What grows around a consultation: notes, deadlines, the follow-up, and the words that lawyers and the lexicon keep."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from portal import policy
from portal.conflicts.queries import clear_of_walls
from portal.fields import Instant, Sealed
from portal.languages import lazy_
from portal.people import sight
from portal.records import Row


class NoteKind(StrEnum):
    """Whose note it is: each is read by its own kind of people only."""

    RESIDENT = "resident"
    STAFF = "staff"
    LAWYER = "lawyer"


NOTE_NAMES = {
    NoteKind.RESIDENT: lazy_("居民的备注"),
    NoteKind.STAFF: lazy_("工作人员的备注"),
    NoteKind.LAWYER: lazy_("律师的备注"),
}


class Note(Row):
    """备注 on a consultation. The resident's own may be read by all who work on it, the others only by their kind."""

    consultation = fields.ForeignKeyField("portal.Consultation", related_name="notes", db_index=True)
    consultation_id: UUID
    kind = fields.CharField(max_length=8)
    author = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="notes", on_delete=fields.SET_NULL, db_index=True
    )
    author_id: UUID | None
    firm = fields.ForeignKeyField(
        "portal.Firm", null=True, on_delete=fields.SET_NULL, db_index=True
    )  # of a lawyer's note: the next lawyer reads it inside the same firm only
    firm_id: UUID | None
    words = Sealed(2000)

    class Meta:
        table = "note"


class Deadline(Row):
    """期限 of a consultation: counted from a day the resident gave, to be confirmed by the lawyer."""

    consultation = fields.ForeignKeyField("portal.Consultation", related_name="deadlines", db_index=True)
    consultation_id: UUID
    period = fields.CharField(max_length=60)  # key of a period in portal.law.periods
    event_on = fields.DateField()
    last_on = fields.DateField(db_index=True)  # the safe day: not rolled over a holiday
    rolled_on = fields.DateField()  # as the law counts
    confirmed_by = fields.ForeignKeyField(
        "portal.Lawyer", null=True, related_name="deadlines", on_delete=fields.SET_NULL, db_index=True
    )
    confirmed_by_id: UUID | None
    confirmed_at = Instant(null=True)

    class Meta:
        table = "deadline"
        unique_together = (("consultation", "period"),)


class FollowUp(Row):
    """追问: the one further question a resident may ask within seven days of the 处方."""

    consultation = fields.OneToOneField("portal.Consultation", related_name="follow_up")
    consultation_id: UUID
    question = Sealed(1000)
    lawyer = fields.ForeignKeyField(
        "portal.Lawyer",
        null=True,
        related_name="follow_ups_waiting",
        on_delete=fields.SET_NULL,
        db_index=True,
    )  # to whom it goes; none: nobody of that firm sits here these days
    lawyer_id: UUID | None
    due_on = fields.DateField()
    answer = Sealed(2000, default="", db_default="")
    answered_by = fields.ForeignKeyField(
        "portal.Lawyer", null=True, related_name="follow_ups", on_delete=fields.SET_NULL, db_index=True
    )
    answered_by_id: UUID | None
    answered_at = Instant(null=True)

    class Meta:
        table = "follow_up"


class Snippet(Row):
    """常用段落: a paragraph of a 处方 that lawyers take over by hand, by topic and part. Written by them, never sent by itself."""

    topic = fields.CharField(max_length=20, db_index=True)
    part = fields.CharField(max_length=16)
    words = fields.TextField()
    author = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    author_id: UUID | None
    retired_at = Instant(null=True)

    class Meta:
        table = "snippet"


class Clue(Row):
    """A word of the lexicon as this portal's staff have set it: `weight` 0 takes a shipped one away."""

    word = fields.CharField(max_length=40)
    about = fields.CharField(max_length=20)  # a topic, or what it warns of
    weight = fields.IntField()
    author = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    author_id: UUID | None
    former: Any = fields.JSONField(default=list)  # who set what before

    class Meta:
        table = "clue"
        unique_together = (("word", "about"),)


def may_be_reviewed(path: str = "") -> Q:
    """A 处方 in force (`path` leads to it) that is not protected and of somebody who lets others look at it without names."""
    asked: dict[str, Any] = {
        "state": "issued",
        "consultation__appointment_id__isnull": False,
        "consultation__protection_id__isnull": True,
        "consultation__refuses_review": False,
        "consultation__person__frozen_at__isnull": True,
    }
    return Q(**{path + name: value for name, value in asked.items()})


def _given(person: Any, role: str) -> Q:
    """This lawyer was asked, it may still be looked at or has been, and no wall stands between."""
    is_open = Q(reviewed_at__isnull=False) | may_be_reviewed("prescription__")
    mine = Q(reviewer__person_id=person.id) & is_open
    return mine & clear_of_walls(person, "appointment", "prescription__consultation__appointment_id")


class Review(sight.Guarded, Row):
    """同行评议 of an issued 处方 by a lawyer of another firm, who sees no names."""

    prescription = fields.OneToOneField("portal.Prescription", related_name="review")
    prescription_id: UUID
    reviewer = fields.ForeignKeyField(
        "portal.Lawyer", null=True, related_name="reviews", on_delete=fields.SET_NULL, db_index=True
    )
    reviewer_id: UUID | None
    offered_at = Instant(null=True)
    answers: Any = fields.JSONField(default=list)  # 1 to 5, to each question in turn
    score = fields.IntField(null=True)  # the lowest of them
    words = Sealed(1000, default="", db_default="")
    reviewed_at = Instant(null=True)

    class Meta:
        table = "review"

    RELATIONS = {policy.REVIEWS: _given}
    PARTS = {"line": ("score",), policy.ADVICE: ("answers", "words")}
