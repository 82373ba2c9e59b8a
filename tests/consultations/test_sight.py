"""Who reads what of a consultation: every page of the room, asked for by everybody, and searched for what was confided."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, journal
from portal.booking.actions import assignment
from portal.booking.models import Mode
from portal.conflicts.models import Wall
from portal.consultations.models import Outcome, Prescription, PrescriptionState, Referral, State
from portal.database import transaction
from portal.notices import Notice
from portal.notices import State as NoticeState
from portal.people import actions as people
from portal.people.models import BrokenGlass, Proxy, Scope
from tests import make
from tests.forms_browser import Browser

WORDS = ("金丝雀说的话", "金丝雀对方", "13900009999")
ADVICE = ("金丝雀事实", "金丝雀步骤", "金丝雀更正")
NAME, PHONE = "梅秀英", "13800000001"
REASON = "居民本人在前台，请我打印处方。"


@pytest.fixture
async def matter(cast) -> SimpleNamespace:
    """Mei's consultation with Chen, advised, with everything in it that nobody else may read."""
    slot = await make.slot(cast.chen)
    consultation = await make.consultation(
        cast.mei,
        slot,
        words=WORDS[0],
        other_side=WORDS[1],
        other_phone=WORDS[2],
        guardian="金丝雀监护人",
        state=State.ADVISED,
        outcome=Outcome.ADVISED,
        ended_at=clock.now(),
    )
    async with transaction():
        prescription = await Prescription.create(
            consultation=consultation,
            lawyer=cast.chen,
            state=PrescriptionState.ISSUED,
            facts=ADVICE[0],
            steps=ADVICE[1],
            correction=ADVICE[2],
            issued_at=clock.now(),
            hash="0" * 64,
        )
        await Referral.create(consultation=consultation, to="court", reason="金丝雀转介原因")
        proxy = await make.person("代理人")
        await Proxy.create(
            resident=cast.mei,
            agent=proxy,
            scopes=[Scope.ADVICE],
            ends_on=clock.today() + timedelta(days=3),
        )
    return SimpleNamespace(
        consultation=consultation,
        prescription=prescription,
        proxy=proxy,
        appointment=consultation.appointment,
        pages=[
            f"/consultations/{consultation.number}",
            f"/consultations/of/{consultation.appointment.number}",
            f"/consultations/{consultation.number}/prescription",
            f"/consultations/{consultation.number}/protection",
            f"/prescriptions/{prescription.number}",
            f"/glass/consultation/{consultation.number}",
            f"/lookup?number={consultation.number}",
            f"/lookup?number={prescription.number}",
        ],
        lists=[
            "/consultations?state=all",
            f"/consultations?state=all&q={consultation.number}",
            "/desk",
            "/",
        ],
    )


