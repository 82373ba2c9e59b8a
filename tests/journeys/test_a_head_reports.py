"""A unit head in the stairwell: half a minute for a report, one form for what was settled on the spot."""

from portal.disputes.models import Dispute, Level, State
from portal.feedback.models import Feedback
from tests import make
from tests.journeys.steps import number_on, stranger


async def test_a_unit_head_logs_what_was_settled_on_the_spot(cast):
    dou = await make.sign_in(stranger(), cast.dou)
    page = await (await dou.get("/desk")).click("报一件纠纷")
    page = (
        await page.form()
        .fill(
            start="settled",
            category="neighbours",
            words="楼道里堆的纸箱挡了路，当面说开了。",
            content="三天内清走，以后不再堆。",
            room="201",
        )
        .submit()
    )
    assert page.status == 200, page.errors()
    dispute = await Dispute.get(number=number_on(page))
    assert (dispute.state, dispute.level_arose, dispute.level_settled) == (
        State.SETTLED,
        Level.UNIT,
        Level.UNIT,
    )
    assert dispute.outcome == "oral"
    board = await (await make.sign_in(stranger(), cast.guo)).get("/board")
    assert board.has("不出网格率", "1 件 / 1 件有结果")


async def test_what_a_head_cannot_settle_goes_up_the_ladder_to_the_community(cast):
    dou, sun = await make.sign_in(stranger(), cast.dou), await make.sign_in(stranger(), cast.sun)
    page = await dou.get("/disputes/new")
    page = (
        await page.form()
        .fill(start="raised", category="neighbours", words="楼上夜里跳舞，说了三次没有用。", room="201")
        .submit()
    )
    number = number_on(page)
    dispute = await Dispute.get(number=number)
    assert dispute.level > Level.UNIT
    if dispute.level < Level.GRID:
        bai = await make.sign_in(stranger(), cast.bai)
        page = await bai.get(f"/disputes/{number}")
        page = await page.form("/raising").fill(reason="两边都不让步。").submit()
    page = await sun.get(f"/disputes/{number}")
    assert page.has("楼上夜里跳舞")
    page = await page.form("/raising").fill(reason="网格里谈不拢，请社区调解。").submit()
    assert page.status == 200
    assert (await Dispute.get(number=number)).level == Level.COMMUNITY
    page = await (await make.sign_in(stranger(), cast.fang)).get("/disputes")
    assert page.has(number)
    assert (await (await make.sign_in(stranger(), cast.qiu)).get(f"/disputes/{number}")).status == 404


async def test_a_round_is_walked_door_by_door_and_a_need_becomes_a_request(cast):
    guo, dou = await make.sign_in(stranger(), cast.guo), await make.sign_in(stranger(), cast.dou)
    page = await guo.get("/rounds/new")
    form = page.form()
    grid = next(value for value in form.choices("grid") if value == str(cast.places.grids[0].id))
    page = await form.fill(
        grid=grid, purpose="questionnaire", title="冬季取暖", question="家里暖气热不热？"
    ).submit()
    assert page.has("0 / 16 户")
    page = await (await dou.get("/rounds")).click("冬季取暖")
    page = await page.click("1单元")
    form = page.form()
    answers = [name for name in form.names if name.startswith("answer-")]
    assert len(answers) == 4
    page = await form.fill({answers[0]: "calm", answers[1]: "need"}).submit()
    assert page.has("记下了 2 户")
    page = await page.click("转成诉求")
    assert page.form()["building"] == "1" and page.form()["room"] == "102"
    page = await page.form().fill(category="repair", words="暖气片不热，请物业来看。").submit()
    assert page.status == 200, page.errors()
    assert await Feedback.filter(unit_id=cast.places.units[0].id, way="door").count() == 1
    page = await (await guo.get("/rounds")).click("冬季取暖")
    assert page.has("2 / 16 户")
