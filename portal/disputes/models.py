"""Disputes: where they arose, who settles them at which level, and how it ended."""

from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q, Subquery

from portal import policy
from portal.conflicts.queries import clear_of_walls
from portal.fields import Instant, Sealed
from portal.languages import lazy_
from portal.people import sight
from portal.people.models import Role, Scope
from portal.records import Record, Row

MATTER = "dispute"  # what conflicts of interest call it


class Level(IntEnum):
    """The ladder, lowest first. 小事不出网格 counts what was settled up to GRID, 大事不出社区 up to COMMUNITY."""

    UNIT = 1
    BUILDING = 2
    GRID = 3
    COMMUNITY = 4
    STREET = 5
    COURT = 6


LEVEL_NAMES = {
    Level.UNIT: lazy_("单元"),
    Level.BUILDING: lazy_("楼栋"),
    Level.GRID: lazy_("网格"),
    Level.COMMUNITY: lazy_("社区"),
    Level.STREET: lazy_("街道"),
    Level.COURT: lazy_("法院"),
}

LEVEL_OF = {Role.UNIT_HEAD: Level.UNIT, Role.BUILDING_HEAD: Level.BUILDING, Role.GRID_OFFICER: Level.GRID}


class State(StrEnum):
    REPORTED = "reported"
    ACCEPTED = "accepted"
    MEDIATING = "mediating"
    SETTLED = "settled"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    ESCALATED = "escalated"


STATE_NAMES = {
    State.REPORTED: lazy_("已上报"),
    State.ACCEPTED: lazy_("已受理"),
    State.MEDIATING: lazy_("调解中"),
    State.SETTLED: lazy_("已化解"),
    State.FAILED: lazy_("调解不成"),
    State.WITHDRAWN: lazy_("已撤回"),
    State.ESCALATED: lazy_("已移送法院或其他机关"),
}

OPEN = (State.REPORTED, State.ACCEPTED, State.MEDIATING)


class Outcome(StrEnum):
    """How a dispute ended."""

    WRITTEN = "written"
    ORAL = "oral"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    ESCALATED = "escalated"


OUTCOME_NAMES = {
    Outcome.WRITTEN: lazy_("达成书面协议"),
    Outcome.ORAL: lazy_("达成口头协议"),
    Outcome.FAILED: lazy_("调解不成"),
    Outcome.WITHDRAWN: lazy_("当事人撤回"),
    Outcome.ESCALATED: lazy_("移送法院或其他机关"),
}


class Source(StrEnum):
    """案件来源, as the official statistics ask for it."""

    OWN = "own"
    APPLIED = "applied"
    REFERRED = "referred"


SOURCE_NAMES = {
    Source.OWN: lazy_("主动调解"),
    Source.APPLIED: lazy_("依申请调解"),
    Source.REFERRED: lazy_("接受委托移送调解"),
}


_PLACE = {"unit_head": "unit_id", "building_head": "building_id", "grid_officer": "grid_id"}
_MINDS = sight.minding(**_PLACE)


def _minds(person: Any, role: str) -> Q:
    """It lies in their place, at their level or below. A protected one is the service centre's alone: heads are neighbours."""
    return _MINDS(person, role) & Q(level__lte=LEVEL_OF[Role(role)], protection_id__isnull=True)


def _stands(person: Any, role: str) -> Q:
    return _minds(person, role) & Q(level=LEVEL_OF[Role(role)])


def _passed(person: Any, role: str) -> Q:
    """It stood at their level, in their place, and went higher: they may see what became of it, and no more."""
    level = LEVEL_OF[Role(role)]
    there = {f"dispute__{_PLACE[role]}__in": person.minds(role)}
    hops = Hop.filter(was=level, now__gt=level, **there)
    return Q(level__gt=level, protection_id__isnull=True, id__in=Subquery(hops.values("dispute_id")))


def _handling(person: Any, role: str) -> Q:
    """It was given to them, and they came in by the door of the office in which they handle it. What is protected leaves
    a head's hands."""
    if not person.roles:
        return sight.NOTHING
    given = Q(handler_id=person.id) & clear_of_walls(person, MATTER)
    return given & Q(protection_id__isnull=True) if person.roles <= policy.HEADS else given


def _raised(person: Any, role: str) -> Q:
    """It stands at the street of theirs, or went through it to a court."""
    to_street = Subquery(Hop.filter(now=Level.STREET).values("dispute_id"))
    there = Q(level=Level.STREET) | Q(level__gt=Level.STREET, id__in=to_street)
    return there & sight.within("community__street_id")(person, role)


