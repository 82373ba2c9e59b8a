"""Who may vote at which kind of meeting, and what makes one valid."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from portal.languages import lazy_
from portal.records import Row


class Kind(StrEnum):
    """Whose meeting it is (城市居民委员会组织法 26–32)."""

    RESIDENTS = "residents"
    DEPUTIES = "deputies"
    COUNCIL = "council"


KIND_NAMES = {
    Kind.RESIDENTS: lazy_("居民会议"),
    Kind.DEPUTIES: lazy_("居民代表会议"),
    Kind.COUNCIL: lazy_("议事会"),
}


class Charter(Row):
    """What one kind of meeting needs to be valid in this community. Without a row the law's own numbers hold (`rules`)."""

    community = fields.ForeignKeyField("portal.Community", related_name="charters", db_index=True)
    community_id: UUID
    kind = fields.CharField(max_length=10)
    notice_days = fields.IntField()
    quorum_of = fields.IntField()  # two thirds: 2 of 3
    quorum_in = fields.IntField()
    pass_of = fields.IntField()  # more than 1 of 2 of those present
    pass_in = fields.IntField()
    published_days = fields.IntField()
    similar = fields.IntField(
        default=5
    )  # matters of one kind within a quarter that make the portal propose a topic

    class Meta:
        table = "charter"
        unique_together = (("community", "kind"),)


class Member(Row):
    """Somebody who may vote, from `began_on` up to but not including `ended_on`."""

    community = fields.ForeignKeyField("portal.Community", related_name="members", db_index=True)
    community_id: UUID
    kind = fields.CharField(max_length=10)
    person = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="seats", on_delete=fields.SET_NULL, db_index=True
    )
    person_id: UUID | None
    name = fields.CharField(max_length=40)  # public: who sits in the council is known to everybody
    began_on = fields.DateField()
    ended_on = fields.DateField(null=True)

    class Meta:
        table = "member"
