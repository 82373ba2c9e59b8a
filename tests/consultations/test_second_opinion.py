"""A second opinion: the next lawyer reads earlier advice of another firm only when its resident ticked that."""

from datetime import datetime

import pytest

from app import app
from portal import clock, journal
from portal.booking.models import Appointment, Hold
from portal.consultations import rules
from portal.consultations.actions import prescriptions
from portal.consultations.models import Consultation, Outcome, Prescription, PrescriptionState, State
from portal.consultations.rules import content_hash
from portal.database import transaction
from portal.people.models import Protection
from portal.people.passwords import HASHER
from tests import make
from tests.forms_browser import Browser

TODAY = datetime(2026, 11, 23).date()


@pytest.fixture(autouse=True)
def half_past_eight():
    with clock.standing_at(clock.at(TODAY, 8 * 60 + 30)):
        yield


async def advised(cast, **columns) -> Prescription:
    """What Chen advised Mei."""
    booked = await make.appointment(cast.mei, await make.slot(cast.chen, TODAY), **columns)
    asked = await make.consultation(cast.mei, appointment=booked, **columns)
    async with transaction():
        await Consultation.filter(id=asked.id).update(
            state=State.ADVISED, outcome=Outcome.ADVISED, ended_at=clock.now()
        )
        made = Prescription(
            consultation=asked,
            lawyer=cast.chen,
            facts="画眉事实",
            questions="画眉问题",
            steps="画眉做法",
            state=PrescriptionState.ISSUED,
            issued_at=clock.now(),
        )
        made.hash = content_hash(made)
        await made.save(force_create=True)
    return made


async def opens(who, prescription) -> bool:
    browser = await make.sign_in(Browser(app), getattr(who, "person", who))
    page = await browser.get(f"/prescriptions/{prescription.number}")
    assert page.status in (200, 404)
    return "画眉做法" in page.html


async def test_only_with_the_tick_does_another_firm_read_it_and_only_while_it_advises_her(cast):
    earlier = await advised(cast)
    later = await make.appointment(cast.mei, await make.slot(cast.lin, TODAY, make.NINE + 60))
    case = await make.consultation(cast.mei, appointment=later)
    assert not await opens(cast.lin, earlier)
    mei = await make.sign_in(Browser(app), cast.mei)
    page = await mei.get(f"/consultations/{(await earlier.consultation).number}")
    assert (await page.press("记下", is_shared=True)).has("也能看这次的处方")
    assert await opens(cast.lin, earlier)
    lawyer = await make.sign_in(Browser(app), cast.lin.person)
    assert (await lawyer.get(f"/consultations/{case.number}")).has("以前给这位居民的处方", "衡道律师事务所")
    assert not await opens(cast.tao, earlier) and not await opens(cast.other.ge, earlier)
    page = await mei.get(f"/consultations/{(await earlier.consultation).number}")
    await page.press("记下", is_shared=False)
    assert not await opens(cast.lin, earlier)


async def test_the_same_firm_reads_it_while_it_advises_her_and_not_otherwise(cast):
    earlier = await advised(cast)
    assert not await opens(cast.wu, earlier)
    later = await make.appointment(cast.mei, await make.slot(cast.wu, TODAY, make.NINE + 60))
    case = await make.consultation(cast.mei, appointment=later)
    assert await opens(cast.wu, earlier)
    async with transaction():
        await Consultation.filter(id=case.id).update(state=State.CLOSED)
    assert not await opens(cast.wu, earlier)


async def test_neither_before_the_names_were_looked_at_nor_behind_a_passphrase(cast):
    async with transaction():
        kept = await Protection.create(person=cast.mei, passphrase=HASHER.hash("银杏"), contact_by="none")
    hidden = await advised(cast, protection=kept)
    later = await make.appointment(
        cast.mei, await make.slot(cast.wu, TODAY, make.NINE + 60), is_confirmed=False
    )
    await make.consultation(cast.mei, appointment=later)
    assert not await opens(cast.wu, hidden)
    await make.confirm(later)
    assert not await opens(cast.wu, hidden)


