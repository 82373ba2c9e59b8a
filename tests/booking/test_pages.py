"""The pages of booking, through their real forms."""

from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock, secrecy
from portal.booking import actions, drafts
from portal.booking.forms import write_time
from portal.booking.models import Appointment, Hold, State, Wait, WaitState
from portal.database import transaction
from portal.law.topics import Topic
from portal.roster.models import Slot
from tests import make
from tests.forms_browser import Browser, Page

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


def answer(page: Page) -> Page:
    """What the form itself was answered, before the browser went where it points."""
    return page.history[0] if page.history else page


async def signed_in(person) -> Browser:
    return await make.sign_in(Browser(app), person)


async def test_the_first_free_time_is_chosen_beforehand_and_keeping_it_leads_on(cast):
    duty = await make.duty(cast.chen)
    await make.appointment(cast.tao, duty.made[0])
    browser = Browser(app)
    page = await browser.get("/book/times?topic=debt")
    assert page.status == 200
    form = page.form("/book/times?topic=debt")
    assert len(page.all("//main//form")) == 1
    assert form["slot"] == write_time(duty.made[1].starts_at)
    assert write_time(duty.made[0].starts_at) not in form.choices("slot")
    won = answer(await form.submit())
    assert (won.status, won.location.endswith("/book/confirm")) == (303, True)
    assert await Hold.filter(slot=duty.made[1], appointment_id=None).exists()


async def test_a_lost_time_answers_409_with_the_same_form_the_words_and_the_nearest_times_first(cast):
    duty = await make.duty(cast.chen)
    at = duty.made[2].starts_at
    slow = Browser(app)
    form = (await slow.get("/book/times?topic=debt")).form("/book/times?topic=debt").fill(slot=write_time(at))
    await actions.hold("quick", at, Topic.DEBT)
    lost = await form.submit()
    assert lost.status == 409 and lost.has("这个时间刚刚被约走了", "离您要的时间最近的")
    again = lost.form("/book/times?topic=debt")
    nearest = {write_time(duty.made[n].starts_at) for n in (1, 3)}
    assert nearest <= set(again.choices("slot")[:3]) and again["slot"] in again.choices("slot")[:3]
    assert again["topic"] == "debt"
    assert answer(await again.submit()).status == 303


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"slot": "20200101T0900", "topic": "debt"}, 409, "这个时间已经过去了"),
        ({"slot": "20261124T0907", "topic": "debt"}, 409, "这个时间不开放预约"),
        ({"slot": "20261128T0930", "topic": "debt"}, 409, "这个时间不开放预约"),
        ({"slot": "20270101T0930", "topic": "debt"}, 409, "这个时间不开放预约"),
        ({"slot": "99991231T2359", "topic": "debt"}, 422, "这不是诊所的时间"),
        ({"slot": "'; DROP TABLE slot", "topic": "debt"}, 422, "这不是诊所的时间"),
        ({"slot": "２０２６１１２４T0900", "topic": "debt"}, 422, "这不是诊所的时间"),
        ({"topic": "debt"}, 422, "请选一个时间"),
        ({"slot": "20261124T0900", "topic": "nonsense"}, 422, "没有这一类"),
        ({"slot": "20261124T0900", "topic": "\0"}, 422, "没有这一类"),
    ],
)
async def test_wrong_times_are_refused_in_words(cast, typed, status, words):
    await make.duty(cast.chen)
    page = await Browser(app).post("/book/times", typed)
    assert page.status == status and page.has(words)


async def test_an_unknown_topic_shows_the_way_back(database):
    page = await Browser(app).get("/book/times?topic=x")
    assert page.status == 422 and page.all("//main//a[@href='/book']")


async def test_when_nothing_is_free_the_page_says_what_else_can_be_done(cast):
    slot = await make.slot(cast.chen)
    await make.appointment(cast.tao, slot)
    page = await Browser(app).get("/book/times?topic=debt")
    assert page.status == 200 and page.has("最近两周的时间都约满了", "12348")
    assert page.all("//main//a[contains(@href, '/waitlist/new?topic=debt')]")
    lost = await Browser(app).post("/book/times?topic=debt", {"slot": write_time(slot.starts_at)})
    assert lost.status == 409 and lost.has("排候补")


