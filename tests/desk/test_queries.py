"""What awaits each person: theirs, the urgent first, nobody else's."""

from datetime import timedelta

import pytest

from portal import clock, notices
from portal.database import transaction
from portal.desk import actions, queries
from portal.desk.blocks import Block
from portal.disputes.models import Dispute, Level
from portal.errors import Conflict
from portal.feedback import actions as feedback
from portal.feedback.models import Category, Handler
from portal.notices import Channel, Notice, State
from portal.people.models import ContactBy, Person
from portal.rounds import actions as rounds
from portal.rounds.models import Purpose
from tests import make


async def found(person: Person) -> dict[str, Block]:
    return {block.title: block for block in await queries.blocks(person)}


async def dispute(reporter: Person, **columns) -> Dispute:
    given = {"category": "neighbours", "words": "楼上半夜吵", "level_arose": Level.UNIT, "level": Level.UNIT}
    async with transaction():
        return await Dispute.create(reporter=reporter, **make.here(**{**given, **columns}))


async def test_a_stranger_has_nothing_of_anybody_elses(cast):
    await make.appointment(cast.mei, await make.slot(cast.chen))
    await dispute(cast.mei)
    await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")
    blocks = await queries.blocks(cast.yu)
    assert [(block.title, block.count) for block in blocks] == [("我的预约", 0)]
    assert blocks[0].advice
    assert await queries.own(cast.yu) == []


