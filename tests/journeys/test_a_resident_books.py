"""A resident on a cheap telephone, without an account: from the home page to a time with a lawyer, and back out again."""

from datetime import timedelta

from icalendar import Calendar

from portal import clock
from portal.booking.models import Appointment, State, Wait
from portal.consultations.models import Consultation
from portal.notices import Notice
from tests import make
from tests.journeys.steps import number_on, prove, stranger

PHONE = "13811112222"


async def book(browser, phone: str = PHONE, topic: str = "借钱还钱", **story):
    """The whole way, as a person clicks it."""
    page = await (await browser.get("/")).click("约律师")
    page = await page.click(topic)
    page = await page.form("/book/story").fill(words="表弟借了我三万元，说好年底还。", **story).submit()
    assert page.path == "/book/times", (page.status, page.errors())
    page = await page.form("/book/times?topic=debt").submit()
    page = await prove(page, phone)
    assert page.path == "/book/confirm", page.url
    form = page.form("/book/confirm").fill(consent=["sensitive", "firm"])
    if "name" in form:
        form.fill(name="王秀英")
    return await form.submit()


async def test_a_resident_books_without_an_account_and_finds_it_again(cast):
    day = make.working_day(2)
    await make.duty(cast.chen, day, 2)
    mei = stranger()
    page = await (await mei.get("/")).click("约律师")
    page = await page.click("借钱还钱")
    page = await page.form("/book/story").fill(words="表弟借了我三万元。", other_side="赵铁柱").submit()
    assert page.has("上午9:00", "上午9:30")
    chosen = page.form()["slot"]
    assert chosen.endswith("T0900"), "the first free time is chosen already"
    page = await prove(await page.form().submit(), PHONE)
    page = await page.form("/book/confirm").fill(name="王秀英", consent=["sensitive", "firm"]).submit()
    assert page.has("约好了", "上午9:00", "服务中心一楼法律诊所", "借条、欠条、收条", "陈明理")
    number = number_on(page)

    appointment = await Appointment.get(number=number)
    consultation = await Consultation.get(appointment_id=appointment.id)
    assert (consultation.words, consultation.other_side) == ("表弟借了我三万元。", "赵铁柱")
    assert appointment.state == State.BOOKED and appointment.assigned

    entry = Calendar.from_ical((await mei.get(f"/appointments/{number}/calendar.ics")).body).walk("VEVENT")[0]
    assert entry.decoded("dtstart") == appointment.starts_at
    assert "借" not in str(entry["summary"])
    assert (await mei.get(f"/appointments/{number}/slip")).has(number)
    page = await mei.get("/lookup")
    page = await page.form("/lookup").fill(number=f" {number.lower().replace('-', ' ')} ").submit()
    assert page.path == f"/appointments/{number}"
    assert (await mei.get("/")).has("我的预约")
    told = await Notice.filter(kind="booking/booked")
    assert [one.address for one in told] == [PHONE]


async def test_another_telephone_sees_nothing_of_it(cast):
    await make.duty(cast.chen)
    number = number_on(await book(stranger()))
    yu = await make.sign_in(stranger(), cast.yu)
    for path in (
        f"/appointments/{number}",
        f"/appointments/{number}/slip",
        f"/appointments/{number}/calendar.ics",
    ):
        assert (await yu.get(path)).status == 404
    assert (await yu.post(f"/appointments/{number}/cancellation", {"reason": "x"})).status == 404
    assert (await stranger().get(f"/appointments/{number}")).status == 303


async def test_a_time_is_moved_and_given_back(cast):
    await make.duty(cast.chen, times=3)
    mei = stranger()
    page = await book(mei)
    number = number_on(page)
    page = await page.click("改时间")
    form = page.form("/move")
    page = await form.fill(slot=form.choices("slot")[-1]).submit()
    assert page.has("上午10:00"), page.text
    moved = await Appointment.get(number=number)
    assert clock.minute_of(moved.starts_at) == 10 * 60 and moved.sequence == 1
    page = await page.form("/cancellation").fill(reason="已经解决了").submit()
    assert page.has("已取消")
    assert (await stranger().get("/book/times?topic=debt")).form().choices("slot")[0].endswith("T0900")
    entry = Calendar.from_ical((await mei.get(f"/appointments/{number}/calendar.ics")).body).walk("VEVENT")[0]
    assert entry["status"] == "CANCELLED" and entry["sequence"] == 2


