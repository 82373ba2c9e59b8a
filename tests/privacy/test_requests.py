"""Everybody may ask what is kept of them, have it corrected, deleted or left alone, and is answered in time."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from app import app
from portal import clock, journal
from portal.booking import queries as booking
from portal.booking.models import Wait
from portal.consultations.models import Consultation, Prescription
from portal.database import transaction
from portal.disputes.models import Dispute
from portal.errors import Conflict, Forbidden, Refusal
from portal.feedback.models import Feedback
from portal.notices import Notice
from portal.people import actions as people
from portal.people.consents import BOOKING
from portal.people.models import Person, Protection, Role, Way
from portal.privacy import actions, queries
from portal.privacy.models import Disposal, Request, State, Wish
from tests import make
from tests.forms_browser import Browser

SECRET = "这件事只有梅秀英和律师知道"


async def at(somebody, **more) -> Browser:
    return await make.sign_in(Browser(app), somebody, **more)


async def asked(cast, wish, words="") -> Request:
    async with transaction():
        await Person.filter(id=cast.mei.id).update(community_id=cast.places.community.id)
    mei = await make.reload(cast.mei)
    made = await actions.ask(mei, wish, words)
    return await Request.get(id=made.id)


async def settled(cast, **columns) -> Consultation:
    made = await make.consultation(
        cast.mei,
        None,
        SECRET,
        other_side="赵某某",
        other_phone="13800000077",
        state="closed",
        outcome="withdrawn",
        ended_at=clock.now(),
        community_id=cast.places.community.id,
        **columns,
    )
    return await Consultation.get(id=made.id)


async def test_a_copy_is_granted_by_a_lead_and_fetched_as_a_file(cast):
    await settled(cast)
    mei, guo = await at(cast.mei), await at(cast.guo)
    async with transaction():
        await Person.filter(id=cast.mei.id).update(community_id=cast.places.community.id)
    page = await mei.get("/me/privacy")
    page = await page.form("/me/privacy").fill(wish="export").submit()
    assert page.status == 200 and page.has("等待答复")
    request = await Request.get()
    assert request.due_at - request.created_at < timedelta(hours=25)
    assert await Notice.filter(kind="privacy/asked", person_id=cast.guo.id).count() == 1
    assert (await mei.post(f"/me/privacy/{request.number}/copy")).status == 403
    page = await (await guo.get("/privacy/desk")).click(request.number)
    page = await page.press("同意办理")
    assert page.has("已同意，办理中")
    page = await (await mei.get("/me/privacy")).press("取走我的资料")
    assert page.status == 200 and page.headers["content-type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(page.body))
    name = f"copy-{request.number}"
    assert sorted(packed.namelist()) == [f"{name}.html", f"{name}.json"]
    everything = json.loads(packed.read(f"{name}.json"))
    assert everything["consultation"][0]["words"] == SECRET
    assert everything["consultation"][0]["other_phone"] == "138****0077"
    assert "赵某某" not in packed.read(f"{name}.json").decode() + packed.read(f"{name}.html").decode()
    assert SECRET in packed.read(f"{name}.html").decode()
    assert (await Request.get()).state == State.DONE
    assert [each["verb"] for each in await journal.of(request)][-2:] == ["export", "finish"]


async def test_nobody_elses_copy_is_fetched_and_no_card_is_enough(cast):
    request = await asked(cast, Wish.EXPORT)
    await actions.grant(cast.guo, request, "")
    tao = await at(cast.tao)
    assert (await tao.post(f"/me/privacy/{request.number}/copy")).status == 404
    card = await at(cast.mei, way=Way.CARD)
    assert (await card.post(f"/me/privacy/{request.number}/copy")).status in (303, 403)
    assert (await Request.get()).state == State.GRANTED


async def test_a_copy_can_be_fetched_for_a_week(cast):
    request = await asked(cast, Wish.EXPORT)
    await actions.grant(cast.guo, request, "")
    await actions.taken(cast.mei, await Request.get())
    await actions.taken(cast.mei, await Request.get())
    with clock.standing_at(clock.now() + timedelta(days=8)), pytest.raises(Forbidden):
        await actions.taken(cast.mei, await Request.get())


async def test_a_copy_holds_every_room_and_nothing_of_anybody_else(cast):
    mine = await settled(cast)
    await make.consultation(cast.tao, None, "陶建国自己的事")
    async with transaction():
        for state, facts in (("draft", "律师的草稿"), ("issued", "签发了的意见")):
            await Prescription.create(
                consultation=mine,
                lawyer=cast.chen,
                state=state,
                facts=facts,
                version=1 if state == "issued" else 2,
            )
        await Dispute.create(
            category="neighbours", words="楼上漏水", level=3, level_arose=3, reporter=cast.mei
        )
        await Dispute.create(
            category="neighbours",
            words="别人家的纠纷",
            level=3,
            level_arose=3,
            reporter=cast.tao,
            handler=cast.mei,
        )
        await Feedback.create(category="noise", words="楼下太吵", person=cast.mei)
    kept = await queries.everything(cast.mei)
    said = json.dumps(kept, ensure_ascii=False)
    for words in (SECRET, "签发了的意见", "楼上漏水", "楼下太吵", cast.mei.phone):
        assert words in said
    for words in ("律师的草稿", "陶建国自己的事", "别人家的纠纷", "赵某某"):
        assert words not in said
    for row in kept["consultation"]:
        assert not {"id", "person_id", "words_mark"} & row.keys()


async def test_what_is_protected_is_in_no_copy_until_its_passphrase_is_said(cast):
    async with transaction():
        quiet = await Protection.create(person=cast.mei, passphrase="x")
    made = await settled(cast, protection_id=quiet.id)
    async with transaction():
        await Prescription.create(consultation=made, lawyer=cast.chen, state="issued", facts="保护令怎么申请")
    said = json.dumps(await queries.everything(cast.mei), ensure_ascii=False)
    assert SECRET not in said and "保护令" not in said and "protection" not in said
    cast.mei.unlocked = quiet.id
    said = json.dumps(await queries.everything(cast.mei), ensure_ascii=False)
    assert SECRET in said and "保护令" in said


async def test_a_refusal_gives_its_reason(cast):
    request = await asked(cast, Wish.CORRECT, "电话写错了")
    guo = await at(cast.guo)
    page = await guo.get(f"/privacy/requests/{request.number}")
    assert page.has("电话写错了")
    page = await page.press("不同意", reason="")
    assert page.status == 422
    page = await page.press("不同意", reason="我们查过，电话没有错。")
    mei = await at(cast.mei)
    assert (await mei.get("/me/privacy")).has("没有同意，已说明理由", "我们查过，电话没有错。")
    assert await Notice.filter(kind="privacy/answered", person_id=cast.mei.id).count() == 1


async def test_a_correction_is_granted_made_and_told(cast):
    request = await asked(cast, Wish.CORRECT, "电话写错了")
    guo = await at(cast.guo)
    page = await (await guo.get(f"/privacy/requests/{request.number}")).press("同意办理")
    page = await page.press("改好了", done="电话改成了新的。")
    assert (await Request.get()).state == State.DONE


async def test_only_a_lead_of_the_community_answers_and_never_about_themselves(cast):
    request = await asked(cast, Wish.FREEZE)
    for person in (cast.fang, cast.he, cast.xu, cast.kong, cast.chen.person, cast.mei):
        with pytest.raises(Forbidden):
            await actions.grant(person, await Request.get(id=request.id), "")
    own = await actions.ask(cast.guo, Wish.EXPORT)
    with pytest.raises(Forbidden):
        await actions.grant(cast.guo, await Request.get(id=own.id), "")
    for person in (cast.fang, cast.xu, cast.kong, cast.yu):
        assert (await (await at(person)).get(f"/privacy/requests/{request.number}")).status == 404


async def test_the_same_is_asked_once_at_a_time_and_may_be_taken_back(cast):
    await asked(cast, Wish.DELETE)
    with pytest.raises(Conflict):
        await actions.ask(cast.mei, Wish.DELETE)
    mei = await at(cast.mei)
    page = await (await mei.get("/me/privacy")).press("撤回这个请求")
    assert page.has("已撤回")
    await actions.ask(cast.mei, Wish.DELETE)


async def test_a_deletion_takes_two_and_says_what_stays_and_why(cast):
    gone, held = await settled(cast), await settled(cast)
    running = await make.consultation(cast.mei, await make.slot(cast.chen))
    async with transaction():
        await Dispute.create(
            category="neighbours",
            words="楼上漏水",
            level=3,
            level_arose=3,
            reporter=cast.mei,
            state="settled",
            level_settled=3,
            outcome="oral",
            ended_at=clock.now(),
        )
    await actions.hold(cast.guo, "consultation", held, "对方起诉了")
    request = await asked(cast, Wish.DELETE)
    await actions.grant(cast.guo, request, "您好。")
    disposal = await Disposal.get()
    assert disposal.subjects == [str(gone.id)] and disposal.cause == "wish"
    answer = (await Request.get()).answer
    assert "复核后销毁" in answer and "要留到期满" in answer and "暂停销毁" in answer and "还没办完" in answer
    assert answer.count("还没办完") == 1
    with pytest.raises(Forbidden):
        await actions.approve(cast.guo, disposal)
    await actions.approve(cast.kong, disposal)
    await actions.carry_out()
    assert (await Consultation.get(id=gone.id)).words == ""
    assert {each.words for each in await Consultation.filter(id__in=[held.id, running.id])} != {""}
    assert (await Dispute.get()).words == "楼上漏水"
    assert (await Request.get()).state == State.DONE


async def test_a_deletion_taken_back_in_time_deletes_nothing(cast):
    made = await settled(cast)
    request = await asked(cast, Wish.DELETE)
    await actions.grant(cast.guo, request, "")
    await actions.approve(cast.kong, await Disposal.get())
    await actions.withdraw(cast.mei, await Request.get())
    assert await actions.carry_out() == 0
    assert (await Consultation.get(id=made.id)).words == SECRET


async def test_a_deletion_that_the_second_person_refuses_is_answered(cast):
    await settled(cast)
    request = await asked(cast, Wish.DELETE)
    await actions.grant(cast.guo, request, "")
    await actions.refuse(cast.kong, await Disposal.get(), "lawsuit")
    done = await Request.get()
    assert done.state == State.DONE and "牵涉诉讼或者投诉" in done.answer


async def test_frozen_means_nothing_new_until_the_person_says_so(cast):
    await people.agree(cast.mei, BOOKING)
    await actions.grant(cast.guo, await asked(cast, Wish.FREEZE), "")
    mei = await at(cast.mei)
    form = (await mei.get("/book/triage")).form("/book/triage")
    page = await form.fill(words="再问一件事", contact_by="call").submit()
    assert page.status == 400 and page.has("先停止使用")
    page = await (await mei.get("/me/privacy")).press("恢复使用")
    assert (await Person.get(id=cast.mei.id)).frozen_at is None
    form = (await mei.get("/book/triage")).form("/book/triage")
    assert (await form.fill(words="再问一件事", contact_by="call").submit()).status == 200


async def test_an_auditor_reviews_and_reads_nothing(cast):
    made = await settled(cast)
    request = await asked(cast, Wish.DELETE, "把我那件丢人的事删了")
    await actions.grant(cast.guo, request, "")
    kong = await at(cast.kong)
    page = await kong.get("/privacy/desk")
    assert not page.has("丢人") and not page.has("梅")
    page = await page.click((await Disposal.get()).number)
    assert page.has(made.number) and not page.has(SECRET) and not page.has("梅秀英")
    page = await page.press("复核同意，可以销毁")
    assert page.has("已复核，等待执行")


async def test_a_hold_is_set_and_lifted_on_the_desk(cast):
    made = await settled(cast)
    guo = await at(cast.guo)
    page = await guo.get("/privacy/desk")
    page = await page.press("暂停销毁", kind="consultation", number="K7F3-29QX", reason="对方起诉了")
    assert page.status == 422
    page = await page.press("暂停销毁", kind="consultation", number=made.number, reason="对方起诉了")
    assert page.has("已暂停销毁", made.number)
    await page.press("恢复，到期照常销毁")
    assert not await queries.is_held("consultation", made.id)


async def test_a_hold_of_another_community_is_not_there(cast):
    made = await settled(cast)
    held = await actions.hold(cast.guo, "consultation", made, "对方起诉了")
    other = await at(await make.person("牛邻居", Role.LEAD, community=cast.other.places.community))
    assert (await other.post(f"/privacy/holds/{held.id}/lifting")).status == 404
    assert await queries.is_held("consultation", made.id)


async def test_nobody_is_let_go_whom_a_refusal_would_surprise(cast):
    with pytest.raises(Refusal):
        await actions.unfreeze(cast.mei)


async def test_whoever_is_frozen_is_offered_nothing_and_keeps_their_place(cast):
    here = cast.places.community.id
    async with transaction():
        await Wait.create(person=cast.mei, topic="debt", typed={}, community_id=here)
    assert await booking.in_turn(here).count() == 1
    await actions.grant(cast.guo, await asked(cast, Wish.FREEZE), "")
    assert await booking.in_turn(here).count() == 0
    assert not await booking.is_anybody_waiting(here)
    await actions.unfreeze(await make.reload(cast.mei))
    assert await booking.in_turn(here).count() == 1
