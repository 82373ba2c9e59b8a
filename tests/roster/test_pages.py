"""Mornings, the board, firms and the calendar, through the forms people see."""

import re
from datetime import date, timedelta

import pytest

from app import app
from portal import clock, database
from portal.errors import Forbidden
from portal.people.models import Person
from portal.roster import actions, day_actions, firm_actions
from portal.roster.models import Day, Firm, Lawyer, Leave, Pattern, Slot
from tests import make
from tests.forms_browser import Browser, Page

MONDAY = date(2026, 11, 23)
WEDNESDAY = MONDAY + timedelta(days=2)
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(autouse=True)
def monday_at_eight():
    with clock.standing_at(clock.at(MONDAY, 8 * 60)):
        yield


async def as_(person: Person, language: str = "zh-CN") -> Browser:
    return await make.sign_in(Browser(app, language=language), person)


async def added(browser: Browser, lawyer: Lawyer, **typed) -> Page:
    page = await browser.get(f"/roster/{lawyer.person.number}/pattern")
    return await page.press("保存", **{"rhythm": "nth-2", "weekday": "3", **typed})


async def test_a_lawyer_plans_by_rule_and_sees_the_mornings_it_makes(cast):
    browser = await as_(cast.chen.person)
    page = await browser.get("/mornings")
    assert page.has("接下来八周没有排班")
    page = await page.click("加一条规律")
    page = await page.press("先看日期", rhythm="nth-2", weekday="3")
    assert page.status == 200 and page.has("12月9日 周三", "2027年1月13日 周三")
    assert not await Pattern.all().exists()
    page = await page.press("保存")
    assert page.path == "/mornings"
    assert page.has(
        "已加上：每月第二个周三 9:00–12:00", "下一个上午：12月9日 周三 9:00–12:00", "9:00–12:00 · 6 个时间"
    )
    assert await Slot.all().count() == 12


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"rhythm": ""}, "请从给出的选项里选一个"),
        ({"weekday": ""}, "请从给出的选项里选一个"),
        ({"from_minute": "720", "until_minute": "540"}, "结束要晚于开始"),
        ({"from_on": "2026-02-30"}, "请填日期"),
        ({"until_on": "2026-11-01"}, "还早"),
    ],
)
async def test_what_is_wrong_with_a_rule_is_said_beside_its_field_and_nothing_is_lost(cast, typed, words):
    page = await added(await as_(cast.chen.person), cast.chen, **typed)
    assert page.status == 422 and words in " ".join(page.errors())
    assert page.form()["rhythm"] == typed.get("rhythm", "nth-2")
    assert not await Pattern.all().exists()


async def test_a_clash_names_the_rule_it_clashes_with(cast):
    browser = await as_(cast.chen.person)
    await added(browser, cast.chen)
    page = await added(browser, cast.chen, rhythm="every-1")
    assert page.status == 422 and "每月第二个周三 9:00–12:00" in page.errors()[0]


async def test_leave_leads_to_whoever_had_booked_and_can_be_withdrawn(cast):
    browser = await as_(cast.chen.person)
    await added(browser, cast.chen, rhythm="every-1")
    form = (await browser.get("/mornings")).click("登记请假")
    sent = await (await form).form().fill(first_on=str(WEDNESDAY), reason="出差").submit()
    assert sent.history and "affected" in sent.history[0].location
    page = await browser.get("/mornings")
    assert page.has("11月25日 周三", "出差", "下一个上午：12月2日 周三")
    page = await page.press("撤回请假")
    assert page.has("6 个时间重新开放", "下一个上午：11月25日 周三")


async def test_leave_that_takes_nothing_from_anybody_returns_to_the_calendar(cast):
    browser = await as_(cast.chen.person)
    page = await browser.get(f"/roster/{cast.chen.person.number}/leave")
    page = await page.press("登记请假", first_on=str(WEDNESDAY))
    assert page.path == "/mornings" and page.has("已请假。")
    page = await (await page.click("登记请假")).press("登记请假", first_on=str(WEDNESDAY))
    assert page.status == 422 and "已经请过假" in page.errors()[0]


async def test_a_single_morning_is_added_and_cancelled_and_a_closed_day_is_refused(cast):
    browser = await as_(cast.chen.person)
    page = await (await browser.get("/mornings")).click("加一个上午")
    refused = await page.press("加上", day="2026-11-28")
    assert refused.status == 422 and "不开门" in refused.errors()[0]
    page = await refused.press("加上", day=str(WEDNESDAY))
    assert page.has("已加上这个上午", "单次上午", "11月25日 周三 9:00–12:00")
    await page.press("取消这个上午")
    assert (await browser.get("/mornings")).has("接下来八周没有排班")


