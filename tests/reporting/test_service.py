"""What lawyers and firms gave: as recorded, and marked where it is only planned; page, table and paper say the same."""

from datetime import date, timedelta

import pytest

from app import app
from portal import clock
from portal.booking.models import State as Booked
from portal.consultations.models import Prescription, PrescriptionState
from portal.database import transaction
from portal.lectures.models import State as LectureState
from portal.people.models import Role
from portal.reporting import service_queries
from portal.roster.models import Duty
from tests import make
from tests.forms_browser import Browser
from tests.papers import bare, words

SPRING = clock.at(date(2026, 4, 20), 12 * 60)


async def signed_in(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


@pytest.fixture
async def served(cast):
    """In March: Chen recorded from 8:50 to 12:10 with one seen, Wu of the same firm as planned (3 hours), Lin of another
    recorded for two hours; and a morning of Chen's that was taken back."""
    with clock.standing_at(SPRING):
        day = date(2026, 3, 4)
        chen = await make.duty(cast.chen, day)
        await make.duty(cast.wu, day)
        lin = await make.duty(cast.lin, day)
        gone = await make.duty(cast.chen, date(2026, 3, 11))
        await make.appointment(cast.mei, chen.made[0], state=Booked.DONE)
        async with transaction():
            for duty, came, went in ((chen, 530, 730), (lin, 540, 660)):
                await Duty.filter(id=duty.id).update(
                    arrived_at=clock.at(day, came), left_at=clock.at(day, went)
                )
            await Duty.filter(id=gone.id).update(withdrawn_at=clock.now())
        yield cast


async def test_hours_are_those_recorded_and_planned_ones_are_marked(served):
    found = await service_queries.of_month(date(2026, 3, 1), date(2026, 3, 31))
    by_name = {one.lawyer.person.name: one.given for one in found}
    assert {name: (one.mornings, one.minutes, one.planned) for name, one in by_name.items()} == {
        "陈明理": (1, 200, 0),
        "吴清和": (1, 180, 1),
        "林知远": (1, 120, 0),
    }
    assert by_name["陈明理"].consultations == 1


async def test_the_page_the_table_and_the_papers_say_the_same(served):
    browser = await signed_in(served.fang)
    page = await browser.get("/service?month=2026-03")
    assert page.has("值班 3 个上午，咨询 1 件，合计 8.3 小时", "衡道律师事务所", "6.3", "3.3")
    table = await browser.get("/service/month.csv?month=2026-03")
    lines = table.response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and sum(int(line.split(",")[8]) for line in lines[1:]) == 500
    paper = await browser.get(f"/firms/{served.hengdao.id}/certificate?year=2026")
    said = ("有 2 位律师", "值班 2 个上午", "接待咨询 1 件", "合计 6.3 小时", "其中 1 个上午没有记录")
    assert paper.has("律所志愿服务证明", "陈明理", "吴清和", *said) and not paper.has("林知远")
    file = await browser.get(f"/firms/{served.hengdao.id}/certificate/paper.pdf?year=2026")
    assert all(bare(one) in bare(words(file.response.content)) for one in said)
    own = await browser.get(f"/roster/{served.chen.person.number}/certificate?year=2026")
    assert own.has("合计 3.3 小时") and not own.has("按排班的时间计")


async def test_a_month_holds_what_came_about_here_from_its_first_day_to_its_last(cast):
    there = {"community": cast.other.places.community}
    with clock.standing_at(SPRING):
        days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
        sat = [await make.duty(cast.chen, day) for day in days]
        sat.append(await make.duty(cast.chen, date(2026, 3, 10), **there))
        for duty in sat:
            await make.appointment(cast.mei, duty.made[0], state=Booked.DONE)
        at = clock.at(days[2], 14 * 60)
        for where, state in (({}, LectureState.HELD), ({}, LectureState.OPEN), (there, LectureState.HELD)):
            ends = at + timedelta(minutes=90)
            await make.lecture(cast.chen, starts_at=at, ends_at=ends, state=state, **where)
        for where, versions in (({}, (1, 2)), (there, (1,))):
            asked = await make.consultation(cast.mei, **where)
            async with transaction():
                for n in versions:
                    issued = {"state": PrescriptionState.ISSUED, "issued_at": at, "version": n}
                    await Prescription.create(consultation=asked, lawyer=cast.chen, **issued)
        (march,) = await service_queries.of_month(days[1], days[2])
        assert march.given[1:] == (2, 2, 1, 1, 2 * 180 + 90, 2)
        page = await (await signed_in(cast.fang)).get("/service?month=2026-03")
        assert page.has("值班 2 个上午，咨询 2 件", "合计 7.5 小时")


async def test_a_firms_coordinator_sees_their_own_firm_and_no_other(served):
    speaks = await make.person("所联络", Role.FIRM_COORDINATOR, firm=served.hengdao)
    browser = await signed_in(speaks)
    page = await browser.get("/service?month=2026-03")
    assert page.has("衡道律师事务所", "陈明理") and not page.has("兰亭律师事务所")
    assert "林知远" not in (await browser.get("/service/month.csv?month=2026-03")).response.text
    assert (await browser.get(f"/firms/{served.hengdao.id}/certificate?year=2026")).status == 200
    assert (await browser.get(f"/firms/{served.lanting.id}/certificate?year=2026")).status == 404
    for who in (served.chen, served.mei, served.sun):
        assert (await (await signed_in(who)).get("/service")).status == 404
