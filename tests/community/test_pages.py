"""The map: seen by staff, drawn by the lead, and nothing entered twice."""

import pytest

from app import app
from portal.community import actions, queries, rules
from portal.community.models import Community, Household, Unit
from portal.errors import Conflict, Forbidden
from portal.people import actions as people
from portal.people.models import Role
from tests import make
from tests.forms_browser import Browser

CENTRE = {
    "name": "松江社区",
    "short": "松江",
    "address": "松江路2号",
    "desk": "一楼左手",
    "phone": "0431-80000002",
    "hours": "工作日 8:30–17:00",
}


async def signed_in(who) -> Browser:
    return await make.sign_in(Browser(app), who)


def test_doors_are_numbered_by_floor():
    assert rules.rooms(2, 3) == [(1, "101"), (1, "102"), (1, "103"), (2, "201"), (2, "202"), (2, "203")]
    assert rules.rooms(12, 1)[-1] == (12, "1201")


async def test_staff_see_who_minds_which_grid_building_and_unit(cast):
    page = await (await signed_in(cast.fang)).get("/community")
    assert page.has("第1网格", "孙网格", "银杏苑")
    cells = [cell.text_content() for cell in page.all('//tr[th="第1网格"]/td')]
    assert cells[1:] == ["2", "16", "0"]
    page = await page.click("银杏苑")
    assert page.has("1号楼", "白楼栋", "窦单元") and not page.has("加一栋楼")
    assert (await page.browser.get("/community/compounds/nonsense")).status == 404
    assert (await page.browser.get("/community/centre")).status == 404


async def test_an_office_that_has_ended_is_not_shown_on_the_map(cast):
    await people.end_post(cast.guo, (await make.reload(cast.dou)).posts[0])
    [first, *_rest] = await queries.inside(cast.places.compound)
    assert [unit["heads"] for unit in first["units"]] == [[], []]
    assert [row["minded"] for row in await queries.compounds()] == [0]
    await people.grant(cast.guo, cast.mei, Role.UNIT_HEAD, cast.places.units[1])
    [first, *_rest] = await queries.inside(cast.places.compound)
    assert [unit["heads"] for unit in first["units"]] == [[], [(cast.mei.name, cast.mei.number)]]


async def test_the_lead_adds_a_building_with_all_its_doors(cast):
    page = await (await signed_in(cast.guo)).get(f"/community/compounds/{cast.places.compound.id}")
    page = await page.press("加这栋楼", building="b座", grid="", units="1e9", floors="6", doors="-1")
    assert page.status == 422 and len(page.errors()) == 3 and page.form()["units"] == "1e9"
    grid = str(cast.places.grids[1].id)
    page = await page.press("加这栋楼", grid=grid, units=2, floors=6, doors=3)
    assert page.status == 200 and page.has("楼栋加好了", "B座")
    found = await queries.find(cast.places.compound, "B座2单元603室")
    assert found.household.floor == 6 and found.grid.id == cast.places.grids[1].id
    assert await Household.filter(unit__building_id=found.building.id).count() == 36
    page = await page.press("加这栋楼", building="B", grid=grid, units=1, floors=1, doors=1)
    assert page.status == 422 and "已经有这栋楼" in page.errors()[0]
    assert await Unit.filter(building__compound_id=cast.places.compound.id).count() == 8


async def test_the_lead_adds_grids_and_compounds_of_different_names(cast):
    page = await (await signed_in(cast.guo)).get("/community")
    page = await page.press("加网格", grid="第1网格")
    assert page.status == 422 and page.errors() == ["有误：已经有这个名字了。"]
    page = await page.press("加网格", grid="第3网格")
    assert [grid["name"] for grid in await queries.grids()] == ["第1网格", "第2网格", "第3网格"]
    page = await page.press("加小区", compound="松园")
    assert page.path.startswith("/community/compounds/") and page.has("松园", "还没有楼栋")
    assert [name for _id, name in await queries.places()] == ["银杏苑", "松园"]


async def test_an_empty_portal_learns_its_community_from_the_administrator_once(database):
    xu = await make.person("许管", Role.ADMINISTRATOR)
    page = await (await signed_in(xu)).get("/community")
    assert page.has("还没有登记社区")
    page = await page.click("登记社区")
    page = await page.press("记下来", **CENTRE | {"phone": "80000002"}, street="青年街道")
    assert page.status == 422 and "区号" in page.errors()[0]
    page = await page.press("记下来", phone="0431 8000 0002")
    assert page.path == "/community" and page.has("松江社区", "青年街道", "0431-80000002")
    page = await page.click("改服务中心的信息")
    page = await page.press("记下来", hours="全年")
    assert page.has("全年") and await Community.all().count() == 1
    with pytest.raises(Conflict):
        await actions.found(xu, "街道", "", **CENTRE)


async def test_grids_come_after_the_community(database):
    xu = await make.person("许管", Role.ADMINISTRATOR)
    page = await (await signed_in(xu)).post("/community/grids", {"grid": "第1网格"})
    assert page.status == 422 and page.has("请先登记社区和服务中心")


async def test_only_the_lead_and_administrators_draw(cast):
    with pytest.raises(Forbidden):
        await actions.add_grid(cast.fang, cast.places.community, "第9网格")
    fang = await signed_in(cast.fang)
    assert (await fang.post("/community/grids", {"grid": "第9网格"})).status == 404
