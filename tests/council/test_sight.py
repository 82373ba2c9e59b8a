"""Who reads a motion before it is public, and whose meeting it is to hold."""

import pytest

from app import app
from portal import clock
from portal.council import actions
from portal.council.models import Motion, MotionState, Task
from portal.database import transaction
from tests import canaries, make
from tests.forms_browser import Browser

PLANTED = {"title": "海棠路的路灯", "words": "海棠路晚上看不清路", "name": "海棠红", "reason": "海棠路归市政"}
HERE = ("fang", "he", "guo")


async def planted(cast) -> Motion:
    cast.crab = await make.person(PLANTED["name"], phone="13812340333")
    return await actions.propose(cast.crab, PLANTED["title"], PLANTED["words"])


def pages(motion: Motion) -> list[str]:
    return [f"/council/motions/{motion.number}", f"/lookup?number={motion.number}", "/desk"]


@pytest.mark.parametrize("state", [MotionState.PROPOSED, MotionState.DECLINED])
async def test_what_is_not_admitted_is_between_its_author_and_the_staff(cast, state):
    motion = await planted(cast)
    if state == MotionState.DECLINED:
        await actions.decline(cast.fang, motion, PLANTED["reason"])
    expected = {"title", "words"} | ({"reason"} if state == MotionState.DECLINED else set())
    for name, who in canaries.everybody(cast).items():
        met = await canaries.seen(who, pages(motion), PLANTED) - ({"name"} if name == "crab" else set())
        assert met == (expected if name in (*HERE, "crab") else set()), name
        assert not await canaries.seen(who, ["/council"], {"words": PLANTED["words"]}), name


async def test_what_is_admitted_is_everybodys_and_its_author_nobodys(cast):
    motion = await planted(cast)
    await actions.admit(cast.fang, motion)
    for name, who in canaries.everybody(cast).items():
        met = await canaries.seen(who, ["/council", f"/council/motions/{motion.number}"], PLANTED)
        assert met - ({"name"} if name == "crab" else set()) == {"title", "words"}, name


async def test_staff_of_another_community_decide_nothing_here(cast):
    motion = await planted(cast)
    await actions.admit(cast.fang, motion)
    async with transaction():
        await Motion.filter(id=motion.id).update(state=MotionState.PASSED)
        task = await Task.create(motion=motion, words="装灯", owner="物业", due_on=clock.today())
    tang = await make.sign_in(Browser(app), cast.other.tang)
    assert not (await tang.get(f"/council/motions/{motion.number}")).has("办结了")
    assert (await tang.post(f"/council/tasks/{task.id}/completion")).status == 404
    day = clock.today().isoformat()
    typed = {"words": "再装一盏", "owner": "物业", "due_on": day}
    assert (await tang.post(f"/council/motions/{motion.number}/tasks", typed)).status >= 400
    assert await Task.all().count() == 1 and (await Task.get()).done_on is None
