"""Themed lectures on the Civil Code: what is told when and where, and who has a seat."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q
from tortoise.migrations.constraints import CheckConstraint

from portal import policy
from portal.fields import Instant, Sealed, Words
from portal.languages import lazy_
from portal.people import sight
from portal.records import Record, Row


class Series(Row):
    """系列讲座: lectures under one theme."""

    title = fields.CharField(max_length=60)
    theme = fields.CharField(max_length=20)

    class Meta:
        table = "series"


class State(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    HELD = "held"
    CANCELLED = "cancelled"


STATE_NAMES = {
    State.PLANNED: lazy_("筹备中"),
    State.OPEN: lazy_("报名中"),
    State.HELD: lazy_("已举办"),
    State.CANCELLED: lazy_("已取消"),
}


class Lecture(sight.Guarded, Record):
    """讲座. `taken` is kept by the transactions that take seats, and a CHECK keeps it within `capacity`."""

    series = fields.ForeignKeyField("portal.Series", null=True, related_name="lectures", db_index=True)
    series_id: UUID | None
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    title = fields.CharField(max_length=80)
    theme = fields.CharField(max_length=20)
    summary = Words(2000, default="")
    articles = fields.JSONField(default=list)
    speaker = fields.ForeignKeyField(
        "portal.Lawyer", null=True, related_name="lectures", on_delete=fields.SET_NULL, db_index=True
    )
    speaker_id: UUID | None
    starts_at = Instant(db_index=True)
    ends_at = Instant()
    venue = fields.CharField(max_length=80)
    audience = fields.CharField(max_length=80, default="")
    capacity = fields.IntField()
    taken = fields.IntField(default=0)
    attended = fields.IntField(null=True)
    state = fields.CharField(max_length=10, default=State.PLANNED)

    class Meta:
        table = "lecture"
        constraints = (
            CheckConstraint(name="lecture_never_oversold", check="taken >= 0 AND taken <= capacity"),
        )

    MOVES = {
        (State.PLANNED, "open"): State.OPEN,
        (State.PLANNED, "cancel"): State.CANCELLED,
        (State.OPEN, "hold"): State.HELD,
        (State.OPEN, "cancel"): State.CANCELLED,
    }
    AWAITS = {State.PLANNED: "staff", State.OPEN: "resident"}

    RELATIONS = {
        policy.PUBLIC: lambda person, role: ~Q(state=State.PLANNED),
        policy.COMMUNITY: sight.within(),
    }
    PARTS = {"line": ("title", "theme", "summary", "articles", "venue", "audience", "state")}
    FOUND_BY = {policy.LINE: ("title", "summary", "venue")}


class SignUpState(StrEnum):
    SEATED = "seated"
    WAITING = "waiting"
    CANCELLED = "cancelled"


SIGN_UP_NAMES = {
    SignUpState.SEATED: lazy_("已报名"),
    SignUpState.WAITING: lazy_("候补中"),
    SignUpState.CANCELLED: lazy_("已取消"),
}


class SignUp(sight.Guarded, Record):
    """报名: one person's seats at one lecture. Whoever is waiting moves up by themselves when seats are given back."""

    lecture = fields.ForeignKeyField("portal.Lecture", related_name="sign_ups", db_index=True)
    lecture_id: UUID
    person = fields.ForeignKeyField("portal.Person", related_name="sign_ups", db_index=True)
    person_id: UUID
    seats = fields.IntField()
    state = fields.CharField(max_length=10)
    came = fields.IntField(null=True)
    question = Sealed(500, default="")

    class Meta:
        table = "sign_up"
        unique_together = (("lecture", "person"),)
        constraints = (CheckConstraint(name="sign_up_has_seats", check="seats > 0"),)

    MOVES = {
        (SignUpState.WAITING, "promote"): SignUpState.SEATED,
        (SignUpState.SEATED, "cancel"): SignUpState.CANCELLED,
        (SignUpState.WAITING, "cancel"): SignUpState.CANCELLED,
        (SignUpState.CANCELLED, "sign_up"): SignUpState.SEATED,
        (SignUpState.CANCELLED, "wait"): SignUpState.WAITING,
    }
    AWAITS = {SignUpState.SEATED: "resident", SignUpState.WAITING: "staff"}

    RELATIONS = {
        policy.OWN: sight.named("person_id"),
        policy.COMMUNITY: sight.within("lecture__community_id"),
    }
    PARTS = {"line": ("state",), policy.FACTS: ("question",)}
    PERSON = "person_id"
    FOUND_BY = {policy.FACTS: ("question",)}
