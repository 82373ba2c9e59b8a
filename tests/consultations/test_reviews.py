"""同行评议: drawn by lot, offered to somebody who has met nobody of it, read without names, told without the reviewer's."""

import hashlib
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, journal
from portal.booking.models import MATTER
from portal.conflicts.models import Party, Side, Wall
from portal.consultations.actions import reviews as actions
from portal.consultations.models import Consultation, Outcome, Prescription, PrescriptionState, Review, State
from portal.consultations.rules import content_hash, reviews
from portal.consultations.rules.reviews import Known, masked
from portal.database import transaction
from portal.errors import Forbidden
from portal.law.topics import Topic
from portal.people.models import Person, Protection
from portal.people.passwords import HASHER
from tests import make
from tests.forms_browser import Browser

ISSUED = datetime(2026, 10, 21, 10, tzinfo=clock.CHINA)
TODAY = date(2026, 11, 24)
MEI = Known(
    [["梅秀英", "梅二妹"], ["陶建国"], ["John Smith"]], ["陈明理", "衡道律师事务所"], ["银杏苑", "银杏社区"]
)


def lot(text: str) -> str:
    """A keyed mark that stands still."""
    return text[::-1]


# -- rules -----------------------------------------------------------------------------------------------------------------


def test_one_in_ten_is_drawn_and_of_every_month_at_least_one():
    assert [reviews.wanted(count) for count in (0, 1, 9, 10, 19, 20, 105)] == [0, 1, 1, 1, 1, 2, 10]


def test_whoever_draws_again_draws_the_same_and_another_secret_draws_others():
    numbers = [f"{n:04}-AAAA" for n in range(200)]
    first = reviews.drawn(numbers, lambda number: hashlib.sha256(number.encode()).hexdigest())
    again = reviews.drawn(reversed(numbers), lambda number: hashlib.sha256(number.encode()).hexdigest())
    other = reviews.drawn(numbers, lambda number: hashlib.sha256(f"x{number}".encode()).hexdigest())
    assert first == again and len(first) == 20 and first != other


def test_the_last_two_months_that_are_over_are_drawn_from():
    assert reviews.months(date(2026, 1, 15)) == [
        (date(2025, 12, 1), date(2026, 1, 1)),
        (date(2025, 11, 1), date(2025, 12, 1)),
    ]


def test_who_was_given_fewest_is_next_and_the_lot_decides_between_equals():
    able = {1: "A", 2: "B", 3: "C"}
    assert reviews.next_reviewer(able, {1: 2, 2: 1, 3: 1}, "N", lambda text: text) == 2
    assert reviews.next_reviewer(able, {}, "N", lambda text: {"N A": "9", "N B": "5", "N C": "1"}[text]) == 3
    assert reviews.next_reviewer({}, {}, "N", lot) is None


def test_the_lowest_of_three_answers_is_recorded():
    assert reviews.score([5, 2, 4]) == 2
    for wrong in ([5, 5], [0, 5, 5], [5, 5, 6], []):
        with pytest.raises(ValueError):
            reviews.score(wrong)


def test_a_month_of_fewer_than_five_is_kept_back():
    days = [date(2026, 10, n) for n in range(1, 6)]
    told = reviews.monthly([*((day, 4) for day in days[:4]), (days[4], 1), *[(date(2026, 9, 3), 5)] * 4])
    assert told == [(date(2026, 10, 1), 5, 3.4), (date(2026, 9, 1), None, None)]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("梅秀英说陶建国欠她三万元。", "甲说乙欠她三万元。"),
        ("梅 秀 英、梅二妹都是她，秀英急了", "甲、甲都是她，甲急了"),
        ("梅女士和老陶谈过，建国不认", "甲女士和乙谈过，乙不认"),
        ("john smith paid; Smithson did not", "丙 paid; Smithson did not"),
        (
            "电话１３８００００００００，或 139-1234-5678、0431-80000001",
            "电话〔号码〕，或 〔号码〕、〔号码〕",
        ),
        ("身份证22010319800101123X，处方K7F3-29QX", "身份证〔号码〕，处方〔号码〕"),
        ("住银杏苑3号楼2单元501室，原在解放大路88号", "住〔地点〕〔地点〕，〔地点〕"),
        ("陈明理（衡道律师事务所）接待", "〔律师〕（〔律师〕）接待"),
        ("借了1500000元，2026年3月15号前还，打12348", "借了1500000元，2026年3月15号前还，打12348"),
    ],
)
def test_names_numbers_and_places_are_masked_and_money_and_days_are_not(said, shown):
    assert masked(said, MEI) == shown


