"""A resident asks, a lawyer advises; each verb writes what it must and nothing when it is refused."""

from dataclasses import replace

import pytest
from tortoise.exceptions import IntegrityError

from portal import clock, journal
from portal.booking import actions as booking
from portal.booking import drafts
from portal.booking.actions import TimeTaken
from portal.booking.models import Appointment, Hold, Wait, WaitState
from portal.booking.models import State as Booked
from portal.conflicts.models import Check, Wall
from portal.consultations import actions, queries, rules, settling
from portal.consultations.actions import prescriptions
from portal.consultations.intake import Intake
from portal.consultations.models import (
    Consultation,
    Outcome,
    Prescription,
    PrescriptionState,
    State,
)
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.notices import Notice
from portal.people import actions as people
from portal.people.consents import BOOKING
from portal.people.models import Consent, Person
from tests import make

TOLD = Intake(
    topic="debt",
    words="邻居借了三万元不还。",
    other_side="陶建国",
    dangers=("violence",),
    contact_by="call",
    is_neutral=True,
    contact_when="中午",
    mode="phone",
    needs="耳朵背",
)
ADVICE = rules.Advice(
    facts="居民说三万元到期没还。", questions="怎么要回来？", articles=(675, 188), steps="先写催款函。"
)


async def loaded(consultation: Consultation) -> Consultation:
    return await Consultation.get(id=consultation.id).select_related(*queries.LOADED)


async def opened(prescription: Prescription) -> Prescription:
    return await Prescription.get(id=prescription.id).select_related(
        "consultation__person", "consultation__appointment__lawyer"
    )


async def issued(cast, meeting) -> Prescription:
    draft = await prescriptions.save(cast.chen.person, await loaded(meeting.consultation), ADVICE)
    await prescriptions.issue(cast.chen.person, await opened(draft))
    return await opened(draft)


async def test_asking_books_the_time_and_leaves_the_story_with_it(cast, holding):
    held = await holding()
    appointment = await actions.ask(cast.mei, held.key, TOLD, agreed=BOOKING)
    consultation = await Consultation.get(appointment_id=appointment.id)
    assert (consultation.person_id, consultation.words) == (cast.mei.id, TOLD.words)
    assert consultation.is_urgent and consultation.dangers == ["violence"]
    assert (appointment.mode, appointment.needs) == ("phone", "耳朵背")
    mei = await Person.get(id=cast.mei.id)
    assert (mei.contact_by, mei.is_neutral, mei.contact_when) == ("call", True, "中午")
    assert await drafts.read(held.key) == {}
    assert [entry["verb"] for entry in await journal.of(consultation)] == ["create"]
    assert await Consent.filter(person_id=mei.id, withdrawn_at=None).count() == len(BOOKING)


async def test_a_lost_time_leaves_nothing_behind_but_the_draft(cast, holding):
    held = await holding()
    await actions.ask(cast.tao, held.key, TOLD, agreed=BOOKING)
    await drafts.keep(held.key, topic="debt", words="别的事")
    with pytest.raises(TimeTaken):
        await actions.ask(cast.mei, held.key, TOLD, agreed=BOOKING)
    assert await Consultation.filter(person_id=cast.mei.id).count() == 0
    assert (await Person.get(id=cast.mei.id)).contact_by == "sms"
    assert (await drafts.read(held.key))["words"] == "别的事"


async def test_what_was_typed_for_the_waitlist_becomes_the_consultation(cast):
    slot = await make.slot(cast.chen)
    async with transaction():
        wait = await Wait.create(
            person=cast.mei,
            topic="debt",
            typed={"words": "等了很久。", "dangers": ["eviction"]},
            state=WaitState.OFFERED,
            offered_until=slot.starts_at,
            **make.here(),
        )
        await Hold.create(slot=slot, wait=wait, ends_at=slot.starts_at)
    await people.agree(cast.mei, BOOKING)
    appointment = await actions.accept(cast.mei, wait)
    consultation = await Consultation.get(appointment_id=appointment.id)
    assert (consultation.words, consultation.danger, consultation.channel) == (
        "等了很久。",
        "eviction",
        "waitlist",
    )


