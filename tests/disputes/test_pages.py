"""Disputes in a browser: reported in half a minute, worked on through real forms, traced from a figure, kept from strangers."""

from datetime import date, timedelta

import pytest

from app import app
from portal import clock, journal
from portal.database import transaction
from portal.disputes import queries
from portal.disputes.models import Agreement, Dispute, Level, Sitting, State
from portal.people.models import Person
from tests import make
from tests.forms_browser import Browser

TODAY = date(2026, 11, 3)


@pytest.fixture(autouse=True)
def november():
    with clock.standing_at(clock.at(TODAY, 10 * 60)):
        yield


async def at(somebody) -> Browser:
    return await make.sign_in(Browser(app), somebody)


async def report(browser, cast, path="/disputes/new", **more):
    form = (await browser.get(path)).form("/disputes/new")
    filled = {
        "category": "neighbours",
        "words": "楼上装修，晚上十点还在敲。",
        "compound": str(cast.places.compound.id),
        "building": "1",
        "unit": "1",
        "room": "201",
    }
    return await form.fill({**filled, **more}).submit()


async def the(number: str) -> Dispute:
    return await Dispute.get(number=number)


async def test_a_resident_reports_sees_plain_words_and_never_what_is_inside(cast):
    mei, he = await at(cast.mei), await at(cast.he)
    page = await report(mei, cast, party_b="陶建国", consent=["mediation"])
    assert page.status == 200 and page.has("您反映的事", "已经收到", "银杏苑 1号楼 1单元 201室")
    number = page.path.rsplit("/", 1)[1]
    assert "纠纷" not in page.title and "邻里" not in page.title
    page = await he.get(f"/disputes/{number}")
    await page.press("受理")
    page = await (await he.get(f"/disputes/{number}")).click("安排调解")
    page = await page.press("安排，并告诉反映的人", willing=True, place="调解室", time="09:30")
    sitting = await Sitting.get()
    with clock.standing_at(clock.at(TODAY + timedelta(days=1), 11 * 60)):
        mei, he = await at(cast.mei), await at(cast.he)
        page = await (await he.get(f"/disputes/{number}")).click("写调解记录")
        page = await page.press("保存记录", attended="双方都到", minutes="梅家让步：只在白天施工。")
        assert page.status == 422 and page.errors() == ["有误：先告知双方的权利，再开始调解。"]
        page = await page.press("保存记录", rights_told=True)
        assert page.has("梅家让步")
        page = await mei.get(f"/disputes/{number}")
        assert page.has("正在调解") and not page.has("梅家让步") and not page.has("何静")
        assert (await mei.get(f"/disputes/{number}/sittings/{sitting.id}")).status == 404


async def test_what_a_form_lacks_is_said_and_nothing_typed_is_lost(cast):
    page = await report(await at(cast.mei), cast, category="", words="吵", building="12")
    assert page.status == 422 and len(page.errors()) == 2
    form = page.form("/disputes/new")
    assert (form["words"], form["building"]) == ("吵", "12")
    assert not await Dispute.all().exists()


@pytest.mark.parametrize("words", ["\0\0\0\0\0", "字" * 5000])
async def test_hostile_words_are_refused_kindly(cast, words):
    page = await report(await at(cast.mei), cast, words=words)
    assert page.status == 422 and len(page.errors()) == 1


async def test_somebody_known_by_telephone_alone_is_asked_for_a_name(cast):
    nameless = await make.person("x", phone="13800000077")
    async with transaction():
        await Person.filter(id=nameless.id).update(name="")
    browser = await at(nameless)
    page = await report(browser, cast)
    assert page.status == 422
    page = await page.press("提交", name="周平")
    assert page.has("收到了") and (await make.reload(nameless)).name == "周平"


async def test_sent_twice_it_shows_the_same_one(cast):
    mei = await at(cast.mei)
    first, second = await report(mei, cast), await report(mei, cast)
    assert first.path == second.path and await Dispute.all().count() == 1


