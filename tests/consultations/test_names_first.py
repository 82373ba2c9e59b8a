"""Names first: no word of what was asked is open before its lawyer has said that nothing stands against it."""

from datetime import datetime

import pytest

from app import app
from portal import clock, journal
from portal.booking import actions as booking
from portal.booking.models import MATTER, Appointment, Hold
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Check, Decision, Party, Side, Wall
from portal.consultations import actions
from portal.consultations.actions import conflicts as conflict_actions
from portal.consultations.models import Consultation, State
from portal.database import transaction
from portal.errors import Forbidden
from portal.law.topics import Topic
from portal.records import new_id
from tests import make
from tests.forms_browser import Browser, Page

TODAY = datetime(2026, 11, 23).date()  # a Monday
WORDS = "金丝雀借了我三万元不还"


@pytest.fixture(autouse=True)
def half_past_eight():
    with clock.standing_at(clock.at(TODAY, 8 * 60 + 30)):
        yield


async def asked(person, lawyer, other_side: str = "陶建国", minute: int = 0) -> Consultation:
    """Booked with this lawyer as residents do it, with words."""
    slot = await make.slot(lawyer, TODAY, make.NINE + minute)
    async with transaction():
        await Hold.create(slot=slot, browser=str(slot.id), ends_at=slot.starts_at)
    booked = await booking.book(person, str(slot.id), topic=Topic.DEBT, other_side=other_side)
    made = await make.consultation(person, appointment=booked, words=WORDS, other_side=other_side)
    return await loaded(made)


async def loaded(consultation) -> Consultation:
    found = Consultation.filter(id=consultation.id)
    return await found.select_related("person", "appointment__lawyer__person", "appointment__firm").get()


async def seen(who, consultation, path: str = "") -> Page:
    browser = await make.sign_in(Browser(app), getattr(who, "person", who))
    return await browser.get(f"/consultations/{consultation.number}{path}")


async def met(firm, name: str, side: Side = Side.CLIENT, **columns) -> Party:
    """Somebody the firm has met in another matter."""
    async with transaction():
        return await Party.create(
            matter_kind=MATTER, matter=new_id(), side=side, name=name, firm_id=firm.id, **columns
        )


async def test_the_lawyer_sees_names_and_no_word_until_they_say_that_nothing_stands_against_it(cast):
    case = await asked(cast.mei, cast.chen)
    page = await seen(cast.chen, case)
    assert (
        page.has("梅秀英", "陶建国", "没有发现相同的") and "金丝雀" not in page.html and "借" not in page.text
    )
    for path in ("/consultations", "/queue", "/desk"):
        assert "金丝雀" not in (await page.browser.get(path, follow=True)).html
    assert not (await page.browser.get(f"/consultations?q={WORDS[:3]}")).has(case.number)
    assert (await page.browser.post(f"/consultations/{case.number}/telephone")).status == 404
    after = await page.press("没有冲突，打开")
    assert after.has("金丝雀") and not after.has("查过哪些律所")
    check = await Check.get(decision=Decision.NONE)
    assert (check.by_id, check.firm_id, check.is_clear) == (cast.chen.person.id, cast.hengdao.id, True)
    assert [entry["verb"] for entry in await journal.of(check)] == ["decide"]


async def test_nothing_begins_before_the_names_were_looked_at(cast):
    case = await asked(cast.mei, cast.chen)
    with pytest.raises(conflict_actions.Unconfirmed):
        await actions.start(cast.chen.person, case)
    browser = await make.sign_in(Browser(app), cast.chen.person)
    page = await (await browser.get("/queue")).press("开始咨询")
    assert page.has("先看双方姓名") and (await loaded(case)).state == State.ASKED
    await page.press("没有冲突，打开")
    assert (await (await browser.get("/queue")).press("开始咨询")).has("金丝雀")


async def test_a_colleague_of_the_firm_has_confirmed_it_for_the_firm_and_another_firm_looks_anew(cast):
    case = await asked(cast.mei, cast.chen)
    await conflict_actions.decide(cast.chen.person, case, Decision.NONE)
    await make.slot(cast.wu, TODAY)
    await booking.reassign(cast.fang, case.appointment, cast.wu.id)
    assert (await seen(cast.wu, case)).has("金丝雀")
    await make.slot(cast.lin, TODAY)
    await booking.reassign(cast.fang, await Appointment.get(id=case.appointment.id), cast.lin.id)
    assert "金丝雀" not in (await seen(cast.lin, case)).html
    assert (await seen(cast.wu, case)).status == 404


