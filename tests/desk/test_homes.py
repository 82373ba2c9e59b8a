"""Each person's home tells them at one look what to do now."""

from contextvars import ContextVar
from datetime import timedelta

import pytest

from app import app
from portal import clock, database
from portal.booking.models import Appointment
from portal.database import transaction
from portal.desk import queries
from portal.desk.blocks import Block
from portal.disputes.models import Dispute, Level
from portal.feedback import actions as feedback
from portal.feedback.models import Category, Feedback, Handler
from portal.people.models import Person
from portal.privacy import actions as privacy
from portal.privacy.models import Wish
from portal.rounds import actions as rounds
from portal.rounds.models import Purpose, Visit
from tests import make
from tests.forms_browser import Browser, Page


async def home(person: Person, language: str = "zh-CN") -> Page:
    return await (await make.sign_in(Browser(app, language=language), person)).get("/desk")


async def found(person: Person) -> dict[str, Block]:
    return {block.title: block for block in await queries.blocks(person)}


async def stand(person: Person, state: str) -> None:
    async with transaction():
        await Appointment.filter(person_id=person.id).update(state=state)


async def test_a_resident_sees_in_how_many_days_when_where_and_what_to_bring(cast):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        day = make.working_day(2)
        await make.appointment(cast.mei, await make.slot(cast.chen, day))
        page = await home(cast.mei)
        away = (day - clock.today()).days
        assert page.has(
            "明天" if away == 1 else f"还有 {away} 天", "上午9:00", "提前十分钟到：服务中心一楼", "身份证"
        )
        assert (await home(cast.mei, "en")).has("Come ten minutes early")
    with clock.standing_at(clock.at(day, 8 * 60)):
        await stand(cast.mei, "checked_in")
        assert (await home(cast.mei)).has("今天", "已经报到，请坐一会儿，等着叫您。")
        await stand(cast.mei, "called")
        assert (await home(cast.mei)).has("轮到您了，请进。")


async def test_a_lawyer_sees_the_whole_morning_in_order_who_has_come_and_when_to_come_again(cast):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        today = clock.today()
        duty = await make.duty(cast.chen, today)
        people = [cast.mei, cast.tao, cast.yu]
        for person, slot in zip(people, duty.made, strict=False):
            await make.appointment(person, slot)
        await make.duty(cast.chen, make.working_day(3))
        await stand(cast.tao, "checked_in")
        block = (await found(cast.chen.person))["今天的来访"]
        assert [item.at for item in block.items] == sorted(item.at for item in block.items)
        page = await home(cast.chen.person)
        assert page.has("1 位已经到了，在等", "上午9:00", "下次值班")
        assert page.has("明天") or page.has("还有")


async def test_a_head_sees_how_far_the_round_is_and_how_many_have_not_answered(cast):
    await rounds.start(
        cast.fang,
        cast.places.grids[0],
        title="入冬走访",
        purpose=Purpose.SEARCH,
        question="都好吗？",
        until_on=clock.today() + timedelta(days=3),
    )
    async with transaction():
        doors = await Visit.filter(unit_id=cast.places.units[0].id).limit(1)
        await Visit.filter(id=doors[0].id).update(answer="calm")
    page = await home(cast.dou)
    assert page.has("还有 3 户没有答复", "1 / 4 户", "还有 3 天")
    assert page.all("//progress/@value") == ["1"] and page.all("//progress/@max") == ["4"]


async def test_at_the_service_desk_what_is_late_stands_before_what_is_due_today_and_that_before_what_is_new(
    cast,
):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        for words in ("楼道灯不亮", "水管漏了"):
            record = await feedback.raise_(cast.mei, Category.REPAIR, words)
            await feedback.dispatch(cast.fang, record, Handler.PROPERTY)
        await feedback.raise_(cast.mei, Category.PARKING, "车位被占")
        now = clock.now()
        async with transaction():
            await Feedback.filter(id=record.id).update(due_at=now + timedelta(hours=1))
            await (
                Feedback.filter(state="dispatched")
                .exclude(id=record.id)
                .update(due_at=now - timedelta(days=1))
            )
        titles = [block.title for block in await queries.blocks(cast.fang) if block.count]
        assert titles == ["超时的诉求", "没有律师值班的上午", "今天到期的诉求", "待派发的诉求"]
        page = await home(cast.fang)
        assert page.all("//nav[contains(@class, 'desk__now')]//a/@href") == [
            f"#block-{n}" for n in range(1, 5)
        ]
        assert page.has("眼下不用操心的", "没有标记危险的事项。")
        assert (await (await make.sign_in(Browser(app), cast.fang)).get("/feedback?due=today")).has("共 1 件")