async def test_a_firm_that_serves_the_other_side_is_passed_over(cast):
    day = make.working_day(2)
    await make.duty(cast.chen, day, 1)
    await make.duty(cast.lin, day, 5)
    first = await book(stranger(), "13811110001", other_side="刘大伟")
    assert first.has("陈明理"), "Chen knows about debts and comes first"
    theirs = stranger()
    page = await (await theirs.get("/book/times?topic=debt")).form().submit()
    page = await prove(page, "13811110002")
    about = {"name": "刘大伟", "consent": ["sensitive", "firm"]}
    page = await page.form("/book/confirm").fill(words="有人说我欠钱。", **about).submit()
    assert page.path == "/book/times" and not page.has("陈明理"), "the two never meet in front of the room"
    later = page.form("/book/times?topic=debt")
    page = await later.fill(slot=later.choices("slot")[-1]).submit()
    page = await page.form("/book/confirm").fill(**about).submit()
    assert page.has("林知远"), "not the firm that already advises the other side"
    assert "陈明理" not in page.text


async def test_danger_shows_whom_to_call_and_marks_the_case(cast):
    await make.duty(cast.chen)
    mei = stranger()
    page = (
        await (await (await mei.get("/book")).click("结婚离婚"))
        .form("/book/story")
        .fill(words="他又动手了，我不敢回家。", dangers=["violence"], contact_by="none", is_neutral=True)
        .submit()
    )
    assert page.has("110", "12338", "120")
    page = await mei.get("/book/times?topic=marriage_family")
    page = await prove(await page.form().submit(), PHONE)
    page = await page.form("/book/confirm").fill(name="李某", consent=["sensitive", "firm"]).submit()
    assert page.has("约好了")
    consultation = await Consultation.get()
    assert consultation.is_urgent and "violence" in consultation.danger
    person = await make.by_phone(PHONE)
    assert (person.contact_by, person.is_neutral) == ("none", True)
    assert not await Notice.filter(person_id=person.id, state="owed", channel="sms").exists()
    fang = await make.sign_in(stranger(), cast.fang)
    assert (await fang.get("/desk")).has("有危险，先处理")


async def test_when_all_is_taken_the_waitlist_is_offered_what_comes_free(cast):
    morning = clock.at(make.working_day(1), 10 * 60)
    with clock.standing_at(morning):
        await make.duty(cast.chen, make.working_day(2), 1)
        first = stranger()
        page = await book(first)
        number = number_on(page)
        second = stranger()
        page = await second.get("/book/times?topic=debt")
        assert page.has("候补")
        page = await prove(await page.click("候补"), "13811113333")
        form = page.form("/waitlist/new")
        form.fill(
            {
                key: value
                for key, value in {
                    "name": "陈阿姨",
                    "words": "工钱要不回来。",
                    "consent": ["sensitive", "firm"],
                }.items()
                if key in form
            }
        )
        page = await form.submit()
        assert page.has("候补中"), page.text
        wait = await Wait.get()
        page = await first.get(f"/appointments/{number}")
        await page.form("/cancellation").submit()

        from app import JOBS
        from portal import work

        await work.once(JOBS)
        await wait.refresh_from_db()
        assert wait.state == "offered"
        assert not (await stranger().get("/book/times?topic=debt")).all(
            "//input[@name='slot'][not(@disabled)]"
        )
        page = await second.get(f"/waitlist/{wait.number}")
        page = await page.form("/acceptance").submit()
        assert page.has("约好了", "上午9:00"), page.text
    assert await Appointment.filter(state=State.BOOKED).count() == 1
    assert clock.now() < morning + timedelta(days=3)
