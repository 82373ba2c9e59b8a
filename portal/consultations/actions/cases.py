"""A resident asks, a lawyer listens, somebody is sent on. Each function is one transaction; none awaits the network."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from tortoise.exceptions import IntegrityError

from portal import clock, journal, locality, states
from portal.attachments import actions as attachments
from portal.attachments.models import Place
from portal.booking import actions as booking
from portal.booking import drafts
from portal.booking.actions.assignment import MATTER
from portal.booking.models import AT_THE_DESK, Appointment, Wait
from portal.booking.models import State as AppointmentState
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Side
from portal.conflicts.queries import check
from portal.conflicts.rules import Names
from portal.consultations import lexicon, rules
from portal.consultations.actions import conflicts as conflict_actions
from portal.consultations.actions import deadlines as deadline_actions
from portal.consultations.intake import Intake
from portal.consultations.models import (
    Consultation,
    Outcome,
    Prescription,
    PrescriptionState,
    Referral,
    State,
)
from portal.consultations.queries import deadlines as deadline_queries
from portal.consultations.rules import deadlines as deadline_rules
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people import actions as people
from portal.people import consents, sight
from portal.people.consents import Purpose, Way
from portal.people.models import ContactBy, Person
from portal.policy import RESIDENT


class FirmBarred(Conflict):
    """The firm has met the other side: why is nobody's to know, only that another firm must do it (律师法 39)."""


async def ask(
    person: Person, browser: str, intake: Intake, channel: str = "web", agreed: Sequence[Purpose] = ()
) -> Appointment:
    """Claim the time this browser holds and leave what was asked with it; the draft is not needed afterwards.

    `agreed` was ticked on this form. Raises TimeTaken when the time is gone, Refusal when the person has too many
    appointments ahead, lacks a consent or has frozen what is kept of them.
    """
    intake = await lexicon.reading(intake)
    await booking.named(person, intake.other_side, intake.other_phone)
    async with transaction():
        await _know(person, intake, agreed)
        protection = await _protect(person, intake)
        appointment = await booking.book(
            person,
            browser,
            topic=intake.topic,
            other_side=intake.other_side,
            other_phone=intake.other_phone,
            mode=intake.mode,
            needs=intake.needs,
            channel=channel,
            protection=protection,
        )
        consultation = await open_for(person, person, appointment, intake, channel)
        await attachments.carry(Place.at(browser), consultation, person)
        await drafts.drop(browser)
    return appointment


async def accept(person: Person, wait: Wait, over_limit: str = "") -> Appointment:
    """Take the time the waitlist offers; what was typed when joining becomes the consultation.

    `person` is whoever waits, or staff on the telephone with them. Raises Forbidden or Conflict as booking does.
    """
    intake = await lexicon.told({**wait.typed, "topic": wait.topic})
    async with transaction():
        await consenting(await Person.get(id=wait.person_id))
        appointment = await booking.accept(person, wait, over_limit)
        asking = await Person.get(id=appointment.person_id)
        consultation = await open_for(person, asking, appointment, intake, "waitlist")
        await attachments.carry(Place.of(wait), consultation)
    return appointment


async def leave(person: Person, browser: str, intake: Intake, agreed: Sequence[Purpose] = ()) -> Consultation:
    """Leave a question without a time, for staff to call back. At most two wait at once for one person."""
    mine = Consultation.filter(sight.own()(person, RESIDENT), appointment_id=None, state=State.ASKED)
    waiting = await mine.count()
    if waiting >= rules.WITHOUT_TIME:
        raise Conflict(
            _("您已经有 %(n)s 件在等我们回电话。我们会先办那几件；有急事请直接打电话或到服务中心来。")
            % {"n": waiting},
            [(_("看看我的事"), "desk")],
        )
    intake = await lexicon.reading(intake)
    async with transaction():
        await _know(person, intake, agreed)
        protection = await _protect(person, intake)
        consultation = await open_for(person, person, None, intake, "web", protection)
        await attachments.carry(Place.at(browser), consultation, person)
        await drafts.drop(browser)
    return consultation


async def record(
    actor: Person,
    appointment: Appointment,
    words: str,
    other_side: str = "",
    other_phone: str = "",
    agreed: Sequence[Purpose] = (),
) -> Consultation:
    """Write down what somebody who came without writing asks. Who writes second finds the first one's.

    The lawyer's firm is held against the other side, and each check is kept. When it may not serve, what was written stays
    for the lawyer of another firm, to whom the appointment goes at once if one is free then, and FirmBarred is raised.
    Forbidden for anybody but the lawyer and staff. `agreed` was said aloud to the actor. Needs `lawyer` and `person` loaded.
    """
    if appointment.person_id == actor.id or not (
        actor.serves(appointment.community_id) or appointment.lawyer.person_id == actor.id
    ):
        raise Forbidden
    intake = Intake(topic=appointment.topic, words=words, other_side=other_side, other_phone=other_phone)
    intake = await lexicon.reading(intake)
    asking, firm = appointment.person, appointment.firm_id
    served, others = Names.of([asking.name], [asking.phone]), Names.of([other_side], [other_phone])
    try:
        async with transaction():
            await conflicts.in_turn(served, others)
            hits = (await check([firm], served, others)).get(firm, [])
            await people.agree(asking, agreed, way=Way.DESK, actor=actor)
            await consenting(asking)
            consultation = await open_for(actor, asking, appointment, intake, "counter")
            if hits:
                await conflicts.store(actor, MATTER, appointment.id, firm, served, others, hits)
            said = (Side.OTHER, other_side, other_phone, None, firm, actor)
            await conflicts.meet(MATTER, appointment.id, *said)
            if not hits:
                await conflicts.store(actor, MATTER, appointment.id, firm, served, others)
    except IntegrityError:
        return await Consultation.get(appointment_id=appointment.id)
    await booking.part()  # also those whom the name that was said bars elsewhere
    if hits:
        raise FirmBarred(
            _("写下的内容已经保存。这家律所不合适接待这件事，要由别的律所的律师接待，工作人员正在安排。"),
            [(_("回到当天名单"), "appointments:today")],
        )
    return consultation


