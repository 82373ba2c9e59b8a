"""A lecture is planned, announced, filled to the last seat, and those who wait move up by themselves."""

from datetime import timedelta

from portal import clock
from portal.lectures.models import Lecture, SignUp, SignUpState
from portal.people import queries as people
from tests import make
from tests.journeys.steps import prove, stranger


async def test_a_lecture_is_planned_and_fills(cast):
    fang = await make.sign_in(stranger(), cast.fang)
    page = await (await fang.get("/lectures")).click("新建讲座")
    form = page.form()
    page = await form.fill(
        title="借条怎么写才管用",
        theme="loans",
        articles="667-670、675",
        speaker=form.choices("speaker")[1],
        first_on=(clock.today() + timedelta(days=7)).isoformat(),
        venue="二楼多功能厅",
        capacity="4",
        announce=True,
    ).submit()
    assert page.status == 200, page.errors()
    lecture = await Lecture.get()

    async def sign_up(phone: str, seats: str):
        browser = stranger()
        page = await (await browser.get("/lectures")).click("借条怎么写才管用")
        assert page.has("第 667–670、675 条")
        page = await prove(await page.click("报名"), phone)
        form = page.form("/sign-up")
        form.fill(seats=seats)
        if "name" in form:
            form.fill(name="居民")
        return browser, await form.submit()

    first, page = await sign_up("13800001001", "3")
    assert page.has("已报名"), page.text
    _second, page = await sign_up("13800001002", "2")
    assert page.has("候补"), page.text
    await lecture.refresh_from_db()
    assert lecture.taken == 3

    mine = await SignUp.get(people.has_phone("13800001001", "person__"))
    page = await first.get(f"/lectures/sign-ups/{mine.number}")
    page = await page.form("/cancellation").submit()
    assert page.has("已取消")
    moved_up = await SignUp.get(people.has_phone("13800001002", "person__"))
    await lecture.refresh_from_db()
    assert (moved_up.state, lecture.taken) == (SignUpState.SEATED, 2)


async def test_a_thousand_million_seats_are_refused_in_words(cast):
    lecture = await make.lecture(cast.lin)
    mei = await make.sign_in(stranger(), cast.mei)
    page = await mei.post(f"/lectures/{lecture.number}/sign-up", {"seats": "1e9"})
    assert page.status == 422
    assert page.errors() and await SignUp.all().count() == 0
