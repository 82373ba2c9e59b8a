"""Who reads what of a seat at a lecture, and whose lecture it is to hold."""

from app import app
from portal.lectures import actions
from portal.lectures.models import Lecture, SignUp, State
from tests import canaries, make
from tests.forms_browser import Browser

PLANTED = {
    "question": "丁香的房子归谁",
    "name": "丁香华",
    "masked": "丁** 0555",
    "phone": "13812340555",
}
HERE = ("fang", "he", "guo")


async def planted(cast) -> tuple[Lecture, SignUp]:
    """A lecture by Chen with one seat taken, and a question left for it."""
    cast.lilac = await make.person(PLANTED["name"], phone=PLANTED["phone"])
    lecture = await make.lecture(cast.chen)
    return lecture, await actions.sign_up(cast.lilac, lecture, 1, PLANTED["question"])


async def test_everybody_sees_just_this(cast):
    lecture, seat = await planted(cast)
    pages = [
        "/lectures",
        f"/lectures/{lecture.number}",
        f"/lectures/{lecture.number}/attendance",
        f"/lectures/{lecture.number}/poster",
        f"/lectures/{lecture.number}/calendar.ics",
        "/lectures.ics",
        f"/lectures/{lecture.number}/plan",
        f"/lectures/sign-ups/{seat.number}",
        f"/lookup?number={seat.number}",
        "/desk",
        "/",
    ]
    for name, who in canaries.everybody(cast).items():
        expected = {"question", "name", "masked"} if name in HERE else set()
        expected |= {"chen": {"question"}, "lilac": {"question", "name"}}.get(name, set())
        assert await canaries.seen(who, pages, PLANTED) == expected, name


async def test_the_list_at_the_door_shows_surnames_and_last_digits(cast):
    lecture, _seat = await planted(cast)
    fang = await make.sign_in(Browser(app), cast.fang)
    page = await fang.get(f"/lectures/{lecture.number}/attendance")
    assert page.has("丁** 0555") and not page.has(PLANTED["name"]) and PLANTED["phone"] not in page.html


async def test_a_lecture_is_held_by_its_own_community_however_public_it_is(cast):
    lecture, _seat = await planted(cast)
    tang = await make.sign_in(Browser(app), cast.other.tang)
    page = await tang.get(f"/lectures/{lecture.number}")
    assert page.status == 200 and not page.has("取消这场讲座") and not page.has("报名名单")
    for path in ("attendance", "plan"):
        assert (await tang.get(f"/lectures/{lecture.number}/{path}")).status == 404, path
    for path in ("attendance", "plan", "opening", "cancellation", "result", "sign-ups"):
        assert (await tang.post(f"/lectures/{lecture.number}/{path}")).status == 404, path
    assert (await Lecture.get(id=lecture.id)).state == State.OPEN