async def start(person: Person, consultation: Consultation) -> None:
    """The lawyer begins; the appointment begins with it. Unconfirmed before they have looked at the names."""
    if not rules.may_start(person, consultation, clock.now()):
        raise Forbidden
    await conflict_actions.judged(consultation)
    async with transaction():
        await receive(person, consultation)
        await states.move(person, consultation, "start")


async def close(person: Person, consultation: Consultation, outcome: Outcome) -> None:
    """End it without a 处方, saying why; an appointment under way ends with it, and a draft never issued is thrown away."""
    if outcome not in rules.CLOSINGS or not rules.may_close(person, consultation, clock.now()):
        raise Forbidden
    async with transaction():
        await states.move(
            person,
            consultation,
            "close",
            detail={"outcome": outcome.value},
            outcome=outcome.value,
            ended_at=clock.now(),
        )
        for draft in await Prescription.filter(
            consultation_id=consultation.id, state=PrescriptionState.DRAFT
        ):
            await journal.record(person, "discard", draft)
            await draft.delete()
        await see_out(person, consultation)


async def refer(person: Person, consultation: Consultation, to: str, reason: str) -> Referral:
    """Send the resident on to another place, once to each."""
    if not rules.may_refer(person, consultation, clock.now()):
        raise Forbidden
    try:
        async with transaction():
            referral = await Referral.create(consultation=consultation, to=to, reason=reason)
            await journal.record(person, "refer", consultation, to=to)
    except IntegrityError:
        raise Conflict(_("已经转介到这个地方了。")) from None
    return referral


async def receive(person: Person, consultation: Consultation) -> None:
    """Let the appointment begin if it has not. Call inside `transaction()`."""
    appointment = consultation.appointment
    waiting = (AppointmentState.BOOKED, AppointmentState.CHECKED_IN, AppointmentState.CALLED)
    if appointment is not None and appointment.state in waiting:
        await booking.start(person, appointment)


async def see_out(person: Person, consultation: Consultation) -> None:
    """Let the appointment end if it is under way. Call inside `transaction()`."""
    appointment = consultation.appointment
    if appointment is not None and appointment.state == AppointmentState.STARTED:
        await booking.finish(person, appointment)


async def _know(person: Person, intake: Intake, agreed: Sequence[Purpose]) -> None:
    """What the intake tells about the person, and what they agreed to."""
    if intake.name and intake.name != person.name:
        await people.rename(person, intake.name)
    if intake.contact_by:
        await people.choose_contact(person, intake.contact_by, intake.is_neutral, intake.contact_when)
    await people.agree(person, [*agreed, *([Purpose.CHILD] if intake.guardian else [])])
    await consenting(person)


async def _protect(person: Person, intake: Intake) -> UUID | None:
    """The protection under a passphrase that was chosen with what is asked."""
    if not intake.passphrase:
        return None
    return (await people.protect(person, intake.passphrase, intake.protect_by or ContactBy.NONE)).id


async def consenting(person: Person) -> None:
    """Refuse to book for somebody who has not agreed to it, or took it back, or wants nothing done with what is kept."""
    if person.frozen_at:
        raise Refusal(
            _("您要求过先停止使用您的资料。要再约律师，请先恢复使用。"), [(_("恢复使用"), "privacy:mine")]
        )
    if await consents.lacking(person, consents.BOOKING):
        raise Refusal(
            _("约律师前要先同意两件事：记下敏感的内容，交给律师所在的律所。"),
            [(_("去看一看"), "consents:mine")],
        )


async def open_for(
    actor: Person,
    person: Person,
    appointment: Appointment | None,
    intake: Intake,
    channel: str,
    protection: UUID | None = None,
) -> Consultation:
    counted = await deadline_queries.counted(intake.deadlines)
    intake = replace(intake, dangers=deadline_rules.dangers(intake.dangers, counted, clock.today()))
    consultation = await Consultation.create(
        person=person,
        appointment=appointment,
        protection_id=appointment.protection_id if appointment else protection,
        taken_by=actor if channel in AT_THE_DESK else None,
        community_id=appointment.community_id if appointment else person.community_id or locality.current(),
        topic=intake.topic,
        words=intake.words,
        other_side=intake.other_side,
        other_phone=intake.other_phone,
        guardian=intake.guardian,
        deliver_by=intake.deliver_by,
        is_urgent=intake.is_urgent,
        danger=",".join(intake.dangers),
        channel=channel,
    )
    await journal.record(
        actor, "create", consultation, channel=channel, urgent=intake.is_urgent, limits=rules.LIMITS
    )
    await deadline_actions.keep(actor, consultation, counted)
    return consultation