async def test_a_rule_is_ended_with_a_last_day(cast):
    browser = await as_(cast.chen.person)
    page = await added(browser, cast.chen, rhythm="every-2")
    page = await page.click("隔周周三 9:00–12:00")
    assert page.has("11月25日 周三", "12月9日 周三") and not page.has("12月2日 周三")
    assert (await page.press("停止", last_on="2026-11-01")).status == 422
    await page.press("停止", last_on=str(WEDNESDAY))
    assert (await Pattern.all().first()).until_on == WEDNESDAY


async def test_a_stranger_finds_nobodys_mornings(cast):
    pattern = await actions.add_pattern(cast.fang, cast.chen, weekday=3, from_on=MONDAY)
    leave, _ = await actions.take_leave(cast.fang, cast.chen, MONDAY, MONDAY)
    number = cast.chen.person.number
    for stranger in (cast.yu, cast.sun, cast.wu.person):
        browser = await as_(stranger)
        for path in (
            f"/roster/{number}/pattern",
            f"/roster/{number}/leave",
            f"/roster/patterns/{pattern.id}",
            "/roster",
            "/days",
            "/firms",
        ):
            assert (await browser.get(path)).status == 404, path
        for path in (
            f"/roster/{number}/pattern",
            f"/roster/{number}/morning",
            f"/roster/{number}/leave",
            f"/roster/patterns/{pattern.id}/ending",
            f"/roster/patterns/{pattern.id}/withdrawal",
            f"/roster/leaves/{leave.id}/withdrawal",
            "/days",
            "/firms",
            "/days/2026/confirmation",
        ):
            assert (await browser.post(path, {"last_on": str(MONDAY)})).status == 404, path
    assert (await Leave.get(id=leave.id)).withdrawn_at is None
    assert "/staff/sign-in" in (await Browser(app).get("/mornings")).location


async def test_staff_see_holes_and_plan_for_a_lawyer(cast):
    browser = await as_(cast.fang)
    board = await browser.get("/roster")
    assert board.has("三天内有上午没有律师", "没有律师", "陈明理")
    page = await board.click("陈明理")
    page = await (await page.click("加一个上午")).press("加上", day=str(WEDNESDAY))
    assert page.path == f"/roster/{cast.chen.person.number}" and page.has("陈明理的上午")
    board = await browser.get("/roster")
    assert board.has("陈明理 9:00–12:00")


async def test_staff_close_a_day_and_the_table_says_so(cast):
    browser = await as_(cast.fang)
    page = await browser.get("/days")
    page = await page.press("填上已知的节假日")
    assert page.has("2026 年的日历已填好", "国庆节调休上班")
    page = await page.press("保存", first_on=str(WEDNESDAY), state="closed")
    assert (
        page.status == 422
        and "请填写这一项" in page.errors()[0]
        and page.form("/days")["first_on"] == str(WEDNESDAY)
    )
    page = await page.press("保存", name="停电检修")
    assert page.status == 200 and page.has("日历已改", "停电检修", "人工改过")
    edited = await (await browser.get(f"/days?year=2026&day={WEDNESDAY}")).press(
        "保存", state="open", name=""
    )
    assert edited.has("11月25日 周三")
    assert (await Day.get(day=WEDNESDAY)).is_open


async def test_a_year_not_yet_published_is_confirmed_by_staff(cast):
    await day_actions.seed_days([2027])
    browser = await as_(cast.guo)
    page = await browser.get("/days?year=2027")
    assert page.has("这一年的放假安排还没有公布", "暂定")
    page = await page.press("已照公布的安排改好，确认")
    assert page.has("2027 年的放假安排已确认") and not page.has("还没有公布")


@pytest.mark.parametrize("year", ["abc", "1e9", "99999999999", "0", "-1", "２０２７"])
async def test_any_year_in_the_address_is_answered(cast, year):
    assert (await (await as_(cast.fang)).get(f"/days?year={year}")).status == 200
    assert (await (await as_(cast.fang)).post("/days/999999999/confirmation")).status == 404


async def test_a_firm_is_taken_in_and_changed(cast):
    browser = await as_(cast.fang)
    page = await (await browser.get("/firms")).click("加一家律所")
    wrong = await page.press("保存", name="青禾律师事务所", code="123", weight="1e9", phone="12")
    assert wrong.status == 422 and len(wrong.errors()) == 3 and wrong.form()["name"] == "青禾律师事务所"
    page = await wrong.press("保存", code="", weight="２", phone="")
    assert page.has("律所已加入", "青禾律师事务所")
    page = await (await page.click("修改")).press("保存", name="衡道律师事务所")
    assert page.status == 422 and "同名" in page.errors()[0]
    await page.press("保存", name="青禾律师事务所", is_active=False)
    firm = await Firm.get(name="青禾律师事务所")
    assert firm.weight == 2 and not firm.is_active


