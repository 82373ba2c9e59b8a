"""Minutes: every version is kept, the chair signs, and what is signed is what everybody reads."""

import asyncio

import pytest

from app import app
from portal.council import actions
from portal.council.models import Meeting, Minutes
from portal.errors import Conflict, Forbidden
from tests import make
from tests.council.called import by_hand, by_roll, council, during
from tests.forms_browser import Browser

FIRST, SECOND = "讨论了停车问题，没有表决。", "讨论了停车问题，记下两条意见。"


async def test_of_two_who_write_the_next_version_at_once_one_is_told(cast):
    called = await by_hand(cast)
    with pytest.raises(Conflict):
        await actions.write_minutes(cast.guo, called, FIRST)
    with during(called):
        done = await asyncio.gather(
            actions.write_minutes(cast.guo, called, FIRST),
            actions.write_minutes(cast.fang, called, SECOND),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in done) == ["Conflict", "Minutes"]
        with pytest.raises(Conflict, match="改了什么"):
            await actions.write_minutes(cast.fang, called, "又写了一稿。", after=1)
        with pytest.raises(Conflict):
            await actions.write_minutes(cast.mei, called, "不是工作人员。", change="改了", after=1)


async def test_whoever_wrote_it_does_not_sign_it_and_it_is_signed_once(cast):
    called = await by_hand(cast)
    with during(called):
        await actions.write_minutes(cast.guo, called, FIRST)
        for nobody in (cast.guo, cast.fang, cast.mei, cast.other.pan):
            with pytest.raises(Forbidden):
                await actions.sign(nobody, called, 1)
        await actions.write_minutes(cast.fang, called, SECOND, change="补了意见", after=1)
        with pytest.raises(Conflict, match="更新的一稿"):
            await actions.sign(cast.guo, called, 1)
        done = await asyncio.gather(
            *[actions.sign(cast.guo, called, 2) for _ in range(2)], return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in done) == ["Conflict", "NoneType"]
    assert (await Meeting.get(id=called.id)).minutes == SECOND
    assert await Minutes.filter(signed_at__isnull=True).values_list("version", flat=True) == [1]


async def test_the_chair_who_was_named_reads_the_draft_and_signs_it_and_everybody_reads_what_changed(cast):
    seats = await council(cast)
    called = await by_roll(cast, chair=seats[0])
    path = f"/council/meetings/{called.number}"
    with during(called):
        guo, mei, yu = [await make.sign_in(Browser(app), who) for who in (cast.guo, cast.mei, cast.yu)]
        page = await (await guo.get(path)).click("写纪要、签纪要")
        page = await page.form("/minutes").fill(words=FIRST).submit()
        assert page.has("已存成新的一稿", "等签字", "未签")
        assert not (await yu.get(path)).has(FIRST) and (await yu.get(f"{path}/minutes")).status == 403
        page = await (await mei.get(path)).click("写纪要、签纪要")
        page = await page.press("看过了，签字公布")
        assert page.has("纪要已签", FIRST, "由 梅秀英 签字公布")
        stale = await guo.get(f"{path}/minutes")
        page = await stale.form("/minutes").fill(words=SECOND, change="补了意见").submit()
        assert page.has("第 2 稿")
        page = (
            await stale.form("/minutes")
            .fill(words="第三个人另外写的一稿，不一样。", change="也想改")
            .submit()
        )
        assert page.status == 409 and page.form("/minutes")["words"] == "第三个人另外写的一稿，不一样。"
        assert (await yu.get(path)).has(FIRST) and not (await yu.get(path)).has(SECOND)
        await actions.sign(cast.mei, called, 2)
        assert (await yu.get(path)).has(SECOND, "补了意见", "更正以前的第 1 稿")
