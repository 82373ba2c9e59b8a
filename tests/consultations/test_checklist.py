"""The days of a 处方 as a list to tick and as entries in its resident's own calendar; what the clinic's advice is not."""

from datetime import date, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from icalendar import Calendar

from app import app
from portal import clock, journal
from portal.consultations import checklist, papers
from portal.consultations.actions import prescriptions
from portal.consultations.models import Consultation, Prescription
from portal.consultations.queries import SHEET
from portal.consultations.rules import Advice
from portal.database import transaction
from portal.feedback.models import Feedback
from portal.people.models import Person
from tests import make
from tests.forms_browser import Browser

DEADLINES = (
    "2026年12月15日以前：申请仲裁（劳动争议调解仲裁法27，从2025年12月15日起算）\n2027-01-08 前交上诉状"
)
STEPS = "收集工资流水\n1. 2026年12月1日去仲裁委\n不存在的 2026年13月40日"


async def issued(cast, meeting, correct: str = "") -> Prescription:
    with clock.standing_at(meeting.at):
        asked = await Consultation.get(id=meeting.consultation.id).select_related("appointment__lawyer")
        advice = Advice(facts="欠薪", questions="怎么办", steps=STEPS, deadlines=correct or DEADLINES)
        if correct:
            old = await Prescription.get(consultation_id=asked.id, state="issued").select_related(*SHEET)
            await prescriptions.correct(cast.chen.person, old, "写错了日子")
        draft = await prescriptions.save(cast.chen.person, asked, advice)
        loaded = await Prescription.get(id=draft.id).select_related(*SHEET)
        await prescriptions.issue(cast.chen.person, loaded)
    return loaded


async def entries(cast, prescription, **more) -> list:
    mei = await make.sign_in(Browser(app), cast.mei)
    file = await mei.get(f"/prescriptions/{prescription.number}/calendar.ics")
    assert file.status == 200 and file.headers["content-type"].startswith("text/calendar")
    return Calendar.from_ical(file.body).walk("VEVENT")


def test_the_first_real_day_of_each_line_counts():
    written = SimpleNamespace(deadlines=DEADLINES, steps=STEPS)
    assert [line.on for line in checklist.lines(written)] == [
        date(2026, 12, 15),
        date(2027, 1, 8),
        date(2026, 12, 1),
    ]


async def test_the_calendar_has_a_day_and_a_reminder_for_each(cast, meeting):
    prescription = await issued(cast, meeting)
    found = await entries(cast, prescription)
    assert [one["dtstart"].dt for one in found] == [date(2026, 12, 15), date(2027, 1, 8), date(2026, 12, 1)]
    assert all(one["dtend"].dt - one["dtstart"].dt == timedelta(days=1) for one in found)
    assert {one["sequence"] for one in found} == {0} and len({one["uid"] for one in found}) == 3
    assert all(one.walk("VALARM")[0]["trigger"].dt == timedelta(days=-3, hours=9) for one in found)
    assert "申请仲裁" in found[0]["summary"] and prescription.number in found[0]["url"]


async def test_a_correction_moves_what_was_imported_and_cancels_what_it_left_out(cast, meeting):
    before = await entries(cast, await issued(cast, meeting))
    after = await entries(cast, await issued(cast, meeting, "2026年12月20日以前：申请仲裁"))
    assert [one["uid"] for one in after] == [one["uid"] for one in before]
    assert [one["sequence"] for one in after] == [1, 1, 1]
    assert [str(one["status"]) for one in after] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert after[0]["dtstart"].dt == date(2026, 12, 20)


async def test_whoever_is_careful_reads_nothing_of_law_in_their_calendar(cast, meeting):
    prescription = await issued(cast, meeting)
    async with transaction():
        await Person.filter(id=cast.mei.id).update(is_neutral=True)
    for one in await entries(cast, prescription):
        text = one.to_ical().decode()
        assert "仲裁" not in text and prescription.number not in text and "prescriptions" not in text