class Dispute(sight.Guarded, Record):
    """纠纷. `level` is where it stands; `level_arose` never changes; `level_settled` only while it stays settled."""

    reporter = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="disputes_reported", on_delete=fields.SET_NULL, db_index=True
    )
    reporter_id: UUID | None
    handler = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="disputes_handled", on_delete=fields.SET_NULL, db_index=True
    )
    handler_id: UUID | None
    category = fields.CharField(max_length=20)
    source = fields.CharField(max_length=10, default=Source.APPLIED)
    channel = fields.CharField(max_length=12, default="web")
    words = Sealed(4000)
    grid = fields.ForeignKeyField("portal.Grid", null=True, on_delete=fields.SET_NULL, db_index=True)
    compound = fields.ForeignKeyField("portal.Compound", null=True, on_delete=fields.SET_NULL, db_index=True)
    building = fields.ForeignKeyField("portal.Building", null=True, on_delete=fields.SET_NULL, db_index=True)
    unit = fields.ForeignKeyField("portal.Unit", null=True, on_delete=fields.SET_NULL, db_index=True)
    place = Sealed(80, default="")  # as it was said, room included
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    protection = fields.ForeignKeyField(
        "portal.Protection", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    protection_id: UUID | None
    people = fields.IntField(default=2)
    amount = fields.BigIntField(default=0)  # 分
    is_dangerous = fields.BooleanField(default=False)
    state = fields.CharField(max_length=12, default=State.REPORTED)
    level_arose = fields.IntField()
    level = fields.IntField()
    level_settled = fields.IntField(null=True)
    outcome = fields.CharField(max_length=10, default="")
    asked_on = fields.DateField(
        null=True
    )  # of the request to mediate: interrupts limitation (诉讼时效规定 12)
    accepted_at = Instant(null=True)
    ended_at = Instant(null=True, db_index=True)
    reopened = fields.IntField(default=0)

    class Meta:
        table = "dispute"
        indexes = (("state", "level"), ("grid_id", "state"), ("created_at",))

    MOVES = {
        (State.REPORTED, "accept"): State.ACCEPTED,
        (State.REPORTED, "settle"): State.SETTLED,
        (State.REPORTED, "withdraw"): State.WITHDRAWN,
        (State.REPORTED, "escalate"): State.ESCALATED,
        (State.REPORTED, "raise"): State.REPORTED,
        (State.REPORTED, "hand_down"): State.REPORTED,
        (State.ACCEPTED, "mediate"): State.MEDIATING,
        (State.ACCEPTED, "settle"): State.SETTLED,
        (State.ACCEPTED, "fail"): State.FAILED,
        (State.ACCEPTED, "withdraw"): State.WITHDRAWN,
        (State.ACCEPTED, "escalate"): State.ESCALATED,
        (State.ACCEPTED, "raise"): State.REPORTED,
        (State.ACCEPTED, "hand_down"): State.REPORTED,
        (State.MEDIATING, "settle"): State.SETTLED,
        (State.MEDIATING, "fail"): State.FAILED,
        (State.MEDIATING, "withdraw"): State.WITHDRAWN,
        (State.MEDIATING, "escalate"): State.ESCALATED,
        (State.MEDIATING, "raise"): State.REPORTED,
        (State.SETTLED, "reopen"): State.ACCEPTED,
        (State.FAILED, "reopen"): State.ACCEPTED,
        (State.FAILED, "escalate"): State.ESCALATED,
        (State.WITHDRAWN, "reopen"): State.ACCEPTED,
    }
    AWAITS = {
        State.REPORTED: "handler",
        State.ACCEPTED: "handler",
        State.MEDIATING: "mediator",
        State.FAILED: "resident",
    }

    RELATIONS = {
        policy.OWN: sight.own("reporter_id"),
        policy.PROXY: sight.granted(Scope.MEDIATION, "reporter_id"),
        policy.HANDLING: _handling,
        policy.MINDS: _minds,
        policy.STANDS: _stands,
        policy.PASSED: _passed,
        policy.COMMUNITY: sight.within(),
        policy.STREET: _raised,
    }
    PARTS = {
        "line": ("category", "source", "channel", "state", "outcome"),
        policy.PLACE: ("place",),
        policy.FACTS: ("words", "amount"),
    }
    PERSON = "reporter_id"
    FOUND_BY = {policy.PLACE: ("place",), policy.FACTS: ("words",)}


class Hop(Row):
    """A dispute passed from one level to another, by whom and why."""

    dispute = fields.ForeignKeyField("portal.Dispute", related_name="hops", db_index=True)
    person = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    verb = fields.CharField(max_length=12)
    was = fields.IntField()
    now = fields.IntField()
    reason = Sealed(400)

    class Meta:
        table = "hop"


class SittingState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Sitting(Row):
    """一次调解: when, where, by whom; afterwards who came and what was said."""

    dispute = fields.ForeignKeyField("portal.Dispute", related_name="sittings", db_index=True)
    dispute_id: UUID
    mediator = fields.ForeignKeyField("portal.Person", related_name="sittings", db_index=True)
    mediator_id: UUID
    starts_at = Instant()
    place = fields.CharField(max_length=80)
    state = fields.CharField(max_length=10, default=SittingState.PLANNED)
    attended = Sealed(200, default="")
    minutes = Sealed(8000, default="")
    rights_told = fields.BooleanField(default=False)  # 人民调解法 23

    class Meta:
        table = "sitting"

    MOVES = {
        (SittingState.PLANNED, "hold"): SittingState.HELD,
        (SittingState.PLANNED, "cancel"): SittingState.CANCELLED,
    }
    AWAITS = {SittingState.PLANNED: "mediator"}


class Agreement(Record):
    """调解协议: oral or written (人民调解法 28–30). `file` is its number, 一案一号, one serial a year."""

    dispute = fields.ForeignKeyField("portal.Dispute", related_name="agreements", db_index=True)
    form = fields.CharField(max_length=10)
    content = Sealed(8000)
    performance = Sealed(2000)  # how, when and where it is performed
    amount = fields.BigIntField(default=0)  # 分
    reached_on = fields.DateField()
    perform_by = fields.DateField(null=True)
    year = fields.IntField()
    serial = fields.IntField()
    signed = fields.BooleanField(default=False)  # by the parties and the mediator, and sealed (人民调解法 29)

    class Meta:
        table = "agreement"
        unique_together = (("year", "serial"),)