async def browser_of(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


async def read(who, *paths: str) -> str:
    """Everything these addresses say to this person."""
    browser = await browser_of(who)
    return "\n".join([(await browser.get(path, follow=True)).html for path in paths])


def outsiders(cast) -> dict[str, object]:
    names = ("yu", "tao", "wu", "lin", "xu", "sun", "bai", "dou", "qiu", "jiang", "kong")
    elsewhere = {f"other {name}": getattr(cast.other, name) for name in ("an", "ge", "tang", "pan", "shi")}
    return {name: getattr(cast, name) for name in names} | elsewhere


async def test_outsiders_find_nothing_at_all(cast, matter):
    for name, who in outsiders(cast).items():
        browser = await browser_of(who)
        for path in matter.pages[:6]:
            assert (await browser.get(path)).status == 404, (name, path)
        said = await read(who, *matter.pages, *matter.lists)
        for canary in (*WORDS, *ADVICE, NAME, PHONE, "金丝雀", "梅*"):
            assert canary not in said, (name, canary)


async def test_staff_see_the_line_and_the_name_and_nothing_that_was_confided(cast, matter):
    for who in (cast.fang, cast.he, cast.guo):
        said = await read(who, *matter.pages, *matter.lists)
        assert not [canary for canary in (*WORDS, *ADVICE, PHONE, "金丝雀") if canary in said]
        assert NAME in said and "内容保密" in said
        assert NAME not in await read(who, *matter.lists)
    opened = [entry for entry in await journal.of(matter.consultation) if entry["verb"] == "open"]
    assert opened == []


async def test_its_lawyer_and_its_resident_read_it_and_only_the_lawyers_reading_is_written_down(cast, matter):
    for who in (cast.mei, cast.chen):
        said = await read(who, *matter.pages)
        assert not [
            canary for canary in (WORDS[0], WORDS[1], *ADVICE, "金丝雀转介原因") if canary not in said
        ]
    opened = {entry["actor"] for entry in await journal.of(matter.consultation) if entry["verb"] == "open"}
    assert opened == {cast.chen.person.id}


async def test_whoever_collects_the_prescription_reads_it_and_no_word_of_what_was_asked(cast, matter):
    said = await read(matter.proxy, *matter.pages, "/desk")
    assert not [canary for canary in (*WORDS, PHONE, "金丝雀监护人") if canary in said]
    assert not [canary for canary in ADVICE if canary not in said]
    entries = await journal.of(matter.prescription)
    assert {entry["actor"] for entry in entries if entry["verb"] == "open"} == {matter.proxy.id}
    async with transaction():
        await Proxy.all().update(revoked_at=clock.now())
    browser = await browser_of(matter.proxy)
    assert (await browser.get(f"/prescriptions/{matter.prescription.number}")).status == 404


async def test_a_proxy_who_works_elsewhere_acts_as_no_more_than_a_proxy(cast, matter):
    async with transaction():
        await Proxy.all().update(agent_id=cast.other.tang.id)
    browser = await browser_of(cast.other.tang)
    page = await browser.get(f"/consultations/{matter.consultation.number}")
    assert page.status == 200 and not page.all("//form[contains(@action, '/consultations/')]")
    assert (await browser.get(f"/glass/consultation/{matter.consultation.number}")).status == 404
    for path, fields in (
        ("referrals", {"to": "notary", "reason": "看看"}),
        ("closure", {"outcome": "missed"}),
    ):
        sent = await browser.post(f"/consultations/{matter.consultation.number}/{path}", fields)
        assert sent.status in (403, 404)
    assert (await browser.post(f"/consultations/{matter.consultation.number}/telephone")).status == 404


async def test_staff_who_wrote_it_down_read_what_they_wrote_and_not_the_advice(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    fang = await browser_of(cast.fang)
    page = await fang.get(f"/consultations/of/{booked.number}")
    form = page.form(booked.number)
    page = await form.fill(words="口头来问借条的事", consent=form.choices("consent")).submit()
    assert page.has("口头来问借条的事")
    assert "口头来问借条的事" not in await read(cast.he, page.path)


async def test_a_wall_raised_later_hides_everything_from_the_lawyer_at_once(cast, matter):
    chen = await browser_of(cast.chen)
    for path in matter.pages[:2]:
        assert (await chen.get(path, follow=True)).status == 200
    async with transaction():
        await Wall.create(firm=cast.hengdao, matter_kind="appointment", matter=matter.appointment.id)
    for path in (*matter.pages[:5], f"/appointments/{matter.appointment.number}"):
        assert (await chen.get(path)).status == 404, path
    number = matter.consultation.number
    for path in (
        f"/consultations/{number}/start",
        f"/consultations/{number}/prescription",
        f"/consultations/{number}/referrals",
        f"/consultations/{number}/closure",
        f"/consultations/{number}/telephone",
        f"/consultations/of/{matter.appointment.number}/start",
        f"/prescriptions/{matter.prescription.number}/issuance",
        f"/prescriptions/{matter.prescription.number}/correction",
    ):
        assert (await chen.post(path, {"reason": "看", "to": "court", "outcome": "missed"})).status == 404, (
            path
        )
    day = clock.day_of(matter.appointment.starts_at).isoformat()
    said = await read(cast.chen, "/consultations?state=all", "/desk", f"/queue?day={day}", "/queue/affected")
    shown = (*WORDS, *ADVICE, NAME, PHONE, number, matter.appointment.number, matter.prescription.number)
    assert [canary for canary in shown if canary in said] == []
    looked = await chen.get(f"/lookup?number={number}")
    assert looked.status == 404


async def test_the_lawyer_who_is_to_ring_sees_the_telephone_and_any_other_asks_for_it(cast, matter):
    path = f"/consultations/{matter.consultation.number}"
    chen = await browser_of(cast.chen)
    page = await chen.get(path)
    assert not page.has(PHONE)
    assert (await page.press("显示电话")).has(PHONE)
    async with transaction():
        await type(matter.appointment).filter(id=matter.appointment.id).update(mode=Mode.PHONE)
    assert (await chen.get(path)).has(PHONE)
    fang = await browser_of(cast.fang)
    assert (await fang.post(f"{path}/telephone")).status == 404, "staff do not ring about what has a lawyer"


# -- the glass ---------------------------------------------------------------------------------------------------------


async def broken(cast, matter, cause: str = "resident_present") -> Browser:
    """Fang's browser, with the glass over Mei's consultation broken."""
    fang = await browser_of(cast.fang)
    page = await fang.get(f"/consultations/{matter.consultation.number}")
    page = await page.click("说明原因，打开")
    page = await page.form(matter.consultation.number).fill(cause=cause, reason=REASON).submit()
    assert page.has("保密内容已经打开", WORDS[0], WORDS[1])
    return fang


async def test_the_desk_prints_for_a_resident_who_stands_there_through_the_glass(cast, matter):
    fang = await broken(cast, matter)
    sheet = await fang.get(f"/prescriptions/{matter.prescription.number}")
    assert sheet.has(*ADVICE, NAME, "保密内容已经打开")
    entries = [entry for entry in await journal.of(matter.consultation) if entry["actor"] == cast.fang.id]
    assert {"break_glass", "open"} == {entry["verb"] for entry in entries}
    (entry,) = [entry for entry in entries if entry["verb"] == "break_glass"]
    assert entry["detail"]["cause"] == "resident_present" and entry["detail"]["told"] == cast.guo.number
    assert REASON not in str(entries)
    assert [entry["verb"] for entry in await journal.of(matter.prescription)] == ["open"]


async def test_a_glass_opens_its_own_record_for_its_own_hour_to_its_own_hand(cast, matter):
    neighbour = await make.consultation(cast.tao, await make.slot(cast.lin), words="别家的话")
    await broken(cast, matter)
    until = (await BrokenGlass.get()).ends_at
    assert "别家的话" not in await read(cast.fang, f"/consultations/{neighbour.number}")
    for who in (cast.he, cast.guo):
        assert WORDS[0] not in await read(who, *matter.pages)
    path = f"/consultations/{matter.consultation.number}"
    with clock.standing_at(until - timedelta(seconds=5)):
        assert WORDS[0] in await read(cast.fang, path)
    with clock.standing_at(until):
        for page in (path, f"/prescriptions/{matter.prescription.number}"):
            closed = await read(cast.fang, page)
            assert not [canary for canary in (*WORDS, *ADVICE) if canary in closed]


async def test_somebody_else_is_told_at_once_and_looks_into_it(cast, matter):
    await broken(cast, matter, "complaint")
    notice = await Notice.get(kind="people/glass")
    assert (notice.person_id, notice.state) == (cast.guo.id, NoticeState.OWED)
    assert NAME not in str(notice.values) and matter.consultation.number not in str(notice.values)
    guo = await browser_of(cast.guo)
    assert (await guo.get("/desk")).has("有人打开了保密内容", "方敏")
    page = await guo.get("/glass")
    assert page.has("方敏", "处理投诉", REASON, matter.consultation.number, "待核对")
    assert not page.has(WORDS[0])
    page = await page.press("已了解")
    assert (await BrokenGlass.get()).reviewed_at is not None and not page.has("待核对")
    assert not (await guo.get("/desk")).has("有人打开了保密内容")
    again = await guo.post(f"/glass/{(await BrokenGlass.get()).id}/review")
    assert again.status == 409
    kong = await browser_of(cast.kong)
    assert not (await kong.get("/glass")).has(REASON)
    assert (await kong.post(f"/glass/{(await BrokenGlass.get()).id}/review")).status == 409
    for who in (cast.fang, cast.mei, cast.xu, cast.jiang):
        assert (await (await browser_of(who)).get("/glass")).status == 404


async def test_a_lead_who_breaks_the_glass_is_watched_by_the_auditor_and_nobody_alone(cast, matter):
    guo = await browser_of(cast.guo)
    path = f"/glass/consultation/{matter.consultation.number}"
    await guo.post(path, {"cause": "court", "reason": REASON})
    assert (await BrokenGlass.get()).told_id == cast.kong.id
    async with transaction():
        await BrokenGlass.all().delete()
        posts = type(cast.kong.posts[0])
        await posts.filter(role__in=["auditor", "lead"]).exclude(person_id=cast.guo.id).delete()
    refused = await guo.post(path, {"cause": "court", "reason": REASON})
    assert refused.status == 409 and refused.has("没有别的负责人或者审计员")
    assert await BrokenGlass.all().count() == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"cause": "court", "reason": "短"},
        {"cause": "curiosity", "reason": REASON},
        {"reason": REASON},
        {"cause": "court", "reason": " " * 40},
    ],
)
async def test_a_glass_is_not_broken_without_a_cause_and_a_reason(cast, matter, sent):
    fang = await browser_of(cast.fang)
    page = await fang.post(f"/glass/consultation/{matter.consultation.number}", sent)
    assert page.status == 422 and page.errors()
    assert await BrokenGlass.all().count() == 0