async def test_a_question_without_a_time_waits_for_a_call_but_not_a_third_one(cast):
    for _n in range(rules.WITHOUT_TIME):
        left = await actions.leave(cast.mei, "browser", TOLD, BOOKING)
    assert (left.state, left.appointment_id) == (State.ASKED, None)
    with pytest.raises(Conflict):
        await actions.leave(cast.mei, "browser", TOLD, BOOKING)


async def test_whoever_writes_down_a_walk_in_second_finds_the_first(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    booked = await Appointment.get(id=booked.id).select_related("person", "lawyer")
    first = await actions.record(cast.chen.person, booked, "来问借条的事", "张三", agreed=BOOKING)
    second = await actions.record(cast.fang, booked, "别的话")
    assert first.id == second.id and second.words == "来问借条的事"
    with pytest.raises(Forbidden):
        await actions.record(cast.mei, booked, "自己写")


async def test_a_firm_that_serves_the_other_side_does_not_take_a_walk_in(cast, holding):
    held = await holding()
    await actions.ask(cast.tao, held.key, Intake(topic="debt", words="我被人告了"), agreed=BOOKING)
    booked = await make.appointment(cast.mei, await make.slot(cast.wu))
    booked = await Appointment.get(id=booked.id).select_related("person", "lawyer")
    with pytest.raises(actions.FirmBarred):
        await actions.record(cast.wu.person, booked, "陶建国欠我钱", "陶建国", agreed=BOOKING)
    assert (
        await Consultation.get(appointment_id=booked.id)
    ).words == "陶建国欠我钱"  # for the lawyer of another firm
    assert await Check.filter(matter=booked.id, is_clear=False).count() == 1
    assert await Wall.filter(matter=booked.id, firm_id=cast.hengdao.id).count() == 1


async def test_writing_begins_the_consultation_and_issuing_ends_it(cast, meeting):
    with clock.standing_at(meeting.at):
        prescription = await issued(cast, meeting)
    consultation = await loaded(meeting.consultation)
    assert (consultation.state, consultation.outcome) == (State.ADVISED, Outcome.ADVISED)
    assert consultation.appointment.state == Booked.DONE
    assert prescription.hash == rules.content_hash(prescription)
    notice = await Notice.get(kind="consultations/prescription")
    assert notice.person_id == cast.mei.id and notice.read_values() == {"number": prescription.number}
    verbs = [entry["verb"] for entry in await journal.of(consultation)]
    assert verbs == ["start", "advise"]


async def test_an_issued_prescription_cannot_be_written_over_or_issued_again(cast, meeting):
    with clock.standing_at(meeting.at):
        prescription = await issued(cast, meeting)
        with pytest.raises(Conflict):
            await prescriptions.save(
                cast.chen.person, await loaded(meeting.consultation), rules.Advice(facts="改了")
            )
        with pytest.raises(Conflict):
            await prescriptions.issue(cast.chen.person, prescription)
    assert (await Prescription.get(id=prescription.id)).facts == ADVICE.facts


async def test_words_written_after_it_was_read_are_not_issued_unseen(cast, meeting):
    with clock.standing_at(meeting.at):
        consultation = await loaded(meeting.consultation)
        read = await opened(await prescriptions.save(cast.chen.person, consultation, ADVICE))
        other = replace(ADVICE, steps="直接起诉。", articles=(675,))
        written = await prescriptions.save(cast.chen.person, await loaded(meeting.consultation), other)
        with pytest.raises(Conflict):
            await prescriptions.issue(cast.chen.person, read)
        await prescriptions.issue(cast.chen.person, await opened(written))
    in_force = await opened(written)
    assert (in_force.steps, in_force.hash) == ("直接起诉。", rules.content_hash(in_force))


async def test_a_correction_is_a_next_version_and_the_old_one_stays_readable(cast, meeting):
    with clock.standing_at(meeting.at):
        first = await issued(cast, meeting)
        draft = await prescriptions.correct(cast.chen.person, first, "条文写错了")
        with pytest.raises(Conflict):
            await prescriptions.correct(cast.chen.person, first, "再来一次")
        assert (await Prescription.get(id=first.id)).state == PrescriptionState.ISSUED
        saved = await prescriptions.save(
            cast.chen.person,
            await loaded(meeting.consultation),
            rules.Advice(facts="更正后的事实", questions="怎么办", steps="去立案"),
        )
        assert saved.id == draft.id
        await prescriptions.issue(cast.chen.person, await opened(saved))
    chain = await Prescription.filter(consultation_id=meeting.consultation.id).order_by("version")
    assert [(one.version, one.state) for one in chain] == [
        (1, PrescriptionState.SUPERSEDED),
        (2, PrescriptionState.ISSUED),
    ]
    assert chain[0].facts == ADVICE.facts and chain[0].hash == rules.content_hash(chain[0])
    assert chain[1].correction == "条文写错了" and chain[1].hash == rules.content_hash(chain[1])


async def test_only_the_lawyer_of_the_appointment_writes(cast, meeting):
    consultation = await loaded(meeting.consultation)
    for stranger in (cast.lin.person, cast.fang, cast.mei):
        with pytest.raises(Forbidden):
            await prescriptions.save(stranger, consultation, ADVICE)


async def test_closing_without_advice_ends_the_appointment_and_throws_the_draft_away(cast, meeting):
    with clock.standing_at(meeting.at):
        await prescriptions.save(cast.chen.person, await loaded(meeting.consultation), ADVICE)
        consultation = await loaded(meeting.consultation)
        with pytest.raises(Forbidden):
            await actions.close(cast.chen.person, consultation, Outcome.ADVISED)
        await actions.close(cast.chen.person, consultation, Outcome.REFERRED)
        with pytest.raises(Conflict):
            await prescriptions.save(cast.chen.person, await loaded(consultation), ADVICE)
    consultation = await loaded(consultation)
    assert (consultation.state, consultation.outcome) == (State.CLOSED, Outcome.REFERRED)
    assert consultation.appointment.state == Booked.DONE
    assert await Prescription.all().count() == 0


async def test_a_place_is_referred_to_once(cast, meeting):
    consultation = await loaded(meeting.consultation)
    await actions.refer(cast.chen.person, consultation, "court", "去立案")
    with pytest.raises(Conflict):
        await actions.refer(cast.chen.person, consultation, "court", "再去一次")
    with pytest.raises(Forbidden):
        await actions.refer(cast.mei, consultation, "notary", "自己转")


async def test_a_cancelled_time_does_not_leave_its_question_waiting(cast, meeting):
    assert await settling.settle() == 0
    booked = await Appointment.get(id=meeting.consultation.appointment_id).select_related("lawyer", "person")
    await booking.cancel(cast.mei, booked, "好了")
    assert await settling.settle() == 1 and await settling.settle() == 0
    consultation = await loaded(meeting.consultation)
    assert (consultation.state, consultation.outcome) == (State.CLOSED, Outcome.WITHDRAWN)


@pytest.mark.parametrize(
    "change",
    [
        {"steps": "先付钱给我"},
        {"articles": ["1"]},
        {"hash": "0" * 64},
        {"version": 9},
        {"state": PrescriptionState.DRAFT},
        {"issued_at": None},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_the_database_itself_refuses_to_change_what_was_issued(cast, meeting, change):
    with clock.standing_at(meeting.at):
        prescription = await issued(cast, meeting)
    with pytest.raises(IntegrityError, match="never changed"):
        async with transaction():
            await Prescription.filter(id=prescription.id).update(**prescription.sealed(**change))
    with pytest.raises(IntegrityError, match="never changed"):
        async with transaction():
            await Prescription.filter(id=prescription.id).delete()