def test_what_is_protected_says_nothing_of_law_in_a_calendar_either():
    person, kept = SimpleNamespace(is_neutral=False), {"id": uuid4(), "protection_id": uuid4()}
    behind = SimpleNamespace(
        consultation=SimpleNamespace(person=person, **kept),
        deadlines="2026年12月15日以前：申请仲裁",
        steps="",
        version=1,
        issued_at=clock.now(),
    )
    text = checklist.calendar(behind, [behind], "/prescriptions/K7F3-29QX").decode()
    assert "20261215" in text and "仲裁" not in text and "K7F3-29QX" not in text


async def test_nobody_else_gets_the_calendar_and_a_draft_has_none(cast, meeting):
    prescription = await issued(cast, meeting)
    path = f"/prescriptions/{prescription.number}/calendar.ics"
    for who in (cast.tao, cast.fang):
        assert (await (await make.sign_in(Browser(app), who)).get(path)).status == 404
    with clock.standing_at(meeting.at):
        draft = await prescriptions.correct(
            cast.chen.person, await Prescription.get(id=prescription.id).select_related(*SHEET), "更正"
        )
        chen = await make.sign_in(Browser(app), cast.chen.person)
        assert (await chen.get(f"/prescriptions/{draft.number}/calendar.ics")).status == 404


async def test_the_sheet_is_a_list_to_tick_with_every_section_and_says_what_it_is_not(cast, meeting):
    prescription = await issued(cast, meeting)
    loaded = await Prescription.get(id=prescription.id).select_related(*SHEET)
    loaded.parts = frozenset({"name"})
    paper = papers.prescription(loaded, loaded)
    steps = next(block for block in paper.blocks if block.kind == "steps")
    assert steps.boxes and list(steps.items) == STEPS.replace("1. ", "").splitlines()
    headings = [str(block.heading) for block in paper.blocks if hasattr(block, "heading")]
    for number in "一二三四五六七八":
        assert any(heading.startswith(number) for heading in headings), number
    assert any("不适用" in getattr(block, "text", "") for block in paper.blocks)
    assert "揽案" in paper.foot


async def test_the_limits_are_shown_before_booking_and_kept_with_it(cast, holding):
    held = await holding(cast.mei, words="去年借给邻居三万元。")
    page = await held.page.get("/book/confirm")
    assert page.has("不是代理", "揽案")
    await held.page.post("/book/confirm", {"mode": "desk", "consent": ["sensitive", "firm"]})
    consultation = await Consultation.get(person_id=cast.mei.id)
    assert (await journal.of(consultation))[0]["detail"]["limits"]


async def test_touting_is_reported_with_two_taps_and_told_to_the_lead(cast, meeting):
    prescription = await issued(cast, meeting)
    mei = await make.sign_in(Browser(app), cast.mei)
    page = await (await mei.get(f"/prescriptions/{prescription.number}")).click("我要反映")
    assert urlsplit(page.url).query == "category=conduct"
    form = page.form("/feedback")
    assert form.values("category") == ["conduct"]
    await form.fill(words="律师让我另外交钱。").submit()
    made = await Feedback.get()
    assert made.category == "conduct"
    assert await make.last_notice(cast.guo.phone, "feedback/conduct")


@pytest.mark.parametrize("spoiled", ["2026-1-1", "2026/1/1", "2026. 1. 1", "2026 年 1 月 1 日"])
def test_days_are_read_as_people_write_them(spoiled):
    written = SimpleNamespace(id=uuid4(), deadlines=f"{spoiled} 前", steps="")
    assert checklist.lines(written)[0].on == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("written", "numbered_anyway"),
    [
        ("一、先催告", "先催告"),
        ("2. 起诉", "起诉"),
        ("（三）等判决", "等判决"),
        ("1.5万元先要回来", "1.5万元先要回来"),
    ],
)
def test_a_line_is_not_numbered_twice(written, numbered_anyway):
    assert papers.ORDINAL.sub("", written) == numbered_anyway
