"""Feedback through its forms: raised by a resident, passed on, answered, contested; noted at a door; asked for by telephone."""

import pytest

from app import app
from portal import journal
from portal.feedback import actions
from portal.feedback.models import Category, Feedback, Handler, State, Way
from portal.people.models import Person
from tests import make
from tests.forms_browser import Browser, Page

LEAK = "楼上卫生间漏水，厨房顶棚湿了一大片。"


async def as_(person: Person, language: str = "zh-CN") -> Browser:
    return await make.sign_in(Browser(app, language=language), person)


async def raised(cast, **more) -> Feedback:
    places = cast.places
    where = {"grid": places.grids[0], "building": places.buildings[0], "unit": places.units[0]}
    return await actions.raise_(cast.mei, Category.REPAIR, LEAK, **{**where, **more})


async def fill(browser: Browser, cast, **typed) -> Page:
    page = await browser.get("/feedback/new")
    compound = str(cast.places.compound.id)
    return await page.press(
        "交给社区", **{"category": "repair", "words": LEAK, "compound": compound, **typed}
    )


async def test_a_resident_raises_it_and_follows_it_to_the_end(cast):
    mei, fang = await as_(cast.mei), await as_(cast.fang)
    page = await fill(mei, cast, building="1", unit="1", room="101")
    record = await Feedback.get()
    assert page.path == f"/feedback/{record.number}"
    assert page.has("已收到，待派发", record.number, "银杏苑 1号楼 1单元 101室", LEAK)
    assert (record.unit_id, record.grid_id) == (cast.places.units[0].id, cast.places.grids[0].id)
    assert not page.has("派给谁办")

    page = await fang.get(f"/feedback/{record.number}")
    assert page.has("梅秀英", "138****0001", "按类别建议") and not page.has("13800000001")
    page = await page.press("显示电话")
    assert page.has("13800000001")
    assert [entry["verb"] for entry in await journal.of(record)] == ["raise", "open", "open", "unmask"]
    assert page.form("/dispatch")["handler"] == Handler.PROPERTY
    page = await page.press("派发")
    assert page.has("已派发，办理中", "物业公司")
    page = await page.press("办好了", reason="维修队换了水管。")
    assert page.has("已办好，等居民确认")

    page = await mei.get(f"/feedback/{record.number}")
    assert page.has("维修队换了水管。", "解决了吗？")
    page = await page.press("没有解决", reason="")
    assert page.status == 422
    page = await page.press("没有解决", reason="今天又漏了。")
    assert page.has("已派发，办理中", "居民说没有解决，重新办理", "今天又漏了。", "维修队换了水管。")

    page = await (await fang.get(f"/feedback/{record.number}")).press("办好了", reason="这次连地漏也换了。")
    page = await (await mei.get(f"/feedback/{record.number}")).press("解决了", satisfied="yes")
    assert page.has("谢谢您的答复。", "居民确认已解决")
    assert (await Feedback.get()).satisfied is True


async def test_what_is_wrong_is_said_and_what_was_typed_stays(cast):
    mei = await as_(cast.mei)
    page = await (await mei.get("/feedback/new")).press("交给社区", words="漏", building="9")
    assert page.status == 422
    assert len(page.errors()) == 2
    form = page.form("/feedback")
    assert (form["words"], form["building"]) == ("漏", "9")
    assert not await Feedback.exists()


async def test_a_place_that_is_not_on_the_map_is_kept_as_it_was_said(cast):
    page = await fill(await as_(cast.mei), cast, building="99", unit="7", room="1203")
    record = await Feedback.get()
    assert record.place == "银杏苑 99号楼 7单元 1203室"
    assert (record.unit_id, record.building_id, record.grid_id) == (None, None, None)
    assert page.has(record.place)


async def test_a_whole_address_in_one_field_is_found_on_the_map(cast):
    await fill(await as_(cast.mei), cast, building="1号楼2单元101")
    record = await Feedback.get()
    assert (record.place, record.unit_id) == ("银杏苑 1号楼 2单元 101室", cast.places.units[1].id)


async def test_a_place_typed_by_an_english_reader_is_kept_in_the_words_of_the_map(cast):
    english = await as_(cast.mei, "en")
    page = await english.get("/feedback/new")
    form = page.form("/feedback").fill(
        category="repair",
        words=LEAK,
        compound=str(cast.places.compound.id),
        building="1",
        unit="1",
        room="101",
    )
    page = await form.submit()
    assert page.has("Received, not yet passed on")
    assert (await Feedback.get()).place == "银杏苑 1号楼 1单元 101室"


async def test_the_form_knows_where_a_resident_lives_and_what_a_head_minds(cast):
    home = await make.person("住户", household=cast.places.households[5])
    form = (await (await as_(home)).get("/feedback/new")).form("/feedback")
    assert (form["building"], form["unit"], form["room"]) == ("1", "2", "102")
    form = (await (await as_(cast.dou)).get("/feedback/new")).form("/feedback")
    assert (form["building"], form["unit"], form["room"]) == ("1", "1", "")


async def test_strangers_and_heads_of_other_places_find_nothing(cast):
    record = await raised(cast)
    for stranger in (cast.yu, cast.tao, cast.qiu, cast.xu, cast.chen.person):
        browser = await as_(stranger)
        assert (await browser.get(f"/feedback/{record.number}")).status == 404
        assert (await browser.post(f"/feedback/{record.number}/confirmation")).status == 404
    for known in (cast.mei, cast.dou, cast.bai, cast.sun, cast.fang):
        assert (await (await as_(known)).get(f"/feedback/{record.number}")).status == 200
    assert (await (await as_(cast.sun)).post(f"/feedback/{record.number}/dispatch")).status == 404
    assert (await Browser(app).get(f"/feedback/{record.number}")).status == 303