async def test_a_head_logs_one_settled_on_the_spot(cast):
    dou = await at(cast.dou)
    form = (await dou.get("/disputes/new")).form("/disputes/new")
    assert (form["building"], form["unit"]) == ("1", "1")
    page = await form.fill(start="settled", category="neighbours", words="楼道堆物，两家吵。").submit()
    assert page.status == 422
    page = await page.press("提交", content="当天搬走，以后不堆。")
    assert page.has("已化解", "在这里化解")
    dispute = await Dispute.get()
    assert (dispute.state, dispute.level_settled) == (State.SETTLED, Level.UNIT)
    page = await report(dou, cast, start="settled", content="说好了", building="3")
    assert page.status == 422 and page.has("只能登记您负责的地方")


async def test_a_head_passes_it_up_and_keeps_the_line_of_it_alone(cast):
    page = await report(await at(cast.dou), cast, start="raised")
    dispute = await Dispute.get()
    assert dispute.level == Level.BUILDING and page.has(dispute.number)
    bai = await at(cast.bai)
    page = await bai.get(f"/disputes/{dispute.number}")
    assert page.has("晚上十点还在敲", "银杏苑 1号楼 1单元")
    page = await page.press("上报", reason="两家都不肯让")
    assert page.has("已上报", "网格") and not page.has("晚上十点还在敲")
    assert not page.has("银杏苑") and not page.has("两家都不肯让")


async def test_danger_shows_whom_to_call_and_staff_see_it_first(cast):
    page = await report(await at(cast.mei), cast, danger=["violence", "minor"])
    assert page.has("110", "12338", "120")
    fang = await at(cast.fang)
    assert (await fang.get("/disputes")).has("有危险")
    page = await fang.get(page.path)
    assert page.has("有人动手、牵涉未成年人的安全")
    assert (await page.press("受理")).status == 200
    page = await (await fang.get(page.path)).click("安排调解")
    page = await page.press("安排，并告诉反映的人", willing=True, place="调解室")
    assert page.status == 422 and page.has("能安全到场")


async def test_a_written_agreement_is_printed_signed_and_read_by_its_parties_alone(cast):
    mei, he = await at(cast.mei), await at(cast.he)
    number = (await report(mei, cast, party_b="陶建国")).path.rsplit("/", 1)[1]
    await (await he.get(f"/disputes/{number}")).press("受理")
    page = await (await he.get(f"/disputes/{number}")).click("登记化解结果")
    page = await page.press("保存", form="written", content="晚上八点以后不施工。", performance="")
    assert page.status == 422
    page = await page.press("保存", performance="当面说明，一周内", amount="3500.5")
    agreement = await Agreement.get()
    assert page.has("等待签字盖章") and agreement.amount == 350_050
    sheet = await page.click("书面协议")
    assert sheet.has(
        "（2026）银杏人调字第1号",
        "梅秀英",
        "陶建国",
        "晚上八点以后不施工。",
        "一周内",
        "银杏社区人民调解委员会",
    )
    assert (await mei.get(f"/disputes/{number}")).has("您反映的事")
    page = await page.press("双方已签字，已盖章")
    assert page.has("已登记为化解") or page.has("协议已生效")
    assert page.has("可以请法院确认", "2026年12月3日")
    assert (await mei.get(sheet.path)).status == 200
    assert (await (await at(cast.tao)).get(sheet.path)).status == 404
    assert (await (await at(cast.dou)).get(sheet.path)).status == 404


async def test_a_neighbour_who_reported_it_has_no_copy_of_the_agreement(cast):
    mei = await at(cast.mei)
    number = (await report(mei, cast, for_others=True)).path.rsplit("/", 1)[1]
    he = await at(cast.he)
    page = await (await he.get(f"/disputes/{number}")).click("登记化解结果")
    await page.press("保存", form="oral", content="双方说好了。")
    page = await mei.get(f"/disputes/{number}")
    assert page.has("这件事已经化解") and not page.has("双方的协议")
    agreement = await Agreement.get()
    assert (await mei.get(f"/disputes/{number}/agreement/{agreement.number}")).status == 404


