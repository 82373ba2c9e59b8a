"""The lawyer somebody names, or who received them last: only their times, and the account of the choice stays whole."""

from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock
from portal.booking import actions, queries
from portal.booking.forms import write_time
from portal.booking.models import Appointment, Hold, State
from portal.database import transaction
from portal.law.topics import Topic
from portal.roster.models import Lawyer
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


async def received(cast, by) -> Appointment:
    """Mei sat with this lawyer a month ago."""
    slot = await make.slot(by, clock.today() - timedelta(days=31))
    return await make.appointment(cast.mei, slot, state=State.DONE)


async def test_a_named_lawyer_is_held_or_nobody_and_the_nearest_are_theirs(cast):
    day = make.working_day()
    chen, lin = await make.duty(cast.chen, day, 2), await make.duty(cast.lin, day, 3)
    held = await actions.hold("b", lin.made[0].starts_at, Topic.DEBT, lawyer=cast.lin.id)
    assert held.slot_id == lin.made[0].id
    with pytest.raises(actions.TimeTaken) as refused:
        await actions.hold("c", chen.made[0].starts_at, Topic.DEBT, lawyer=cast.lin.id)
    assert refused.value.nearest == [slot.starts_at for slot in lin.made[1:]]


async def test_the_choice_among_all_who_were_free_is_kept_although_one_was_named(cast):
    day = make.working_day()
    at = (await make.slot(cast.chen, day)).starts_at
    await make.slot(cast.lin, day)
    for lawyer in (cast.chen, cast.lin):
        await actions.hold("b", at, Topic.DEBT, lawyer=lawyer.id)
    booked = await actions.book(cast.mei, "b", topic=Topic.DEBT)
    assert booked.lawyer_id == cast.lin.id
    assert {row["lawyer"] for row in booked.assigned} == {cast.chen.person.name, cast.lin.person.name}
    assert [row["lawyer"] for row in booked.assigned if row["chosen"]] == [cast.lin.person.name]


async def test_from_the_list_of_lawyers_to_their_times_and_back_to_everybodys(cast):
    day = make.working_day()
    chen, lin = await make.duty(cast.chen, day, 2), await make.duty(cast.lin, day, 3, start=10 * 60)
    browser = Browser(app)
    page = await browser.get("/lawyers")
    (form,) = [
        page.form("/book/lawyer", index=n)
        for n in range(2)
        if page.form("/book/lawyer", index=n)["lawyer"] == cast.lin.person.number
    ]
    assert (await form.submit()).path == "/book"
    times = await browser.get("/book/times?topic=debt")
    assert times.has("只看" + cast.lin.person.name)
    offered = times.form(contains="就约这个时间")
    assert offered.choices("slot") == [write_time(slot.starts_at) for slot in lin.made]
    everybody = await times.click("哪位律师都行")
    assert len(everybody.form(contains="就约这个时间").choices("slot")) == 5 and chen.made
    assert not (await browser.get("/book/times?topic=debt")).has("只看")


async def test_who_was_here_before_is_offered_the_same_lawyer_again(cast):
    await received(cast, cast.lin)
    day = make.working_day()
    await make.duty(cast.chen, day, 2)
    lin = await make.duty(cast.lin, day, 2)
    browser = await make.sign_in(Browser(app), cast.mei)
    page = await browser.get("/book/times?topic=debt")
    assert page.has(f"上次是{cast.lin.person.name}律师")
    same = await page.click("还是约这位律师")
    lost = lin.made[0].starts_at
    await same.form(contains="就约这个时间").fill(slot=write_time(lost)).submit()
    (held,) = await Hold.exclude(browser="").select_related("slot")
    assert held.slot.lawyer_id == cast.lin.id
    assert not (await Browser(app).get("/book/times?topic=debt")).has("上次是")


async def test_a_lawyer_who_no_longer_comes_is_not_offered_nor_found_by_number(cast):
    await received(cast, cast.lin)
    assert (await queries.last_lawyer(cast.mei)).id == cast.lin.id
    assert (await queries.named(cast.lin.person.number)).id == cast.lin.id
    async with transaction():
        await Lawyer.filter(id=cast.lin.id).update(is_active=False)
    assert await queries.last_lawyer(cast.mei) is None
    for text in (cast.lin.person.number, cast.mei.number, "", "nobody", "x" * 500):
        assert await queries.named(text) is None


async def test_when_the_named_lawyer_has_nothing_the_others_are_a_tap_away(cast):
    await make.duty(cast.chen)
    page = await Browser(app).get(f"/book/times?topic=debt&lawyer={cast.lin.person.number}")
    assert page.has("最近没有空位")
    assert (await page.click("看看别的律师")).form(contains="就约这个时间").choices("slot")