async def test_a_head_reads_no_telephone(cast):
    record = await raised(cast)
    assert not (await (await as_(cast.sun)).get(f"/feedback/{record.number}")).has("13800000001")


async def test_the_list_is_narrowed_by_its_address_and_shows_a_head_only_their_place(cast):
    ours = await raised(cast)
    theirs = await actions.raise_(cast.tao, Category.PARKING, "车位被占", grid=cast.places.grids[1])
    await actions.dispatch(cast.fang, theirs, Handler.PROPERTY)
    fang, sun = await as_(cast.fang), await as_(cast.sun)
    assert (await fang.get("/feedback")).has(ours.number, theirs.number, "今天收到 2 件")
    page = await (await fang.get("/feedback")).press("查找", state="dispatched", category="parking")
    assert page.has(theirs.number) and not page.has(ours.number)
    assert (await fang.get("/feedback?due=late")).has("没有符合条件的诉求")
    assert (await fang.get("/feedback?page=99999999")).has(ours.number)
    for wrong in ("state=nonsense", "grid=x", "due=1", "handler=__class__", "q=" + "长" * 41, "q=%00"):
        page = await fang.get(f"/feedback?{wrong}")
        assert page.status == 422 and not page.has(ours.number) and page.errors(), wrong
    page = await sun.get("/feedback")
    assert page.has(ours.number, "今天收到 1 件") and not page.has(theirs.number)
    assert (await (await as_(cast.mei)).get("/feedback")).status == 404


async def test_a_head_notes_it_at_the_door_for_the_resident_who_then_hears_of_it(cast):
    page = await fill(await as_(cast.dou), cast, building="1", unit="1", room="102", phone="138 0000 0002")
    record = await Feedback.get()
    assert (record.person_id, record.taken_by_id, record.way) == (cast.tao.id, cast.dou.id, Way.DOOR)
    assert page.has("入户问")
    assert (await (await as_(cast.tao)).get("/desk")).has(record.place)


async def test_from_a_round_the_place_is_filled_in_and_the_way_leads_back(cast):
    unit, back = cast.places.units[1], "/rounds"
    page = await (await as_(cast.bai)).get(f"/feedback/new?unit={unit.id}&room=201&back={back}")
    form = page.form("/feedback")
    assert (form["building"], form["unit"], form["room"]) == ("1", "2", "201")
    assert (await form.fill(category="repair", words=LEAK).submit()).path == back
    elsewhere = await (await as_(cast.bai)).get("/feedback/new?back=https://example.org/")
    assert elsewhere.form("/feedback")["back"] == ""


async def test_somebody_without_a_session_asks_to_be_called(cast):
    page = await (await Browser(app).get("/help")).press("请打电话给我", phone="043181234567", name="刘奶奶")
    record = await Feedback.get()
    assert page.status == 200 and page.url == f"/help?number={record.number}"
    assert page.has("工作人员会打电话给您", record.number)
    assert (record.category, record.state, record.person_id) == (Category.HELP, State.RECEIVED, None)
    page = await (await as_(cast.fang)).get(f"/feedback/{record.number}")
    assert page.has("刘奶奶", "0431-****4567") and not page.has("81234567")
    assert (await page.press("显示电话")).has("0431-81234567")
    assert (await Browser(app).get(f"/feedback/{record.number}")).status == 303


async def test_whoever_is_signed_in_asks_with_one_tap(cast):
    page = await (await as_(cast.mei)).get("/help")
    assert page.form("/help").names == ["words"]
    page = await page.press("请打电话给我")
    assert page.has("工作人员会打电话给您")
    assert (await Feedback.get()).person_id == cast.mei.id


async def test_a_number_that_is_none_is_refused_and_kept(cast):
    page = await (await Browser(app).get("/help")).press("请打电话给我", phone="12", words="想办证")
    assert page.status == 422
    assert (page.form("/help")["phone"], page.form("/help")["words"]) == ("12", "想办证")


async def test_nobody_can_send_our_staff_after_a_number_again_and_again(cast):
    pages = [
        await Browser(app).post("/help", {"phone": "13800000055", "words": f"第{n}次"}) for n in range(6)
    ]
    assert [page.status for page in pages] == [303] * 5 + [429]
    assert await Feedback.all().count() == 5


@pytest.mark.parametrize("words", ["长" * 2001, "坏\x00字", "   ", "漏"])
async def test_hostile_words_are_answered_with_a_sentence(cast, words):
    page = await (await as_(cast.mei)).post("/feedback", {"category": "repair", "words": words})
    assert page.status == 422 and len(page.errors()) == 1
    assert not await Feedback.exists()


async def test_staff_learn_where_somebody_was_when_asking_for_help_and_no_number_of_anything(cast):
    browser = await as_(cast.mei)
    page = await (await browser.get("/lectures")).click("请人帮我办")
    assert page.form("/help")["from"] == "lectures"
    await page.press("请打电话给我")
    assert (await Feedback.get()).words == "请打电话给我。\n求助时正在看：听讲座"
    await browser.post("/help", {"from": "disputes/K7F3-29QX", "words": "请快一点"})
    assert (await Feedback.all().order_by("-created_at").first()).words == "请快一点"
