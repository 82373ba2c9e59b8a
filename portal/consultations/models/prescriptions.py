"""What a lawyer advised: the 处方 and the places it refers to."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q, Subquery

from portal import policy
from portal.conflicts.possible import confirmed
from portal.conflicts.queries import clear_of_walls
from portal.consultations.models.consultations import BY_DESK, Consultation, State
from portal.fields import Instant, Sealed
from portal.languages import lazy_
from portal.people import sight
from portal.people.models import Scope
from portal.records import Record, Row
from portal.roster.models import Lawyer


class PrescriptionState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    SUPERSEDED = "superseded"


PRESCRIPTION_NAMES = {
    PrescriptionState.DRAFT: lazy_("草稿"),
    PrescriptionState.ISSUED: lazy_("有效"),
    PrescriptionState.SUPERSEDED: lazy_("已被新版替代"),
}

_SHOWN = ~Q(state=PrescriptionState.DRAFT)  # a draft is the lawyer's own

# Its resident asked the desk for it, and does not have it yet; what is protected its lawyer hands over.
_TO_HAND_OVER = Q(
    state=PrescriptionState.ISSUED,
    consultation__deliver_by__in=[way.value for way in BY_DESK],
    consultation__handed_at__isnull=True,
    consultation__protection_id__isnull=True,
)


def _of(condition: Q) -> Q:
    """Of a consultation that meets the condition."""
    return Q(consultation_id__in=Subquery(Consultation.filter(condition).values("id")))


def _of_own_firm(person: Any) -> Q:
    """Written in this lawyer's own firm, or its resident ticked that a lawyer of another may read it."""
    ours: Any = Subquery(Lawyer.filter(person_id=person.id).values("firm_id"))
    return Q(consultation__is_shared=True) | Q(lawyer__firm_id__in=ours)


def _earlier(person: Any, role: str) -> Q:
    """What was advised before to somebody whose consultation is this lawyer's now and not over: by their own firm, or by
    another where the resident ticked it. Never what is protected, nor what a wall keeps out."""
    now = Consultation.filter(
        Consultation.RELATIONS[policy.ASSIGNED](person, role), state__in=[State.ASKED, State.STARTED]
    )
    whose: Any = Subquery(now.values("person_id"))
    return (
        Q(state=PrescriptionState.ISSUED, consultation__protection_id__isnull=True)
        & Q(consultation__person_id__in=whose)
        & _of_own_firm(person)
        & clear_of_walls(person, "appointment", "consultation__appointment_id")
    )


class Prescription(sight.Guarded, Record):
    """处方: the lawyer's written advice. Once issued it never changes; a correction is the next version."""

    consultation = fields.ForeignKeyField("portal.Consultation", related_name="prescriptions", db_index=True)
    lawyer = fields.ForeignKeyField(
        "portal.Lawyer", related_name="prescriptions", on_delete=fields.RESTRICT, db_index=True
    )
    lawyer_id: UUID
    version = fields.IntField(default=1)  # 0 and less: what a lawyer of another firm left unfinished
    state = fields.CharField(max_length=12, default=PrescriptionState.DRAFT)
    facts = Sealed(4000, default="")
    questions = Sealed(2000, default="")
    articles = fields.JSONField(default=list)  # numbers of the Civil Code's articles, in the order cited
    law = Sealed(4000, default="")
    steps = Sealed(4000, default="")
    deadlines = Sealed(2000, default="")
    risks = Sealed(2000, default="")
    next_place = Sealed(400, default="")
    correction = Sealed(400, default="")  # why this version was needed
    hash = fields.CharField(max_length=64, default="")
    issued_at = Instant(null=True)

    TRIGGERS = ("prescription_issued_no_update", "prescription_issued_no_delete")

    class Meta:
        table = "prescription"
        unique_together = (("consultation", "version"),)

    MOVES = {
        (PrescriptionState.DRAFT, "issue"): PrescriptionState.ISSUED,
        (PrescriptionState.ISSUED, "supersede"): PrescriptionState.SUPERSEDED,
    }
    AWAITS = {PrescriptionState.DRAFT: "lawyer"}

    RELATIONS = {
        policy.OWN: lambda person, role: _SHOWN & _of(sight.own()(person, role)),
        policy.PROXY: lambda person, role: _SHOWN & _of(sight.granted(Scope.ADVICE)(person, role)),
        policy.ASSIGNED: lambda person, role: (
            Q(consultation__appointment__lawyer__person_id=person.id)
            & _of_own_firm(person)
            & clear_of_walls(person, "appointment", "consultation__appointment_id")
            & confirmed(person, "appointment", "consultation__appointment_id")
        ),
        policy.COMMUNITY: lambda person, role: (
            _SHOWN & sight.within("consultation__community_id")(person, role)
        ),
        policy.EARLIER: _earlier,
        policy.ASKED: lambda person, role: (
            Q(
                state=PrescriptionState.ISSUED,
                consultation__follow_up__lawyer__person_id=person.id,
                consultation__follow_up__answered_at__isnull=True,
                consultation__protection_id__isnull=True,
            )
            & clear_of_walls(person, "appointment", "consultation__appointment_id")
        ),
        policy.DELIVERS: lambda person, role: (
            _TO_HAND_OVER & sight.within("consultation__community_id")(person, role)
        ),
    }
    GLASS_OVER = {"consultation": "consultation_id"}
    PROTECTION = "consultation__protection_id"
    PARTS = {
        "line": ("state", "hash"),
        policy.ADVICE: (
            *("facts", "questions", "articles", "law", "steps", "deadlines", "risks", "next_place"),
            "correction",
        ),
    }
    PERSON = "consultation__person_id"
    FOUND_BY = {
        policy.ADVICE: (
            *("facts", "questions", "law", "steps", "deadlines", "risks", "next_place", "correction"),
        ),
    }
    FOUND_AS = ("consultation", "consultation_id")
    FOUND_WHILE = "state <> 'draft'"  # the lawyer's own: nobody learns of it by searching


class Onward(StrEnum):
    """Where a consultation is referred to."""

    LEGAL_AID = "legal_aid"
    LABOUR_ARBITRATION = "labour_arbitration"
    NOTARY = "notary"
    COURT = "court"
    MEDIATION = "mediation"


ONWARD_NAMES = {
    Onward.LEGAL_AID: lazy_("法律援助中心"),
    Onward.LABOUR_ARBITRATION: lazy_("劳动人事争议仲裁"),
    Onward.NOTARY: lazy_("公证处"),
    Onward.COURT: lazy_("人民法院"),
    Onward.MEDIATION: lazy_("人民调解委员会"),
}


class Referral(Row):
    """转介: where the lawyer sent the resident next, and why."""

    consultation = fields.ForeignKeyField("portal.Consultation", related_name="referrals", db_index=True)
    to = fields.CharField(max_length=20)
    reason = Sealed(400)

    class Meta:
        table = "referral"
        unique_together = (("consultation", "to"),)
