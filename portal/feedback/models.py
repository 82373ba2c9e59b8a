"""What residents raise: taken in at one place, dispatched, answered, and asked about afterwards."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from portal import policy
from portal.fields import Instant, Sealed
from portal.languages import lazy_
from portal.people import sight
from portal.people.models import Scope
from portal.records import Record, Row


class Category(StrEnum):
    REPAIR = "repair"
    SANITATION = "sanitation"
    GREENERY = "greenery"
    PARKING = "parking"
    NOISE = "noise"
    SAFETY = "safety"
    PROPERTY = "property"
    WELFARE = "welfare"
    CONDUCT = "conduct"
    HELP = "help"
    OTHER = "other"


CATEGORY_NAMES = {
    Category.REPAIR: lazy_("漏水、堵塞、要维修"),
    Category.SANITATION: lazy_("卫生、垃圾"),
    Category.GREENERY: lazy_("绿化、花草树木"),
    Category.PARKING: lazy_("停车、道路"),
    Category.NOISE: lazy_("噪音、油烟"),
    Category.SAFETY: lazy_("消防、安全隐患"),
    Category.PROPERTY: lazy_("物业服务"),
    Category.WELFARE: lazy_("养老、救助、办证"),
    Category.CONDUCT: lazy_("律师收钱、揽活"),
    Category.HELP: lazy_("请人帮我办"),
    Category.OTHER: lazy_("其他，说不清"),
}


class Handler(StrEnum):
    """Who does it."""

    COMMITTEE = "committee"
    PROPERTY = "property"
    CLINIC = "clinic"
    MEDIATION = "mediation"


HANDLER_NAMES = {
    Handler.COMMITTEE: lazy_("居委会"),
    Handler.PROPERTY: lazy_("物业公司"),
    Handler.CLINIC: lazy_("法律诊所"),
    Handler.MEDIATION: lazy_("调解委员会"),
}


class Way(StrEnum):
    """三问: how it reached us."""

    DOOR = "door"
    ONLINE = "online"
    DISCUSSION = "discussion"


WAY_NAMES = {Way.DOOR: lazy_("入户问"), Way.ONLINE: lazy_("线上问"), Way.DISCUSSION: lazy_("协商问")}


class State(StrEnum):
    RECEIVED = "received"
    DISPATCHED = "dispatched"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    NOT_OURS = "not_ours"
    CONFIRMED = "confirmed"


STATE_NAMES = {
    State.RECEIVED: lazy_("已收到，待派发"),
    State.DISPATCHED: lazy_("已派发，办理中"),
    State.SOLVED: lazy_("已办好，等居民确认"),
    State.UNSOLVED: lazy_("没能解决，已说明原因"),
    State.NOT_OURS: lazy_("不归社区管，已告知去处"),
    State.CONFIRMED: lazy_("居民确认已解决"),
}


class Feedback(sight.Guarded, Record):
    """诉求: one thing a resident raised. Solved, closed unsolved and not ours are three different endings."""

    person = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="feedback", on_delete=fields.SET_NULL, db_index=True
    )
    person_id: UUID | None
    taken_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="feedback_taken", on_delete=fields.SET_NULL, db_index=True
    )
    category = fields.CharField(max_length=12)
    way = fields.CharField(max_length=12, default=Way.ONLINE)
    words = Sealed(4000)
    grid = fields.ForeignKeyField("portal.Grid", null=True, on_delete=fields.SET_NULL, db_index=True)
    unit = fields.ForeignKeyField("portal.Unit", null=True, on_delete=fields.SET_NULL, db_index=True)
    building = fields.ForeignKeyField("portal.Building", null=True, on_delete=fields.SET_NULL, db_index=True)
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    place = Sealed(80, default="")
    state = fields.CharField(max_length=12, default=State.RECEIVED)
    handler = fields.CharField(max_length=12, default="")
    answer = Sealed(2000, default="")
    dispatched_at = Instant(null=True)
    due_at = Instant(null=True, db_index=True)
    answered_at = Instant(null=True)
    asked_back_at = Instant(null=True)  # 回访
    satisfied = fields.BooleanField(null=True)
    reopened = fields.IntField(default=0)

    class Meta:
        table = "feedback"
        indexes = (("state", "due_at"), ("created_at",))

    MOVES = {
        (State.RECEIVED, "dispatch"): State.DISPATCHED,
        (State.RECEIVED, "disown"): State.NOT_OURS,
        (State.DISPATCHED, "dispatch"): State.DISPATCHED,
        (State.DISPATCHED, "return"): State.RECEIVED,
        (State.DISPATCHED, "solve"): State.SOLVED,
        (State.DISPATCHED, "give_up"): State.UNSOLVED,
        (State.DISPATCHED, "disown"): State.NOT_OURS,
        (State.SOLVED, "confirm"): State.CONFIRMED,
        (State.SOLVED, "reopen"): State.DISPATCHED,
        (State.CONFIRMED, "reopen"): State.DISPATCHED,
        (State.UNSOLVED, "reopen"): State.DISPATCHED,
    }
    AWAITS = {State.RECEIVED: "dispatcher", State.DISPATCHED: "handler", State.SOLVED: "resident"}

    RELATIONS = {
        policy.OWN: sight.named("person_id"),
        policy.PROXY: sight.granted(Scope.ASK_BACK, protects=False),
        policy.TAKEN: sight.named("taken_by_id"),
        policy.MINDS: sight.minding(unit_head="unit_id", building_head="building_id", grid_officer="grid_id"),
        policy.COMMUNITY: sight.within(),
    }
    PARTS = {
        "line": ("category", "way", "state", "handler"),
        policy.PLACE: ("place",),
        policy.FACTS: ("words", "answer"),
    }
    PERSON = "person_id"
    FOUND_BY = {policy.PLACE: ("place",), policy.FACTS: ("words", "answer")}


class Reply(Row):
    """What was said on the way: an answer, a return, a resident's "not solved". None of it is ever overwritten."""

    feedback = fields.ForeignKeyField("portal.Feedback", related_name="replies", db_index=True)
    person = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    verb = fields.CharField(max_length=12)
    words = Sealed(2000)

    class Meta:
        table = "reply"