async def test_a_conflict_gives_it_to_another_firm_and_the_first_finds_nothing_from_then_on(cast):
    case = await asked(cast.mei, cast.chen)
    await make.slot(cast.wu, TODAY)  # of the same firm: not for this
    await make.slot(cast.lin, TODAY)
    page = await seen(cast.chen, case)
    after = await page.press("有冲突，换别的律所")
    assert after.path == "/queue" and after.has("已经交给别的律所") and not after.has(case.appointment.number)
    assert (await loaded(case)).appointment.lawyer_id == cast.lin.id
    assert await Wall.exists(firm_id=cast.hengdao.id, matter=case.appointment.id)
    for who in (cast.chen, cast.wu):
        assert (await seen(who, case)).status == 404
    assert (await seen(cast.lin, case)).has("先看双方姓名")


async def test_with_nobody_else_free_the_desk_sees_to_it_and_reads_why_not_what(cast):
    case = await asked(cast.mei, cast.chen)
    assert (await (await seen(cast.chen, case)).press("有冲突，换别的律所")).has("工作人员会另外安排")
    page = await seen(cast.fang, case)
    assert page.has("有利益冲突，换律所", "衡道律师事务所") and "金丝雀" not in page.html
    assert (await page.browser.get("/queue/affected")).has(case.appointment.number)


async def test_a_conflict_may_come_to_light_in_the_middle(cast):
    case = await asked(cast.mei, cast.chen)
    await make.slot(cast.lin, TODAY)
    page = await (await seen(cast.chen, case)).press("没有冲突，打开")
    await page.form("/start").submit()
    page = await seen(cast.chen, case)
    assert (await page.form("/conflict").submit()).path == "/queue"
    assert (await seen(cast.chen, case)).status == 404
    assert (await loaded(case)).appointment.lawyer_id == cast.lin.id


async def test_who_sounds_the_same_and_lives_in_the_same_building_is_shown_and_bars_nobody_by_itself(cast):
    building = cast.places.buildings[0]
    await met(cast.hengdao, "陶建郭", building=building)
    case = await asked(cast.mei, cast.chen)
    assert (await Check.get(firm_id=cast.hengdao.id)).possible == []  # nothing shared yet but the sound
    page = await seen(cast.fang, case)
    asked_of = {"building": str(building.id), "tail": ""}
    page = await page.press("再查一次", **asked_of)
    assert page.has("可能是同一人的有 1 位", "可能是同一人：1 位，等律师决定")
    names = await seen(cast.chen, case)
    assert names.has("可能是同一人", "陶建郭", "我们接待过的居民") and not await Wall.exists()


async def test_what_becomes_known_later_is_asked_again_and_what_was_decided_is_not(cast):
    await met(cast.hengdao, "陶建郭", building=cast.places.buildings[0])
    case = await asked(cast.mei, cast.chen)
    await conflict_actions.decide(cast.chen.person, case, Decision.NONE)
    assert (await seen(cast.chen, case)).has("金丝雀")
    with clock.standing_at(clock.at(TODAY, 8 * 60 + 31)):
        building = cast.places.buildings[0].id
        assert await conflict_actions.complete(cast.fang, case, building, "") == 1
        assert "金丝雀" not in (await seen(cast.chen, case)).html
    with clock.standing_at(clock.at(TODAY, 8 * 60 + 32)):
        await conflict_actions.decide(cast.chen.person, case, Decision.NONE)
        assert await conflict_actions.complete(cast.fang, case, building, "123X") == 0
        assert (await seen(cast.chen, case)).has("金丝雀")


async def test_a_former_name_asks_and_never_bars(cast):
    await met(cast.hengdao, "陶二妹", Side.OTHER)
    browser = await make.sign_in(Browser(app), cast.mei)
    page = await browser.get("/me/former-names")
    assert (await page.press("保存", former="陶二妹、梅 二妹")).has("曾用名记下了")
    mei = await make.reload(cast.mei)
    assert mei.former_names == ["陶二妹", "梅 二妹"]
    case = await asked(mei, cast.chen)
    assert case.appointment.lawyer_id == cast.chen.id
    assert (await seen(cast.chen, case)).has("可能是同一人", "陶二妹", "我们接待过的居民的对方")