async def test_a_reporter_has_it_taken_up_again(cast):
    mei = await at(cast.mei)
    number = (await report(mei, cast)).path.rsplit("/", 1)[1]
    page = await (await mei.get(f"/disputes/{number}")).press("不想调解了", reason="和好了")
    assert page.has("已经撤回")
    page = await page.press("请重新办理", reason="又吵起来了")
    assert page.has("有人受理了") and (await the(number)).reopened == 1


async def test_strangers_find_nothing_and_offices_leave_a_trace(cast):
    number = (await report(await at(cast.mei), cast)).path.rsplit("/", 1)[1]
    dispute = await the(number)
    for who in (cast.yu, cast.tao, cast.qiu, cast.xu, cast.kong, cast.chen.person):
        browser = await at(who)
        assert (await browser.get(f"/disputes/{number}")).status == 404
        assert (await browser.post(f"/disputes/{number}/withdrawal", {"reason": "试试看"})).status == 404
        assert (await browser.post(f"/disputes/{number}/acceptance")).status == 404
    assert (await Browser(app).get(f"/disputes/{number}")).status == 303
    assert (await (await at(cast.yu)).get("/disputes")).status == 404
    assert (await (await at(cast.yu)).get("/disputes/1e9")).status == 404
    assert [entry["verb"] for entry in await journal.of(dispute)] == ["create"]
    await (await at(cast.fang)).get(f"/disputes/{number}")
    assert [entry["verb"] for entry in await journal.of(dispute)] == ["create", "open"]


async def test_each_figure_leads_to_exactly_its_cases(cast):
    dou, fang = await at(cast.dou), await at(cast.fang)
    await report(dou, cast, start="settled", content="说好了")
    await report(await at(cast.mei), cast, building="3", words="物业费谈不拢。", category="property_service")
    grid = str(cast.places.grids[0].id)
    row = next(
        row
        for row in await queries.counts(
            [cast.places.community.id], date(2026, 11, 1), date(2026, 12, 1), "grid"
        )
        if row["key"] == grid
    )
    settled = (await Dispute.get(state=State.SETTLED)).number
    for query in (
        f"grid={grid}",
        "settled=grid",
        "month=2026-11&state=settled",
        "ended=1",
        "level=1&state=ended",
    ):
        page = await fang.get(f"/disputes?{query}")
        assert page.has("共 1 件", settled), query
    assert row["in_grid"] == 1
    assert (await fang.get("/disputes?month=2026-10")).has("没有符合条件的纠纷")
    assert (await fang.get("/disputes?since=2026-10&until=2026-11")).has("共 2 件")
    assert (await fang.get(f"/disputes?q={settled.lower()}")).has("共 1 件")
    for wrong in ("state=lost", "month=2026-13", "grid=x", "danger=2", "unit=x"):
        assert (await fang.get(f"/disputes?{wrong}")).status == 422, wrong
    page = await dou.get("/disputes")
    assert page.has("共 1 件", settled)


async def test_a_visit_leads_to_the_form_with_the_door_filled_in_and_back_again(cast):
    unit = cast.places.units[4]
    sun = await at(cast.sun)
    path = f"/disputes/new?unit={unit.id}&room=202&back=/desk"
    form = (await sun.get(path)).form("/disputes/new")
    assert (form["building"], form["unit"], form["room"]) == ("3", "1", "202")
    page = await form.fill(start="raised", category="other", words="走访时说起的。").submit()
    assert page.path == "/desk" and page.has("收到了")
    assert (await sun.get("/disputes/new?unit=nothing&back=//evil.example")).status == 200
