"""The counter: whoever stands there, rings or writes is entered and booked on one screen."""

from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock
from portal.booking.forms import write_time
from portal.booking.models import Appointment, Mode, State
from portal.consultations.actions.counter import Visit, receive
from portal.consultations.intake import Intake
from portal.consultations.models import Consultation
from portal.errors import Forbidden, Refusal
from portal.people import consents
from portal.people.consents import BOOKING
from portal.people.models import Consent, Person
from portal.people.queries import has_phone
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio
TODAY = datetime(2026, 11, 23).date()
AGREED = {"consent": ["sensitive", "firm"]}


@pytest.fixture(autouse=True)
def monday_at_ten_past_nine():
    with clock.standing_at(clock.at(TODAY, 9 * 60 + 10)):
        yield


@pytest.fixture
async def desk(cast):
    """Chen sits today and tomorrow; Fang is at the desk."""
    cast.slots = (await make.duty(cast.chen, TODAY)).made
    cast.tomorrow = (await make.duty(cast.chen)).made
    cast.browser = await make.sign_in(Browser(app), cast.fang)
    return cast


async def form(desk, **typed):
    page = await desk.browser.get("/counter")
    assert page.status == 200
    return page.form("/counter").fill(**{"topic": "debt", **AGREED, **typed})


async def test_somebody_new_is_booked_now_has_come_and_is_given_a_number(desk):
    page = await (await form(desk, phone="13900001111", name="新来的", words="工资没发。")).submit()
    assert (
        page.status == 200 and page.has("1 号", "大约 上午9:15 轮到", "打印预约单") and not page.has("码卡")
    )
    made = await Appointment.get(person__name="新来的").prefetch_related("person")
    assert (made.starts_at, made.state, made.ticket) == (desk.slots[0].starts_at, State.CHECKED_IN, 1)
    assert (made.channel, made.booked_by_id, made.person.phone) == ("counter", desk.fang.id, "13900001111")
    asked = await Consultation.get(appointment_id=made.id)
    assert (asked.words, asked.taken_by_id) == ("工资没发。", desk.fang.id)
    assert await consents.lacking(made.person, BOOKING) == []
    assert set(await Consent.all().values_list("way", flat=True)) == {"desk"}
    again = await (await form(desk, phone="", name="没有电话的人")).submit()
    assert again.has("2 号", "打一张码卡", "大约 上午9:45 轮到")


async def test_who_has_no_telephone_is_known_by_name_and_namesakes_are_asked_about(desk):
    page = await (await form(desk, name="赵奶奶")).submit()
    first = await Appointment.get(person__name="赵奶奶").prefetch_related("person")
    page = await (await form(desk, name="赵奶奶", words="再问一件事")).submit()
    assert page.status == 422 and page.has("已经有同名的人", first.person.number)
    asked = page.form("/counter")
    assert (asked["name"], asked["words"], asked["topic"]) == ("赵奶奶", "再问一件事", "debt")
    await asked.fill(known="new").submit()
    assert await Person.filter(name="赵奶奶").count() == 2
    page = await (await form(desk, name="赵奶奶")).submit()
    await (
        page.form("/counter")
        .fill(known=first.person.number, when=write_time(desk.tomorrow[0].starts_at))
        .submit()
    )
    assert await Appointment.filter(person_id=first.person.id).count() == 2


async def test_a_known_telephone_is_asked_about_once_unless_the_name_is_the_same(desk):
    page = await (await form(desk, phone="13800000001")).submit()
    assert page.status == 422 and page.has("就是梅", "家里人的") and not page.has("梅秀英")
    await page.form("/counter").fill(known="same").submit()
    assert await Appointment.filter(person_id=desk.mei.id).count() == 1
    await (await form(desk, phone="13800000002", name="陶建国")).submit()
    assert await Appointment.filter(person_id=desk.tao.id).count() == 1
    page = await (await form(desk, phone="13800000001", name="梅的妈妈")).submit()
    await page.form("/counter").fill(known="family").submit()
    made = await Appointment.get(person__name="梅的妈妈").prefetch_related("person")
    assert made.person.phone is None and (await Person.get(has_phone("13800000001"))).name == "梅秀英"