async def test_only_staff_of_its_community_break_the_glass_and_never_over_their_own(cast, matter):
    path = f"/glass/consultation/{matter.consultation.number}"
    for who in (*outsiders(cast).values(), cast.mei, cast.chen, matter.proxy):
        browser = await browser_of(who)
        assert (await browser.post(path, {"cause": "court", "reason": REASON})).status == 404
    own = await make.consultation(cast.fang, words="我自己的事")
    fang = await browser_of(cast.fang)
    assert (
        await fang.post(f"/glass/consultation/{own.number}", {"cause": "court", "reason": REASON})
    ).status == 404
    assert await BrokenGlass.all().count() == 0


async def test_breaking_twice_is_breaking_once(cast, matter):
    fang = await broken(cast, matter)
    await fang.post(f"/glass/consultation/{matter.consultation.number}", {"cause": "court", "reason": REASON})
    assert await BrokenGlass.all().count() == 1 == await Notice.filter(kind="people/glass").count()


# -- protected ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def hidden(cast, matter) -> SimpleNamespace:
    """The same matter behind a passphrase, set at the desk with Mei standing there."""
    fang = await browser_of(cast.fang)
    page = await fang.get(f"/consultations/{matter.consultation.number}")
    page = await page.click("设口令")
    form = page.form("/protection").fill(present=True, passphrase="槐花落了一地", protect_by="paper")
    page = await form.submit()
    assert page.has("口令设好了")
    return matter


