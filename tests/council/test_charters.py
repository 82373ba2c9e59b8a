"""Who sits and by which numbers: both open, both only for what is to come."""

import asyncio
from datetime import timedelta

import pytest

from app import app
from portal import clock
from portal.council import actions, member_queries
from portal.council.charter_rules import Terms
from portal.council.models import Charter, Kind, Member
from portal.errors import Conflict, Forbidden
from tests import make
from tests.council.called import council, seat
from tests.forms_browser import Browser


async def test_one_person_sits_once_even_when_two_write_it_down_at_once(cast):
    done = await asyncio.gather(
        seat(cast, "梅秀英", cast.mei), seat(cast, "梅秀英", cast.mei), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Member"]
    await seat(cast, "梅秀英", cast.mei, Kind.DEPUTIES)
    await seat(cast, "丁委员")
    with pytest.raises(Conflict, match="已经是成员"):
        await seat(cast, "丁委员")
    today = clock.today()
    with pytest.raises(Conflict):
        await actions.appoint(cast.guo, Kind.COUNCIL, "过去的", today - timedelta(days=1), None)
    for nobody in (cast.mei, cast.other.tang):
        with pytest.raises(Forbidden):
            await actions.appoint(nobody, Kind.COUNCIL, "别人", today, None)
    assert await Member.all().count() == 3


async def test_after_a_term_has_ended_the_same_person_sits_again(cast):
    first = await seat(cast, "梅秀英", cast.mei)
    await actions.dismiss(cast.guo, first)
    with pytest.raises(Conflict):
        await actions.dismiss(cast.guo, first)
    with clock.standing_at(clock.now() + timedelta(days=1)):
        await seat(cast, "梅秀英", cast.mei)
    assert await Member.all().count() == 2


async def test_only_the_lead_sets_a_charter_and_never_below_the_law(cast):
    terms = Terms(5, 3, 4, 1, 2, 20)
    for nobody in (cast.fang, cast.other.pan):
        with pytest.raises(Forbidden):
            await actions.set_charter(nobody, Kind.DEPUTIES, terms)
    with pytest.raises(Conflict, match="第二十九条"):
        await actions.set_charter(cast.guo, Kind.DEPUTIES, Terms(5, 1, 2, 1, 2, 20))
    await asyncio.gather(*[actions.set_charter(cast.guo, Kind.DEPUTIES, terms) for _ in range(2)])
    assert await Charter.all().count() == 1
    assert await member_queries.terms(cast.guo.community_id, Kind.DEPUTIES) == terms
    assert (await member_queries.terms(cast.guo.community_id, Kind.COUNCIL)).notice_days == 3


async def test_everybody_reads_who_sits_and_by_which_rules_and_the_forms_are_for_the_office(cast):
    await council(cast, 1)
    stranger, guo = Browser(app), await make.sign_in(Browser(app), cast.guo)
    page = await stranger.get("/council/members")
    assert page.has("梅秀英", "丁委员") and not page.has("13800000001") and not page.has("结束任期")
    page = await stranger.get("/council/charters")
    assert page.has("第二十六条", "过半数", "至少 10 天") and not page.has("修改")
    page = await (await guo.get("/council/charters")).form("/charters").fill(notice_days="9").submit()
    assert page.status == 422 and page.errors() == [
        "有误：居民会议要提前十天通知（城市居民委员会组织法第二十六条），不能少于 10 天。"
    ]
    page = await page.form("/charters").fill(notice_days="12").submit()
    assert page.has("已保存", "至少 12 天")
    page = await (await guo.get("/council/members")).form("/members").fill(name="", phone="123").submit()
    assert page.status == 422 and len(page.errors()) == 3
    page = await page.form("/members").fill(kind="council", name="陶建国", phone="13800000002").submit()
    assert page.status == 409 and page.form("/members")["name"] == "陶建国"
    page = await page.form("/members").fill(name="于生", phone="13800000009").submit()
    assert page.has("于生已登记为成员") and (await Member.get(name="于生")).person_id == cast.yu.id