async def test_the_lead_takes_a_lawyer_in_and_a_dispatcher_cannot(cast):
    assert (await (await as_(cast.fang)).get("/lawyers/new")).status == 404
    browser = await as_(cast.guo)
    page = await (await (await browser.get("/roster")).click("加一位律师")).press("保存")
    assert page.status == 422 and len(page.errors()) == 5
    typed = {
        "name": "周新来",
        "phone": "138 1111 2222",
        "firm": str(cast.lanting.id),
        "licence": "12201201510123456",
        "licence_until": "2028-05-31",
        "topics": ["debt", "labour"],
    }
    assert not page.all("//main//input[@name='password' or @name='login']"), "nobody else knows a password"
    page = await page.press("保存", **typed)
    assert page.status == 200 and page.has("律师已加入", "邀请链接", "周新来的上午")
    lawyer = await Lawyer.get(licence="12201201510123456")
    assert lawyer.topics == ["debt", "labour"]
    page = await (await page.click("修改资料")).press("保存", licence=cast.chen.licence)
    assert page.status == 422 and "另一位律师" in page.errors()[0]


async def test_residents_see_name_firm_topics_and_mornings_and_no_telephone_nor_who_cannot_come(cast):
    await actions.add_pattern(cast.fang, cast.chen, weekday=3, from_on=MONDAY)
    await make.lawyer("钱过期", cast.lanting, licence_until=MONDAY - timedelta(days=1))
    await make.lawyer("孙停下", cast.lanting, is_active=False)
    await make.lawyer("李离所", await make.firm("走了律师事务所", is_active=False))
    page = await Browser(app).get("/lawyers")
    assert page.has("陈明理", "衡道律师事务所", "借钱还钱", "11月25日 周三")
    for name in ("钱过期", "孙停下", "李离所", cast.other.ge.person.name):
        assert not page.has(name), name
    phones = await Person.exclude(phone=None).values_list("phone", flat=True)
    assert not [phone for phone in phones if phone in page.html]
    assert cast.chen.licence not in page.html


async def test_every_page_of_the_room_reads_in_english(cast):
    async with database.transaction():
        for person in await Person.all():
            await Person.filter(id=person.id).update(name=f"Person {person.number}")
        for n, firm in enumerate(await Firm.all()):
            await Firm.filter(id=firm.id).update(name=f"Firm {n}")
    await day_actions.seed_days([2026, 2027])
    pattern = await actions.add_pattern(cast.fang, cast.chen, weekday=3, nth=2, from_on=MONDAY)
    await actions.take_leave(cast.fang, cast.chen, MONDAY, MONDAY)
    await actions.add_morning(cast.fang, cast.chen, WEDNESDAY)
    browser, number = await as_(cast.guo, "en"), cast.chen.person.number
    paths = [
        "/roster",
        "/lawyers",
        "/days",
        "/days?year=2027",
        "/days?year=2031",
        "/firms",
        "/firms/new",
        "/lawyers/new",
    ]
    paths += [
        f"/firms/{cast.hengdao.id}",
        f"/firms/{cast.hengdao.id}/edit",
        f"/lawyers/{number}/edit",
        f"/roster/patterns/{pattern.id}",
    ]
    paths += [f"/roster/{number}{part}" for part in ("", "/pattern", "/morning", "/leave")]
    for path in paths:
        page = await browser.get(path)
        assert page.status == 200, path
        main = "".join(page.all("//main")[0].itertext()) + page.title
        assert not CHINESE.search(main), (path, CHINESE.search(main), main)


async def test_a_lawyer_says_what_they_speak_and_residents_find_them_by_it(cast):
    browser = await as_(cast.lin.person)
    page = await (await browser.get("/mornings")).click("我的名片")
    page = await page.press("保存", topics=["labour"], speaks=["sichuan", "sign"], gender="woman")
    assert page.path == "/mornings" and page.has("已保存")
    public = await Browser(app).get("/lawyers")
    assert public.has("女律师 · 四川话 · 手语")
    found = await Browser(app).get("/lawyers?speaks=sichuan&gender=woman")
    assert found.has("林知远") and not found.has("陈明理")
    assert not (await Browser(app).get("/lawyers?speaks=tibetan")).has("林知远")
    women = await Browser(app).get("/lawyers?gender=woman")
    assert women.has("林知远") and not women.has("陈明理")
    for somebody in (cast.fang, cast.chen.person):
        with pytest.raises(Forbidden):
            await firm_actions.change_card(somebody, cast.lin, [], [], "")
    assert (await Browser(app).get("/lawyers?speaks=klingon")).status == 422
    wrong = await browser.post("/mornings/card", {"gender": "robot"})
    assert wrong.status == 422
    assert (await (await as_(cast.fang)).get("/mornings/card")).status == 404
    page = await (await as_(cast.fang)).get(f"/lawyers/{cast.lin.person.number}/edit")
    page = await page.press("保存", speaks=["hakka"], gender="")
    kept = await Lawyer.get(id=cast.lin.id)
    assert (kept.speaks, kept.gender, kept.topics) == (["hakka"], "", ["labour"])
