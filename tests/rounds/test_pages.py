"""A round through its pages: started, walked door by door on a telephone, closed."""

from datetime import timedelta

from app import app
from portal import clock, journal
from portal.community.models import Household
from portal.database import transaction
from portal.people.models import Person
from portal.rounds import actions
from portal.rounds.actions import Said
from portal.rounds.models import Answer, Purpose, Round, Visit
from tests import make
from tests.forms_browser import Browser, Page

QUESTION = "家里有没有老人需要照看？"


async def as_(person: Person, language: str = "zh-CN") -> Browser:
    return await make.sign_in(Browser(app, language=language), person)


async def started(cast) -> Round:
    return await actions.start(
        cast.fang,
        cast.places.grids[0],
        title="入冬走访",
        purpose=Purpose.SEARCH,
        question=QUESTION,
        until_on=clock.today() + timedelta(days=7),
    )


async def doors(browser: Browser, cast, record: Round, unit: int = 0) -> Page:
    return await browser.get(f"/rounds/{record.number}/units/{cast.places.units[unit].id}")


async def visits(record: Round, cast, unit: int = 0) -> list[Visit]:
    mine = Visit.filter(round_id=record.id, unit_id=cast.places.units[unit].id)
    return await mine.order_by("household__room")


async def test_staff_start_a_round_and_its_heads_find_it(cast):
    fang = await as_(cast.fang)
    page = await (await fang.get("/rounds")).click("发起一次走访")
    page = await page.press("开始走访", title="", question="")
    assert page.status == 422 and len(page.errors()) == 4
    page = await page.press(
        "开始走访", grid=cast.places.grids[0].id, purpose="search", title="入冬走访", question=QUESTION
    )
    assert page.has("走访开始了", "入冬走访", QUESTION, "0 / 16 户")
    number = (await Round.get()).number
    assert (await (await as_(cast.dou)).get("/rounds")).has("入冬走访", "0 / 4 户")
    assert (await (await as_(cast.sun)).get(f"/rounds/{number}")).has("0 / 16 户", "银杏苑 2号楼 2单元")
    assert (await (await as_(cast.dou)).get("/rounds/new")).status == 404


async def test_a_head_ticks_off_the_doors_and_the_rest_stays(cast):
    record = await started(cast)
    dou = await as_(cast.dou)
    page = await (await (await dou.get("/rounds")).click("入冬走访")).click("银杏苑 1号楼 1单元")
    assert page.has("银杏苑 1号楼 1单元", QUESTION, "101", "202")
    first, second, *_rest = await visits(record, cast)
    page = await page.press(
        "记下",
        **{
            f"answer-{first.id}": "need",
            f"note-{first.id}": "水压低",
            f"answer-{second.id}": "absent",
        },
    )
    assert page.has("记下了 2 户。", "转成诉求")
    assert [visit.answer for visit in await visits(record, cast)] == ["need", "absent", "pending", "pending"]
    page = await page.press("记下")
    assert page.has("记下了 0 户。")
    page = await page.press("记下", **{f"note-{first.id}": "水压低，周五再来"})
    assert page.has("记下了 1 户。")
    assert (await visits(record, cast))[0].note == "水压低，周五再来"
    assert (await dou.get(f"/rounds/{record.number}")).has("1 / 4 户", "1 户没人在家")


async def test_a_script_that_sends_doors_is_told_of_each_what_became_of_it(cast):
    record = await started(cast)
    first, second, *_rest = await visits(record, cast)
    await actions.visit(cast.bai, record, {first.id: (Said(Answer.PENDING), Said(Answer.DISPUTE))})
    dou, path = await as_(cast.dou), f"/rounds/{record.number}/units/{cast.places.units[0].id}"
    sent = {
        f"{name}-{one.id}": value
        for one in (first, second)
        for name, value in (("was", "pending"), ("answer", "calm"))
    }
    answer = await dou.post(path, sent, headers={"Accept": "application/json"})
    assert answer.json == {
        str(first.id): {
            "answer": "dispute",
            "kept": False,
            "words": "已经有人登记过：有纠纷。保留了别人的。",
        },
        str(second.id): {"answer": "calm", "kept": True, "words": "记下了。"},
    }
    assert (await dou.post(path, sent, headers={"Accept": "application/json"})).json == answer.json


