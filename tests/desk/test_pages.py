"""Arriving: the home page, everybody's desk, the look-up by number, the portal's health."""

import json
from dataclasses import replace

import pytest

from app import app
from portal import clock, database, settings
from portal.booking.models import Appointment
from portal.feedback import actions as feedback
from portal.feedback.models import Category
from portal.journal import Entry
from portal.people.models import ContactBy, Person
from tests import make
from tests.forms_browser import Browser

EVERYBODY = [
    "yu",
    "mei",
    "tao",
    "chen",
    "wu",
    "lin",
    "fang",
    "he",
    "guo",
    "xu",
    "sun",
    "bai",
    "dou",
    "qiu",
    "jiang",
    "kong",
]


async def as_(person: Person, language: str = "zh-CN") -> Browser:
    return await make.sign_in(Browser(app, language=language), person)


@pytest.fixture
def outside_a_demonstration():
    before = settings.use(
        replace(settings.current(), demo=False, secret="x" * 40, site="http://portal.localhost")
    )
    yield
    settings.use(before)


@pytest.mark.parametrize("who", EVERYBODY)
async def test_everybody_has_a_desk_with_a_way_on(cast, who):
    somebody = getattr(cast, who)
    person = getattr(somebody, "person", somebody)
    page = await (await as_(person)).get("/desk")
    assert page.status == 200 and page.has(f"{person.name}，您好")
    assert page.all("//main//a[starts-with(@href, '/')]")
    assert (await (await as_(person, "en")).get("/desk")).status == 200


async def test_somebody_unknown_signs_in_before_their_desk(cast):
    page = await Browser(app).get("/desk")
    assert page.status == 303 and "/sign-in?back=%2Fdesk" in page.location


async def test_the_home_page_shows_the_three_ways_and_the_first_free_time(cast):
    page = await Browser(app).get("/")
    assert page.status == 200 and page.has("约律师", "报纠纷、提诉求", "听普法讲座", "眼下约满了")
    duty = await make.duty(cast.chen)
    lecture = await make.lecture()
    page = await Browser(app).get("/")
    assert page.has("最早的空位", "上午9:00", f"下一场：{lecture.title}")
    assert duty.made[0].starts_at > clock.now()
    page = await page.click("请人帮我办")
    assert page.path == "/help"


async def test_at_home_a_resident_first_sees_what_is_theirs_and_a_stranger_nothing(cast):
    await make.appointment(cast.mei, await make.slot(cast.chen))
    assert (await (await as_(cast.mei)).get("/")).has("我的预约", "我的全部事项")
    assert not (await (await as_(cast.yu)).get("/")).has("我的预约")


async def test_the_way_in_to_report_shows_both_doors_and_the_numbers_for_danger(cast):
    page = await Browser(app).get("/report")
    assert page.has("和别人有矛盾", "有诉求、有建议", "110", "12338")


# -- look-up -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["{}", " {} ", "lower", "without the dash", "in full width"])
async def test_a_number_leads_to_its_record_however_it_is_spelt(cast, spelling):
    record = await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")
    typed = {
        "lower": record.number.lower(),
        "without the dash": record.number.replace("-", " "),
        "in full width": record.number.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}),
    }.get(spelling, spelling.format(record.number))
    page = await (await (await as_(cast.mei)).get("/lookup")).press("查进度", number=typed)
    assert page.path == f"/feedback/{record.number}"


