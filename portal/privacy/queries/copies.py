"""A copy of everything that is kept about a person, from every room, with what belongs to others masked or left out.

A table with a column that leads to a person is in it by itself. What must not be is named here, with the reason.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise import Tortoise
from tortoise.expressions import Q
from tortoise.fields.relational import ForeignKeyFieldInstance

from portal import clock, database
from portal.booking.models import Appointment
from portal.consultations.models import Consultation
from portal.disputes.models import Dispute
from portal.fields import Mark
from portal.law import identifiers
from portal.people.models import Person
from portal.privacy.queries import openings

ACTED = "somebody who acted for others, not whom it is about"
SECRET = "a secret by which the person is known, of no use to them as text"
QUIET = "whoever holds the telephone must not learn that a record is protected"

# Columns that lead to a person whose copy does not hold the row.
LEFT_OUT = {
    "Dispute.handler": ACTED,
    "Sitting.mediator": ACTED,
    "Visit.visitor": ACTED,
    "Feedback.taken_by": ACTED,
    "Consultation.taken_by": ACTED,
    "Proxy.made_by": ACTED,
    "Request.decided_by": ACTED,
    "Disposal.proposed_by": ACTED,
    "Disposal.approved_by": ACTED,
    "LegalHold.made_by": ACTED,
    "BrokenGlass.person": ACTED,
    "BrokenGlass.told": ACTED,
    "Invitation.made_by": ACTED,
    "CodeCard.made_by": ACTED,
    "Protection.made_by": ACTED,
    "Hop.person": ACTED,
    "Reply.person": ACTED,
    "Credential.person": SECRET,
    "Passkey.person": SECRET,
    "Invitation.person": SECRET,
    "CodeCard.person": SECRET,
    "Protection.person": QUIET,
    "Link.person": SECRET,
    "Draft.person": "theirs to take up or to let go on their own page, gone within a week",
    "Appointment.booked_by": ACTED,
    "Attachment.by": ACTED,
    "Check.by": ACTED,
    "Clue.author": ACTED,
    "Note.author": ACTED,
    "Snippet.author": ACTED,
    "Swap.opened_by": ACTED,
    "Attendance.by": ACTED,
    "Recusal.by": ACTED,
    "Voted.by": ACTED,
    "Minutes.written_by": ACTED,
    "Minutes.signed_by": ACTED,
}
# What belongs to a record of theirs, and the way from it to the person.
THROUGH = {
    "Prescription": "consultation__person_id",
    "Referral": "consultation__person_id",
    "Note": "consultation__person_id",
    "Deadline": "consultation__person_id",
    "FollowUp": "consultation__person_id",
    "Hop": "dispute__reporter_id",
    "Sitting": "dispute__reporter_id",
    "Agreement": "dispute__reporter_id",
    "Reply": "feedback__person_id",
}
# Sealed tables in nobody's copy: they are bound to a browser or a number, or speak of the portal's own work.
NOBODYS = {
    "Draft": "bound to a browser, or to whoever asked to go on in another; gone within a week",
    "KeptForm": "bound to a browser, gone within an hour",
    "PhoneCode": "gone within a day",
    "Visit": "about a household, not a person",
    "Leave": "a lawyer's, with the roster",
    "Swap": "a lawyer's, with the roster",
    "Review": "about a lawyer's work; it names nobody",
    "Attachment": "handed over as files, beside the copy",
    "Content": "handed over as files, beside the copy",
    "LegalHold": "about a record; its reason is the committee's",
    "BrokenGlass": "told in the list of who looked",
    "Credential": SECRET,
}
NEVER = {"secret", "password", "passphrase", "code", "card", "totp", "key", "public_key", "provider_id"} | {
    *("last_error", "assigned", "browser", "attempts", "next_at", "sequence", "matter"),
}
MASKED = {
    "other_side": identifiers.mask_name,
    "other_phone": identifiers.mask_phone,
}
# Names of whoever came; what a message was about, when its words say less.
LEFT_TO_OTHERS = {"Sitting": {"attended"}, "Notice": {"kind", "values"}}


def ways() -> list[tuple[type[Any], str]]:
    """Every way from a table to the person it is about: (table, path)."""
    found = []
    for model in Tortoise.apps[database.APP].values():
        for name, field in model._meta.fields_map.items():
            leads = isinstance(field, ForeignKeyFieldInstance) and field.related_model is Person
            if leads and f"{model.__name__}.{name}" not in LEFT_OUT:
                found.append((model, f"{name}_id"))
        if model.__name__ in THROUGH:
            found.append((model, THROUGH[model.__name__]))
    return sorted(found, key=lambda way: (way[0]._meta.db_table, way[1]))


async def everything(person: Person) -> dict[str, list[dict[str, Any]]]:
    """By table, each row in the words of its columns. What is protected is in it only while its passphrase is said."""
    mine: dict[str, list[dict[str, Any]]] = {"person": [_said(Person, person)]}
    matters = await _matters(person)
    for model, path in ways():
        theirs: Any = {path: person.id}
        found = model.filter(_open(model, path, person), **theirs).order_by("id")
        rows = [
            _said(model, row)
            for row in await _issued(model, found)
            if getattr(row, "matter", None) in matters
        ]
        if rows:
            mine.setdefault(model._meta.db_table, []).extend(rows)
    looked = await openings.of_person(person)
    mine["opened_by_others"] = [
        {
            "at": _plain(one.at),
            "office": one.office,
            "name": one.name,
            "number": one.number,
            "what": str(one.did),
            "because": str(one.because),
        }
        for one in looked
        if not one.by_link
    ]
    return mine


def _open(model: type[Any], path: str, person: Person) -> Q:
    """Not protected, or unlocked in this session; asked of the row, or of the record it belongs to."""
    before = path.rpartition("__")[0]
    holder = model
    for step in before.split("__") if before else []:
        holder = holder._meta.fields_map[step].related_model
    if "protection" not in holder._meta.fields_map or holder._meta.db_table == "session":
        return Q()
    column = f"{before}__protection_id" if before else "protection_id"
    said: Any = {column: person.unlocked} if person.unlocked else {"id__in": []}
    unprotected: Any = {f"{column}__isnull": True}
    return Q(**unprotected) | Q(**said)


async def _matters(person: Person) -> set[UUID | None]:
    """The matters of this person that are open to them: of others' they learn nothing, though they be named in them."""
    found: set[UUID | None] = {None}
    for kind in (Appointment, Consultation, Dispute):
        keys: Any = await openings.own(kind, person).values_list("id", flat=True)
        found |= set(keys)
    return found


async def _issued(model: type[Any], found: Any) -> Any:
    """Without a lawyer's drafts, the notes of those who work on it, and messages that were never sent."""
    if model.__name__ == "Prescription":
        return await found.exclude(state="draft")
    if model.__name__ == "Note":
        return await found.filter(kind="resident")
    if model.__name__ == "Notice":
        return await found.filter(state="sent")
    return await found


def _said(model: type[Any], row: Any) -> dict[str, Any]:
    """What a row says: no ids, no marks, no secrets, others masked."""
    shown = {}
    for name, field in model._meta.fields_map.items():
        is_column = name in model._meta.fields_db_projection and not isinstance(field, Mark)
        if not is_column or name == "id" or name.endswith("_id") or name in NEVER:
            continue
        if name in LEFT_TO_OTHERS.get(model.__name__, ()):
            continue
        value = getattr(row, name)
        shown[name] = MASKED[name](value) if name in MASKED and value else _plain(value)
    return shown


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.CHINA).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)
