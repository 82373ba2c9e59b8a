"""Similar matters that pile up become one topic, once, and whoever raised them hears of it without a name."""

import asyncio
from datetime import timedelta

from app import app
from portal import clock
from portal.council import actions, suggestion_queries
from portal.council.models import Motion
from portal.database import transaction
from portal.disputes.models import Dispute
from portal.feedback.models import Feedback
from portal.notices import Notice
from tests import make
from tests.forms_browser import Browser


async def raised(cast, many: int, category: str = "parking", days_ago: int = 3, who=None) -> list[Feedback]:
    community = {"community": cast.places.community}
    at = clock.now() - timedelta(days=days_ago)
    async with transaction():
        return [
            await Feedback.create(
                person=who or cast.mei, category=category, words="没处停车", created_at=at, **community
            )
            for _ in range(many)
        ]


async def test_five_of_one_kind_within_a_quarter_become_one_topic_however_often_it_is_asked(cast):
    await raised(cast, 4)
    await raised(cast, 3, days_ago=91)
    await raised(cast, 9, "welfare")
    assert await actions.suggest_all() == 0
    (last,) = await raised(cast, 1, who=cast.tao)
    (pile,) = await suggestion_queries.piles()
    assert (pile.kind, len(pile.sources), last.number in pile.sources) == ("f:parking", 5, True)
    assert (
        sum(await asyncio.gather(actions.suggest(), actions.suggest("f:parking"), actions.suggest_all())) == 1
    )
    made = await Motion.get()
    assert (
        made.is_suggested and made.person_id is None and made.state == "proposed" and len(made.sources) == 5
    )
    await raised(cast, 6)
    assert await actions.suggest_all() == 0, "one is open"
    await actions.decline(cast.guo, made, "正在办。")
    assert await actions.suggest_all() == 1, "what came since is new"
    assert {len(one.sources) for one in await Motion.all()} == {5, 6}
    await actions.decline(cast.guo, await Motion.get(state="proposed"), "也在办。")
    assert await actions.suggest_all() == 0, "none of it counts twice"


async def test_what_is_protected_dangerous_or_somebodys_own_is_nobody_elses_to_weigh(cast):
    where = {
        "reporter": cast.mei,
        "words": "吵",
        "level": 3,
        "level_arose": 3,
        "community": cast.places.community,
    }
    async with transaction():
        for _ in range(4):
            await Dispute.create(category="neighbours", **where)
            await Dispute.create(category="neighbours", is_dangerous=True, **where)
            await Dispute.create(category="marriage_family", **where)
            await Dispute.create(category="marriage_family", **where)
    assert await suggestion_queries.piles() == []
    async with transaction():
        await Dispute.create(category="neighbours", **where)
    assert [len(one.sources) for one in await suggestion_queries.piles()] == [5]


async def test_staff_word_it_better_and_whoever_raised_it_is_told_once_and_no_name_is_said(cast):
    await raised(cast, 3)
    await raised(cast, 2, who=cast.tao)
    guo, yu = await make.sign_in(Browser(app), cast.guo), await make.sign_in(Browser(app), cast.yu)
    page = await (await guo.get("/council")).press("列为议题")
    assert page.has("已列为建议的议题", "系统建议", "停车、道路：大家一起想办法")
    made = await Motion.get()
    path = f"/council/motions/{made.number}"
    assert (await yu.get(path)).status == 404
    page = await guo.get(path)
    assert page.has(*made.sources)
    page = await page.form("/admission").fill(title="停").submit()
    assert page.status == 422
    page = await page.form("/admission").fill(title="小区停车怎么排").submit()
    assert page.has("已列入议程", "小区停车怎么排")
    told = await Notice.filter(kind="council/became")
    assert sorted(one.person_id for one in told) == sorted([cast.mei.id, cast.tao.id])
    assert not any(number in one.values for one in told for number in made.sources)
    page = await yu.get(path)
    assert page.has("由 5 件居民诉求和纠纷而来") and not any(page.has(number) for number in made.sources)


async def test_of_fewer_than_five_sources_the_public_is_told_no_number(cast):
    few = [one.number for one in await raised(cast, 2)]
    motion = await actions.propose(cast.guo, "小区停车怎么排", "两户都提到。", few)
    await actions.admit(cast.guo, motion)
    page = await Browser(app).get(f"/council/motions/{motion.number}")
    assert page.has("由几件居民诉求和纠纷而来") and not page.has("2 件")
