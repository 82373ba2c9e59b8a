"""The 处方: drafted, issued once, and answered by a next version when it was wrong. Each function is one transaction."""

from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from portal import clock, journal, states
from portal.consultations import actions, rules
from portal.consultations.actions import delivery
from portal.consultations.models import Consultation, Outcome, Prescription, PrescriptionState, State
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people import actions as people


def over(consultation: Consultation) -> Conflict:
    """What is said to whoever tries to write in a 处方 before its morning, once it is issued, or after all was closed."""
    if consultation.state == State.ASKED:
        return Conflict(_("到了预约那天早上，就可以在这里开始咨询、写处方。"))
    if consultation.state == State.CLOSED:
        return Conflict(_("这次咨询已经结束，没有开处方，现在不能再写。"))
    return Conflict(_("处方已经签发，不能再改动。需要更正时，请打开处方，写明原因，另出一版。"))


class Overtaken(Conflict):
    """Another window kept another text since this one was opened: nothing is overwritten."""

    def __init__(self, draft: Prescription) -> None:
        super().__init__(_("这份草稿刚刚在别的窗口改过，请看看两边有什么不同。"))
        self.draft = draft


async def save(
    person: Any, consultation: Consultation, advice: rules.Advice, seen: str | None = None
) -> Prescription:
    """Keep the lawyer's draft, beginning the consultation if nobody has. Needs `appointment__lawyer` loaded. `seen` is the
    `rules.text_hash` of the draft that was before them, empty for none. What a lawyer of another firm left is set aside, and
    theirs begins empty, unless its resident lets them read it.

    Raises Forbidden for anybody but its lawyer, Conflict once it is issued and no correction was opened, and Overtaken when
    the draft says something else than both what was seen and what is to be kept.
    """
    appointment = consultation.appointment
    if appointment is None or not rules.is_lawyer_of(person, consultation):
        raise Forbidden
    draft, left = await _draft(consultation), None
    if draft is not None and not await Prescription.visible_to(person).filter(id=draft.id).exists():
        draft, left = None, draft
    if draft is not None:
        draft.consultation = consultation
    now = clock.now()
    if not (rules.may_revise(person, draft, now) if draft else rules.may_write(person, consultation, now)):
        raise over(consultation)
    lawyer = appointment.lawyer
    try:
        async with transaction():
            if consultation.state == State.ASKED:
                await actions.start(person, consultation)
            if left is not None:
                await _set_aside(person, left)
            if draft is None:
                draft = await Prescription.create(
                    consultation=consultation, lawyer=lawyer, version=1, **advice.columns
                )
                await journal.record(person, "create", draft, version=1)
                return draft
            if seen is not None:
                await _hold_against(draft, seen, advice)
            kept = await Prescription.filter(id=draft.id, state=PrescriptionState.DRAFT).update(
                lawyer_id=lawyer.id, **draft.sealed(**advice.columns)
            )
            if not kept:
                raise over(consultation)
            await journal.record(person, "write", draft, version=draft.version)
    except IntegrityError:
        raise Conflict from None
    return await Prescription.get(id=draft.id)


async def issue(person: Any, prescription: Prescription) -> None:
    """Put it into force for good: hashed, the version before it superseded, the consultation and its appointment ended,
    and sent on its way as its resident chose, without a word of what it says in any message.

    Needs `consultation__appointment__lawyer`, `consultation__person` and `consultation__protection` loaded. Raises Forbidden, or Conflict when it
    was written in since it was read: nobody signs words they have not seen.
    """
    if prescription.state != PrescriptionState.DRAFT:
        raise over(prescription.consultation)
    if not rules.may_issue(person, prescription, clock.now()):
        raise Forbidden(_("事实、问题、怎么办这三项写完以后，由接待律师签发。"))
    consultation, now = prescription.consultation, clock.now()
    prescription.issued_at, prescription.lawyer_id = now, consultation.appointment.lawyer_id
    async with transaction():
        await _hold(prescription)
        if consultation.state == State.ASKED:
            await actions.start(person, consultation)
        for old in await Prescription.filter(consultation_id=consultation.id, state=PrescriptionState.ISSUED):
            await states.move(person, old, "supersede", detail={"by": prescription.number})
            await people.end_links(delivery.KIND, old.id)
        await states.move(
            person,
            prescription,
            "issue",
            detail={"version": prescription.version},
            issued_at=now,
            lawyer_id=prescription.lawyer_id,
            hash=rules.content_hash(prescription),
        )
        if consultation.state == State.STARTED:
            await states.move(person, consultation, "advise", outcome=Outcome.ADVISED.value, ended_at=now)
        await actions.see_out(person, consultation)
        await delivery.send(person, consultation, prescription)


async def correct(person: Any, prescription: Prescription, reason: str) -> Prescription:
    """Open the next version as a copy, saying why; the issued one stays in force until the copy is issued.

    Needs `consultation__appointment__lawyer` loaded. Raises Forbidden, or Conflict when a correction is open already.
    """
    if not rules.may_correct(person, prescription, clock.now()):
        raise Forbidden
    consultation = prescription.consultation
    if await _draft(consultation):
        raise Conflict(_("已经有一份更正稿在写，请接着写那一份。"))
    copy = {name: getattr(prescription, name) for name in (*rules.SECTIONS, "articles")}
    try:
        async with transaction():
            draft = await Prescription.create(
                consultation=consultation,
                lawyer=consultation.appointment.lawyer,
                version=prescription.version + 1,
                correction=reason,
                **copy,
            )
            await journal.record(person, "correct", prescription, by=draft.number)
            await journal.record(person, "create", draft, version=draft.version)
    except IntegrityError:
        raise Conflict(_("已经有一份更正稿在写，请接着写那一份。")) from None
    return draft


async def _hold_against(draft: Prescription, seen: str, advice: rules.Advice) -> None:
    """Keep the draft's row until this transaction ends, if it says what was seen."""
    await Prescription.filter(id=draft.id).update(version=F("version"))
    now = await Prescription.get(id=draft.id)
    if rules.text_hash(now) not in (seen, rules.text_hash(advice)):
        raise Overtaken(now)


async def _hold(draft: Prescription) -> None:
    """Keep the draft's row until this transaction ends. Conflict when it no longer says what was read."""
    await Prescription.filter(id=draft.id).update(version=F("version"))
    now = await Prescription.filter(id=draft.id).values(*rules.SECTIONS, "articles")
    if now != [{name: getattr(draft, name) for name in (*rules.SECTIONS, "articles")}]:
        raise Conflict(_("这份处方刚刚又写过，请重新看一遍再签发。"))


async def _set_aside(person: Any, left: Prescription) -> None:
    """What the lawyer before them left is no version of this 处方 any more; it is kept for when its resident lets it be read."""
    same = Prescription.filter(consultation_id=left.consultation_id)  # type: ignore[attr-defined]
    lowest: Any = await same.order_by("version").values_list("version", flat=True)
    mine = Prescription.filter(id=left.id, state=PrescriptionState.DRAFT)
    if not await mine.update(version=min(0, lowest[0] - 1)):
        raise Conflict
    await journal.record(person, "set_aside", left)


async def _draft(consultation: Consultation) -> Prescription | None:
    """The version that is being written, by whomever."""
    written = Prescription.filter(consultation_id=consultation.id, state=PrescriptionState.DRAFT)
    return await written.filter(version__gt=0).first()
