"""Papers go in by a telephone's browser, without script and before anybody has signed in, and reach only whom they are meant for."""

import io
from datetime import timedelta

from PIL import Image
from pypdf import PdfReader

from portal import clock
from portal.attachments import actions
from portal.attachments.models import Attachment, Content, Place
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.people.models import Protection
from tests import make
from tests.attachments import files
from tests.journeys.steps import number_on, prove, stranger

PHONE = "13811112222"
PHOTO = ("借条.jpg", files.photograph(turned=6), "image/jpeg")
PAPER = ("合同.pdf", files.hostile_paper(), "application/pdf")
STRANGE = ("假照片.jpg", b"<!doctype html><script>alert(1)</script>", "image/jpeg")


async def told(browser, then: str = "先交照片、材料"):
    """The story is told, and what is pressed after it."""
    page = await (await (await browser.get("/")).click("约律师")).click("借钱还钱")
    return await page.press(then, words="表弟借了我三万元，有借条。")


async def test_papers_go_along_from_the_story_to_the_lawyer(cast):
    await make.duty(cast.chen)
    mei = stranger()
    page = await told(mei)
    assert page.path == "/book/attachments" and page.has("往下走")
    page = await page.form("/book/attachments").fill(attachments=[PHOTO, STRANGE, PAPER]).submit()
    assert page.status == 422 and page.has("“假照片”没有收下", "借条", "合同"), (
        "the good ones are kept and listed"
    )
    page = await page.click("交完了，往下走")
    assert page.path == "/book/times"
    page = await prove(await page.form("/book/times?topic=debt").submit(), PHONE)
    assert page.path == "/book/confirm" and page.has("借条", "合同")
    page = (
        await page.form("/book/confirm").fill(name="王秀英", consent=["sensitive", "firm"]).submit("确认预约")
    )
    assert page.has("约好了"), page.text
    consultation = await Consultation.get()
    assert await Attachment.filter(matter=consultation.id, browser="").count() == 2

    page = await mei.get(f"/consultations/{consultation.number}")
    assert page.has("材料", "借条", "合同", "我交的")
    photo = await page.click("借条")
    assert photo.headers["content-type"] == "image/jpeg" and photo.headers["content-disposition"].startswith(
        "inline"
    )
    assert (
        "sandbox" in photo.headers["content-security-policy"] and photo.headers["cache-control"] == "no-store"
    )
    assert photo.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(photo.body)).size == (400, 640) and files.REMARK.encode() not in photo.body
    paper = await page.click("合同")
    assert paper.headers["content-disposition"].startswith("attachment") and b"hostile" not in files.unpacked(
        paper.body
    )
    assert "IOU" in PdfReader(io.BytesIO(paper.body)).pages[0].extract_text()

    chen = await make.sign_in(stranger(), cast.chen.person)
    names = await chen.get(f"/consultations/{consultation.number}")
    assert names.has("先看双方姓名") and not names.has("借条") and (await chen.get(paper.url)).status == 404
    await names.press("没有冲突，打开")
    assert (await (await chen.get(f"/consultations/{consultation.number}")).click("合同")).body == paper.body


async def test_papers_are_handed_in_last_of_all_and_nothing_typed_is_lost(cast):
    await make.duty(cast.chen)
    mei = stranger()
    page = await told(mei, "下一步：选时间")
    page = await prove(await page.form("/book/times?topic=debt").submit(), PHONE)
    page = await page.press("交照片、材料", name="王秀英", needs="听力不好")
    page = await page.form("/book/attachments").fill(attachments=PHOTO).submit()
    assert page.has("收下 1 份", "借条")
    page = await page.press("拿掉“借条”")
    assert page.has("已经拿掉") and await Attachment.all().count() == await Content.all().count() == 0
    page = await page.form("/book/attachments").fill(attachments=PHOTO).submit()
    page = await page.click("交完了，往下走")
    form = page.form("/book/confirm")
    assert (form["name"], form["needs"]) == ("王秀英", "听力不好")
    page = await form.fill(consent=["sensitive", "firm"]).submit("确认预约")
    number = number_on(page)
    consultation = await Consultation.get(appointment__number=number)
    assert await Attachment.filter(matter=consultation.id).count() == 1


