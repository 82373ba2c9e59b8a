"""Whatever people do in any room, the index says afterwards what the rows say: `portal verify` finds nothing behind."""

from datetime import datetime, timedelta

import pytest

from portal import clock, reindex
from portal.booking import actions as booking
from portal.booking.models import Wait
from portal.community.queries import find
from portal.consultations import actions as consultations
from portal.consultations import queries, rules
from portal.consultations.actions import prescriptions
from portal.consultations.intake import Intake
from portal.consultations.models import Consultation, Prescription
from portal.council import actions as council
from portal.council.models import Meeting
from portal.database import rows
from portal.disputes import actions as disputes
from portal.disputes.models import Dispute, Level
from portal.feedback import actions as feedback
from portal.feedback.models import Category, Feedback, Handler
from portal.lectures import actions as lectures
from portal.lectures.models import Lecture
from portal.lectures.rules import Plan
from portal.people import actions as people
from portal.people.consents import BOOKING
from portal.people.models import Person
from portal.privacy import actions as privacy
from portal.privacy.models import Disposal
from tests import make

STORY = Intake(
    topic="debt", words="邻居借了三万元不还。", other_side="陶建国", needs="耳朵背", guardian="外婆"
)
ADVICE = rules.Advice(
    facts="居民说三万元到期没还。", questions="怎么要回来？", articles=(675, 188), steps="先写催款函。"
)


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


@pytest.fixture(autouse=True)
async def in_step(cast):
    """What every test here ends with."""
    yield
    assert [wrong async for wrong in reindex.broken()] == [] and await reindex.behind() == 0


async def traces(record) -> set[str]:
    """The parts by which a record is found now."""
    return {row["part"] for row in await rows("SELECT part FROM trace WHERE record = ?", record.id)}


async def test_booking_moving_cancelling_waiting_and_accepting(cast):
    times = (await make.duty(cast.chen, make.working_day(2), times=2)).made
    await booking.hold("b", times[0].starts_at, "debt")
    booked = await booking.book(cast.mei, "b", topic="debt", needs="坐轮椅")
    assert await traces(booked) == {"contact"}
    await booking.move(cast.mei, booked, times[1].starts_at, "早上要去医院复查")
    assert await traces(booked) == {"contact", "facts"}
    await booking.hold("y", times[0].starts_at, "debt")
    await booking.book(cast.yu, "y", topic="debt")
    waiting = await booking.join(cast.tao, "debt", {"words": "等了很久。", "needs": "说慢一点"})
    await booking.join(cast.tao, "debt", {"words": "又想起一张借条。", "needs": "说慢一点"})
    await booking.cancel(cast.mei, booked, "女儿陪我去外地了")
    await people.agree(cast.tao, BOOKING)
    await booking.decline(cast.tao, await Wait.get(id=waiting.id))
    await booking.join(cast.sun, "debt", {"words": "网格里的事。"})
    await booking.serve_waitlist()
    (offered,) = await Wait.filter(state="offered").select_related("person")
    await people.agree(offered.person, BOOKING)
    accepted = await consultations.accept(offered.person, offered)
    assert await traces(await Consultation.get(appointment_id=accepted.id)) == {"facts"}


async def test_whoever_waits_already_and_says_it_otherwise(cast):
    waiting = await booking.join(cast.tao, "debt", {"words": "等了很久。"})
    await booking.join(cast.tao, "debt", {"words": "又想起一张借条。"})
    assert await traces(waiting) == {"facts"}


async def test_a_consultation_from_the_story_to_the_corrected_prescription(cast):
    slot = await make.slot(cast.chen)
    await booking.hold("b", slot.starts_at, "debt")
    appointment = await consultations.ask(cast.mei, "b", STORY, agreed=BOOKING)
    asked = await Consultation.get(appointment_id=appointment.id)
    assert await traces(asked) == {"facts", "contact"}
    await make.confirm(appointment)
    with clock.standing_at(slot.starts_at):
        loaded = await Consultation.get(id=asked.id).select_related(*queries.LOADED)
        draft = await prescriptions.save(cast.chen.person, loaded, ADVICE)
        assert "advice" not in await traces(asked)
        await prescriptions.issue(cast.chen.person, await opened(draft))
        assert "advice" in await traces(asked)
        second = await prescriptions.correct(cast.chen.person, await opened(draft), "日期写错了")
        loaded = await Consultation.get(id=asked.id).select_related(*queries.LOADED)
        await prescriptions.save(cast.chen.person, loaded, rules.Advice(**{**vars(ADVICE), "risks": "时效"}))
        await prescriptions.issue(cast.chen.person, await opened(second))
    await made_over(cast, asked)


