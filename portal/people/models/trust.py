"""What people allow each other: consent, standing in for somebody, protection, and the glass that is broken in need."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields

from portal.fields import Instant, Sealed, Words
from portal.languages import lazy_
from portal.people.models.persons import ContactBy
from portal.records import Row


class Consent(Row):
    """What a person agreed to, and the version of the words they saw (个人信息保护法 14, 23, 29, 31)."""

    person = fields.ForeignKeyField("portal.Person", related_name="consents", db_index=True)
    person_id: UUID
    purpose = fields.CharField(max_length=40)
    version = fields.CharField(max_length=16)
    words = Words(2000)
    language = fields.CharField(max_length=8, default="zh", db_default="zh")
    way = fields.CharField(max_length=12, default="web", db_default="web")  # web, or desk: said to staff
    withdrawn_at = Instant(null=True)

    class Meta:
        table = "consent"


class Scope(StrEnum):
    """What somebody may do for a resident, each ticked by itself."""

    BOOK = "book"
    ADVICE = "advice"
    MEDIATION = "mediation"
    ASK_BACK = "ask_back"


SCOPE_NAMES = {
    Scope.BOOK: lazy_("预约、改期、取消"),
    Scope.ADVICE: lazy_("领取处方"),
    Scope.MEDIATION: lazy_("参加调解"),
    Scope.ASK_BACK: lazy_("接受回访"),
}


class Proxy(Row):
    """全程代理: a resident lets somebody act for them, within scopes, until a day, revocable at once."""

    resident = fields.ForeignKeyField("portal.Person", related_name="proxies", db_index=True)
    resident_id: UUID
    agent = fields.ForeignKeyField("portal.Person", related_name="proxy_for", db_index=True)
    agent_id: UUID
    scopes = fields.JSONField(default=list)
    ends_on = fields.DateField()
    revoked_at = Instant(null=True)
    made_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="proxies_made", on_delete=fields.SET_NULL, db_index=True
    )

    class Meta:
        table = "proxy"


class Protection(Row):
    """A passphrase on some of a person's records: whoever holds their telephone finds nothing without it.

    Nothing is sent about them by itself, except over the channel chosen here; lists show no name.
    """

    person = fields.ForeignKeyField("portal.Person", related_name="protections", db_index=True)
    person_id: UUID
    passphrase = fields.CharField(max_length=200)
    contact_by = fields.CharField(max_length=8, default=ContactBy.NONE)
    made_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="protections_made", on_delete=fields.SET_NULL, db_index=True
    )

    class Meta:
        table = "protection"


class Cause(StrEnum):
    """Why somebody opens what they may not read otherwise."""

    EMERGENCY = "emergency"
    RESIDENT_PRESENT = "resident_present"
    COMPLAINT = "complaint"
    COURT = "court"


CAUSE_NAMES = {
    Cause.EMERGENCY: lazy_("有人可能正在受到伤害"),
    Cause.RESIDENT_PRESENT: lazy_("居民本人在场，请我打开"),
    Cause.COMPLAINT: lazy_("处理投诉"),
    Cause.COURT: lazy_("法院、检察院、公安机关依法调取"),
}


class BrokenGlass(Row):
    """Somebody on the staff opened what they may not read: why, until when, and who else was told."""

    person = fields.ForeignKeyField("portal.Person", related_name="glass_broken", db_index=True)
    person_id: UUID
    told = fields.ForeignKeyField("portal.Person", related_name="glass_told", db_index=True)
    told_id: UUID
    kind = fields.CharField(max_length=40)
    subject = fields.UUIDField(db_index=True)
    cause = fields.CharField(max_length=16)
    reason = Sealed(400)
    ends_at = Instant()
    reviewed_at = Instant(null=True)

    class Meta:
        table = "broken_glass"
