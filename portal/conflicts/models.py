"""Names on each side of every matter, and what was found when a firm was held against them."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from portal.fields import Mark, Sealed
from portal.languages import lazy_
from portal.law import names
from portal.records import Row


class Side(StrEnum):
    """Where somebody stands in a matter. In a dispute the two sides are equal: A and B."""

    CLIENT = "client"
    OTHER = "other"
    A = "a"
    B = "b"


OPPOSITE = {Side.CLIENT: Side.OTHER, Side.OTHER: Side.CLIENT, Side.A: Side.B, Side.B: Side.A}


class Decision(StrEnum):
    """What a person decided after a check: no conflict, or one."""

    NONE = "none"
    CONFLICT = "conflict"
    BEGUN = "begun"  # nobody was asked yet when it began


DECISION_NAMES = {
    Decision.NONE: lazy_("没有利益冲突"),
    Decision.CONFLICT: lazy_("有利益冲突，换律所"),
    Decision.BEGUN: lazy_("开始咨询时还不要求确认"),
}


class Party(Row):
    """Somebody's place in a matter (a consultation or a dispute), and the firm that has met the matter, if any."""

    matter_kind = fields.CharField(max_length=16)
    matter = fields.UUIDField(db_index=True)
    side = fields.CharField(max_length=8)
    person = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    person_id: UUID | None
    firm = fields.ForeignKeyField("portal.Firm", null=True, on_delete=fields.SET_NULL, db_index=True)
    firm_id: UUID
    name = Sealed(60)
    # Of the name's normal form, which is what is compared.
    name_mark = Mark("name", "name", names.normal, default="", db_default="", db_index=True)
    # Of how it sounds, without tones: alike is only a question, never an answer.
    sound_mark = Mark("name", "name sound", names.sound, default="", db_default="", db_index=True)
    phone = Sealed(20, default="")
    phone_mark = Mark("phone", "phone", default="", db_default="", db_index=True)
    building = fields.ForeignKeyField("portal.Building", null=True, on_delete=fields.SET_NULL, db_index=True)
    building_id: UUID | None
    id_tail = Sealed(
        6, default="", db_default=""
    )  # the last characters of an identity number, where they were given
    # A name they had before: whoever bears it now may be somebody else.
    is_former = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "party"


class Wall(Row):
    """律师法 39: this firm may neither serve nor see this matter. Asked at every reading, never lifted.

    A wall stands from the moment a name on the other side meets one that the firm has served; `found` is the check that raised it.
    """

    firm = fields.ForeignKeyField("portal.Firm", related_name="walls", db_index=True)
    firm_id: UUID
    matter_kind = fields.CharField(max_length=16)
    matter = fields.UUIDField(db_index=True)
    found = fields.ForeignKeyField("portal.Check", null=True, on_delete=fields.SET_NULL, db_index=True)

    class Meta:
        table = "wall"
        unique_together = (("firm", "matter_kind", "matter"),)


class Check(Row):
    """利益冲突检查: what was asked of which firm, what was found, never changed afterwards."""

    matter_kind = fields.CharField(max_length=16)
    matter = fields.UUIDField(db_index=True)
    firm = fields.ForeignKeyField("portal.Firm", on_delete=fields.RESTRICT, db_index=True)
    searched = fields.JSONField()  # sides and how many names and numbers were compared
    hits = fields.JSONField()  # ids of the parties met
    possible = fields.JSONField(
        default=list, db_default="[]"
    )  # ids of parties who may be meant: for a person to judge
    is_clear = fields.BooleanField()
    by = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    by_id: UUID | None
    decision = fields.CharField(max_length=12, default="", db_default="")  # member of Decision

    APPEND_ONLY = True

    class Meta:
        table = "conflict_check"