async def test_a_resident_finds_each_thing_of_theirs(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    ours = await dispute(cast.mei, place="银杏苑 1号楼")
    raised = await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮", place="银杏苑 1号楼")
    blocks = await found(cast.mei)
    assert [item.parameters["number"] for item in blocks["我的预约"].items] == [booked.number]
    assert [item.parameters["number"] for item in blocks["我报的纠纷"].items] == [ours.number]
    assert [item.parameters["number"] for item in blocks["我提的诉求"].items] == [raised.number]
    assert blocks["我提的诉求"].items[0].title == "漏水、堵塞、要维修 · 银杏苑 1号楼"


async def test_a_long_list_says_how_many_and_shows_the_first(cast):
    for n in range(7):
        await feedback.raise_(cast.mei, Category.REPAIR, f"第{n}盏灯不亮")
    block = (await found(cast.fang))["待派发的诉求"]
    assert (block.count, len(block.items)) == (7, 5)


async def test_danger_comes_first_at_the_service_desk(cast):
    await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")
    await dispute(cast.mei, is_dangerous=True)
    blocks = await queries.blocks(cast.fang)
    assert blocks[0].title == "有危险，先处理" and blocks[0].items[0].tone == "bad"


async def test_what_is_late_stands_before_what_is_new(cast):
    record = await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")
    await feedback.dispatch(cast.fang, record, Handler.PROPERTY)
    with clock.standing_at(clock.now() + timedelta(days=30)):
        await feedback.raise_(cast.mei, Category.PARKING, "车位被占")
        titles = [block.title for block in await queries.blocks(cast.fang)]
    assert titles.index("超时的诉求") < titles.index("待派发的诉求")


async def test_what_has_no_danger_in_it_does_not_stand_first(cast):
    await dispute(cast.mei)
    assert (await found(cast.fang))["有危险，先处理"].count == 0
    pressing = [block.title for block in await queries.blocks(cast.fang) if block.is_pressing]
    assert pressing == ["没有律师值班的上午"]


async def test_a_dispatcher_sees_what_waits_and_what_is_late(cast):
    record = await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")
    assert (await found(cast.fang))["待派发的诉求"].count == 1
    await feedback.dispatch(cast.fang, record, Handler.PROPERTY)
    with clock.standing_at(clock.now() + timedelta(days=30)):
        blocks = await found(cast.fang)
    assert (blocks["待派发的诉求"].count, blocks["超时的诉求"].count) == (0, 1)
    assert blocks["超时的诉求"].items[0].state == "已超时"


async def test_a_head_sees_what_lies_in_their_place_and_the_doors_to_walk(cast):
    places = cast.places
    where = {"grid": places.grids[0], "building": places.buildings[0], "unit": places.units[0]}
    await dispute(cast.mei, **where)
    await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮", **where)
    await rounds.start(
        cast.fang,
        places.grids[0],
        title="入冬走访",
        purpose=Purpose.SEARCH,
        question="都好吗？",
        until_on=clock.today(),
    )
    titles = ("我这里没解决的纠纷", "正在进行的走访", "我这里的诉求")
    blocks = await found(cast.dou)
    assert [blocks[title].count for title in titles] == [1, 1, 1]
    blocks = await found(cast.qiu)
    assert [blocks[title].count for title in titles] == [0, 0, 0]
    with clock.standing_at(clock.now() + timedelta(days=2)):
        assert (await found(cast.dou))["正在进行的走访"].count == 0  # its last day is over


async def test_a_lawyer_sees_today_what_comes_and_what_is_still_to_be_written(cast):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        today = clock.today()
        await make.appointment(cast.mei, await make.slot(cast.chen, today))
        await make.appointment(cast.tao, await make.slot(cast.chen, make.working_day()))
        await make.appointment(cast.tao, await make.slot(cast.lin, today))
        blocks = await found(cast.chen.person)
    assert blocks["今天的来访"].count == blocks["接下来的来访"].count == 1
    assert (
        blocks["今天的来访"].items[0].title == "梅秀英 · 借钱还钱"
        or "梅秀英" in blocks["今天的来访"].items[0].title
    )


async def test_a_lead_sees_empty_mornings_and_the_month(cast):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        before = (await found(cast.guo))["没有律师值班的上午"].count
        await make.duty(cast.chen, make.working_day())
        await dispute(
            cast.mei,
            state="settled",
            level_settled=Level.GRID,
            ended_at=clock.now() - timedelta(minutes=1),
        )
        blocks = await found(cast.guo)
    assert before - blocks["没有律师值班的上午"].count == 1
    assert "有结果的 1 件，其中 1 件没有出网格" in blocks["本月的纠纷"].advice


async def test_the_street_sees_what_was_raised_to_it(cast):
    await dispute(cast.mei, level=Level.COMMUNITY)
    raised = await dispute(cast.mei, level=Level.STREET)
    await dispute(cast.mei, level=Level.COURT)
    block = (await found(cast.jiang))["报到街道的纠纷"]
    assert [item.parameters["number"] for item in block.items] == [raised.number]


async def test_calls_and_paper_wait_until_somebody_carries_them_and_only_once(cast):
    async with transaction():
        person = await make.person("杜婆婆", contact_by=ContactBy.CALL)
        await notices.owe(person, "feedback/solved", number="K7F3-29QX")
        failed = await notices.owe(cast.mei, "feedback/solved", number="K7F3-29QX")
        await notices.owe(cast.tao, "feedback/solved", number="K7F3-29QX")  # an SMS that will go by itself
        await Notice.filter(id=failed.id).update(state=State.FAILED)
    calls = (await queries.calls()).rows
    assert [(call["name"], call["notice"].channel) for call in calls] == [
        ("杜**", Channel.CALL),
        ("梅**", Channel.SMS),
    ]
    assert (await found(cast.fang))["要打的电话、要送的纸条"].count == 2
    await actions.carry(cast.fang, calls[0]["notice"])
    assert (await Notice.get(id=calls[0]["notice"].id)).state == State.SENT
    with pytest.raises(Conflict):
        await actions.carry(cast.guo, calls[0]["notice"])
    assert (await queries.calls()).total == 1


async def test_the_next_lecture_is_the_first_that_is_open_and_not_over(cast):
    assert await queries.next_lecture() is None
    later = await make.lecture()
    await make.lecture(starts_at=clock.now() - timedelta(hours=1), ends_at=clock.now())
    await make.lecture(state="planned", starts_at=clock.now() + timedelta(hours=1), ends_at=later.ends_at)
    assert (await queries.next_lecture()).id == later.id