async def test_an_appointment_is_shown_to_its_people_and_to_nobody_else(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    path = f"/appointments/{booked.number}"
    for who in (cast.mei, cast.chen.person, cast.fang):
        assert (await (await signed_in(who)).get(path)).status == 200
    for who in (cast.yu, cast.tao, cast.lin.person, cast.wu.person, cast.sun, cast.jiang):
        for end in ("", "/slip", "/calendar.ics", "/move"):
            assert (await (await signed_in(who)).get(path + end)).status == 404
        assert (await (await signed_in(who)).post(path + "/cancellation", {})).status == 404
    assert (await Browser(app).get(path)).status == 303
    mei = await signed_in(cast.mei)
    assert (await mei.get(f"/appointments/{booked.number.lower().replace('-', '')}")).status == 200
    assert (await mei.get("/appointments/nonsense")).status == 404
    assert (await mei.post(path + "/call", {})).status == 404
    shown = await mei.get(path)
    assert shown.has("要带什么", "陈明理") and not shown.has("为什么是这位律师")


async def test_the_calendar_entry_is_neutral_and_follows_the_appointment(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    mei = await signed_in(cast.mei)
    path = f"/appointments/{booked.number}/calendar.ics"
    entry = (await mei.get(path)).body.decode()
    assert f"UID:{booked.number}@" in entry and "SEQUENCE:0" in entry and "STATUS:CONFIRMED" in entry
    assert "服务中心预约" in entry and "法律" not in entry and "律师" not in entry
    await actions.cancel(cast.mei, booked)
    after = (await mei.get(path)).body.decode()
    assert f"UID:{booked.number}@" in after and "SEQUENCE:1" in after and "METHOD:CANCEL" in after


async def test_the_slip_has_number_time_place_and_a_code_to_scan(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    slip = await (await signed_in(cast.mei)).get(f"/appointments/{booked.number}/slip")
    assert slip.has(booked.number, "服务中心一楼法律诊所", "上午9:00")
    assert slip.all("//img[starts-with(@src, 'data:image/svg+xml')]")


async def test_a_resident_moves_and_cancels_by_the_forms_on_the_page(cast):
    first = await make.slot(cast.chen)
    other = await make.slot(cast.chen, make.working_day(3))
    booked = await make.appointment(cast.mei, first)
    mei = await signed_in(cast.mei)
    page = await (await mei.get(f"/appointments/{booked.number}")).click("改时间")
    moved = answer(
        await page.form("/move").fill(slot=write_time(other.starts_at), reason="孩子生病").submit()
    )
    assert moved.status == 303
    assert (await Appointment.get(id=booked.id)).slot_id == other.id
    page = await mei.get(f"/appointments/{booked.number}")
    gone = await page.form("/cancellation").fill(reason="好了").submit()
    assert answer(gone).status == 303 and gone.has("这个预约已经取消", "好了")
    assert not await Hold.all().exists()
    assert (await mei.get(f"/appointments/{booked.number}/move")).status == 403


async def test_moving_to_a_time_that_was_just_lost_keeps_the_old_one(cast):
    first = await make.slot(cast.chen)
    duty = await make.duty(cast.chen, make.working_day(3), 3)
    booked = await make.appointment(cast.mei, first)
    mei = await signed_in(cast.mei)
    form = (await mei.get(f"/appointments/{booked.number}/move")).form("/move")
    form.fill(slot=write_time(duty.made[0].starts_at), reason="改期")
    await actions.hold("quick", duty.made[0].starts_at, Topic.DEBT)
    lost = await form.submit()
    assert lost.status == 409 and lost.form("/move")["reason"] == "改期"
    assert (await Appointment.get(id=booked.id)).slot_id == first.id
    assert await Hold.filter(slot=first, appointment_id=booked.id).exists()


async def test_the_queue_shows_a_lawyer_their_own_and_staff_masked_names(cast):
    day = make.working_day()
    mine = await make.appointment(cast.mei, await make.slot(cast.chen, day))
    other = await make.appointment(cast.tao, await make.slot(cast.lin, day))
    with clock.standing_at(mine.starts_at - timedelta(minutes=20)):
        chen = await (await signed_in(cast.chen.person)).get("/queue")
        assert chen.has("梅秀英", mine.number) and not chen.has(other.number)
        staff = await signed_in(cast.fang)
        page = await staff.get("/queue")
        assert page.has("梅**", "陶**", mine.number, other.number) and not page.has("梅秀英")
        back = answer(await page.form(f"/{mine.number}/arrival").submit())
        assert back.status == 303 and "/queue" in back.location
        assert (await Appointment.get(id=mine.id)).state == State.CHECKED_IN
    assert (await (await signed_in(cast.mei)).get("/queue")).status == 404
    assert (await staff.get("/queue?day=zzzz")).status == 200


async def test_starting_opens_the_consultation_and_missing_asks_why(cast):
    mine = await make.appointment(cast.mei, await make.slot(cast.chen))
    late = await make.appointment(
        cast.tao, await make.slot(cast.chen, start=make.NINE + 30, day=make.working_day(2))
    )
    with clock.standing_at(mine.starts_at):
        chen = await signed_in(cast.chen.person)
        started = answer(await (await chen.get("/queue")).form("/start").submit())
        assert started.status == 303 and started.location.endswith(f"/consultations/of/{mine.number}")
    with clock.standing_at(late.starts_at + timedelta(minutes=20)):
        chen = await signed_in(cast.chen.person)
        form = (await chen.get("/queue")).form("/absence")
        assert answer(await form.fill(because="no_answer").submit()).status == 303
    assert (await Appointment.get(id=late.id)).missed_because == "no_answer"


async def test_a_withdrawn_time_is_rearranged_from_the_list(cast):
    slot = await make.slot(cast.chen)
    await make.slot(cast.lin)
    booked = await make.appointment(cast.mei, slot)
    async with transaction():
        await Slot.filter(id=slot.id).update(withdrawn_at=clock.now())
    fang = await signed_in(cast.fang)
    page = await (await fang.get("/queue/affected")).click("换律师")
    done = answer(await page.form("/lawyer").fill(lawyer=str(cast.lin.id)).submit())
    assert done.status == 303
    assert (await Appointment.get(id=booked.id)).lawyer_id == cast.lin.id
    assert (await fang.get("/queue/affected")).has("没有要另行安排的预约")


async def test_staff_find_appointments_by_number_telephone_name_and_state(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    fang = await signed_in(cast.fang)
    for q in (booked.number, booked.number.lower(), "梅秀英", "0001", "13800000001"):
        assert (await fang.get(f"/appointments?q={q}")).has(booked.number), q
    assert not (await fang.get("/appointments?q=%00")).has(booked.number)
    assert (await fang.get("/appointments?state=cancelled")).has("没有找到")
    assert (await fang.get("/appointments?page=1e9")).status == 200
    assert (await (await signed_in(cast.mei)).get("/appointments")).status == 404


async def test_waiting_takes_what_was_typed_along_and_the_offer_is_answered_on_its_page(cast):
    tao = await signed_in(cast.tao)
    await tao.get("/book/times?topic=debt")
    await drafts.keep(
        secrecy.keyed("browser", tao.cookies["portal_browser"]), words="他不还钱", other_side="梅秀英"
    )
    page = await tao.get("/waitlist/new?topic=debt")
    joined = await page.form("/waitlist/new").fill(consent=["sensitive", "firm"]).submit()
    assert answer(joined).status == 303
    wait = await Wait.get(person=cast.tao)
    assert wait.typed == {"words": "他不还钱", "other_side": "梅秀英"}
    assert joined.has(wait.number, "您排在最前面")
    await make.slot(cast.chen, make.working_day(2))
    await actions.serve_waitlist()
    page = await tao.get(f"/waitlist/{wait.number}")
    assert page.has("有一个空位") and page.form("/acceptance")
    assert (await (await signed_in(cast.fang)).get("/waitlist")).has(wait.number, "陶**")
    assert (await (await signed_in(cast.yu)).get(f"/waitlist/{wait.number}")).status == 404
    assert answer(await page.form("/refusal").submit()).status == 303
    assert (await Wait.get(id=wait.id)).state == WaitState.WAITING
    left = await (await tao.get(f"/waitlist/{wait.number}")).form("/departure").submit()
    assert left.has("您已经不排了")
    bad = await tao.post("/waitlist/new", {"topic": "nonsense"})
    assert bad.status == 422 and bad.errors()


async def test_every_page_is_complete_in_english(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen), needs="wheelchair")
    browser = await make.sign_in(Browser(app, language="en"), cast.fang)
    paths = [
        "/queue",
        "/queue/affected",
        "/appointments",
        "/waitlist",
        "/book/times?topic=debt",
        "/waitlist/new",
    ]
    paths += [f"/appointments/{booked.number}{end}" for end in ("", "/move", "/lawyer", "/slip")]
    for path in paths:
        page = await browser.get(path)
        assert page.status == 200, path
        headings = " ".join("".join(part.itertext()) for part in page.all("//h1 | //h2 | //main//button"))
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in headings), (path, headings)
    assert await drafts.read("nobody") == {}