async def test_who_waits_for_a_call_or_a_time_hands_in_papers_too(cast):
    mei = await make.sign_in(stranger(), cast.mei)
    page = await mei.get("/book/triage")
    page = await page.press("交照片、材料", words="工钱要不回来，有欠条。", contact_by="sms")
    page = await page.form("/book/attachments").fill(attachments=PHOTO).submit()
    page = await page.click("交完了，往下走")
    assert page.path == "/book/triage" and page.has("已经交了 1 份材料")
    assert page.form("/book/triage")["words"] == "工钱要不回来，有欠条。"
    page = await page.form("/book/triage").fill(consent=["sensitive", "firm"]).submit("交给工作人员")
    assert page.has("借条", "我交的")


async def test_more_is_handed_in_later_by_the_resident_and_at_the_desk(cast):
    consultation = await make.consultation(cast.mei, await make.slot(cast.chen))
    here = f"/consultations/{consultation.number}"
    mei = await make.sign_in(stranger(), cast.mei)
    page = await (await mei.get(here)).click("交照片、材料")
    assert (await page.press("交上来")).has("请先选照片或文件")
    page = await page.form("/attachments").fill(attachments=[PHOTO]).submit("交上来")
    assert page.path == here and page.has("收下 1 份", "借条", "我交的")

    fang = await make.sign_in(stranger(), cast.fang)
    page = await fang.get(here)
    assert page.has("另有 1 份") and not page.has("借条"), "who may not read the facts learns only how many"
    page = await page.click("交照片、材料")
    camera = page.all("//input[@name='camera']")[0]
    assert camera.get("capture") == "environment" and camera.get("accept") == "image/*"
    shot = ("IMG_7.jpg", files.photograph(size=(300, 200)), "image/jpeg")
    page = await page.form("/attachments").fill(camera=shot).submit("交上来")
    assert page.has("IMG_7", "我交的") and not page.all("//a[text()='IMG_7']")
    page = await page.press("拿掉“IMG_7”")
    assert page.has("已经拿掉") and not page.has("IMG_7")
    (left,) = await Attachment.filter(removed_at=None)
    for somebody, status in (
        (cast.mei, 200),
        (cast.chen.person, 200),
        (cast.fang, 404),
        (cast.yu, 404),
        (cast.tao, 404),
    ):
        browser = await make.sign_in(stranger(), somebody)
        assert (await browser.get(f"{here}/attachments/{left.id}")).status == status, somebody.name
    assert (await stranger().get(f"{here}/attachments/{left.id}")).status == 303


async def test_who_was_signed_out_meanwhile_signs_in_and_chooses_the_files_again(cast):
    consultation = await make.consultation(cast.mei)
    here = f"/consultations/{consultation.number}/attachments"
    page = await stranger().post(here, {}, {"attachments": PHOTO})
    assert page.status == 303 and "/sign-in" in page.location and await Attachment.all().count() == 0


async def test_after_thirty_days_papers_come_too_late_and_nobody_takes_any_away(cast):
    ended = {"state": "closed", "outcome": "withdrawn"}
    late = await make.consultation(cast.mei, ended_at=clock.now() - timedelta(days=31), **ended)
    still = await make.consultation(cast.mei, ended_at=clock.now() - timedelta(days=29), **ended)
    mei = await make.sign_in(stranger(), cast.mei)
    assert not (await mei.get(f"/consultations/{late.number}")).has("交照片、材料")
    refused = await mei.post(f"/consultations/{late.number}/attachments", {}, {"attachments": PHOTO})
    assert refused.status == 403 and refused.has("打电话给服务中心")
    page = await (await mei.get(f"/consultations/{still.number}")).click("交照片、材料")
    page = await page.form("/attachments").fill(attachments=[PHOTO]).submit("交上来")
    assert page.has("收下 1 份") and not page.has("拿掉")
    (one,) = await Attachment.all()
    assert (await mei.post(f"/consultations/{still.number}/attachments/{one.id}/removal")).status == 403


async def test_what_is_behind_a_passphrase_shows_no_paper_to_whoever_holds_the_telephone(cast):
    consultation = await make.consultation(cast.mei)
    await actions.hand_in(Place.of(consultation), [PHOTO[:2]], cast.mei)
    (one,) = await Attachment.all()
    async with transaction():
        protection = await Protection.create(person=cast.mei, passphrase="x")
        await Consultation.filter(id=consultation.id).update(protection_id=protection.id)
    mei = await make.sign_in(stranger(), cast.mei)
    for path in ("", "/attachments", f"/attachments/{one.id}"):
        assert (await mei.get(f"/consultations/{consultation.number}{path}")).status == 404
