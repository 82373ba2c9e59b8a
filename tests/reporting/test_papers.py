"""What is certified and reported: a year's service is what the records hold, and a month tells outsiders nobody's case."""

from datetime import date, timedelta

import pytest

from app import app
from portal import clock
from portal.booking.models import State as Booked
from portal.lectures.models import State as LectureState
from portal.reporting import month_queries, rules, service_queries
from tests import make
from tests.forms_browser import Browser
from tests.papers import bare, words

SPRING = clock.at(date(2026, 4, 20), 12 * 60)


async def signed_in(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


@pytest.fixture
async def served(cast):
    """Two mornings of Chen's in March and one ahead, three people seen, one that never came, a lecture of ninety minutes."""
    with clock.standing_at(SPRING):
        first = await make.duty(cast.chen, date(2026, 3, 4))
        await make.duty(cast.chen, date(2026, 3, 11), times=4)
        await make.duty(cast.chen, date(2026, 5, 6))
        for slot, state in zip(
            first.made, (Booked.DONE, Booked.DONE, Booked.STARTED, Booked.MISSED), strict=False
        ):
            await make.appointment(cast.mei, slot, state=state)
        starts = clock.at(date(2026, 4, 2), 14 * 60)
        held = {"starts_at": starts, "ends_at": starts + timedelta(minutes=90), "state": LectureState.HELD}
        await make.lecture(cast.chen, **held)
        yield cast


async def test_a_year_of_service_is_what_the_records_hold(served):
    march, april = await service_queries.year_of(served.chen, 2026)
    assert march == ("2026-03", 2, 3, 0, 0, 300, 2)
    assert april == ("2026-04", 0, 0, 0, 1, 90, 0)
    assert await service_queries.year_of(served.chen, 2025) == []
    assert await service_queries.year_of(served.wu, 2026) == []


async def test_a_lawyer_has_their_own_certificate_and_staff_have_everybodys(served):
    path = f"/roster/{served.chen.person.number}/certificate"
    said = ("值班 2 个上午", "接待咨询 3 件", "讲座 1 场", "合计 6.5 小时")
    for who in (served.chen, served.guo):
        browser = await signed_in(who)
        page = await browser.get(path)
        assert page.has("志愿服务证明", served.chen.licence, *said)
        file = await browser.get(path + "/paper.pdf")
        assert file.response.headers["content-type"] == "application/pdf"
        assert all(bare(one) in bare(words(file.response.content)) for one in said)
    for who in (served.wu, served.mei, served.sun):
        assert (await (await signed_in(who)).get(path)).status == 404
    empty = await (await signed_in(served.chen)).get(f"{path}?year=2025")
    assert empty.has("2025年还没有服务记录。") and empty.all("//a[contains(@href, 'paper.pdf?year=2025')]")


async def test_a_month_is_whole_inside_and_told_outside_only_when_its_half_year_is_over(served):
    inside = await (await signed_in(served.guo)).get("/board/months/2026-03")
    assert inside.has("仅供社区内部使用", "2026年3月") and not inside.has("不公布")
    street = await signed_in(served.jiang)
    assert (await street.get("/board/months/2026-03")).has("不公布")
    for month in ("2026-05", "2026-13", "abc", "1999-01"):
        assert (await street.get(f"/board/months/{month}")).status == 404
    assert (await (await signed_in(served.mei)).get("/board/months/2026-03")).status == 404


async def test_outsiders_are_told_no_month_that_is_few_nor_the_one_that_would_give_it_away(cast, monkeypatch):
    figures = {"ended": [8, 3, 9, 12, 30, 40], "attended": [9] * 6, "received": [7] * 6}

    def rows(first: str, *others: str):
        return [
            {first: n, **dict.fromkeys(others, n), "offered": 60, "held": 1, "came": 3}
            for n in figures[first]
        ]

    async def of(found):
        return found

    monkeypatch.setattr(
        month_queries.board_queries,
        "rates_by",
        lambda *_: of(rows("ended", "in_grid", "in_community", "settled")),
    )
    monkeypatch.setattr(month_queries.queries, "clinic", lambda *_: of(rows("attended", "prescriptions")))
    monkeypatch.setattr(month_queries.queries, "lectures", lambda *_: of(rows("ended")))
    monkeypatch.setattr(
        month_queries.queries, "feedback", lambda *_: of(rows("received", "answered", "solved"))
    )
    told = {
        month: await month_queries.month([], month, date(2026, 8, 1), inside=False)
        for month in rules.months_in("2026-1")
    }
    assert [told[month]["ended"] for month in told] == [None, None, 9, 12, 30, 40]
    assert {found["offered"] for found in told.values()} == {60} and {
        found["came"] for found in told.values()
    } == {3}
    inside = await month_queries.month([], "2026-02", date(2026, 8, 1), inside=True)
    assert inside["ended"] == 3
    early = await month_queries.month([], "2026-04", date(2026, 5, 1), inside=False)
    assert early["ended"] is None and early["received"] is None and early["held"] == 1