async def test_somebody_of_another_community_is_not_named(desk):
    page = await (await form(desk, phone="13800000011")).submit()
    assert page.status == 422 and page.has("对不上") and not page.has("安居民") and not page.has("安**")
    await (await form(desk, phone="13800000011", name="安居民")).submit()
    assert await Appointment.filter(person_id=desk.other.an.id).count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "请写怎么称呼这位居民"),
        ({"phone": "12"}, "电话"),
        ({"topic": ""}, "请选是什么事"),
        ({"when": ""}, "请选一个时间"),
        ({"consent": []}, "还要您勾选同意"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_typed_is_lost(desk, typed, said):
    page = await (
        await form(
            desk, **{"name": "王小明", "words": "几句话", "other_side": "李某", "needs": "听力不好", **typed}
        )
    ).submit()
    assert page.status == 422 and page.has(said)
    kept = page.form("/counter")
    assert (kept["words"], kept["other_side"], kept["needs"]) == ("几句话", "李某", "听力不好")
    assert not await Appointment.exists() and not await Person.filter(name="王小明").exists()


async def test_other_ways_to_come_are_written_down_and_only_who_is_here_has_come(desk):
    for channel, mode in (("phone", "phone"), ("letter", "desk"), ("wechat", "desk"), ("home", "home")):
        await (await form(desk, name=f"某人 {channel}", channel=channel, mode=mode)).submit()
        made = await Appointment.get(channel=channel)
        assert (made.mode, made.state, made.ticket) == (mode, State.BOOKED, None)
    page = await desk.browser.get("/appointments?channel=letter")
    assert page.has((await Appointment.get(channel="letter")).number)
    assert not page.has((await Appointment.get(channel="wechat")).number)


async def test_beyond_the_limit_a_reason_is_asked_for_and_kept(desk):
    for slot in desk.tomorrow[:2]:
        await (await form(desk, phone="13800000001", name="梅秀英", when=write_time(slot.starts_at))).submit()
    page = await (
        await form(desk, phone="13800000001", name="梅秀英", when=write_time(desk.tomorrow[3].starts_at))
    ).submit()
    assert page.status == 409 and page.has("请写明原因")
    await page.form("/counter").fill(over_limit="明天要开庭").submit()
    made = await Appointment.get(starts_at=desk.tomorrow[3].starts_at)
    assert made.over_limit == "明天要开庭"


async def test_now_is_the_first_time_at_which_nobody_is_in_the_way(desk):
    await (await form(desk, phone="13800000001", name="梅秀英", other_side="陶建国")).submit()
    page = await (await form(desk, phone="13800000002", name="陶建国")).submit()
    assert page.status == 409 and page.has("请另选一个时间"), "one firm has met the other side"
    lins = (await make.duty(desk.lin, TODAY)).made
    page = await page.form("/counter").fill(when="now").submit()
    assert (await Appointment.get(person_id=desk.tao.id)).starts_at == lins[3].starts_at


async def test_pressed_twice_it_is_booked_once(desk):
    typed = {"phone": "13800000001", "name": "梅秀英", "when": write_time(desk.tomorrow[0].starts_at)}
    await (await form(desk, **typed)).submit()
    page = await desk.browser.post(
        "/counter", {"topic": "debt", "channel": "counter", "mode": "desk", **typed, **AGREED}, follow=True
    )
    assert page.status == 200 and page.has("这个时间已经约好了")
    assert await Appointment.all().count() == 1


async def test_a_time_of_half_an_hour_ago_is_gone_and_one_that_runs_can_be_had(desk):
    with clock.standing_at(clock.now() + timedelta(minutes=15)):
        page = await (await form(desk, name="刘某")).submit()
        assert (await Appointment.get()).starts_at == desk.slots[1].starts_at and page.has("1 号")


async def test_without_the_two_consents_nothing_is_written_down_and_no_other_centre_does_it(desk):
    told = Intake(topic="debt", words="工资没发。")
    visit = Visit([desk.slots[1].starts_at], told, "counter", name="没同意的", phone="13900001112")
    for actor, refusal in ((desk.fang, Refusal), (desk.other.tang, Forbidden), (desk.mei, Forbidden)):
        with pytest.raises(refusal):
            await receive(actor, visit)
    assert not await Person.exists(name="没同意的") and not await Appointment.exists()


async def test_nobody_but_staff_of_the_centre_comes_here(desk):
    made = await make.appointment(desk.mei, desk.slots[0])
    for person in (desk.mei, desk.chen.person, desk.sun, desk.kong):
        browser = await make.sign_in(Browser(app), person)
        assert (await browser.get("/counter")).status == 404
        assert (await browser.get(f"/counter/{made.number}")).status == 404
    tang = await make.sign_in(Browser(app), desk.other.tang)
    assert (await tang.get(f"/counter/{made.number}")).status == 404


async def test_when_nothing_is_free_the_page_says_what_else_there_is(cast):
    browser = await make.sign_in(Browser(app), cast.fang)
    page = await browser.get("/counter")
    assert page.status == 200 and page.has("都约满了", "12348")


async def test_an_hour_is_given_where_two_times_are_free_together(desk):
    await (await form(desk, name="老人家", is_long="1", when=write_time(desk.tomorrow[0].starts_at))).submit()
    made = await Appointment.get()
    assert (made.mode, made.second_slot_id) == (Mode.DESK, desk.tomorrow[1].id)


async def test_who_is_known_is_shown_before_anything_is_booked_and_nothing_typed_is_lost(desk):
    page = await (await form(desk, phone="138 0000 0001", words="一句话")).submit("look")
    assert page.status == 200 and not page.errors() and page.has("是这位吗？", "就是梅**本人（138****0001）")
    assert not page.has("梅秀英") and page.form("/counter")["words"] == "一句话"
    page = await (await form(desk, name="梅秀")).submit("look")
    assert page.has("是这位吗？", "梅**", desk.mei.number, "138****0001", "都不是，新登记")
    assert not await Appointment.exists()
    await page.form("/counter").fill(known=desk.mei.number).submit("登记好了")
    assert (await Appointment.get()).person_id == desk.mei.id, (
        "who was picked is meant, however much was typed of the name"
    )


@pytest.mark.parametrize(
    ("typed", "is_unknown"),
    [
        ({"name": "梅"}, False),
        ({"phone": "1380000"}, False),
        ({}, False),
        ({"name": "安居民"}, True),
        ({"phone": "13800000011"}, True),
    ],
)
async def test_nobody_is_shown_by_one_letter_by_half_a_number_or_from_elsewhere(typed, is_unknown, desk):
    page = await (await form(desk, **typed)).submit("先查查认不认得")
    assert page.status == 200 and not page.errors() and "known" not in page.form("/counter")
    assert page.has("没有登记过") is is_unknown
