"""The pages of lectures, through their real forms."""

from datetime import timedelta
from itertools import pairwise

import pytest
from icalendar import Calendar

from app import app
from portal import clock
from portal.lectures import actions
from portal.lectures.models import Lecture, SignUp, State
from tests import make
from tests.forms_browser import Browser


async def signed_in(person) -> Browser:
    return await make.sign_in(Browser(app), person)


async def test_a_stranger_finds_a_lecture_and_is_asked_for_a_telephone_on_the_way_to_a_seat(cast):
    lecture = await make.lecture(cast.chen, 40, articles=[667, 668])
    browser = Browser(app)
    page = await (await browser.get("/lectures")).click(lecture.title)
    assert page.has(
        "陈明理律师（衡道律师事务所）",
        "共 40 个，还有 40 个",
        "第三编 合同 › 第十二章 借款合同：第 667–668 条",
    )
    assert lecture.title not in page.title
    asked = await browser.get(f"/lectures/{lecture.number}/sign-up")
    assert asked.status == 303 and asked.location.endswith(f"?back=%2Flectures%2F{lecture.number}%2Fsign-up")


async def test_a_family_signs_up_changes_its_mind_and_leaves(cast):
    lecture = await make.lecture(capacity=5)
    browser = await signed_in(cast.mei)
    form = (await browser.get(f"/lectures/{lecture.number}/sign-up")).form("/sign-up")
    page = await form.fill(seats="3", question="押金能要回来吗？").submit()
    assert page.has("报名成功", "已报名", "3 个", "押金能要回来吗？")
    mine = await SignUp.get()
    assert page.path == f"/lectures/sign-ups/{mine.number}"
    assert (await browser.get(f"/lectures/{lecture.number}/sign-up", follow=True)).path == page.path
    page = await page.form("/seats").fill(seats="6").submit()
    assert page.status == 409 and page.errors() == ["有误：座位不够：您最多可以有 5 个。"]
    page = await page.form("/seats").fill(seats="2").submit()
    assert page.status == 200 and page.has("座位数改好了", "2 个")
    page = await page.press("来不了，取消报名")
    assert page.has("已取消", "重新报名")
    assert (await Lecture.get()).taken == 0


@pytest.mark.parametrize("typed", ["1e9", "0", "7", "-1", "", "1.5", "9" * 30, "一", "٣", "\x00"])
async def test_an_impossible_number_of_seats_is_refused_in_plain_words(cast, typed):
    lecture = await make.lecture()
    browser = await signed_in(cast.mei)
    form = (await browser.get(f"/lectures/{lecture.number}/sign-up")).form("/sign-up")
    page = await form.fill(seats=typed, question="留着这句话").submit()
    assert page.status == 422 and page.errors() == ["有误：请填 1 到 6 之间的整数。"]
    assert page.form("/sign-up")["question"].strip() == "留着这句话"
    assert await SignUp.all().count() == 0 and (await Lecture.get()).taken == 0


async def test_a_full_lecture_offers_a_place_in_the_queue(cast):
    lecture = await make.lecture(capacity=1)
    await actions.sign_up(cast.tao, lecture, 1)
    browser = await signed_in(cast.mei)
    page = await (await browser.get(f"/lectures/{lecture.number}")).click("排候补")
    page = await page.press("排候补", seats="1")
    assert page.has("候补中", "您排在最前面")


async def test_nobody_sees_the_seats_of_somebody_else_and_staff_pages_are_not_there(cast):
    lecture = await make.lecture()
    seats = await actions.sign_up(cast.mei, lecture, 1, "只给律师看的话")
    planned = await make.lecture(state=State.PLANNED)
    yu = await signed_in(cast.yu)
    for path in (
        f"/lectures/sign-ups/{seats.number}",
        f"/lectures/{lecture.number}/attendance",
        f"/lectures/{lecture.number}/plan",
        f"/lectures/{planned.number}",
        "/lectures/new",
        "/lectures/nonsense",
    ):
        assert (await yu.get(path)).status == 404, path
    assert (await yu.post(f"/lectures/sign-ups/{seats.number}/cancellation")).status == 404
    assert (await yu.post(f"/lectures/{lecture.number}/cancellation")).status == 404
    assert not (await yu.get(f"/lectures/{lecture.number}")).has("只给律师看的话")
    assert (await SignUp.get()).state == "seated"


async def test_staff_plan_a_series_of_six_in_one_form(cast):
    browser = await signed_in(cast.guo)
    form = (await browser.get("/lectures/new")).form()
    typed = {
        "title": "借钱还钱六讲",
        "theme": "contract",
        "articles": "667-670、第六百八十条",
        "speaker": str(cast.chen.id),
        "first_on": make.working_day(7).isoformat(),
        "starts": "14:30",
        "venue": "服务中心二楼",
        "sessions": "6",
        "titles": "借条怎么写\n利息怎么算",
    }
    page = await form.fill(typed).submit()
    assert page.has("已建好 6 场讲座", "系列讲座：借钱还钱六讲", "利息怎么算", "还有 40 个座位")
    made = await Lecture.all().order_by("starts_at")
    assert [one.title for one in made] == ["借条怎么写", "利息怎么算"] + ["借钱还钱六讲"] * 4
    assert {later.starts_at - first.starts_at for first, later in pairwise(made)} == {timedelta(weeks=1)}
    assert made[0].articles == [667, 668, 669, 670, 680] and made[5].state == "open"
    assert clock.minute_of(made[0].starts_at) == 14 * 60 + 30


