"""A 处方 reaches its resident by the way they chose, and no message says a word of it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, journal, policy
from portal.consultations.actions import prescriptions
from portal.consultations.actions.delivery import hand_over
from portal.consultations.models import Consultation, Delivery, Prescription, State
from portal.consultations.queries import SHEET
from portal.consultations.queries.aftercare import to_hand_over
from portal.consultations.rules import Advice, delivery
from portal.database import transaction
from portal.errors import Conflict
from portal.people.models import Link, Person, Protection
from tests import make
from tests.forms_browser import Browser

SECRET_WORDS = "三万元的借条"


async def issued(cast, meeting, **columns) -> Prescription:
    """Chen's 处方 for Mei, issued at the time of the meeting, with these columns of the consultation."""
    if columns:
        async with transaction():
            await Consultation.filter(id=meeting.consultation.id).update(**columns)
    with clock.standing_at(meeting.at):
        asked = await Consultation.get(id=meeting.consultation.id).select_related("appointment__lawyer")
        draft = await prescriptions.save(
            cast.chen.person, asked, Advice(facts=SECRET_WORDS, questions="怎么办", steps="先催告")
        )
        loaded = await Prescription.get(id=draft.id).select_related(*SHEET)
        await prescriptions.issue(cast.chen.person, loaded)
    return loaded


async def secret(person) -> str:
    """The secret in the newest message."""
    return (await make.last_notice(person.phone, "people/link")).read_values()["link"].rsplit("/", 1)[1]


def someone(**columns) -> SimpleNamespace:
    return SimpleNamespace(**{"phone": "13800000001", "is_neutral": False, "contact_by": "sms", **columns})


@pytest.mark.parametrize(
    ("person", "way"),
    [
        (someone(), Delivery.LINK),
        (someone(contact_by="call"), Delivery.CALL),
        (someone(contact_by="paper"), Delivery.PRINT),
        (someone(contact_by="none"), Delivery.PRINT),
        (someone(is_neutral=True), Delivery.PRINT),
        (someone(phone=None), Delivery.PRINT),
    ],
)
def test_what_nobody_chose_follows_from_how_they_hear_from_us(person, way):
    assert delivery.usual(person) == way


def test_no_link_is_offered_to_what_stands_behind_a_passphrase():
    behind = SimpleNamespace(contact_by="sms")
    assert Delivery.LINK not in delivery.ways(someone(), behind)
    assert delivery.usual(someone(), behind) == Delivery.PRINT


def test_what_ended_without_a_prescription_comes_in_no_way():
    asked = SimpleNamespace(relations={policy.OWN}, state=State.ADVISED, person_id="mei", appointment=None)
    mei = SimpleNamespace(id="mei", serves=lambda community: False)
    asked.community_id = None
    assert delivery.may_choose(mei, asked)
    asked.state = State.CLOSED
    assert not delivery.may_choose(mei, asked)


async def test_a_link_opens_the_sheet_after_four_digits_and_the_message_says_nothing(cast, meeting):
    prescription = await issued(cast, meeting)
    notice = await make.last_notice(cast.mei.phone, "people/link")
    assert SECRET_WORDS not in notice.values and prescription.number not in notice.values
    browser = Browser(app)
    page = await browser.get(f"/l/{await secret(cast.mei)}", follow=True)
    assert not page.has(SECRET_WORDS)
    page = await page.form("/link").fill(digits="0001").submit()
    assert page.path == "/link/prescription" and page.has(SECRET_WORDS)
    assert page.headers["cache-control"] == "no-store" and "处方" not in page.title
    file = await browser.get("/link/prescription/paper.pdf")
    assert file.body.startswith(b"%PDF")
    stranger = await Browser(app).get("/link/prescription")
    assert stranger.status == 404


async def test_a_link_never_leads_to_what_was_protected_since(cast, meeting):
    await issued(cast, meeting)
    link = await secret(cast.mei)
    async with transaction():
        behind = await Protection.create(person=cast.mei, passphrase="x")
        await Consultation.filter(id=meeting.consultation.id).update(protection_id=behind.id)
    page = await Browser(app).get(f"/l/{link}", follow=True)
    page = await page.form("/link").fill(digits="0001").submit()
    assert page.status == 404 and not page.has(SECRET_WORDS)


async def test_a_careful_person_is_sent_no_link_unless_they_chose_it(cast, meeting):
    async with transaction():
        await Person.filter(id=cast.mei.id).update(is_neutral=True)
    await issued(cast, meeting)
    assert not await Link.exists()
    chosen = await Consultation.get(id=meeting.consultation.id)
    assert chosen.deliver_by == Delivery.PRINT