async def test_a_former_name_said_later_reaches_what_stands_already_and_staff_add_without_reading(cast):
    case = await asked(cast.mei, cast.chen)
    staff = await make.sign_in(Browser(app), cast.fang)
    page = await staff.get(f"/people/{cast.mei.number}/former-names")
    await page.press("加上", former="梅改名")
    again = await staff.get(f"/people/{cast.mei.number}/former-names")
    assert "梅改名" not in again.html
    parties = await Party.filter(matter=case.appointment.id, is_former=True)
    assert [(one.name, one.side, one.firm_id) for one in parties] == [
        ("梅改名", Side.CLIENT, cast.hengdao.id)
    ]
    elsewhere = await make.sign_in(Browser(app), cast.other.tang)
    assert (await elsewhere.get(f"/people/{cast.mei.number}/former-names")).status == 404


async def test_only_its_lawyer_judges(cast):
    case = await asked(cast.mei, cast.chen)
    for who in (cast.fang, cast.mei, cast.wu.person):
        with pytest.raises(Forbidden):
            await conflict_actions.decide(who, case, Decision.NONE)
    browser = await make.sign_in(Browser(app), cast.wu.person)
    assert (await browser.post(f"/consultations/{case.number}/conflict", {"decision": "none"})).status == 404


async def test_the_record_of_checks_is_printed_with_who_when_and_what_and_without_facts(cast):
    there = await make.appointment(cast.yu, await make.slot(cast.wu, TODAY, make.NINE + 120))
    async with transaction():
        await Party.create(
            matter_kind=MATTER, matter=there.id, side=Side.CLIENT, name="陶建国", firm_id=cast.hengdao.id
        )
    slot = await make.slot(cast.lin, TODAY)
    await make.slot(cast.chen, TODAY)
    async with transaction():
        await Hold.create(slot=slot, browser="b", ends_at=slot.starts_at)
    booked = await booking.book(cast.mei, "b", topic=Topic.DEBT, other_side="陶建国")
    case = await loaded(await make.consultation(cast.mei, appointment=booked, words=WORDS))
    await conflict_actions.decide(cast.lin.person, case, Decision.NONE)
    staff = await make.sign_in(Browser(app), cast.guo)
    page = await staff.get(f"/appointments/{booked.number}/conflicts")
    assert page.has("这家律所不能接待", there.number, "林知远", "没有利益冲突", "姓名 1 个，电话 1 个")
    assert "金丝雀" not in page.html and "陶建国" not in page.html
    pdf = await staff.get(f"/appointments/{booked.number}/conflicts/paper.pdf")
    assert pdf.body[:5] == b"%PDF-"
    lawyer = await make.sign_in(Browser(app), cast.lin.person)
    assert (await lawyer.get(f"/appointments/{booked.number}/conflicts")).status == 404


async def test_what_was_decided_stays(cast):
    case = await asked(cast.mei, cast.chen)
    async with transaction():
        made = await conflicts.decide(
            cast.chen.person, MATTER, case.appointment.id, cast.hengdao.id, Decision.NONE
        )
    with pytest.raises(Exception, match=r"(?i)append|never|change"):
        async with transaction():
            await Check.filter(id=made.id).update(decision="conflict")


async def test_the_other_sides_whole_telephone_finds_it_for_whoever_may_read_that(cast):
    slot = await make.slot(cast.chen, TODAY)
    case = await make.consultation(cast.mei, slot, words=WORDS, other_side="某人", other_phone="13700000055")
    hidden = await make.appointment(
        cast.mei, await make.slot(cast.chen, TODAY + (make.working_day(1) - TODAY)), is_confirmed=False
    )
    closed = await make.consultation(cast.mei, appointment=hidden, other_phone="13700000055")
    lawyer = await make.sign_in(Browser(app), cast.chen.person)
    found = await lawyer.get("/consultations?state=all&q=137 0000 0055")
    assert found.has(case.number) and not found.has(closed.number)
    for who in (cast.fang, cast.wu.person):
        browser = await make.sign_in(Browser(app), who)
        assert not (await browser.get("/consultations?state=all&q=13700000055")).has(case.number)
