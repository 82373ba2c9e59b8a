"""The pages of a consultation, through the forms that people really send."""

import pytest

from app import app
from portal import clock, journal
from portal.booking import drafts
from portal.booking.models import Appointment, Hold
from portal.consultations.models import Consultation, Prescription, PrescriptionState
from portal.database import transaction
from tests import make
from tests.forms_browser import Browser

WORDS = "去年借给邻居三万元，有借条，到期不还。"


async def signed_in(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


async def written(page, **more):
    """The editor filled in and sent to the preview."""
    return (
        await page.form("/prescription")
        .fill(**{"facts": "居民说借出三万元。", "questions": "怎么要回来", "steps": "先催告，再起诉", **more})
        .submit("保存并预览")
    )


async def issued(cast, meeting) -> tuple[Browser, str]:
    """Chen's browser, and the address of the 处方 just issued in it."""
    chen = await signed_in(cast.chen)
    page = await chen.get(f"/consultations/{meeting.consultation.number}")
    page = await page.press("开始咨询")
    page = await written(page, articles="第675条、188")
    page = await page.press("签发")
    assert page.has("处方已经签发")
    return chen, page.path


async def test_the_story_is_told_in_own_words_and_kept(cast):
    page = await (await Browser(app).get("/book")).click("借钱还钱")
    form = page.form("/book/story")
    page = await form.fill(words="短", contact_by="sms", other_phone="123").submit()
    assert page.status == 422 and len(page.errors()) == 2
    assert page.form("/book/story")["words"] == "短"
    told = page.form("/book/story").fill(words=WORDS, other_phone="１３８ 0000 0002", other_side="陶建国")
    page = await told.submit("下一步：选时间")
    again = await page.browser.get("/book/story")
    assert (again.form("/book/story")["words"], again.form("/book/story")["other_phone"]) == (
        WORDS,
        "13800000002",
    )
    cleared = await again.press("清除我填的内容")
    again = await cleared.browser.get("/book/story?topic=debt")
    assert again.form("/book/story")["words"] == ""


@pytest.mark.parametrize("danger", ["violence", "minor", "eviction", "deadline"])
async def test_a_yes_to_danger_shows_whom_to_ring_at_once(cast, danger):
    page = await Browser(app).get("/book/story?topic=marriage_family")
    page = await page.form("/book/story").fill(words=WORDS, contact_by="none", dangers=[danger]).submit()
    assert {"tel:110", "tel:12338", "tel:120"} <= set(page.all("//main//a/@href"))
    assert "家暴" not in page.title and "离婚" not in page.title


async def test_an_unknown_topic_leads_back_to_the_list(cast):
    page = await Browser(app).get("/book/story?topic=moon")
    assert page.status == 422 and page.has("没有这一类", "说不清属于哪一类")


async def test_what_the_clinic_cannot_do_is_said_with_where_to_go(cast):
    page = await Browser(app).get("/book/story?topic=criminal_admin")
    assert page.has("不能代办", "12348", "当地公布") and "words" in page.form("/book/story")


async def test_a_stranger_signs_in_before_confirming(cast, holding):
    held = await holding(words=WORDS)
    page = await held.page.get("/book/confirm")
    assert page.status == 303 and page.location.endswith("/sign-in?back=%2Fbook%2Fconfirm")


async def test_everything_is_shown_once_more_and_then_booked(cast, holding):
    held = await holding(cast.mei, words=WORDS)
    page = await held.page.get("/book/confirm")
    assert page.has(WORDS, "借钱还钱", "银杏路1号")
    page = await page.form("/book/confirm").fill(mode="phone").submit()
    assert page.status == 422 and page.errors()
    assert page.form("/book/confirm").values("mode") == ["phone"]
    page = await held.page.post(
        "/book/confirm", {"mode": "phone", "consent": ["sensitive", "firm"], "needs": "听力不好"}
    )
    booked = await Appointment.get(person_id=cast.mei.id)
    assert page.status == 303
    assert (booked.mode, booked.needs) == ("phone", "听力不好")
    twice = await held.page.post("/book/confirm", {"mode": "phone", "consent": ["sensitive", "firm"]})
    assert twice.location.endswith(f"/appointments/{booked.number}")
    assert await Appointment.filter(person_id=cast.mei.id).count() == 1


async def test_who_came_straight_to_the_times_is_asked_for_what_is_missing(cast, holding):
    nobody = await make.person("", phone="13700000001")
    async with transaction():
        await type(nobody).filter(id=nobody.id).update(name="")
    held = await holding(await make.reload(nobody))
    page = await held.page.get("/book/confirm")
    page = await page.form("/book/confirm").fill(consent=["sensitive", "firm"]).submit()
    assert page.status == 422 and len(page.errors()) == 2
    form = page.form("/book/confirm").fill(consent=["sensitive", "firm"], name="李新来", words=WORDS)
    await held.page.post("/book/confirm", {**dict(form.pairs()), "consent": form.values("consent")})
    consultation = await Consultation.get(person_id=nobody.id)
    assert consultation.words == WORDS
    assert (await make.reload(nobody)).name == "李新来"


async def test_a_time_lost_at_the_last_step_costs_no_word(cast, holding):
    held = await holding(cast.mei, words=WORDS)
    page = await held.page.get("/book/confirm")
    form = page.form("/book/confirm").fill(consent=["sensitive", "firm"], needs="坐轮椅")
    async with transaction():
        await Hold.filter(slot_id=held.slot.id).delete()
    await make.consultation(cast.tao, held.slot)
    page = await held.page.post("/book/confirm", {**dict(form.pairs()), "consent": form.values("consent")})
    assert page.status == 303 and "topic=debt" in page.location
    assert (await drafts.read(held.key))["needs"] == "坐轮椅"
    assert await Appointment.filter(person_id=cast.mei.id).count() == 0


async def test_a_question_without_a_time_gets_a_number_and_its_owner_alone_sees_it(cast):
    mei = await signed_in(cast.mei)
    page = await mei.get("/book/triage")
    page = (
        await page.form("/book/triage")
        .fill(words=WORDS, contact_by="call", consent=["sensitive", "firm"])
        .submit()
    )
    consultation = await Consultation.get(person_id=cast.mei.id)
    assert page.has(consultation.number, WORDS, "工作人员会联系您")
    stranger = await (await signed_in(cast.yu)).get(f"/consultations/{consultation.number}")
    assert stranger.status == 404
    staff = await signed_in(cast.fang)
    page = await (await staff.get("/consultations")).click(consultation.number)
    assert page.has("梅秀英", "138****0001", "还没有时间", "内容保密")
    assert not page.has(WORDS) and not page.has("13800000001")
    page = await page.press("显示电话")
    assert page.has("13800000001") and not page.has(WORDS)
    assert [entry["actor"] for entry in await journal.of(consultation) if entry["verb"] == "unmask"] == [
        cast.fang.id
    ]
    page = await staff.get(f"/consultations/{consultation.number}")
    assert not page.has("13800000001"), "it is shown once"
    page = await page.form("/closure").fill(outcome="withdrawn").submit()
    assert page.has("居民不再需要")


async def test_the_list_tells_staff_what_waits_and_not_a_word_or_a_whole_name(cast):
    await make.consultation(cast.tao, words=WORDS)
    urgent = await make.consultation(cast.mei, words=WORDS, is_urgent=True, danger="violence")
    staff = await signed_in(cast.fang)
    page = await staff.get("/consultations")
    assert page.all("//tbody/tr[1]/th/a/text()") == [urgent.number]
    assert page.has("梅**", "138****0001") and not page.has(WORDS) and not page.has("梅秀英")
    for query in ("q=13800000001", f"q={urgent.number.lower()}", "urgent=1", "q=梅秀"):
        page = await staff.get(f"/consultations?{query}")
        assert page.all("//tbody/tr/th/a/text()") == [urgent.number], query
    booked = await make.consultation(cast.tao, await make.slot(cast.chen))
    page = await staff.get(f"/consultations?q={booked.appointment.number}")
    assert page.all("//tbody/tr/th/a/text()") == [booked.number]
    empty = await staff.get("/consultations?state=closed&topic=labour&page=x")
    assert empty.has("没有符合条件的咨询")
    assert (await (await signed_in(cast.mei)).get("/consultations")).status == 404
    for lawyer, theirs in ((cast.chen, [booked.number]), (cast.lin, [])):
        page = await (await signed_in(lawyer)).get("/consultations")
        assert page.all("//tbody/tr/th/a/text()") == theirs


async def test_each_opening_by_lawyer_or_staff_is_written_down_and_the_residents_own_is_not(cast, meeting):
    address = f"/consultations/{meeting.consultation.number}"
    for who in (cast.mei, cast.chen):
        assert (await (await signed_in(who)).get(address)).has("邻居借了我三万元不还")
    assert not (await (await signed_in(cast.fang)).get(address)).has("邻居借了我三万元不还")
    opened = [entry["actor"] for entry in await journal.of(meeting.consultation) if entry["verb"] == "open"]
    assert opened == [cast.chen.person.id], (
        "staff read nothing that is confided, so there is nothing to write down"
    )


async def test_the_lawyer_writes_looks_it_over_and_issues(cast, meeting):
    with clock.standing_at(meeting.at):
        _chen, address = await issued(cast, meeting)
        page = await (await signed_in(cast.mei)).get(address)
    assert page.has("民法典第 675 条", "借款合同", "不适用", "不是代理", "校验码")
    assert not page.has("另出一版") and not page.has("继续修改")
    assert (await (await signed_in(cast.yu)).get(address)).status == 404


@pytest.mark.parametrize(("typed", "named"), [("0", "第0条"), ("675、1261", "第1261条"), ("abc", "“abc”")])
async def test_articles_that_do_not_exist_are_named_and_nothing_typed_is_lost(cast, meeting, typed, named):
    with clock.standing_at(meeting.at):
        chen = await signed_in(cast.chen)
        page = await chen.get(f"/consultations/{meeting.consultation.number}/prescription")
        page = await written(page, articles=typed)
    assert page.status == 422 and any(named in error for error in page.errors())
    assert page.form("/prescription")["steps"] == "先催告，再起诉"
    assert await Prescription.all().count() == 0


async def test_a_draft_is_for_its_lawyer_alone(cast, meeting):
    with clock.standing_at(meeting.at):
        chen = await signed_in(cast.chen)
        editor = f"/consultations/{meeting.consultation.number}/prescription"
        page = await written(await chen.get(editor), steps="")
        assert page.has("草稿，居民看不到", "才能签发")
        for who in (cast.mei, cast.fang, cast.lin, cast.yu):
            assert (await (await signed_in(who)).get(editor)).status == 404
            assert (await (await signed_in(who)).get(page.path)).status == 404
        refused = await chen.post(f"{page.path}/issuance")
    assert refused.status == 403
    assert not (await (await signed_in(cast.mei)).get(f"/consultations/{meeting.consultation.number}")).has(
        "草稿"
    )


async def test_a_form_cannot_tamper_with_what_was_issued(cast, meeting):
    with clock.standing_at(meeting.at):
        chen, address = await issued(cast, meeting)
        changed = await chen.post(
            f"/consultations/{meeting.consultation.number}/prescription",
            {"facts": "改过的", "questions": "改", "steps": "改", "then": "show"},
        )
        again = await chen.post(f"{address}/issuance")
    prescription = await Prescription.all().get()
    assert (changed.status, again.status) == (409, 409)
    assert (prescription.facts, prescription.state) == ("居民说借出三万元。", PrescriptionState.ISSUED)


async def test_a_correction_shows_both_versions_and_which_one_holds(cast, meeting):
    with clock.standing_at(meeting.at):
        chen, first = await issued(cast, meeting)
        page = await (await chen.get(first)).form("/correction").fill(reason="条文写错了").submit()
        assert page.has("这是更正稿", "原来那一版仍然有效")
        page = await (await written(page, articles="667-670")).press("签发")
        mei = await signed_in(cast.mei)
        old, new = await mei.get(first), await mei.get(page.path)
        both = await mei.get(f"/consultations/{meeting.consultation.number}")
    assert old.has("这一版已经作废", "请看第 2 版") and new.has("更正后的第 2 版", "条文写错了")
    assert both.has("有效", "已被新版替代")


async def test_a_lawyer_who_lost_the_appointment_sees_nothing_more_of_it(cast, meeting):
    with clock.standing_at(meeting.at):
        chen, address = await issued(cast, meeting)
        number = meeting.consultation.number
        async with transaction():
            await Appointment.filter(id=meeting.consultation.appointment_id).update(
                lawyer_id=cast.lin.id, firm_id=cast.lanting.id
            )
        for path in (address, f"/consultations/{number}", f"/consultations/{number}/prescription"):
            assert (await chen.get(path)).status == 404
        for path in (
            f"{address}/correction",
            f"/consultations/{number}/referrals",
            f"/consultations/{number}/closure",
        ):
            assert (
                await chen.post(path, {"reason": "看看", "to": "court", "outcome": "referred"})
            ).status == 404


async def test_a_referral_tells_the_resident_where_and_whom_to_ring(cast, meeting):
    chen = await signed_in(cast.chen)
    page = await chen.get(f"/consultations/{meeting.consultation.number}")
    refused = await page.form("/referrals").fill(to="labour_arbitration").submit()
    assert refused.status == 422
    assert refused.all("//*[@role='alert']//a[@href='#field-reason']"), (
        "what is missing is said above as well"
    )
    assert refused.status == 422 and refused.errors()
    await refused.form("/referrals").fill(reason="带上工资流水").submit()
    page = await (await signed_in(cast.mei)).get(f"/consultations/{meeting.consultation.number}")
    assert page.has("劳动人事争议仲裁", "带上工资流水", "12333") and not page.has("转到哪里")


async def test_a_walk_in_is_written_down_first(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    chen = await signed_in(cast.chen)
    page = await chen.get(f"/consultations/of/{booked.number}", follow=True)
    page = await page.form(booked.number).submit()
    assert page.status == 422 and page.errors()
    page = await page.form(booked.number).fill(words="口头来问借条", consent=["sensitive", "firm"]).submit()
    assert page.has("口头来问借条")
    page = await chen.get(f"/consultations/of/{booked.number}")
    assert page.status == 303
    assert (await (await signed_in(cast.lin)).get(f"/consultations/of/{booked.number}")).status == 404


async def test_the_pages_speak_english_throughout(cast, meeting):
    with clock.standing_at(meeting.at):
        _chen, address = await issued(cast, meeting)
        mei = await make.sign_in(Browser(app, language="en"), cast.mei)
        for path in ("/book", "/book/story?topic=debt", "/book/triage", "/book/safety"):
            page = await mei.get(path)
            assert page.status == 200 and not page.has("律师"), path
        page = await mei.get(address)
    assert page.has("Written legal advice", "article 675", "Not applicable")


async def test_from_the_first_page_to_the_appointment_nothing_is_asked_twice(cast):
    await make.duty(cast.chen)
    mei = await signed_in(cast.mei)
    page = await (await mei.get("/book")).click("借钱还钱")
    page = await page.form("/book/story").fill(words=WORDS, contact_by="sms", other_side="陶建国").submit()
    assert page.path == "/book/times"
    page = await page.form("/book/times?topic=debt").submit()
    assert page.path == "/book/confirm" and "words" not in page.form("/book/confirm")
    page = await page.form("/book/confirm").fill(consent=["sensitive", "firm"]).submit("确认预约")
    booked = await Appointment.get(person_id=cast.mei.id)
    assert page.path == f"/appointments/{booked.number}" and page.has("约好了")
    consultation = await Consultation.get(appointment_id=booked.id)
    assert (consultation.words, consultation.other_side) == (WORDS, "陶建国")


async def test_a_lawyer_who_asks_as_a_resident_does_not_read_the_draft_about_themselves(cast):
    slot = await make.slot(cast.chen)
    consultation = await make.consultation(cast.lin.person, slot)
    with clock.standing_at(slot.starts_at):
        editor = f"/consultations/{consultation.number}/prescription"
        await written(await (await signed_in(cast.chen)).get(editor))
        assert (await (await signed_in(cast.lin)).get(editor)).status == 404