async def test_a_new_version_ends_the_link_of_the_old_one(cast, meeting):
    first = await issued(cast, meeting)
    old = await secret(cast.mei)
    async with transaction():
        await Consultation.filter(id=meeting.consultation.id).update(handed_at=clock.now())
    with clock.standing_at(meeting.at + timedelta(minutes=1)):
        draft = await prescriptions.correct(
            cast.chen.person, await Prescription.get(id=first.id).select_related(*SHEET), "写错了"
        )
        await prescriptions.issue(
            cast.chen.person, await Prescription.get(id=draft.id).select_related(*SHEET)
        )
    assert (await Consultation.get(id=meeting.consultation.id)).handed_at is None, "the new one is not"
    assert (await Browser(app).get(f"/l/{old}", follow=True)).status == 404
    assert (await Browser(app).get(f"/l/{await secret(cast.mei)}", follow=True)).status == 200


async def test_staff_read_what_they_print_for_somebody_until_it_is_handed_over(cast, meeting):
    prescription = await issued(cast, meeting, deliver_by="print")
    assert await make.last_notice(cast.mei.phone, "consultations/prescription"), "to be fetched"
    fang = await make.sign_in(Browser(app), cast.fang)
    assert (await fang.get("/desk")).has("要交给居民的处方", "待打印")
    page = await fang.get(f"/prescriptions/{prescription.number}")
    assert page.has(SECRET_WORDS)
    assert [one["verb"] for one in await journal.of(prescription)].count("open") == 1
    page = await page.press("已交给本人")
    assert page.has("处方交给本人了") and not page.has("待打印")
    assert not (await fang.get(f"/prescriptions/{prescription.number}")).has(SECRET_WORDS)
    tang = await make.sign_in(Browser(app), cast.other.tang)
    assert (await tang.get(f"/prescriptions/{prescription.number}")).status == 404


async def test_staff_read_nothing_of_what_comes_by_link_or_is_protected(cast, meeting):
    prescription = await issued(cast, meeting, deliver_by="link")
    fang = await make.sign_in(Browser(app), cast.fang)
    assert not (await fang.get(f"/prescriptions/{prescription.number}")).has(SECRET_WORDS)
    async with transaction():
        behind = await Protection.create(person=cast.mei, passphrase="x")
        await Consultation.filter(id=meeting.consultation.id).update(
            protection_id=behind.id, deliver_by="print"
        )
    assert not (await fang.get(f"/prescriptions/{prescription.number}")).has(SECRET_WORDS)
    assert not await to_hand_over(Consultation.all()), "its lawyer hands it over"


async def test_whoever_wants_it_read_out_is_rung_up_from_the_desk(cast, meeting):
    async with transaction():
        await Person.filter(id=cast.mei.id).update(contact_by="call")
    await issued(cast, meeting, deliver_by="call")
    assert not await make.last_notice(cast.mei.phone, "consultations/prescription"), "the call tells it"
    also = await Consultation.get(id=meeting.consultation.id).select_related("appointment__lawyer")
    fang = await make.sign_in(Browser(app), cast.fang)
    page = await fang.get(f"/consultations/{meeting.consultation.number}")
    page = await page.press("显示电话")
    assert page.has(cast.mei.phone)
    page = await page.press("已经念给本人听")
    assert (await Consultation.get(id=meeting.consultation.id)).handed_at
    with pytest.raises(Conflict):
        await hand_over(cast.fang, also)


async def test_the_resident_changes_their_mind_after_it_was_written(cast, meeting):
    await issued(cast, meeting, deliver_by="print")
    mei = await make.sign_in(Browser(app), cast.mei)
    page = await mei.get(f"/consultations/{meeting.consultation.number}")
    page = await page.form("/delivery").fill(deliver_by="link").submit()
    assert page.has("发短信链接")
    link = await secret(cast.mei)
    assert (await Browser(app).get(f"/l/{link}", follow=True)).status == 200
    await page.form("/delivery").fill(deliver_by="print").submit()
    assert (await Browser(app).get(f"/l/{link}", follow=True)).status == 404, "on paper from now on"


async def test_nobody_else_chooses_and_nobody_takes_it_for_themselves(cast, meeting):
    await issued(cast, meeting, deliver_by="print")
    tao = await make.sign_in(Browser(app), cast.tao)
    path = f"/consultations/{meeting.consultation.number}"
    assert (await tao.post(f"{path}/delivery", {"deliver_by": "link"})).status == 404
    mei = await make.sign_in(Browser(app), cast.mei)
    assert (await mei.post(f"{path}/handover", {})).status == 404


async def test_it_is_asked_before_booking_and_kept(cast, holding):
    held = await holding(cast.mei, words="去年借给邻居三万元。", contact_by="call")
    page = await held.page.get("/book/confirm")
    form = page.form("/book/confirm")
    assert form.values("deliver_by") == ["call"], "as they hear from us"
    await held.page.post(
        "/book/confirm", {"mode": "desk", "consent": ["sensitive", "firm"], "deliver_by": "print"}
    )
    assert (await Consultation.get(person_id=cast.mei.id)).deliver_by == "print"
