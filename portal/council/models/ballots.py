"""Who was there, who stood aside, who voted and what: one person once, in the room, on paper or online."""

from enum import StrEnum
from uuid import UUID, uuid4

from tortoise import fields, models

from portal.fields import Instant, Words
from portal.languages import lazy_
from portal.records import Row


class Way(StrEnum):
    ROOM = "room"
    PAPER = "paper"
    ONLINE = "online"


WAY_NAMES = {Way.ROOM: lazy_("现场"), Way.PAPER: lazy_("纸质"), Way.ONLINE: lazy_("线上")}


class Choice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


CHOICE_NAMES = {
    Choice.FOR: lazy_("赞成"),
    Choice.AGAINST: lazy_("反对"),
    Choice.ABSTAIN: lazy_("弃权"),
}


class Attendance(Row):
    """A member takes part in a meeting."""

    meeting = fields.ForeignKeyField("portal.Meeting", related_name="attendances", db_index=True)
    meeting_id: UUID
    member = fields.ForeignKeyField("portal.Member", related_name="attendances", db_index=True)
    member_id: UUID
    way = fields.CharField(max_length=8, default=Way.ROOM)
    by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="attendances_noted", on_delete=fields.SET_NULL, db_index=True
    )

    class Meta:
        table = "attendance"
        unique_together = (("meeting", "member"),)


class Recusal(Row):
    """回避: a member stands aside from one motion, and counts neither for its quorum nor for its vote."""

    motion = fields.ForeignKeyField("portal.Motion", related_name="recusals", db_index=True)
    motion_id: UUID
    member = fields.ForeignKeyField("portal.Member", related_name="recusals", db_index=True)
    member_id: UUID
    reason = fields.CharField(max_length=12)  # interest, relative, neighbour, other
    by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="recusals_noted", on_delete=fields.SET_NULL, db_index=True
    )

    class Meta:
        table = "recusal"
        unique_together = (("motion", "member"),)


class Voted(Row):
    """That a member has voted on a motion, by which way and who typed it in: never what."""

    motion = fields.ForeignKeyField("portal.Motion", related_name="voted", db_index=True)
    motion_id: UUID
    member = fields.ForeignKeyField("portal.Member", related_name="voted", db_index=True)
    member_id: UUID
    way = fields.CharField(max_length=8)
    by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="votes_typed", on_delete=fields.SET_NULL, db_index=True
    )

    class Meta:
        table = "voted"
        unique_together = (("motion", "member"),)


class Ballot(models.Model):
    """One vote. An open one names its member; a secret one has a random id and no time, so that nothing leads to them."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    motion = fields.ForeignKeyField("portal.Motion", related_name="ballots", db_index=True)
    motion_id: UUID
    member = fields.ForeignKeyField("portal.Member", null=True, related_name="ballots", db_index=True)
    member_id: UUID | None
    choice = fields.CharField(max_length=8)

    class Meta:
        table = "ballot"


class Minutes(Row):
    """纪要 in versions; the one that its chair signed off is the one that is published."""

    meeting = fields.ForeignKeyField("portal.Meeting", related_name="versions", db_index=True)
    meeting_id: UUID
    version = fields.IntField()
    words = Words(8000)
    change = fields.CharField(max_length=200, default="")  # what is different, and why
    written_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="minutes_written", on_delete=fields.SET_NULL, db_index=True
    )
    written_by_id: UUID | None
    signed_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="minutes_signed", on_delete=fields.SET_NULL, db_index=True
    )
    signed_by_id: UUID | None
    signed_at = Instant(null=True)

    class Meta:
        table = "minutes"
        unique_together = (("meeting", "version"),)
