"""A lawyer's own calendar: their mornings and no client; nobody else's address, ended at once, asked not too often."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from app import app
from portal import clock, journal
from portal.booking import feed_pages
from portal.booking.models import Hold
from portal.booking.queries import feed
from portal.database import transaction
from portal.errors import Forbidden
from portal.people.models import Person, Post
from portal.roster import actions, feed_actions
from portal.roster.models import Duty, Lawyer, Slot
from tests import make
from tests.forms_browser import Browser

MONDAY = date(2026, 11, 23)
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def monday_at_eight():
    with clock.standing_at(clock.at(MONDAY, 8 * 60)):
        yield


async def address_of(lawyer: Lawyer) -> str:
    page = await (await make.sign_in(Browser(app), lawyer.person)).get("/mornings/calendar")
    page = await page.press("给我一个地址" if page.has("给我一个地址") else "换一个地址")
    assert page.has("地址只显示这一次")
    return urlsplit(page.all("string(//p[@class='quote'])")).path


async def events(path: str) -> dict[str, dict[str, str]]:
    answer = await Browser(app).get(path)
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/calendar")
    found = Calendar.from_ical(answer.response.content)
    return {
        str(event["uid"]): {
            name: str(event.get(name, "")) for name in ("status", "sequence", "description", "summary")
        }
        for event in found.walk("VEVENT")
    }


async def test_the_calendar_holds_the_mornings_with_counts_and_not_a_word_of_who_comes(cast):
    await actions.add_pattern(cast.chen.person, cast.chen, weekday=3, from_on=MONDAY)
    await actions.add_pattern(cast.lin.person, cast.lin, weekday=4, from_on=MONDAY)
    slot = await Slot.filter(lawyer_id=cast.chen.id).order_by("starts_at").first()
    await make.appointment(cast.mei, slot, needs="听力不好")
    path = await address_of(cast.chen)
    found = await events(path)
    duty = await Duty.get(lawyer_id=cast.chen.id, day=WEDNESDAY)
    uid = next(uid for uid in found if uid.startswith(str(duty.id)))
    assert len(found) == 8  # eight Wednesdays of Chen's, none of Lin's
    assert found[uid]["status"] == "CONFIRMED" and found[uid]["description"] == "已约 1 个，空 5 个"
    whole = (await Browser(app).get(path)).response.text
    assert not any(word in whole for word in (cast.mei.name, cast.mei.phone, "听力", "debt", "债"))


async def test_a_morning_that_was_taken_back_is_cancelled_under_its_own_uid_with_a_later_sequence(cast):
    await actions.add_pattern(cast.chen.person, cast.chen, weekday=3, from_on=MONDAY)
    path = await address_of(cast.chen)
    before = await events(path)
    leave, _times = await actions.take_leave(cast.chen.person, cast.chen, WEDNESDAY, WEDNESDAY)
    after = await events(path)
    (changed,) = [uid for uid in before if before[uid] != after[uid]]
    assert before.keys() == after.keys() and after[changed]["status"] == "CANCELLED"
    assert int(after[changed]["sequence"]) > int(before[changed]["sequence"])
    await actions.withdraw_leave(cast.chen.person, leave)
    again = await events(path)
    assert again[changed]["status"] == "CONFIRMED"
    assert int(again[changed]["sequence"]) > int(after[changed]["sequence"])


async def test_an_address_is_kept_as_a_hash_and_ends_at_once(cast):
    path = await address_of(cast.chen)
    secret = path.split("/")[2]
    kept = (await Lawyer.get(id=cast.chen.id)).feed
    assert kept and secret not in kept
    newer = await address_of(cast.chen)
    assert newer != path and (await Browser(app).get(path)).status == 404
    page = await (await make.sign_in(Browser(app), cast.chen.person)).get("/mornings/calendar")
    assert secret not in page.response.text
    await page.press("停用")
    assert (await Browser(app).get(newer)).status == 404
    assert (await Browser(app).get("/feeds/nobodys/mornings.ics")).status == 404
    verbs = [entry["verb"] for entry in await journal.of(cast.chen)]
    assert verbs == ["give_feed", "give_feed", "end_feed"]


async def test_who_is_no_lawyer_here_any_more_has_no_calendar_either(cast):
    path = await address_of(cast.chen)
    assert await events(path) == {}
    async with transaction():
        await Post.filter(person_id=cast.chen.person_id).update(ended_on=MONDAY)
    assert (await Browser(app).get(path)).status == 404


async def test_nobody_makes_or_ends_anothers_and_whoever_is_frozen_or_stopped_has_none(cast):
    secret = await feed_actions.give_feed(cast.chen.person, cast.chen)
    for stranger in (cast.wu.person, cast.mei, cast.fang):
        with pytest.raises(Forbidden):
            await feed_actions.give_feed(stranger, cast.chen)
    for stranger in (cast.wu.person, cast.mei):
        with pytest.raises(Forbidden):
            await feed_actions.end_feed(stranger, cast.chen)
    found = await feed.lawyer_of(secret)
    assert found is not None and found.id == cast.chen.id
    chen, person = Lawyer.filter(id=cast.chen.id), Person.filter(id=cast.chen.person_id)
    for rows, closed, open_again in (
        (person, {"frozen_at": clock.now()}, {"frozen_at": None}),
        (chen, {"is_active": False}, {"is_active": True}),
    ):
        async with transaction():
            await rows.update(**closed)
        assert await feed.lawyer_of(secret) is None
        async with transaction():
            await rows.update(**open_again)
    await feed_actions.end_feed(cast.fang, cast.chen)  # who lost a telephone rings the desk
    assert await feed.lawyer_of(secret) is None


async def test_a_time_kept_for_minutes_is_free_and_one_that_was_withdrawn_is_not_there(cast):
    duty = await make.duty(cast.chen, WEDNESDAY)
    async with transaction():
        await Hold.create(slot=duty.made[0], browser="b", ends_at=clock.now() + timedelta(minutes=10))
        await Slot.filter(id=duty.made[5].id).update(withdrawn_at=clock.now())
    await make.appointment(cast.mei, duty.made[1])
    (sitting,) = await feed.sittings(cast.chen)
    assert (sitting.booked, sitting.free) == (1, 4)


async def test_a_calendar_that_asks_without_end_is_told_to_wait(cast, monkeypatch):
    monkeypatch.setattr(feed_pages, "OFTEN", 2)
    path = await address_of(cast.chen)
    answers = [(await Browser(app).get(path)).status for _ in range(3)]
    assert answers == [200, 200, 429]
