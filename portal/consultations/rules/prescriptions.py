"""Who may do what to a 处方, what must stand in one, and the hashes by which two are known to say the same."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.consultations.models import PrescriptionState, State
from portal.consultations.rules.cases import is_lawyer_of, may_alone

SECTIONS = ("facts", "questions", "law", "steps", "deadlines", "risks", "next_place")
REQUIRED = ("facts", "questions", "steps")  # without these nobody could act on it
LONGEST = {
    "facts": 4000,
    "questions": 2000,
    "law": 4000,
    "steps": 4000,
    "deadlines": 2000,
    "risks": 2000,
    "next_place": 400,
}


def may_revise(person: Any, prescription: Any, now: datetime) -> bool:
    """A draft is changed by the lawyer whose consultation it is, but not what another left. Needs
    `consultation__appointment__lawyer` loaded."""
    consultation = prescription.consultation
    is_open = consultation.state in (State.ASKED, State.STARTED) or prescription.version > 1
    is_draft = prescription.state == PrescriptionState.DRAFT and prescription.version > 0
    return is_draft and is_open and is_lawyer_of(person, consultation)


def may_issue(person: Any, prescription: Any, now: datetime) -> bool:
    """Issued by its lawyer, once what nobody could do without is written."""
    return may_revise(person, prescription, now) and not missing(prescription)


def may_correct(person: Any, prescription: Any, now: datetime) -> bool:
    """Its lawyer answers an issued 处方 with the next version."""
    return prescription.state == PrescriptionState.ISSUED and is_lawyer_of(person, prescription.consultation)


MAY_PRESCRIPTION = {"issue": may_issue, "supersede": may_alone}


@dataclass(frozen=True)
class Advice:
    """What the lawyer wrote, section by section; `articles` are numbers of the Civil Code's articles."""

    facts: str = ""
    questions: str = ""
    articles: tuple[int, ...] = ()
    law: str = ""
    steps: str = ""
    deadlines: str = ""
    risks: str = ""
    next_place: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """The advice as it is stored."""
        return {name: getattr(self, name) for name in SECTIONS} | {"articles": list(self.articles)}


def missing(prescription: Any) -> list[str]:
    """The sections that must not be empty when it is issued, and are."""
    return [name for name in REQUIRED if not getattr(prescription, name).strip()]


def text_hash(prescription: Any) -> str:
    """SHA-256 in hex over what stands in its sections: two windows see whether they show the same draft."""
    said = {name: getattr(prescription, name) for name in SECTIONS} | {
        "articles": list(prescription.articles)
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def content_hash(prescription: Any) -> str:
    """SHA-256 in hex over the canonical JSON of everything an issued 处方 says: who, when, which version, every section.

    Canonical: UTF-8, keys in order, no blanks, the instant in UTC to the microsecond. `issued_at` must be set.
    """
    said = {
        "number": prescription.number,
        "consultation": str(prescription.consultation_id),
        "lawyer": str(prescription.lawyer_id),
        "version": prescription.version,
        "articles": list(prescription.articles),
        "correction": prescription.correction,
        "issued_at": prescription.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        **{name: getattr(prescription, name) for name in SECTIONS},
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
