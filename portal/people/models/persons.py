"""Everyone the portal knows: who they are, what office they hold, how they may be reached."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from portal import policy
from portal.fields import Instant, Mark, Sealed
from portal.languages import lazy_
from portal.people import sight
from portal.records import Record, Row


class Role(StrEnum):
    """An office. Everybody is a resident besides."""

    UNIT_HEAD = "unit_head"
    BUILDING_HEAD = "building_head"
    GRID_OFFICER = "grid_officer"
    DISPATCHER = "dispatcher"
    MEDIATOR = "mediator"
    LAWYER = "lawyer"
    FIRM_COORDINATOR = "firm_coordinator"
    LEAD = "lead"
    STREET = "street"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.UNIT_HEAD: lazy_("单元长"),
    Role.BUILDING_HEAD: lazy_("楼栋长"),
    Role.GRID_OFFICER: lazy_("网格员"),
    Role.DISPATCHER: lazy_("接单员"),
    Role.MEDIATOR: lazy_("调解员"),
    Role.LAWYER: lazy_("律师"),
    Role.FIRM_COORDINATOR: lazy_("律所联络人"),
    Role.LEAD: lazy_("社区负责人"),
    Role.STREET: lazy_("街道督导"),
    Role.AUDITOR: lazy_("审计员"),
    Role.ADMINISTRATOR: lazy_("系统管理员"),
}

HEADS = frozenset({Role.UNIT_HEAD, Role.BUILDING_HEAD, Role.GRID_OFFICER})
STAFF = frozenset({Role.DISPATCHER, Role.MEDIATOR, Role.LEAD})


class ContactBy(StrEnum):
    """How a person wants to hear from us."""

    SMS = "sms"
    CALL = "call"
    PAPER = "paper"
    NONE = "none"


CONTACT_NAMES = {
    ContactBy.SMS: lazy_("发短信"),
    ContactBy.CALL: lazy_("打电话"),
    ContactBy.PAPER: lazy_("到服务中心取纸条"),
    ContactBy.NONE: lazy_("不要联系我，我自己来问"),
}


TAIL = 4  # digits of a telephone that people give when they are asked for "the last ones"


class Person(sight.Guarded, Record):
    """A person. A resident is known by a telephone number; whoever holds an office signs in with a password."""

    # Known of whoever is at the door, from their session: see people.queries.session_of.
    in_office = True  # came in by the door for offices; by any other they are a resident and no more
    unlocked: UUID | None = None  # the protection whose passphrase was said in this session
    acts_for: tuple["Any", ...] = ()  # the grants of residents they stand in for, today

    name = fields.CharField(max_length=40)
    phone = Sealed(20, null=True)
    phone_mark = Mark("phone", "phone", null=True, unique=True)
    phone_tail = Mark("phone", "phone tail", lambda phone: phone[-TAIL:], null=True, db_index=True)
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    household = fields.ForeignKeyField(
        "portal.Household", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    household_id: UUID | None
    language = fields.CharField(max_length=8, default="zh")
    mode = fields.CharField(max_length=8, default="standard")
    contact_by = fields.CharField(max_length=8, default=ContactBy.SMS)
    is_neutral = fields.BooleanField(
        default=False
    )  # say nothing about law in messages: somebody else may read them
    contact_when = Sealed(80, default="")
    former_names: Any = Sealed(200, json=True, default=list, db_default="")  # 曾用名: compared when sides are
    frozen_at = Instant(
        null=True
    )  # at their wish nothing is done with what is kept but keeping it (个人信息保护法 47)

    posts: fields.ReverseRelation["Post"]

    class Meta:
        table = "person"

    RELATIONS = {
        policy.OWN: sight.named("id"),
        policy.COMMUNITY: sight.within(),
        policy.EVERY: sight.every,
    }
    PARTS = {
        "line": ("language", "mode", "contact_by"),
        policy.NAME: ("name",),
        policy.CONTACT: ("phone", "contact_when", "former_names"),
    }
    PERSON = "id"
    FOUND_BY = {policy.NAME: ("name",)}

    @property
    def roles(self) -> frozenset[str]:
        """The offices held: those of `posts`, which `Post.current` has narrowed to the day when the person was loaded."""
        return frozenset(post.role for post in self.posts) if self.in_office else frozenset()

    @property
    def is_staff(self) -> bool:
        """Works for the community at the service centre."""
        return bool(self.roles & STAFF)

    def serves(self, community: Any) -> bool:
        """Works at the service centre of this community (its id), or of all of them."""
        served = [place for role in STAFF for place in self.minds(role)]
        return None in served or (community is not None and community in served)

    def minds(self, role: str) -> list[Any]:
        """The ids of the places (unit, building, grid, community, street) or firms this person minds in that office; None
        among them is an office for the whole portal."""
        return [post.place_id for post in self.posts if post.role == role] if self.in_office else []


class Post(Row):
    """An office with its place and its term: from `began_on`, up to but not including `ended_on`."""

    person = fields.ForeignKeyField("portal.Person", related_name="posts", db_index=True)
    person_id: UUID
    role = fields.CharField(max_length=20)
    unit = fields.ForeignKeyField("portal.Unit", null=True, related_name="posts", db_index=True)
    unit_id: UUID | None
    building = fields.ForeignKeyField("portal.Building", null=True, related_name="posts", db_index=True)
    building_id: UUID | None
    grid = fields.ForeignKeyField("portal.Grid", null=True, related_name="posts", db_index=True)
    grid_id: UUID | None
    firm = fields.ForeignKeyField("portal.Firm", null=True, related_name="posts", db_index=True)
    firm_id: UUID | None
    community = fields.ForeignKeyField("portal.Community", null=True, related_name="posts", db_index=True)
    community_id: UUID | None
    street = fields.ForeignKeyField("portal.Street", null=True, related_name="posts", db_index=True)
    street_id: UUID | None
    began_on = fields.DateField()
    ended_on = fields.DateField(null=True)

    class Meta:
        table = "post"

    @classmethod
    def current(cls, day: date) -> QuerySet["Post"]:
        """The posts held on this day."""
        return cls.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day), began_on__lte=day)

    @property
    def place_id(self) -> Any:
        """What is minded: a unit, a building, a grid, a firm, a community or a street; None is the whole portal."""
        return (
            self.unit_id
            or self.building_id
            or self.grid_id
            or self.firm_id
            or self.community_id
            or self.street_id
        )
