"""Consent is asked for each purpose apart, kept as it was read, and taken back as easily."""

import pytest

from app import app
from portal import clock, journal, languages
from portal.booking import actions as booking
from portal.booking.models import Appointment
from portal.consultations import actions as consultations
from portal.consultations.intake import Intake
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.disputes.models import Dispute
from portal.errors import Refusal
from portal.languages import Lazy
from portal.notices import Notice
from portal.people import actions as people
from portal.people import consents
from portal.people.consents import BOOKING, WORDINGS, Purpose
from portal.people.models import Consent
from tests import make
from tests.forms_browser import Browser


async def at(somebody, **more) -> Browser:
    return await make.sign_in(Browser(app, **more), somebody)


def test_every_purpose_is_worded_whole_and_in_every_language():
    for purpose in Purpose:
        said = set()
        for language in languages.WHOLE:
            with languages.speaking(language):
                said.add(consents.text(purpose))
                assert len(consents.text(purpose)) <= 2000
        assert len(said) == len(languages.WHOLE)


def test_a_change_of_the_words_is_a_new_version(monkeypatch):
    before = consents.version(Purpose.FIRM)
    other = WORDINGS[Purpose.FIRM]._replace(sentence=Lazy("另一句话"))
    monkeypatch.setitem(consents.WORDINGS, Purpose.FIRM, other)
    consents.version.cache_clear()
    try:
        assert consents.version(Purpose.FIRM) != before
    finally:
        consents.version.cache_clear()


async def test_the_receipt_keeps_what_was_read_in_the_language_it_was_read_in(cast):
    with languages.speaking("en"):
        await people.agree(cast.mei, [Purpose.FIRM])
        await people.agree(cast.mei, [Purpose.FIRM])
        read = consents.text(Purpose.FIRM)
    receipt = await Consent.get(person_id=cast.mei.id)
    assert (receipt.words, receipt.language, receipt.way) == (read, "en", "web")
    assert [each["verb"] for each in await journal.of(receipt)] == ["agree"]


async def test_whoever_agreed_to_older_words_is_asked_again(cast):
    async with transaction():
        await Consent.create(person=cast.mei, purpose="firm", version="00000000", words="从前的话")
    assert await consents.lacking(cast.mei, BOOKING) == list(BOOKING)
    await people.agree(cast.mei, BOOKING)
    assert await consents.lacking(cast.mei, BOOKING) == []
    assert await Consent.filter(person_id=cast.mei.id).count() == 3


@pytest.mark.parametrize("ticked", [[], ["sensitive"], ["firm"]])
async def test_no_lawyer_is_booked_without_both_and_no_box_comes_ticked(cast, ticked):
    mei = await at(cast.mei)
    page = await mei.get("/book/triage")
    form = page.form("/book/triage")
    assert form.values("consent") == []
    page = await form.fill(words="邻居不还钱", contact_by="call", consent=ticked).submit()
    assert page.status == 422 and page.has("还要您勾选同意")
    assert page.form("/book/triage").values("consent") == ticked
    assert not await Consultation.exists() and not await Consent.exists()


async def test_what_was_agreed_once_is_not_asked_again(cast):
    mei = await at(cast.mei)
    form = (await mei.get("/book/triage")).form("/book/triage")
    page = await form.fill(words="邻居不还钱", contact_by="call", consent=["sensitive", "firm"]).submit()
    assert page.status == 200
    assert "consent" not in (await mei.get("/book/triage")).form("/book/triage")


async def test_taking_back_stops_further_bookings_and_names_what_stands(cast):
    mei = await at(cast.mei)
    await people.agree(cast.mei, BOOKING)
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    page = await mei.get("/me/consents")
    assert page.form("/firm/withdrawal").text.strip() == "收回这项同意"
    page = await page.form("/firm/withdrawal").submit()
    assert page.has("还有约好的，要不要取消由您定", "取消这个预约")
    assert (await Appointment.get(id=booked.id)).state == "booked"
    with pytest.raises(Refusal):
        await consultations.leave(cast.mei, "b", Intake(topic="debt", words="再问一件"))
    wait = await booking.join(cast.mei, "debt", {})
    with pytest.raises(Refusal):
        await consultations.accept(cast.mei, wait)
    page = await page.form(f"/appointments/{booked.number}/cancellation").submit()
    assert (await Appointment.get(id=booked.id)).state == "cancelled"
    page = await (await mei.get("/me/consents")).form("/me/consents/firm").submit()
    assert page.has("您的同意记下了")
    assert await consents.lacking(cast.mei, BOOKING) == []
    receipts = await Consent.filter(person_id=cast.mei.id, purpose="firm")
    assert sorted(bool(each.withdrawn_at) for each in receipts) == [False, True]


async def test_taking_mediation_back_tells_the_handler_and_stops_new_sittings(cast):
    await people.agree(cast.mei, [Purpose.MEDIATION])
    async with transaction():
        dispute = await Dispute.create(
            category="neighbours",
            words="楼上漏水",
            state="accepted",
            level=4,
            level_arose=3,
            reporter=cast.mei,
            handler=cast.he,
            community_id=cast.places.community.id,
            accepted_at=clock.now(),
        )
    mei, he = await at(cast.mei), await at(cast.he)
    await (await mei.get("/me/consents")).form("/mediation/withdrawal").submit()
    assert await Notice.filter(person_id=cast.he.id, kind="privacy/withdrawn").count() == 1
    page = await he.get(f"/disputes/{dispute.number}/sittings/new")
    form = page.form("/sittings").fill(willing=True, time="14:00", place="调解室")
    page = await form.submit()
    assert page.status == 422 and page.has("告诉对方和调解委员会")
    page = await page.form("/sittings").fill(consent=["mediation"]).submit()
    assert page.status == 200
    receipt = await Consent.get(person_id=cast.mei.id, withdrawn_at=None)
    assert receipt.way == "desk"


async def test_a_dispute_is_taken_up_without_consent_to_tell_the_other_side(cast):
    mei = await at(cast.mei)
    form = (await mei.get("/disputes/new")).form("/disputes/new")
    assert form.values("consent") == []
    page = await form.fill(category="neighbours", words="楼上漏水，找不到人。", building="1").submit()
    assert page.status in (200, 422)
    assert not page.has("还要您勾选同意")


async def test_for_a_child_a_guardian_gives_name_and_consent(cast):
    mei = await at(cast.mei)
    form = (await mei.get("/book/triage")).form("/book/triage")
    told = {"words": "孩子在学校被打", "contact_by": "call", "consent": ["sensitive", "firm"]}
    page = await form.fill(**told, for_child=True).submit()
    assert page.status == 422 and len(page.errors()) == 3
    form = page.form("/book/triage").fill(guardian="梅秀英", relation="母亲", guardian_agrees=True)
    page = await form.submit()
    assert page.status == 200
    assert (await Consultation.get()).guardian == "梅秀英（母亲）"
    receipt = await Consent.get(purpose="child")
    assert "梅" not in receipt.words
    assert await Consent.filter(person_id=cast.mei.id).count() == 3


async def test_the_notice_tells_the_schedule_and_every_purpose_in_both_languages(cast):
    from portal.privacy.schedule import SCHEDULE

    for language in ("zh-CN", "en"):
        page = await Browser(app, language=language).get("/privacy")
        with languages.speaking(language[:2]):
            assert page.has(*(str(keeping.title) for keeping in SCHEDULE.values()))
            assert page.has(*(str(keeping.ground) for keeping in SCHEDULE.values()))
            assert page.has(*(str(wording.words) for wording in WORDINGS.values()))
        assert page.has("0431-80000001")
