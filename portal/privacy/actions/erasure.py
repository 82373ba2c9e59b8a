"""Words are let go: columns blanked, marks with them, rows without a line removed. What may go is decided elsewhere."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise import Tortoise
from tortoise.expressions import Q, Subquery
from tortoise.fields import JSONField
from tortoise.queryset import QuerySet

from portal import clock, database, index, journal
from portal.attachments import actions as attachments
from portal.attachments.models import Attachment
from portal.booking import drafts
from portal.booking.models import Draft, Wait, WaitState
from portal.conflicts.models import Party
from portal.consultations.models import Consultation, Deadline, FollowUp, Note, Prescription, Referral, Review
from portal.database import transaction
from portal.disputes.models import Agreement, Hop, Sitting
from portal.feedback.models import Reply
from portal.fields import Envelope, Mark, Sealed, SealedBytes
from portal.limits import Tally
from portal.notices import Notice
from portal.notices import State as NoticeState
from portal.people.models import (
    BrokenGlass,
    CodeCard,
    Consent,
    Credential,
    Invitation,
    KeptForm,
    Link,
    Passkey,
    PhoneCode,
    Post,
    Proxy,
    Session,
)
from portal.privacy import queries
from portal.privacy.models import LegalHold
from portal.privacy.schedule import SCHEDULE
from portal.roster.models import Leave, Swap

BLANK = Envelope("")
PAGE = 500  # rows that one transaction of the daily cleaning takes

# Whatever else keeps something of a record puts its own way of letting it go here: it is called with kind and id, in the
# transaction in which the words go.
DISPOSERS: list[Callable[[str, UUID], Awaitable[None]]] = [attachments.let_go]


def blanks(model: Any) -> dict[str, Any]:
    """What the schedule blanks in a table, as an UPDATE writes it; marks go with their columns."""
    names = {
        name
        for keeping in SCHEDULE.values()
        for table, columns in keeping.columns.items()
        if table == model.__name__
        for name in columns
    }
    changes: dict[str, Any] = {}
    for name, field in model._meta.fields_map.items():
        if name in names:
            empty: Any = BLANK if isinstance(field, Sealed) else [] if isinstance(field, JSONField) else ""
            changes[name] = None if field.null else empty
        elif isinstance(field, Mark) and field.of in names:
            changes[name] = None if field.null else ""
    return changes


async def erase(actor: Any, kind: str, key: UUID, disposal: str, *, at_once: bool) -> None:
    """Let go the words of one record and of what belongs to it, inside `transaction()`: one entry for each record.

    `at_once`: messages about it too, which otherwise went long before.
    """
    for found in await _rows(kind, key):
        await found.update(**blanks(found.model))
    if at_once:
        await _forget_messages(kind, key)
    if kind == "consultation":
        await _drop(key)
    for hook in DISPOSERS:
        await hook(kind, key)
    for record in await _records(kind, key):
        await journal.record(actor, "dispose", record, disposal=disposal)


async def _rows(kind: str, key: UUID) -> list[QuerySet[Any]]:
    """Every row that holds words of this record."""
    model = queries.model_of(kind)
    found: list[QuerySet[Any]] = [model.filter(id=key)]
    matters = [key]
    if kind == "consultation":
        booked = [one for one in await model.filter(id=key).values_list("appointment_id", flat=True) if one]
        matters += booked
        found.append(queries.model_of("appointment").filter(id__in=booked))
        found += [kept.filter(consultation_id=key) for kept in (Prescription, Referral, Note, FollowUp)]
        issued = Prescription.filter(consultation_id=key)
        found.append(Review.filter(prescription_id__in=await issued.values_list("id", flat=True)))
    if kind == "dispute":
        found += [one.filter(dispute_id=key) for one in (Hop, Sitting, Agreement)]
    if kind == "feedback":
        found.append(Reply.filter(feedback_id=key))
    if kind in ("consultation", "appointment", "dispute"):
        found.append(Party.filter(matter__in=matters))
    return found


async def _drop(key: UUID) -> None:
    """Rows of a consultation that say something by being there: its last days, from which one learns what it was about; and
    a review that nobody has written."""
    await Deadline.filter(consultation_id=key).delete()
    issued: Any = Subquery(Prescription.filter(consultation_id=key).values("id"))
    await Review.filter(prescription_id__in=issued, reviewed_at=None).delete()


async def _records(kind: str, key: UUID) -> list[Any]:
    """The records that lost words: each has its entry, so that checks know them to be empty by right."""
    told = [queries.model_of(kind)(id=key)]
    if kind == "consultation":
        appointments = await Consultation.filter(id=key).values_list("appointment_id", flat=True)
        told += [queries.model_of("appointment")(id=one) for one in appointments if one]
        written = await Prescription.filter(consultation_id=key).values_list("id", flat=True)
        told += [Prescription(id=one) for one in written]
    if kind == "dispute":
        agreed = await Agreement.filter(dispute_id=key).values_list("id", flat=True)
        told += [Agreement(id=one) for one in agreed]
    return told


async def _forget_messages(kind: str, key: UUID) -> None:
    """Messages that were sent to whom the record is about, and those that carry its id."""
    owner = queries.owner_of(kind)
    people = await queries.model_of(kind).filter(id=key).values_list(owner, flat=True) if owner else []
    about = Q(person_id__in=[one for one in people if one]) | Q(key__contains=str(key))
    await Notice.filter(about).exclude(state=NoticeState.OWED).update(**blanks(Notice))


# -- every day -----------------------------------------------------------------------------------------------------------


def _over(now: datetime) -> list[tuple[str, QuerySet[Any]]]:
    """(kind, rows whose time is over) of everything that goes by itself."""

    def kept(kind: str) -> datetime:
        return now - timedelta(days=SCHEDULE[kind].days)

    in_office = Post.filter(Q(ended_on=None) | Q(ended_on__gt=clock.day_of(kept("credential"))))
    left = {"person_id__in": Subquery(in_office.values("person_id"))}
    ended = Q(ends_at__lt=kept("session")) | Q(revoked_at__lt=kept("session"))
    told = kept("notice")
    waited = Wait.filter(state__in=[WaitState.BOOKED, WaitState.LEFT], created_at__lt=kept("wait"))
    return [
        ("wait", waited),
        ("wait", Attachment.filter(matter_kind="wait", matter__in=Subquery(waited.values("id")))),
        ("notice", Notice.filter(created_at__lt=told, next_at__lt=told).exclude(state=NoticeState.OWED)),
        ("draft", Draft.filter(ends_at__lt=now)),
        ("draft", KeptForm.filter(ends_at__lt=now)),
        ("draft", drafts.abandoned(now)),
        ("phone_code", PhoneCode.filter(ends_at__lt=kept("phone_code"))),
        ("phone_code", Tally.filter(until__lt=kept("phone_code"))),
        ("session", Session.filter(ended)),
        ("session", Invitation.filter(ends_at__lt=kept("session"))),
        ("session", Link.filter(ends_at__lt=kept("session"))),
        ("session", CodeCard.filter(ends_on__lt=clock.day_of(kept("session")))),
        ("credential", Credential.exclude(**left).filter(created_at__lt=kept("credential"))),
        ("credential", Passkey.exclude(**left).filter(created_at__lt=kept("credential"))),
        ("leave", Leave.filter(last_on__lt=clock.day_of(kept("leave")))),
        ("leave", Swap.filter(created_at__lt=kept("leave"))),
        ("glass", BrokenGlass.filter(ends_at__lt=kept("glass"))),
        ("glass", LegalHold.filter(lifted_at__lt=kept("glass"))),
        ("consent", Consent.filter(withdrawn_at__lt=kept("consent"))),
        ("consent", Proxy.filter(ends_on__lt=clock.day_of(kept("consent")))),
    ]


async def clean() -> int:
    """Let go by itself what nobody needs any more, a page at a time; how many rows there were."""
    now, done = clock.now(), 0
    for kind, over in _over(now):
        columns = SCHEDULE[kind].columns[over.model.__name__]
        if columns:
            full = ~Q(*(Q(**{name: BLANK}) for name in columns), join_type="AND")
            over = over.filter(full)
        key = over.model._meta.pk_attr
        while keys := await over.limit(PAGE).values_list(key, flat=True):
            rows = over.model.filter(**{f"{key}__in": list(keys)})
            async with transaction():
                if over.model is Attachment:
                    done += await attachments.destroy(list(keys))
                else:
                    done += await (rows.update(**blanks(over.model)) if columns else rows.delete())
                await index.write(index.of(over.model), list(keys))
    async with transaction():
        await index.purge()
    return done


def sealed_columns() -> list[tuple[str, str]]:
    """Every (table, column) that is sealed: the schedule must know each."""
    return [
        (model.__name__, name)
        for model in Tortoise.apps[database.APP].values()
        for name, field in model._meta.fields_map.items()
        if isinstance(field, Sealed | SealedBytes)
    ]
