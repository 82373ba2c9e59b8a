"""What a resident asked, how what was advised comes to them, and whether it helped."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from portal import policy
from portal.conflicts.possible import confirmed
from portal.conflicts.queries import clear_of_walls
from portal.fields import Instant, Mark, Sealed
from portal.languages import lazy_
from portal.people import sight
from portal.people.models import Scope
from portal.records import Record


class State(StrEnum):
    ASKED = "asked"
    STARTED = "started"
    ADVISED = "advised"
    CLOSED = "closed"


STATE_NAMES = {
    State.ASKED: lazy_("待咨询"),
    State.STARTED: lazy_("咨询中"),
    State.ADVISED: lazy_("已开处方"),
    State.CLOSED: lazy_("已结束，未开处方"),
}


class Outcome(StrEnum):
    """Why a consultation ended, with or without a 处方."""

    ADVISED = "advised"
    REFERRED = "referred"
    MEDIATION = "mediation"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"
    OUT_OF_SCOPE = "out_of_scope"
    MERGED = "merged"


OUTCOME_NAMES = {
    Outcome.ADVISED: lazy_("已给出意见"),
    Outcome.REFERRED: lazy_("已转介"),
    Outcome.MEDIATION: lazy_("转入调解"),
    Outcome.WITHDRAWN: lazy_("居民不再需要"),
    Outcome.MISSED: lazy_("居民未到"),
    Outcome.OUT_OF_SCOPE: lazy_("不在诊所范围，已告知去处"),
    Outcome.MERGED: lazy_("并入先问的那一件"),
}


class Danger(StrEnum):
    """What makes a consultation urgent."""

    VIOLENCE = "violence"
    MINOR = "minor"
    EVICTION = "eviction"
    DEADLINE = "deadline"


DANGER_NAMES = {
    Danger.VIOLENCE: lazy_("有人正在伤害我、威胁我"),
    Danger.MINOR: lazy_("有孩子处在危险里"),
    Danger.EVICTION: lazy_("今天被赶出住处，没有地方住"),
    Danger.DEADLINE: lazy_("七天之内有一个期限要到"),
}


class Delivery(StrEnum):
    """How a 处方 comes to its resident: on paper from the desk, by a link in a message, or read aloud on the telephone."""

    PRINT = "print"
    LINK = "link"
    CALL = "call"


DELIVERY_NAMES = {
    Delivery.PRINT: lazy_("到服务中心拿纸质的"),
    Delivery.LINK: lazy_("发短信链接，填手机号后四位打开"),
    Delivery.CALL: lazy_("打电话念给本人听"),
}
BY_DESK = (Delivery.PRINT, Delivery.CALL)  # somebody at the desk hands it over


class Helped(StrEnum):
    """What the resident says of it thirty days after."""

    SOLVED = "solved"
    BETTER = "better"
    NO = "no"


HELPED_NAMES = {
    Helped.SOLVED: lazy_("解决了"),
    Helped.BETTER: lazy_("有帮助，还没解决"),
    Helped.NO: lazy_("没有帮助"),
}


def _given(person: Any, role: str) -> Q:
    """The appointment is this lawyer's, and no wall stands between."""
    return Q(appointment__lawyer__person_id=person.id) & clear_of_walls(
        person, "appointment", "appointment_id"
    )


class Consultation(sight.Guarded, Record):
    """咨询: what was asked. Confidential between the resident, the lawyer of the moment, and the staff who take it in."""

    person = fields.ForeignKeyField("portal.Person", related_name="consultations", db_index=True)
    person_id: UUID
    appointment = fields.OneToOneField("portal.Appointment", null=True, related_name="consultation")
    topic = fields.CharField(max_length=20)
    words = Sealed(4000)
    other_side = Sealed(60, default="")
    other_phone = Sealed(20, default="")
    other_phone_mark = Mark("other_phone", "phone", default="", db_default="", db_index=True)
    guardian = Sealed(
        80, default="", db_default=""
    )  # who agrees for a child under fourteen, and how they are related
    is_urgent = fields.BooleanField(default=False)
    danger = fields.CharField(max_length=40, default="")  # members of Danger, comma-separated
    channel = fields.CharField(max_length=12, default="web")
    taken_by = fields.ForeignKeyField(
        "portal.Person",
        null=True,
        related_name="consultations_taken",
        on_delete=fields.SET_NULL,
        db_index=True,
    )  # who wrote it down for the resident
    taken_by_id: UUID | None
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    protection = fields.ForeignKeyField(
        "portal.Protection", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    protection_id: UUID | None
    merged_into = fields.ForeignKeyField(
        "portal.Consultation", null=True, related_name="merged", on_delete=fields.SET_NULL, db_index=True
    )  # the same matter, asked before: both numbers lead there
    merged_into_id: UUID | None
    is_shared = fields.BooleanField(
        default=False, db_default=False
    )  # the resident lets a lawyer of another firm read what was advised here
    refuses_review = fields.BooleanField(
        default=False, db_default=False
    )  # the resident does not want it looked at by another lawyer, not even without names
    deliver_by = fields.CharField(
        max_length=6, default="", db_default=""
    )  # member of Delivery: how the 处方 comes
    handed_at = Instant(null=True)  # when the desk gave it to them, on paper or aloud
    helped = fields.CharField(max_length=8, default="", db_default="")  # member of Helped, thirty days after
    helped_words = Sealed(400, default="", db_default="")
    helped_at = Instant(null=True)
    recalled_at = Instant(null=True)  # when somebody rang them because it had not helped
    state = fields.CharField(max_length=10, default=State.ASKED)
    outcome = fields.CharField(max_length=16, default="")
    ended_at = Instant(null=True)

    class Meta:
        table = "consultation"
        indexes = (("state", "created_at"),)

    MOVES = {
        (State.ASKED, "start"): State.STARTED,
        (State.ASKED, "close"): State.CLOSED,
        (State.ASKED, "merge"): State.CLOSED,
        (State.CLOSED, "separate"): State.ASKED,
        (State.STARTED, "advise"): State.ADVISED,
        (State.STARTED, "close"): State.CLOSED,
    }
    AWAITS = {State.ASKED: "lawyer", State.STARTED: "lawyer"}

    @property
    def dangers(self) -> list[Danger]:
        """What makes it urgent."""
        return [Danger(code) for code in self.danger.split(",") if code]

    RELATIONS = {
        policy.OWN: sight.own(),
        policy.PROXY: sight.granted(Scope.ADVICE),
        policy.OFFERED: _given,
        policy.ASSIGNED: lambda person, role: (
            _given(person, role) & confirmed(person, "appointment", "appointment_id")
        ),
        policy.TAKEN: sight.named("taken_by_id"),
        policy.COMMUNITY: sight.within(),
        policy.ASKS_BACK: lambda person, role: (
            sight.granted(Scope.ASK_BACK)(person, role) & Q(state=State.ADVISED)
        ),
    }
    PARTS = {
        "line": ("topic", "danger", "channel", "state", "outcome"),
        policy.CONTACT: ("guardian",),
        policy.FACTS: ("words", "other_side", "other_phone", "helped_words"),
    }
    PERSON = "person_id"
    FOUND_BY = {policy.CONTACT: ("guardian",), policy.FACTS: ("words", "other_side", "other_phone")}
    PHONES = {policy.FACTS: ("other_phone_mark",)}
