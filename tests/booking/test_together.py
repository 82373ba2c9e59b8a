"""Strangers who take times at the same moment: each gets what they would have got alone, and what is odd goes the usual way."""

import asyncio
import itertools

import pytest

from app import app
from portal import clock, locality
from portal.booking import actions, drafts
from portal.booking.actions import together
from portal.booking.forms import write_time
from portal.booking.models import Draft, Hold
from portal.database import transaction
from portal.law.topics import Topic
from portal.web import lane
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio


def ask(browser, at, topic=Topic.DEBT):
    chosen = {"topic": topic.value, "slot": write_time(at), "is_long": None, "lawyer": None}
    return together.Ask(browser, at, topic, chosen)


async def taken(*asks):
    return await together.take_together(asks, locality.current())


async def slots():
    return dict(await Hold.all().values_list("browser", "slot_id"))


@pytest.fixture
async def desks(cast):
    """One instant at which nine lawyers of five firms sit; the firms have unlike weights, the lawyers unlike topics."""
    firms = [await make.firm(weight=weight) for weight in (1, 1, 2, 3, 5)]
    known = itertools.cycle([[Topic.DEBT], [], [Topic.LABOUR], [Topic.DEBT, Topic.LABOUR]])
    duties = [await make.duty(await make.lawyer(at=firms[n % 5], topics=next(known))) for n in range(9)]
    return [slot.starts_at for slot in duties[0].made]


async def test_whoever_comes_together_sits_where_they_would_have_sat_one_after_the_other(desks):
    who = [f"b{n}" for n in range(10)]
    for topic in (Topic.DEBT, Topic.LABOUR, Topic.OTHER):
        for browser in who[:9]:
            await actions.hold(browser, desks[0], topic)
        alone = await slots()
        async with transaction():
            await Hold.all().delete()
        assert await taken(*(ask(browser, desks[0], topic) for browser in who)) == [True] * 9 + [False]
        assert await slots() == alone and len(alone) == 9
        async with transaction():
            await Hold.all().delete()


async def test_a_browser_has_one_time_and_what_it_typed_with_it(desks):
    await drafts.keep("b", words="借出去三万", is_long=True)
    assert await taken(ask("b", desks[0])) == [True]
    first = await Hold.get(browser="b")
    with clock.standing_at(clock.now() + actions.holds.COOLING / 2):
        assert await taken(ask("b", desks[0])) == [True]  # the same again is kept no longer
        assert (await Hold.get(browser="b")).ends_at == first.ends_at
        assert await taken(ask("b", desks[1])) == [True]
    held = await Hold.get(browser="b").select_related("slot")
    assert held.slot.starts_at == desks[1]
    assert await drafts.read("b") == {"words": "借出去三万", "topic": "debt", "slot": write_time(desks[1])}


async def test_what_is_kept_for_the_waitlist_booked_or_withdrawn_is_nobodys_and_the_loser_keeps_what_they_had(
    cast,
):
    duty = await make.duty(cast.chen)
    later = clock.now() + actions.holds.COOLING
    first, second, third, fourth = duty.made[:4]
    async with transaction():
        await Hold.create(slot=first, browser="", ends_at=later)
        await Hold.create(slot=second, browser="gone", ends_at=None)
        third.withdrawn_at = clock.now()
        await third.save()
    assert await taken(ask("b", fourth.starts_at)) == [True]
    for slot in (first, second, third):
        assert await taken(ask("b", slot.starts_at)) == [False]
        assert await taken(ask("gone", slot.starts_at)) == [False]
    assert (await slots())["b"] == fourth.id
    assert (await drafts.read("b"))["slot"] == write_time(fourth.starts_at)
    assert not await Draft.filter(browser="gone").exists()


async def test_who_wants_a_lawyer_a_past_time_or_a_day_that_is_not_open_goes_the_usual_way(cast, desks):
    await drafts.keep("loyal", lawyer="AAAA-1111")
    far = clock.now() + 400 * (desks[1] - desks[0])
    assert await taken(ask("loyal", desks[0]), ask("late", clock.now()), ask("far", far)) == [False] * 3
    assert not await Hold.all().exists()


async def test_at_the_door_of_the_lane_only_what_is_plain_goes_in(cast, monkeypatch):
    duty = await make.duty(cast.chen)
    asked = []

    async def seen(asks):
        asked.extend(asks)
        return [False] * len(asks)

    stranger = Browser(app)
    assert (await stranger.get("/book/times?topic=debt")).status == 200
    (queue,) = [each for each in lanes().queues.values() if each.lane.path == "/book/times"]
    monkeypatch.setattr(queue, "lane", queue.lane._replace(do=seen))
    time = write_time(duty.made[0].starts_at)
    plain = f"topic=debt&slot={time}".encode()
    for path, body, headers in (
        ("/book/times?topic=debt&long=1", plain, {}),
        ("/book/times?topic=debt&topic=debt", plain, {}),
        ("/book/times", plain + b"&lawyer=1", {}),
        ("/book/times", b"topic=debt&slot=", {}),
        ("/book/times", b"topic=nothing&slot=" + time.encode(), {}),
        ("/book/times", plain + b"&" + b"x" * lane.LONGEST, {}),
        ("/book/times?topic=debt", plain, {"Sec-Fetch-Site": "cross-site"}),
    ):
        before = len(asked)
        page = await stranger.post(path, body, headers=headers)
        is_foreign = headers.get("Sec-Fetch-Site") == "cross-site"
        assert (page.status == 403) == is_foreign and page.status < 500
        assert len(asked) == before, (path, body)
    page = await stranger.post("/book/times", plain)  # refused by the lane, done all the same
    assert page.status == 303 and page.location.endswith("/book/confirm")
    assert [one.topic for one in asked] == ["debt"]
    mei = await make.sign_in(Browser(app), cast.mei)
    assert (await mei.post("/book/times", plain)).status in (303, 409) and len(asked) == 1


def lanes():
    found = app.middleware_stack
    while not isinstance(found, lane.Lanes):
        found = found.app
    return found


async def test_two_of_one_browser_are_seen_to_one_after_the_other_and_a_fault_sends_everybody_the_usual_way(
    desks,
):
    rounds = []

    async def do(wanted):
        rounds.append(wanted)
        if "bad" in wanted:
            raise RuntimeError
        return [True] * len(wanted)

    queue = lane.Queue(lane.Lane("", lambda posted: posted, do, lambda: None))
    done = await asyncio.gather(*(queue.ask(who, what) for who, what in (("a", 1), ("a", 2), ("b", 3))))
    assert done == [True] * 3 and rounds == [[1, 3], [2]]
    assert await asyncio.gather(queue.ask("a", "bad"), queue.ask("b", 4)) == [False, False]