async def opened(prescription: Prescription) -> Prescription:
    return await Prescription.get(id=prescription.id).select_related(
        "consultation__person", "consultation__appointment__lawyer"
    )


async def made_over(cast, asked: Consultation) -> None:
    """Years later its words are let go, and nothing leads to it by them."""
    ended = (await Consultation.get(id=asked.id)).ended_at
    with clock.standing_at(ended + timedelta(days=4 * 366)):
        await privacy.propose_due()
        await privacy.approve(cast.guo, await Disposal.get(kind="consultation"))
        assert await privacy.carry_out() == 1
        assert await traces(asked) == set()
        await privacy.clean()


async def test_what_staff_write_down_and_what_is_left_without_a_time(cast):
    left = await consultations.leave(cast.mei, "b", STORY, agreed=BOOKING)
    assert "facts" in await traces(left)
    slot = await make.slot(cast.chen)
    at_the_desk = await make.appointment(cast.tao, slot)
    await at_the_desk.fetch_related("lawyer", "person")
    await consultations.record(cast.fang, at_the_desk, "押金不退。", "房东刘某", "13800000055", BOOKING)
    assert "facts" in await traces(await Consultation.get(appointment_id=at_the_desk.id))


async def test_lectures_are_planned_planned_otherwise_and_signed_up_for(cast):
    starts = clock.at(make.working_day(5), 14 * 60)
    plan = Plan("押金怎么要回来", "lease", starts, starts + timedelta(hours=1), "二楼", 10)
    (lecture,) = await lectures.plan(cast.fang, [plan], announce=True)
    signed = await lectures.sign_up(cast.mei, lecture, 1, "没有收据还能要回来吗？")
    assert await traces(lecture) == {"line"} and await traces(signed) == {"facts"}
    lecture = await Lecture.get(id=lecture.id)
    await lectures.revise(cast.fang, lecture, Plan(**{**vars(plan), "title": "租房的坑", "venue": "三楼"}))


async def test_a_motion_a_meeting_and_its_minutes(cast):
    motion = await council.propose(cast.mei, "空地改成停车位", "三号楼前的空地长期闲置。")
    await council.admit(cast.guo, motion)
    starts = clock.at(make.working_day(4), 9 * 60)
    called = await council.call(cast.guo, "第四季度会议", "二楼会议室", starts, 30, [motion])
    with clock.standing_at(starts + timedelta(hours=2)):
        await council.hold(cast.guo, called, 20, {})
        await council.write_minutes(cast.fang, await Meeting.get(id=called.id), "到会人员逐项讨论。")
        await council.sign(cast.guo, await Meeting.get(id=called.id), 1)
    assert await traces(motion) == {"line", "facts"} and await traces(called) == {"line"}


async def test_people_are_registered_called_in_and_renamed(cast):
    entered = await people.register(cast.fang, "石奶奶")
    called = await people.person_by_phone("13800000123")
    assert await traces(entered) == {"name"} and await traces(called) == set()
    await people.person_by_phone("13800000123", "钱多多")
    await people.rename(entered, "石桂兰", cast.fang)
    await people.change_phone(cast.guo, await make.reload(cast.mei), "13800000321")
    await people.prefer(await Person.get(id=called.id), language="en-US")
    assert await traces(called) == {"name"}


async def test_feedback_is_raised_passed_on_answered_and_reopened(cast):
    made = await feedback.raise_(cast.mei, Category.REPAIR, "三单元楼道灯不亮", place="三单元楼道")
    await feedback.dispatch(cast.fang, made, Handler.COMMITTEE)
    await feedback.answer(cast.fang, made, "solve", "换了灯泡。")
    await feedback.reopen(cast.fang, await Feedback.get(id=made.id), "又不亮了")
    await feedback.answer(cast.fang, await Feedback.get(id=made.id), "give_up", "线路要大修。")
    assert await traces(made) == {"facts", "place"}
    await feedback.ask_for_help(None, "13800000088", "李大爷", "请帮我约一下")


async def test_a_dispute_is_reported_passed_up_and_settled(cast):
    place = await find(cast.places.compound.id, "1", "1")
    said = disputes.Report(
        category="neighbours", words="楼上装修，晚上还在敲。", place=place, said="银杏苑1号楼"
    )
    made = await disputes.report(cast.mei, said)
    assert await traces(made) == {"facts", "place"} and made.level == Level.UNIT
    await disputes.accept(cast.he, made)
    made = await Dispute.get(id=made.id).select_related("community")
    await disputes.protect(cast.he, made, "银杏树下三只猫", "call")
    spot = disputes.Report(category="noise", words="跳舞音响太大。", place=place, said="广场")
    await disputes.log_settled(cast.dou, spot, "九点以后不放。")