async def test_each_kind_of_number_leads_to_its_own_page(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    lecture = await make.lecture()
    mei = await as_(cast.mei)
    for number, path in ((booked.number, "appointments"), (lecture.number, "lectures")):
        page = await mei.get(f"/lookup?number={number}", follow=True)
        assert (page.status, page.path) == (200, f"/{path}/{number}")


async def test_every_kind_of_record_with_a_number_can_be_looked_up():
    from portal.desk.lookup import KINDS
    from portal.records import Record
    from portal.web.templating import url

    found = {kind for kind in Record.__subclasses__() if "visible_to" in vars(kind)}
    assert {kind.__name__ for kind in found - KINDS.keys()} <= {"Person", "Lawyer", "Firm", "Agreement"}
    for route in KINDS.values():
        assert url(route, number="K7F3-29QX").startswith("/"), route


async def test_a_stranger_is_told_the_same_of_a_number_that_is_and_of_one_that_is_not(cast):
    record = await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")
    yu = await as_(cast.yu)
    there = await (await yu.get("/lookup")).press("查进度", number=record.number)
    nowhere = await (await yu.get("/lookup")).press("查进度", number="K7F3-29QX")
    assert there.status == nowhere.status == 404
    assert there.errors() == nowhere.errors() != []
    assert there.form("/lookup")["number"] == record.number


async def test_somebody_unknown_signs_in_and_comes_back_to_the_number(cast):
    for number in ((await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")).number, "K7F3-29QX"):
        page = await Browser(app).get(f"/lookup?number={number}")
        assert page.status == 303 and page.location.endswith(f"/sign-in?back=/lookup%3Fnumber%3D{number}")


@pytest.mark.parametrize("typed", ["", "1", "K7F3-29QXX", "不是编号", "K7F3-29Q0'--", "x" * 4000])
async def test_what_is_no_number_is_said_so_and_kept(cast, typed):
    page = await Browser(app).post("/lookup", {"number": typed})
    assert page.status == 422 and len(page.errors()) == 1


# -- messages carried by hand -------------------------------------------------------------------------------------------


async def test_staff_carry_a_message_by_telephone_and_strike_it_off(cast):
    person = await make.person("杜婆婆", phone="13900099999", contact_by=ContactBy.CALL)
    record = await feedback.raise_(person, Category.WELFARE, "想办老年证")
    fang = await as_(cast.fang)
    await (await fang.get(f"/feedback/{record.number}")).press("派发")
    page = await (await fang.get("/desk")).click("打开名单")
    assert (
        page.has("杜**", "139****9999", "打电话") and not page.has("老年证") and not page.has("13900099999")
    )
    page = await page.press("显示电话")
    assert page.has("13900099999")
    looked = await Entry.filter(verb="unmask", kind="notice").values_list("actor", flat=True)
    assert looked == [cast.fang.id]
    page = await page.press("通知到了")
    assert page.has("已记下：通知到了。", "该通知的都通知到了")
    assert (await (await as_(cast.dou)).get("/calls")).status == 404


# -- the portal itself ---------------------------------------------------------------------------------------------------


async def test_it_is_healthy_while_the_database_answers(cast, monkeypatch):
    page = await Browser(app).get("/healthz")
    assert (page.status, page.html) == (200, "ok")

    async def ill() -> bool:
        return False

    monkeypatch.setattr(database, "healthy", ill)
    assert (await Browser(app).get("/healthz")).status == 503


async def test_without_a_database_it_is_not_healthy():
    assert (await Browser(app).get("/healthz")).status == 503


async def test_in_a_demonstration_messages_and_components_can_be_looked_at(cast, tmp_path):
    before = settings.use(replace(settings.current(), demo=True, data=tmp_path))
    try:
        assert (await Browser(app).get("/demo/outbox")).has("还没有消息")
        lines = [
            {
                "at": "2026-11-23T09:00:00+08:00",
                "to": f"1380000{n:04}",
                "channel": "sms",
                "kind": "people/code",
            }
            | {"text": f"验证码 {n:06}"}
            for n in range(120)
        ]
        (tmp_path / "outbox.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        page = await Browser(app).get("/demo/outbox")
        assert page.has("验证码 000119", "验证码 000020") and not page.has("验证码 000019")
        assert page.html.index("验证码 000119") < page.html.index("验证码 000118")
        assert (await Browser(app).get("/patterns")).status == 200
    finally:
        settings.use(before)


async def test_in_a_demonstration_a_message_is_answered_as_from_a_telephone(cast, tmp_path):
    before = settings.use(replace(settings.current(), demo=True, data=tmp_path))
    try:
        (tmp_path / "outbox.jsonl").write_text(
            json.dumps({"at": "2026-11-23T09:00:00+08:00", "to": cast.mei.phone, "text": "约好了"}) + "\n"
        )
        booked = await make.appointment(cast.mei, await make.slot(cast.chen))
        page = await Browser(app).get("/demo/outbox")
        refused = await page.form("/demo/outbox").fill(phone="12", words="取消").submit()
        assert refused.status == 422 and refused.form("/demo/outbox")["words"] == "取消"
        page = await page.form("/demo/outbox").fill(phone=cast.mei.phone, words="几点钟？").submit()
        assert page.has("由人来读") and (await Appointment.get(id=booked.id)).state == "booked"
        page = await page.form("/demo/outbox").fill(phone=cast.tao.phone, words="取消").submit()
        assert page.has("什么也没有取消") and (await Appointment.get(id=booked.id)).state == "booked"
        page = await page.form("/demo/outbox").fill(phone=cast.mei.phone, words=" 取消。").submit()
        assert page.has("预约取消了") and (await Appointment.get(id=booked.id)).state == "cancelled"
    finally:
        settings.use(before)


async def test_outside_a_demonstration_they_do_not_exist(cast, outside_a_demonstration):
    assert (await Browser(app).get("/demo/outbox")).status == 404
    assert (await Browser(app).get("/patterns")).status == 404


async def test_search_engines_are_asked_to_stay_away_and_browsers_find_the_mark(cast):
    assert (await Browser(app).get("/robots.txt")).html == "User-agent: *\nDisallow: /\n"
    page = await Browser(app).get("/favicon.ico", follow=True)
    assert page.status == 200 and page.headers["content-type"].startswith("image/svg")