async def test_whoever_holds_her_telephone_finds_nothing(cast, hidden):
    mei = await browser_of(cast.mei)
    for path in (*hidden.pages[:5], f"/appointments/{hidden.appointment.number}"):
        assert (await mei.get(path)).status == 404, path
    for end in ("/slip", "/calendar.ics", "/move"):
        assert (await mei.get(f"/appointments/{hidden.appointment.number}{end}")).status == 404
    assert (await mei.post(f"/appointments/{hidden.appointment.number}/cancellation")).status == 404
    said = await read(cast.mei, "/desk", "/", "/me", *hidden.pages[6:])
    assert not [canary for canary in (*WORDS, *ADVICE, hidden.appointment.number) if canary in said]


async def test_after_the_passphrase_she_finds_all_of_it_until_it_ends(cast, hidden):
    mei = await browser_of(cast.mei)
    session = await _session_of(cast.mei)
    await people.say(cast.mei, session, "槐花落了一地")
    assert (await mei.get(hidden.pages[0])).has(*WORDS[:2])
    assert (await mei.get(hidden.pages[4])).has(*ADVICE)
    with clock.standing_at(clock.now() + timedelta(minutes=16)):
        assert (await mei.get(hidden.pages[0])).status == 404
    await people.leave(session)
    assert (await mei.get(hidden.pages[0])).status == 404