async def test_the_page_that_is_kept_on_a_telephone_says_neither_notes_nor_who_lives_alone_nor_whose_it_is(
    cast,
):
    record = await started(cast)
    first = (await visits(record, cast))[0]
    await actions.visit(cast.bai, record, {first.id: (Said(Answer.PENDING), Said(Answer.NEED, "水压低"))})
    async with transaction():
        await Household.filter(id=first.household_id).update(lives_alone=True)
    dou, path = await as_(cast.dou), f"/rounds/{record.number}/units/{cast.places.units[0].id}"
    whole = await dou.get(path)
    assert whole.has("独居老人", cast.dou.name) and "水压低" in whole.html
    opened = len(await journal.of(record))
    kept = await dou.get(f"{path}?page=1&sheet=1")
    assert kept.has("101", "有诉求", "现在没有信号")
    assert not any(word in kept.html for word in ("水压低", "独居老人", cast.dou.name, "note-", "noted-"))
    assert len(await journal.of(record)) == opened


async def test_a_request_at_the_door_leads_to_its_form_and_back(cast):
    record = await started(cast)
    first = (await visits(record, cast))[0]
    dou = await as_(cast.dou)
    page = await (await doors(dou, cast, record)).press("记下", **{f"answer-{first.id}": "need"})
    page = await page.click("转成诉求")
    form = page.form("/feedback")
    assert (form["building"], form["unit"], form["room"]) == ("1", "1", "101")
    page = await form.fill(category="repair", words="水压太低，洗不了澡").submit()
    assert page.path == f"/rounds/{record.number}/units/{cast.places.units[0].id}"
    assert page.has("收到了。编号")


async def test_a_dispute_at_the_door_leads_to_its_form_with_the_place(cast):
    record = await started(cast)
    first = (await visits(record, cast))[0]
    page = await (await doors(await as_(cast.dou), cast, record)).press(
        "记下", **{f"answer-{first.id}": "dispute"}
    )
    page = await page.click("报纠纷")
    assert page.path == "/disputes/new"
    form = page.form("/disputes/new")
    assert (form["building"], form["unit"], form["room"]) == ("1", "1", "101")


async def test_a_second_head_with_an_older_page_is_told_and_overwrites_nothing(cast):
    record = await started(cast)
    first, second, *_rest = await visits(record, cast)
    old = await doors(await as_(cast.bai), cast, record)
    await (await doors(await as_(cast.dou), cast, record)).press("记下", **{f"answer-{first.id}": "dispute"})
    page = await old.press("记下", **{f"answer-{first.id}": "calm", f"answer-{second.id}": "calm"})
    assert page.has("记下了 1 户。另有 1 户别人刚刚登记过")
    assert [visit.answer for visit in await visits(record, cast)][:2] == [Answer.DISPUTE, Answer.CALM]


async def test_a_note_without_an_answer_is_asked_about_and_stays(cast):
    record = await started(cast)
    first = (await visits(record, cast))[0]
    page = await (await doors(await as_(cast.dou), cast, record)).press(
        "记下", **{f"note-{first.id}": "敲门没人应"}
    )
    assert page.status == 422 and page.errors() == ["写了备注，也请选一个结果。"]
    assert page.has("有 1 处需要改一改")
    assert "敲门没人应" in page.html


async def test_doors_of_others_are_not_found(cast):
    record = await started(cast)
    number, other = record.number, cast.places.units[1].id
    dou = await as_(cast.dou)
    assert (await dou.get(f"/rounds/{number}/units/{other}")).status == 404
    assert (await dou.post(f"/rounds/{number}/units/{other}")).status == 404
    assert (await dou.get(f"/rounds/{number}/units/{cast.places.units[0].id}?page=2")).status == 404
    for stranger in (cast.qiu, cast.mei, cast.yu, cast.xu):
        browser = await as_(stranger)
        assert (await browser.get(f"/rounds/{number}")).status == 404
        assert (await doors(browser, cast, record)).status == 404
        assert (await browser.post(f"/rounds/{number}/closing")).status == 404


async def test_a_closed_round_can_be_read_and_refuses(cast):
    record = await started(cast)
    first = (await visits(record, cast))[0]
    dou = await as_(cast.dou)
    open_page = await doors(dou, cast, record)
    page = await (await (await as_(cast.fang)).get(f"/rounds/{record.number}")).press("结束这次走访")
    assert page.has("走访已结束。", "已结束")
    late = await open_page.press("记下", **{f"answer-{first.id}": "calm"})
    assert late.status == 409 and late.has("这次走访已经结束，不能再登记。")
    page = await doors(dou, cast, record)
    assert page.has("只能看，不能改") and "记下" not in [
        button.text_content().strip() for button in page.all("//main//button")
    ]


async def test_in_english_it_is_all_english(cast):
    record = await started(cast)
    page = await doors(await as_(cast.dou, "en"), cast, record)
    assert page.has("All well", "Nobody home", "Unit 1")
    assert (await (await as_(cast.fang, "en")).get("/rounds")).has("0 of 16 doors", "Running")
