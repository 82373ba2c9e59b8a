"""A page that asks by itself is answered cheaply, keeps nobody signed in and uses up nothing."""

from datetime import timedelta

import pytest

from app import app
from portal import clock
from portal.booking import actions, queries
from portal.booking.models import Mode, State
from portal.people.models import Session
from portal.web import live
from tests import make
from tests.forms_browser import Browser

BY_ITSELF = {live.UNATTENDED: "1"}


async def test_an_office_page_that_asks_by_itself_keeps_nobody_signed_in(cast):
    fang = await make.sign_in(Browser(app), cast.fang)
    before = (await Session.get()).seen_at
    with clock.standing_at(clock.now() + timedelta(minutes=20)):
        assert (await fang.get("/queue", headers=BY_ITSELF)).status == 200
        assert (await Session.get()).seen_at == before
        assert (await fang.get("/queue")).status == 200
        assert (await Session.get()).seen_at > before


async def test_a_sentence_that_is_shown_once_is_left_for_the_page_that_is_meant(cast):
    mei = await make.sign_in(Browser(app), cast.mei)
    await mei.post("/preferences", {"mode": "standard"})
    away = await mei.post("/book/clearance")
    assert away.status == 303
    assert not (await mei.get("/book/times?topic=debt", headers=BY_ITSELF)).has("已经清除")
    assert (await away.follow()).has("您填的内容已经清除。")


async def test_times_are_drawn_anew_only_when_one_was_taken(cast):
    morning = await make.duty(cast.chen, times=3)
    page = await Browser(app).get("/book/times?topic=debt")
    asked = {"If-None-Match": page.response.headers["etag"], **BY_ITSELF}
    same = await Browser(app).get("/book/times?topic=debt", headers=asked)
    assert (same.status, same.html) == (304, "")
    await actions.hold("another", morning.made[0].starts_at, "debt")
    anew = await Browser(app).get("/book/times?topic=debt", headers=asked)
    assert anew.status == 200 and anew.response.headers["etag"] != asked["If-None-Match"]


async def test_the_queue_is_drawn_anew_only_when_somebody_in_it_moved(cast):
    appointment = await make.appointment(cast.mei, await make.slot(cast.chen, clock.today()))
    await make.appointment(cast.tao, await make.slot(cast.lin, clock.today()))
    chen = await make.sign_in(Browser(app), cast.chen.person)
    asked = {"If-None-Match": (await chen.get("/queue")).response.headers["etag"], **BY_ITSELF}
    assert (await chen.get("/queue", headers=asked)).status == 304
    with clock.standing_at(appointment.starts_at):
        await actions.check_in(cast.fang, appointment)
    assert (await chen.get("/queue", headers=asked)).has("已报到")


async def test_a_lawyers_desk_is_drawn_anew_when_somebody_of_theirs_came_and_nobody_elses_asks(cast):
    appointment = await make.appointment(cast.mei, await make.slot(cast.chen, clock.today()))
    chen = await make.sign_in(Browser(app), cast.chen.person)
    page = await chen.get("/desk")
    assert page.all("//*[@data-live='/desk']//*[contains(@class, 'block__item')]")
    asked = {"If-None-Match": page.response.headers["etag"], **BY_ITSELF}
    assert (await chen.get("/desk", headers=asked)).status == 304
    with clock.standing_at(appointment.starts_at):
        await actions.check_in(cast.fang, appointment)
    assert (await chen.get("/desk", headers=asked)).has("已报到")
    mei = await (await make.sign_in(Browser(app), cast.mei)).get("/desk")
    assert "etag" not in mei.response.headers and not mei.all("//*[@data-live]")


@pytest.mark.parametrize(
    ("state", "hours", "before"),
    [
        (State.BOOKED, -1, 0),
        (State.BOOKED, 1, 1),
        (State.CHECKED_IN, -1, 1),
        (State.CALLED, -1, 1),
        (State.STARTED, -1, 1),
        (State.DONE, -1, 0),
        (State.MISSED, -1, 0),
        (State.CANCELLED, 1, 0),
    ],
)
async def test_in_front_are_those_whom_the_same_lawyer_still_sees_before(cast, state, hours, before):
    noon = 12 * 60
    slots = (await make.duty(cast.chen, clock.today(), 7, noon - 60)).made
    mine = await make.appointment(cast.mei, slots[6])
    await make.appointment(cast.tao, slots[2 + 2 * hours], state=state)
    await make.appointment(cast.tao, await make.slot(cast.lin, clock.today(), noon), state=State.CHECKED_IN)
    await mine.fetch_related("lawyer")
    with clock.standing_at(clock.at(clock.today(), noon)):
        assert (await queries.turn(cast.mei, mine))[:2] == (State.BOOKED, before)
        assert await queries.turn(cast.fang, mine) is None
        mine.mode = Mode.PHONE
        assert await queries.turn(cast.mei, mine) is None
    mine.mode = Mode.DESK
    with clock.standing_at(clock.at(clock.today() + timedelta(days=1), noon)):
        assert await queries.turn(cast.mei, mine) is None
