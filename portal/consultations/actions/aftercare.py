"""After a 处方: asked once more, answered, asked whether it helped. Each function is one transaction; none awaits the network."""

from datetime import date, timedelta

from tortoise.exceptions import IntegrityError

from portal import clock, journal, notices
from portal.booking.rules import next_daytime
from portal.consultations import rules
from portal.consultations.models import Consultation, FollowUp, Helped, Prescription, PrescriptionState
from portal.consultations.queries import aftercare as aftercare_queries
from portal.consultations.rules import aftercare as aftercare_rules
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.law import days
from portal.people.models import Person
from portal.roster import queries as roster
from portal.roster.models import Lawyer


async def ask(person: Person, prescription: Prescription, question: str) -> FollowUp:
    """Ask the one further question; it goes to the lawyer, or to a colleague of the same firm who sits here sooner.

    Raises Conflict where it was asked already or the seven days are over, Forbidden for whoever may not ask. Needs
    `consultation__appointment` loaded, and to have come through the door.
    """
    consultation, now = prescription.consultation, clock.now()
    if not aftercare_rules.is_in_time(prescription.issued_at, now):
        raise Conflict(
            _("追问要在处方开出后 7 天之内。现在想再问，请再约一次。"), [(_("再约一次"), "book:topic")]
        )
    once = Conflict(_("这份处方已经追问过一次。还想问，请再约一次。"), [(_("再约一次"), "book:topic")])
    if await FollowUp.exists(consultation_id=consultation.id):
        raise once
    if not aftercare_rules.may_ask(person, prescription, None, now):
        raise Forbidden
    duty = await aftercare_queries.answering(consultation)
    due_on = aftercare_rules.due(duty.day if duty else None, await _third_workday())
    try:
        async with transaction():
            asked = await FollowUp.create(
                consultation_id=consultation.id,
                question=question,
                lawyer_id=duty.lawyer_id if duty else None,
                due_on=due_on,
            )
            await journal.record(person, "ask_again", consultation, due=due_on.isoformat())
            if duty:
                await _tell_lawyer(duty.lawyer.person, prescription, due_on)
    except IntegrityError:
        raise once from None
    return asked


async def answer(person: Person, prescription: Prescription, words: str) -> None:
    """Answer it, once; its resident is told that there is an answer. Raises Forbidden, or Conflict for whoever comes second.
    Needs `consultation__person` loaded, and to have come through the door."""
    consultation = prescription.consultation
    asked = await aftercare_queries.follow_up(consultation)
    if not aftercare_rules.may_answer(person, prescription, asked):
        raise Forbidden
    assert asked is not None
    lawyer = await Lawyer.get(person_id=person.id)
    async with transaction():
        waiting = FollowUp.filter(id=asked.id, answered_at=None)
        changes = asked.sealed(answer=words, answered_by_id=lawyer.id, answered_at=clock.now())
        if not await waiting.update(**changes):
            raise Conflict
        await journal.record(person, "answer", consultation)
        await notices.owe(
            consultation.person,
            "consultations/answered",
            key=f"consultations/answered:{asked.id}",
            about=prescription,
            number=prescription.number,
        )


async def route() -> int:
    """Give questions that nobody takes to whoever of the firm sits here now; how many found somebody."""
    found = 0
    for asked in await FollowUp.filter(lawyer_id=None, answered_at=None).limit(50):
        consultation = await Consultation.get(id=asked.consultation_id).select_related("appointment")
        duty = await aftercare_queries.answering(consultation)
        issued = Prescription.filter(consultation_id=consultation.id, state=PrescriptionState.ISSUED)
        prescription = await issued.first()
        if duty is None or prescription is None:
            continue
        async with transaction():
            free = FollowUp.filter(id=asked.id, lawyer_id=None)
            if await free.update(lawyer_id=duty.lawyer_id, due_on=duty.day):
                await _tell_lawyer(duty.lawyer.person, prescription, duty.day)
                found += 1
    return found


async def ask_whether_it_helped() -> int:
    """Owe everybody who was advised thirty days ago the question whether it helped, once; how many were asked now."""
    asked = 0
    for consultation in (
        await aftercare_queries.to_be_asked().select_related("person", "protection").limit(200)
    ):
        key = f"consultations/helped:{consultation.id}"
        if await notices.Notice.exists(key=key):
            continue
        async with transaction():
            await notices.owe(
                consultation.person,
                "consultations/helped",
                key=key,
                due=next_daytime(clock.now().astimezone(clock.CHINA)),
                about=consultation,
                number=consultation.number,
            )
        asked += 1
    return asked


async def tell(person: Person, consultation: Consultation, helped: Helped, words: str) -> None:
    """Whether it helped, said once. Raises Forbidden, or Conflict when it was said already."""
    if consultation.helped:
        raise Conflict(_("这件事已经回答过了，谢谢。"))
    if not aftercare_rules.may_tell(person, consultation, clock.now()):
        raise Forbidden
    async with transaction():
        changes = consultation.sealed(helped=helped.value, helped_words=words, helped_at=clock.now())
        if not await Consultation.filter(id=consultation.id, helped="").update(**changes):
            raise Conflict(_("这件事已经回答过了，谢谢。"))
        await journal.record(person, "tell_helped", consultation, helped=helped.value)


async def recall(person: Person, consultation: Consultation) -> None:
    """Staff rang somebody whom it had not helped. Raises Forbidden, or Conflict when somebody was first."""
    is_waiting = aftercare_rules.is_to_be_recalled(consultation)
    if not (is_waiting and rules.is_handling(person, consultation)):
        raise Forbidden
    async with transaction():
        waiting = Consultation.filter(id=consultation.id, recalled_at=None)
        if not await waiting.update(recalled_at=clock.now()):
            raise Conflict
        await journal.record(person, "recall", consultation)


async def _tell_lawyer(lawyer: Person, prescription: Prescription, due_on: date) -> None:
    await notices.owe(
        lawyer,
        "consultations/question",
        key=f"consultations/question:{prescription.id}:{lawyer.id}",
        number=prescription.number,
        by=f"{due_on:%m-%d}",
    )


async def _third_workday() -> date:
    today = clock.today()
    calendar = await roster.calendar(today, today + timedelta(days=30))
    return days.add_workdays(today, aftercare_rules.ANSWER_WORKDAYS, calendar)