async def _session_of(person):
    from portal.people.models import Session

    return await Session.filter(person_id=person.id).order_by("-created_at").first()


async def test_staff_see_that_there_is_something_and_not_whose_or_what(cast, hidden):
    for who in (cast.fang, cast.he, cast.guo):
        said = await read(who, *hidden.pages[:3], *hidden.pages[4:], *hidden.lists)
        assert not [canary for canary in (*WORDS, *ADVICE, NAME, PHONE, "梅*") if canary in said]
        assert "受保护居民" in said
        browser = await browser_of(who)
        assert not (await browser.get(hidden.pages[0])).has("借钱")
        row = (await browser.get(hidden.lists[0])).all("//tbody/tr")[0].text_content()
        assert "借钱" not in row and hidden.consultation.number in row
        for asked in (NAME, PHONE, "0001"):
            assert not (await browser.get(f"/consultations?state=all&q={asked}")).has(
                hidden.consultation.number
            )
        assert not (await browser.get("/consultations?state=all&topic=debt")).has(hidden.consultation.number)


async def test_a_proxy_loses_sight_of_what_is_protected(cast, hidden):
    browser = await browser_of(hidden.proxy)
    for path in hidden.pages[:5]:
        assert (await browser.get(path)).status == 404


async def test_her_lawyer_goes_on_working(cast, hidden):
    chen = await browser_of(cast.chen)
    assert (await chen.get(hidden.pages[0])).has(NAME, WORDS[0])
    assert not (await chen.get("/consultations?state=all")).has(NAME)


async def test_at_the_desk_a_passphrase_is_set_with_the_resident_there_and_by_its_own_staff(cast, matter):
    path = f"/consultations/{matter.consultation.number}/protection"
    fang = await browser_of(cast.fang)
    sent = {"passphrase": "槐花落了一地", "protect_by": "none"}
    page = await fang.post(path, sent)
    assert page.status == 422 and page.errors()
    assert (await fang.post(path, {**sent, "present": "1", "passphrase": "短"})).status == 422
    for who in (*outsiders(cast).values(), cast.chen, cast.mei):
        assert (await (await browser_of(who)).post(path, {**sent, "present": "1"})).status == 404
    assert (await type(matter.consultation).get(id=matter.consultation.id)).protection_id is None


async def test_from_then_on_she_hears_of_it_only_as_she_chose(cast, matter):
    async with transaction():
        appointment = await type(matter.appointment).get(id=matter.appointment.id)
        await appointment.fetch_related("person")
        await assignment.remind(appointment, appointment.person)
    assert await Notice.filter(person_id=cast.mei.id, state=NoticeState.OWED).exists()
    fang = await browser_of(cast.fang)
    path = f"/appointments/{matter.appointment.number}/protection"
    form = (await fang.get(path)).form("/protection")
    await form.fill(present=True, passphrase="槐花落了一地", protect_by="paper").submit()
    owed = await Notice.filter(person_id=cast.mei.id, state=NoticeState.OWED)
    assert {notice.channel for notice in owed} <= {"paper"}
    assert (await type(matter.consultation).get(id=matter.consultation.id)).protection_id is not None