# -- drawn, offered, read ----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def today():
    with clock.standing_at(clock.at(TODAY, 9 * 60 + 30)):
        yield


async def issued(cast, who=None, lawyer=None, **columns) -> Prescription:
    """A 处方 of last month with names in it, and both sides written down."""
    who, lawyer = who or cast.mei, lawyer or cast.chen
    with clock.standing_at(ISSUED - timedelta(hours=1)):
        day = ISSUED.date() - timedelta(days=await Prescription.all().count())
        slot = await make.slot(lawyer, day)
        booked = await make.appointment(who, slot, topic=Topic.DEBT)
    about = {"other_side": "陶建国", "state": State.ADVISED, "outcome": Outcome.ADVISED, "ended_at": ISSUED}
    asked = await make.consultation(who, appointment=booked, **about, **columns)
    async with transaction():
        for side, name in ((Side.CLIENT, who.name), (Side.OTHER, "陶建国")):
            await Party.create(
                matter_kind=MATTER, matter=booked.id, side=side, name=name, firm_id=booked.firm_id
            )
        made = Prescription(
            consultation=asked,
            lawyer=lawyer,
            facts=f"{who.name}借给陶建国三万元，电话13800000001。",
            questions="怎么要回来",
            law="鹦鹉依据",
            steps="先发催款的短信。",
            deadlines="三年",
            articles=[188, 675],
            state=PrescriptionState.ISSUED,
            issued_at=ISSUED,
        )
        made.hash = content_hash(made)
        await made.save(force_create=True)
    return made