async def test_a_plan_that_cannot_be_is_refused_field_by_field_and_kept(cast):
    browser = await signed_in(cast.guo)
    form = (await browser.get("/lectures/new")).form()
    typed = {
        "title": "",
        "articles": "1261",
        "first_on": "2020-01-01",
        "starts": "25:00",
        "venue": "二楼",
        "capacity": "1e9",
        "sessions": "99",
    }
    page = await form.fill(typed).submit()
    assert page.status == 422 and len(page.errors()) == 7
    assert page.form()["articles"] == "1261" and page.has("没有第1261条")
    saturday = make.working_day(7) + timedelta(days=5 - make.working_day(7).weekday())
    good = {
        "title": "一讲",
        "theme": "loans",
        "articles": "",
        "starts": "9:00",
        "capacity": "5",
        "sessions": "1",
    }
    page = await page.form().fill(good, first_on=saturday.isoformat()).submit()
    assert page.status == 422 and page.errors() == ["有误：这一天不上班，请选一个工作日。"]
    assert await Lecture.all().count() == 0


async def test_staff_revise_count_and_hold_a_lecture(cast):
    lecture = await make.lecture(cast.chen)
    await actions.sign_up(cast.mei, lecture, 2)
    browser = await signed_in(cast.fang)
    page = await (await browser.get(f"/lectures/{lecture.number}")).click("修改")
    page = await page.form().fill(venue="三楼教室", capacity="1").submit()
    assert page.status == 409 and page.has("已经有 2 个座位报出去了")
    page = await page.form().fill(capacity="20").submit()
    assert page.has("改好了", "三楼教室")
    with clock.standing_at(lecture.starts_at):
        await make.sign_in(browser, cast.fang)
        page = await browser.get(f"/lectures/{lecture.number}")
        page = await page.click("签到和登记")
        box = f"came-{(await SignUp.get()).number}"
        refused = await page.form("/attendance").fill({box: "1e9"}).submit()
        assert refused.status == 422
        page = await refused.form("/attendance").fill({box: "2"}).submit()
        page = await page.form("/result").fill(attended="5").submit()
        assert page.has("已登记", "5 人")
        assert (await browser.get("/lectures")).has("讲过的", lecture.title)


async def test_staff_sign_up_whoever_calls_and_do_it_only_once(cast):
    lecture = await make.lecture(capacity=3)
    browser = await signed_in(cast.fang)
    path = f"/lectures/{lecture.number}/attendance"
    form = (await browser.get(path)).form("/sign-ups")
    refused = await form.fill(name="", phone="12", seats="1e9").submit()
    assert refused.status == 422 and len(refused.errors()) == 3
    for _ in range(2):
        form = (await browser.get(path)).form("/sign-ups")
        page = await form.fill(name="老周", phone="138 0000 7777", seats="2").submit()
    assert page.has("已经报过名了", "老周", "2 个")
    page = await (await browser.get(path)).form("/sign-ups").fill(name="没有手机的老人", seats="1").submit()
    assert page.has("已代报")
    assert (await Lecture.get()).taken == 3 == sum(await SignUp.all().values_list("seats", flat=True))


async def test_the_calendar_keeps_its_uid_and_says_what_is_cancelled(cast):
    lecture = await make.lecture(cast.chen)
    await make.lecture(state=State.PLANNED, title="还没公布")
    browser = Browser(app)
    first = Calendar.from_ical((await browser.get("/lectures.ics")).body).walk("VEVENT")
    assert [str(event["summary"]) for event in first] == [lecture.title]
    assert first[0].decoded("dtstart") == lecture.starts_at.replace(microsecond=0)
    await actions.cancel(cast.guo, lecture)
    then = Calendar.from_ical((await browser.get("/lectures.ics")).body).walk("VEVENT")[0]
    assert then["uid"] == first[0]["uid"] and then["status"] == "CANCELLED"


async def test_the_poster_carries_a_code_and_the_page_speaks_english(cast):
    lecture = await make.lecture(cast.chen, theme="loans")
    page = await Browser(app).get(f"/lectures/{lecture.number}/poster")
    assert page.all("//img[starts-with(@src, 'data:image/svg+xml')]") and page.has(
        f"/lectures/{lecture.number}"
    )
    english = await Browser(app, language="en").get(f"/lectures/{lecture.number}")
    assert english.has("Loans", "Sign up")
