"""The council's pages, through their real forms."""

from datetime import timedelta

from app import app
from portal import clock
from portal.council import actions
from portal.council.models import Meeting, Motion, Task
from tests import make
from tests.forms_browser import Browser

TITLE = "空地改成停车位"


async def signed_in(person) -> Browser:
    return await make.sign_in(Browser(app), person)


async def test_from_a_residents_proposal_to_a_task_that_is_done(cast):
    mei, guo = await signed_in(cast.mei), await signed_in(cast.guo)
    page = await (await mei.get("/council")).click("提一个议题")
    page = await page.form().fill(title=TITLE, words="三号楼前的空地长期闲置，建议划成停车位。").submit()
    number = (await Motion.get()).number
    assert page.path == f"/council/motions/{number}" and page.has("已提交", "等待审查")
    assert (await Browser(app).get(page.path)).status == 404

    page = await (await guo.get("/council")).click(TITLE)
    page = await page.press("同意列入议程")
    assert page.has("已列入议程")
    form = (await guo.get("/council/meetings/new")).form()
    assert form.values("motions") == [number]
    day = clock.today() + timedelta(days=3)
    form.fill(title="四季度会议", day=day.isoformat(), starts="09:00", place="二楼会议室", members="30")
    page = await form.submit()
    assert page.has("会议通知已公布", "30 人，至少到 20 人才能表决", TITLE, "待表决")
    assert (await guo.get(f"{page.path}/result")).status == 409

    with clock.standing_at(clock.at(day, 11 * 60)):
        assert (await Browser(app).get("/council")).has("四季度会议", "结果待公布")
        await make.sign_in(guo, cast.guo)
        page = await (await guo.get(page.path)).click("登记结果")
        votes = {f"for-{number}": "12", f"against-{number}": "6", f"abstained-{number}": "1"}
        short = await page.form().fill(votes, present="19").submit()
        assert short.status == 422 and short.has("至少要到 20 人，实到 19 人")
        wrong = await short.form().fill(present="20").submit()
        assert wrong.status == 422 and wrong.errors() == ["有误：三项加起来是 19，到会 20 人，对不上。"]
        page = await wrong.form().fill({f"abstained-{number}": "2"}).submit()
        assert page.has("会议结果已公布", "表决通过")

        page = await page.click(TITLE)
        page = (
            await page.form("/tasks")
            .fill(words="划线", owner="物业公司", due_on=(day + timedelta(days=7)).isoformat())
            .submit()
        )
        assert page.has("督办事项已公布", "在办")
    with clock.standing_at(clock.at(day + timedelta(days=8))):
        await make.sign_in(guo, cast.guo)
        public = await Browser(app).get("/council")
        assert public.has("表决通过", "公示中", "超过期限还没办结的", "划线", "物业公司")
        page = await (await guo.get(f"/council/motions/{number}")).press("办结了")
        assert page.has("已登记办结", "已办结")
    with clock.standing_at(clock.at(day + timedelta(days=16))):
        page = await Browser(app).get(f"/council/motions/{number}")
        assert page.has("12 票") and not page.has("公示中")
    assert (await Task.get()).done_on == day + timedelta(days=8)


async def test_a_motion_is_declined_with_a_reason_its_proposer_reads(cast):
    motion = await actions.propose(cast.mei, TITLE, "三号楼前的空地长期闲置。")
    guo = await signed_in(cast.guo)
    page = await guo.get(f"/council/motions/{motion.number}")
    page = await page.form("/refusal").submit()
    assert page.status == 422 and page.errors() == ["有误：请填写这一项。"]
    page = await page.form("/refusal").fill(reason="这是业主大会的事。").submit()
    assert page.has("没有列入议程", "这是业主大会的事。")
    mei = await signed_in(cast.mei)
    assert (await mei.get(f"/council/motions/{motion.number}")).has("这是业主大会的事。")


async def test_a_meeting_too_soon_or_impossible_is_refused_and_kept(cast):
    guo = await signed_in(cast.guo)
    form = (await guo.get("/council/meetings/new")).form()
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    page = await form.fill(title="太急", day=tomorrow, starts="24:61", place="", members="1e9").submit()
    assert page.status == 422 and len(page.errors()) == 4 and page.has("会议要提前 3 天通知")
    assert page.form()["title"] == "太急" and await Meeting.all().count() == 0


async def test_wrong_words_and_numbers_come_back_with_what_was_typed(cast):
    guo = await signed_in(cast.guo)
    form = (await guo.get("/council/motions/new")).form()
    page = await form.fill(title="短", words="x" * 4001, sources="K7F3-29QX 不是编号").submit()
    assert page.status == 422 and len(page.errors()) == 3 and page.form()["title"] == "短"
    page = await page.form().fill(title=TITLE, words="三号楼前的空地长期闲置。", sources="K7F3-29QX").submit()
    assert page.status == 422 and page.errors() == ["有误：没有找到 K7F3-29QX。"]


async def test_residents_find_no_staff_page_and_strangers_read_in_their_language(cast):
    motion = await actions.propose(cast.mei, TITLE, "三号楼前的空地长期闲置。")
    yu = await signed_in(cast.yu)
    for path in (f"/council/motions/{motion.number}", "/council/meetings/new", "/council/meetings/nothing"):
        assert (await yu.get(path)).status == 404, path
    assert (await yu.post(f"/council/motions/{motion.number}/admission")).status == 404
    assert (await Browser(app, language="en").get("/council")).has(
        "Council", "Nothing has been put to the vote yet"
    )