async def test_an_empty_morning_within_three_working_days_is_an_emergency_and_a_later_one_is_not(cast):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        days = [make.working_day(n) for n in range(1, 4)]
        for day in days:
            await make.duty(cast.chen, day)
        block = (await found(cast.guo))["没有律师值班的上午"]
        assert block.count and not block.is_urgent and {item.tone for item in block.items} == {"warn"}
        assert block.progress and block.progress.done == 3
    with clock.standing_at(clock.at(days[0], 8 * 60)):
        block = (await found(cast.guo))["没有律师值班的上午"]
        assert block.is_urgent and [item.tone for item in block.items[:2]] == ["bad", "warn"]


async def test_a_lead_sees_what_was_sent_back_twice_and_what_people_asked(cast):
    record = await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")
    for n in (1, 2):
        assert (await found(cast.guo))["退回两次的诉求"].count == 0, n
        await feedback.dispatch(cast.fang, record, Handler.PROPERTY)
        await feedback.send_back(cast.fang, record, "不归我们管")
        record = await Feedback.get(id=record.id)
    await privacy.ask(cast.mei, Wish.CORRECT, "名字写错了")
    blocks = await found(cast.guo)
    assert (blocks["退回两次的诉求"].count, blocks["要答复的个人信息请求"].count) == (1, 1)
    assert "退回两次的诉求" not in await found(cast.fang)


async def test_a_mediator_sees_what_was_accepted_and_has_no_sitting_and_what_takes_too_long(cast):
    async with transaction():
        given = {"reporter": cast.mei, "category": "neighbours", "words": "楼上半夜吵", "state": "accepted"}
        given |= {"level_arose": Level.COMMUNITY, "level": Level.COMMUNITY}
        await Dispute.create(**make.here(**given, accepted_at=clock.now()))
        await Dispute.create(**make.here(**given, accepted_at=clock.now() - timedelta(days=40)))
    blocks = await found(cast.he)
    assert (blocks["受理了、还没约调解的"].count, blocks["受理超过一个月的纠纷"].count) == (2, 1)
    page = await (await make.sign_in(Browser(app), cast.he)).get("/disputes?late=1")
    assert page.has("共 1 件", "超过一个月")


@pytest.mark.parametrize("who", ["mei", "fang", "he", "guo", "dou", "sun", "xu", "kong", "jiang"])
async def test_a_home_asks_as_much_of_many_records_as_of_few(cast, monkeypatch, who):
    asked: list[str] = []
    inside: ContextVar[bool] = ContextVar("inside", default=False)
    client = type(database._database())

    def noting(name: str) -> None:
        original = getattr(client, name)

        async def noted(self, query, *given):
            if inside.get():  # one way of asking that goes through another is asked once
                return await original(self, query, *given)
            asked.append(query)
            token = inside.set(True)
            try:
                return await original(self, query, *given)
            finally:
                inside.reset(token)

        monkeypatch.setattr(client, name, noted)

    async def fill(times: int) -> None:
        places = cast.places
        where = {"grid": places.grids[0], "building": places.buildings[0], "unit": places.units[0]}
        async with transaction():
            for n in range(times):
                row = {"reporter": cast.mei, "category": "neighbours", "words": f"第{n}件"}
                row |= {"level_arose": Level.UNIT, "level": Level.UNIT} | where
                await Dispute.create(**make.here(**row))
                await Feedback.create(
                    **make.here(person=cast.mei, category="repair", words=f"第{n}盏灯", **where)
                )
                await Dispute.create(**make.here(**(row | {"level": Level.STREET, "is_dangerous": True})))

    person = getattr(cast, who)
    await fill(6)
    noting("execute_query")
    noting("execute_query_dict")
    await queries.blocks(person)
    few = len(asked)
    await fill(30)
    asked.clear()
    await queries.blocks(person)
    assert 0 < len(asked) <= few <= 45, (len(asked), few)