async def handed_on(cast) -> Consultation:
    """Mei's matter, in the middle of which Chen wrote a draft and Lin of another firm took over, who has looked at the names."""
    booked = await make.appointment(cast.mei, await make.slot(cast.chen, TODAY))
    asked = await make.consultation(cast.mei, appointment=booked, words="我自己写的话")
    case = await Consultation.get(id=asked.id).select_related("person", "appointment__lawyer")
    await prescriptions.save(
        cast.chen.person, case, rules.Advice(facts="画眉事实", questions="画眉问题", steps="画眉做法")
    )
    slot = await make.slot(cast.lin, TODAY)
    async with transaction():
        await Hold.filter(appointment_id=booked.id).update(slot_id=slot.id)
        await Appointment.filter(id=booked.id).update(
            slot_id=slot.id, lawyer_id=cast.lin.id, firm_id=cast.lanting.id
        )
    await make.confirm(await Appointment.get(id=booked.id))
    return await Consultation.get(id=asked.id)


async def test_the_draft_of_another_firm_is_hidden_and_the_next_lawyer_begins_with_an_empty_one(cast):
    case = await handed_on(cast)
    left = await Prescription.get(consultation_id=case.id)
    lin = await make.sign_in(Browser(app), cast.lin.person)
    of_left, of_case = f"/prescriptions/{left.number}", f"/consultations/{case.number}"
    editor = await lin.get(f"{of_case}/prescription")
    assert editor.has("我自己写的话") and rules.text_hash(left) not in editor.html
    said = [editor.html] + [
        (await lin.get(path, follow=True)).html
        for path in (of_case, "/desk", "/queue", f"/look-up?q={left.number}")
    ]
    assert not [html for html in said if "画眉" in html]
    assert not (await lin.get("/consultations?state=all&q=画眉事实")).has(case.number)
    assert {(await lin.get(path)).status for path in (of_left, f"{of_left}/paper.pdf")} == {404}
    kept = await editor.press("保存并预览", facts="新事实", questions="新问题", steps="新做法")
    assert kept.has("新事实", "第 1 版") and "画眉" not in kept.html
    versions = await Prescription.filter(consultation_id=case.id).order_by("version")
    assert [(one.version, one.facts) for one in versions] == [(0, "画眉事实"), (1, "新事实")]
    assert [entry["verb"] for entry in await journal.of(left)][-1] == "set_aside"
    assert (await lin.get(of_left)).status == 404 and "画眉" not in (await lin.get(of_case)).html


async def test_with_the_residents_tick_it_is_read_and_not_issued_and_without_it_gone_again(cast):
    case = await handed_on(cast)
    left = await Prescription.get(consultation_id=case.id)
    lin = await make.sign_in(Browser(app), cast.lin.person)
    mei = await make.sign_in(Browser(app), cast.mei)
    fresh = await lin.get(f"/consultations/{case.number}/prescription")
    await fresh.press("保存并预览", facts="新事实", questions="新问题", steps="新做法")
    page = await mei.get(f"/consultations/{case.number}")
    await page.press("记下", is_shared=True)
    sheet = await lin.get(f"/prescriptions/{left.number}")
    assert sheet.has("画眉做法", "前一位律师没写完的") and not sheet.has("继续修改")
    assert (await lin.post(f"/prescriptions/{left.number}/issuance", {})).status in (403, 409)
    assert (await lin.get(f"/consultations/{case.number}")).has("前一位律师没写完的")
    page = await mei.get(f"/consultations/{case.number}")
    assert "画眉" not in page.html
    await page.press("记下", is_shared=False)
    assert (await lin.get(f"/prescriptions/{left.number}")).status == 404


async def test_who_is_let_in_before_they_begin_goes_on_with_the_draft_and_a_colleague_does_anyway(cast):
    case = await handed_on(cast)
    async with transaction():
        await Consultation.filter(id=case.id).update(is_shared=True)
    lin = await make.sign_in(Browser(app), cast.lin.person)
    assert (await lin.get(f"/consultations/{case.number}/prescription")).has("画眉做法")
    async with transaction():
        await Consultation.filter(id=case.id).update(is_shared=False)
        await Appointment.filter(id=case.appointment_id).update(lawyer_id=cast.wu.id, firm_id=cast.hengdao.id)
    await make.confirm(await Appointment.get(id=case.appointment_id))
    wu = await make.sign_in(Browser(app), cast.wu.person)
    assert (await wu.get(f"/consultations/{case.number}/prescription")).has("画眉做法")
