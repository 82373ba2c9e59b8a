"""Many people after the same times, over the real pages: nobody is promised what another has, and no desk stays empty."""

import asyncio
from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock, database, invariants
from portal.booking import actions
from portal.booking.forms import write_time
from portal.booking.models import Appointment, Hold, State
from portal.database import transaction
from portal.law.topics import Topic
from portal.records import new_id
from tests import make
from tests.forms_browser import Browser, Page

pytestmark = [pytest.mark.anyio, pytest.mark.load]


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


async def everybody_posts(times: list[datetime]) -> list[Page]:
    """Each after one of the times, each from a browser of their own, two hundred at once."""
    at_once = asyncio.Semaphore(200)

    async def one(n: int, at: datetime) -> Page:
        browser = Browser(app, address=f"192.0.2.{n % 250}")
        async with at_once:
            return await browser.post("/book/times?topic=debt", {"topic": "debt", "slot": write_time(at)})

    return list(await asyncio.gather(*[one(n, at) for n, at in enumerate(times)]))


async def test_of_two_hundred_people_after_one_time_one_wins_and_the_rest_are_shown_others(cast):
    wanted = (await make.slot(cast.chen)).starts_at
    others = await make.duty(cast.lin, make.working_day(2))
    pages = await everybody_posts([wanted] * 200)
    won = [page for page in pages if page.status == 303]
    lost = [page for page in pages if page.status == 409]
    assert (len(won), len(lost)) == (1, 199)
    offered = {write_time(slot.starts_at) for slot in others.made}
    for page in lost:
        form = page.form("/book/times?topic=debt")
        assert write_time(wanted) not in form.choices("slot") and set(form.choices("slot")) == offered
        assert form["topic"] == "debt"
    assert await Hold.all().count() == 1


async def test_of_five_hundred_people_after_twenty_desks_twenty_win(cast):
    day = make.working_day()
    lawyers = [cast.chen, cast.wu, cast.lin, await make.lawyer()]
    duties = [await make.duty(lawyer, day, 5) for lawyer in lawyers]
    times = [slot.starts_at for slot in duties[0].made]
    pages = await everybody_posts([times[n % 5] for n in range(500)])
    assert sorted({page.status for page in pages}) == [303, 409]
    assert sum(page.status == 303 for page in pages) == 20
    held = await Hold.all().values_list("slot_id", "browser")
    assert len(held) == len({slot for slot, _ in held}) == len({browser for _, browser in held}) == 20


async def test_the_same_race_without_the_unique_claim_would_oversell(cast):
    """The naive twin: look first, write then. It shows that the race above is real where writers run side by side."""
    slot = await make.slot(cast.chen)
    promised, looked = [], []
    async with transaction():
        await database.change("CREATE TABLE naive_hold (id TEXT, slot TEXT)")

    async def book(n: int) -> None:
        async with transaction():
            taken = await database.rows("SELECT id FROM naive_hold WHERE slot = ?", str(slot.id))
            looked.append(n)
            for _patience in range(50):
                if len(looked) == 1:  # alone so far: dawdle, as a slow network would
                    await asyncio.sleep(0.02)
            if not taken:
                await database.change("INSERT INTO naive_hold VALUES (?, ?)", str(new_id()), str(slot.id))
                promised.append(n)

    await asyncio.gather(*[book(n) for n in range(50)])
    assert len(promised) > 1 if database.engine() == "postgres" else len(promised) == 1


async def test_two_windows_that_confirm_one_hold_book_once(cast):
    at = (await make.slot(cast.chen)).starts_at
    await make.slot(cast.lin)
    await actions.hold("b", at, Topic.DEBT)
    outcomes = await asyncio.gather(
        *[actions.book(cast.mei, "b", topic=Topic.DEBT) for _ in range(12)], return_exceptions=True
    )
    assert [type(one) for one in outcomes].count(Appointment) == 1
    assert {type(one) for one in outcomes} == {Appointment, actions.AlreadyBooked}
    assert await Appointment.all().count() == await Hold.exclude(appointment_id=None).count() == 1


async def test_a_resident_in_many_windows_books_no_more_than_the_limit(cast):
    duty = await make.duty(cast.chen)
    for n, slot in enumerate(duty.made):
        await actions.hold(f"b{n}", slot.starts_at, Topic.DEBT)
    await asyncio.gather(
        *[actions.book(cast.mei, f"b{n}", topic=Topic.DEBT) for n in range(6)], return_exceptions=True
    )
    assert await Appointment.all().count() == 2
    assert [result async for result in invariants.check() if result[1]] == []


async def test_cancelling_twice_and_cancelling_while_moving_end_in_one_state(cast):
    first = await make.slot(cast.chen)
    second = await make.slot(cast.lin, make.working_day(2))
    booked = await make.appointment(cast.mei, first)
    copies = [await Appointment.get(id=booked.id) for _ in range(8)]
    moves = [actions.move(cast.mei, one, second.starts_at) for one in copies[:4]]
    ends = [actions.cancel(cast.mei, one) for one in copies[4:]]
    outcomes = await asyncio.gather(*moves, *ends, return_exceptions=True)
    assert outcomes.count(None) == 1
    now = await Appointment.get(id=booked.id)
    held = await Hold.all().values_list("slot_id", "appointment_id")
    assert held == ([] if now.state == State.CANCELLED else [(second.id, booked.id)])
    assert now.sequence == 1


async def test_everybody_who_cancels_is_followed_by_one_who_waited_and_nobody_gets_two(cast):
    duty = await make.duty(cast.chen, make.working_day(3))
    booked = [await make.appointment(await make.person(), slot) for slot in duty.made]
    waiting = [await make.person() for _ in range(9)]
    for person in waiting:
        await actions.join(person, Topic.DEBT, {})
    owners = [await Appointment.get(id=one.id).select_related("person") for one in booked]
    await asyncio.gather(*[actions.cancel(one.person, one) for one in owners])
    await actions.serve_waitlist()
    offers = await Hold.exclude(wait_id=None).values_list("wait_id", "slot_id")
    assert len(offers) == len({wait for wait, _ in offers}) == len({slot for _, slot in offers}) == 6
    with clock.standing_at(clock.now() + timedelta(hours=3)):
        await asyncio.gather(*[actions.lapse() for _ in range(3)])
        assert not await Hold.exclude(wait_id=None).exists()