async def signed_in(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


@pytest.fixture
async def given(cast) -> SimpleNamespace:
    """Chen's 处方 for Mei, drawn and offered: Lin's firm is the only other one here."""
    cast.other.ge.is_active = False
    async with transaction():
        await cast.other.ge.save()
    prescription = await issued(cast)
    await actions.draw()
    return SimpleNamespace(prescription=prescription, review=await Review.get().select_related("reviewer"))


async def test_it_goes_to_another_firm_once_and_the_lawyer_is_told(cast, given):
    assert given.review.reviewer_id == cast.lin.id
    assert (await make.last_notice(cast.lin.person.phone)).kind == "consultations/review"
    assert await actions.draw() == 0 and await Review.all().count() == 1
    assert [entry["verb"] for entry in await journal.of(given.review)] == ["draw", "offer"]


async def test_the_reviewer_reads_it_without_names_and_says_what_they_think(cast, given):
    browser = await signed_in(cast.lin)
    desk = await browser.get("/desk")
    assert desk.has("请您看一份处方")
    path = f"/reviews/{given.review.id}"
    page = await browser.get(path)
    assert page.has("甲借给乙三万元", "鹦鹉依据", "先发催款的短信", "民法典第 188 条", str(Topic.DEBT.term))
    hidden = ("梅秀英", "陶建国", "13800000001", "陈明理", "衡道", given.prescription.number)
    asked = await given.prescription.consultation
    assert not [word for word in (*hidden, asked.number) if word in page.html + desk.html]
    refused = await page.press("交上去", law="5", steps="2", days="4")
    assert refused.status == 422 and refused.has("请写一句哪里不对")
    after = await refused.press("交上去", words="第二步要写明去哪个窗口。")
    assert after.has("您看过的") and not after.has("请您看的 一份")
    review = await Review.get(id=given.review.id)
    assert (review.score, review.answers, review.words) == (2, [5, 2, 4], "第二步要写明去哪个窗口。")
    done = await browser.get(path)
    assert done.has("第二步要写明") and "鹦鹉依据" not in done.html
    with pytest.raises(Forbidden):
        await actions.assess(cast.lin.person, await loaded(review), [5, 5, 5], "")


async def loaded(review) -> Review:
    return await Review.get(id=review.id).select_related("reviewer")


async def test_its_lawyer_reads_what_was_said_and_not_by_whom_and_the_lead_no_single_one(cast, given):
    await actions.assess(cast.lin.person, given.review, [5, 5, 4], "鹦鹉意见")
    assert (await make.last_notice(cast.chen.person.phone)).kind == "consultations/reviewed"
    writer = await (await signed_in(cast.chen)).get("/reviews")
    assert writer.has("鹦鹉意见", given.prescription.number) and "林知远" not in writer.html
    colleague = await (await signed_in(cast.wu)).get("/reviews")
    assert "鹦鹉意见" not in colleague.html
    lead = await (await signed_in(cast.guo)).get("/reviews")
    assert (
        lead.has("不足 5 份") and "鹦鹉意见" not in lead.html and given.prescription.number not in lead.html
    )
    for who in (cast.chen, cast.wu, cast.guo, cast.fang, cast.mei):
        assert (await (await signed_in(who)).get(f"/reviews/{given.review.id}")).status == 404
    assert (await (await signed_in(cast.fang)).get("/reviews")).status == 404
    async with transaction():
        matter = (await given.prescription.consultation).appointment_id
        await Wall.create(firm_id=cast.hengdao.id, matter_kind=MATTER, matter=matter)
    assert "鹦鹉意见" not in (await (await signed_in(cast.chen)).get("/reviews")).html


async def test_protected_refused_and_frozen_ones_are_never_drawn(cast):
    async with transaction():
        kept = await Protection.create(person=cast.mei, passphrase=HASHER.hash("银杏"), contact_by="none")
    hidden = await issued(cast, protection=kept)
    refused = await issued(cast, refuses_review=True)
    await issued(cast, cast.yu)
    async with transaction():
        await Person.filter(id=cast.yu.id).update(frozen_at=clock.now())
    assert hidden and refused and await actions.draw() == 0 and not await Review.exists()


async def test_a_resident_who_refuses_later_closes_it_at_once(cast, given):
    consultation = await given.prescription.consultation
    mei = await signed_in(cast.mei)
    page = await mei.get(f"/consultations/{consultation.number}")
    await page.press("记下", refuses_review=True)
    assert (await Consultation.get(id=consultation.id)).refuses_review
    lin = await signed_in(cast.lin)
    assert (await lin.get(f"/reviews/{given.review.id}")).status == 404
    assert not (await lin.get("/reviews")).has("一份处方：")


async def test_a_firm_that_meets_the_other_side_meanwhile_or_is_walled_off_finds_nothing(cast, given):
    lin = await signed_in(cast.lin)
    async with transaction():
        met = await Party.create(
            matter_kind=MATTER, matter=cast.yu.id, side=Side.CLIENT, name="陶建国", firm_id=cast.lanting.id
        )
    assert (await lin.get(f"/reviews/{given.review.id}")).status == 404
    async with transaction():
        await met.delete()
    assert (await lin.get(f"/reviews/{given.review.id}")).status == 200
    async with transaction():
        matter = (await given.prescription.consultation).appointment_id
        await Wall.create(firm_id=cast.lanting.id, matter_kind=MATTER, matter=matter)
    assert (await lin.get(f"/reviews/{given.review.id}")).status == 404


async def test_who_stands_against_somebody_or_gave_it_back_is_not_asked(cast, given):
    browser = await signed_in(cast.lin)
    page = await browser.get(f"/reviews/{given.review.id}")
    assert (await page.press("请别人看")).has("请别的律师看")
    await actions.draw()
    assert (await loaded(given.review)).reviewer_id is None  # nobody else is here
    fresh = await make.lawyer("郑新来")
    async with transaction():
        party = await Party.create(
            matter_kind=MATTER, matter=cast.yu.id, side=Side.CLIENT, name="陶建国", firm_id=fresh.firm_id
        )
    await actions.draw()
    assert (await loaded(given.review)).reviewer_id is None
    async with transaction():
        await party.delete()
    await actions.draw()
    assert (await loaded(given.review)).reviewer_id == fresh.id


async def test_who_leaves_it_is_followed_by_another(cast, given):
    fresh = await make.lawyer("郑新来")
    with clock.standing_at(clock.now() + reviews.ANSWERING + timedelta(hours=1)):
        await actions.draw()
    assert (await loaded(given.review)).reviewer_id == fresh.id
