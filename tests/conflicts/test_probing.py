"""Whoever types names learns nothing from the times: not which firm knows whom, nor that any does."""

from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock, database, secrecy
from portal.booking import actions as booking
from portal.booking import drafts, queries
from portal.booking.forms import write_time
from portal.booking.models import Appointment, Hold
from portal.conflicts import actions
from portal.conflicts.models import Side
from portal.database import transaction
from portal.errors import TooMany
from portal.law.topics import Topic
from portal.records import new_id
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio

NAMES = ("", "陶建国", "梅秀英", "谁也不认识的人")


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


@pytest.fixture
async def known(cast):
    """Hengdao has served Tao against Mei; at nine its lawyer and Lanting's sit, at ten only its own."""
    async with transaction():
        matter = new_id()
        await actions.meet("appointment", matter, Side.CLIENT, "陶建国", "13800000002", None, cast.hengdao.id)
        await actions.meet("appointment", matter, Side.OTHER, "梅秀英", "13800000001", None, cast.hengdao.id)
    cast.chens = (await make.duty(cast.chen, times=3)).made
    cast.lins = (await make.duty(cast.lin, times=1)).made
    return cast


async def times_shown(person, other_side: str) -> str:
    """The times page as this person sees it after naming somebody."""
    browser = await make.sign_in(Browser(app), person) if person else Browser(app)
    secret = secrecy.token()
    browser.keep("portal_browser", secret)
    await drafts.keep(secrecy.keyed("browser", secret), topic="debt", other_side=other_side)
    page = await browser.get("/book/times?topic=debt")
    assert page.status == 200
    return str(page.form("/book/times?topic=debt").choices("slot")) + "".join(
        node.text_content() for node in page.all("//main//fieldset")
    )


async def test_the_times_are_the_same_whatever_is_named_and_whoever_asks(known):
    shown = {await times_shown(person, name) for person in (None, known.yu, known.mei) for name in NAMES}
    assert len(shown) == 1


async def test_a_stranger_holds_the_same_desk_whatever_they_name(known):
    held = set()
    for n, name in enumerate(NAMES):
        hold = await booking.hold(f"browser {n}", known.chens[0].starts_at, Topic.DEBT, name)
        held.add(hold.slot_id)  # type: ignore[attr-defined]
        async with transaction():
            await Hold.all().delete()
    assert len(held) == 1


async def test_who_is_known_is_given_another_lawyer_and_sees_no_other_difference(known):
    at = known.chens[0].starts_at
    for person, name in ((known.yu, ""), (known.mei, "陶建国")):
        await booking.hold(f"b {person.name}", at, Topic.DEBT, name, person=person)
        made = await booking.book(person, f"b {person.name}", topic=Topic.DEBT, other_side=name)
        firm = known.lanting.id if name else known.hengdao.id
        assert (made.firm_id, made.starts_at) == (firm, at)


async def refusal(person, at, name: str) -> tuple[str, str]:
    """What somebody is told who wants a time and names somebody: the sentence, and every time with how many are left."""
    with pytest.raises(booking.TimeTaken) as told:
        await booking.hold(f"b {person.name} {name}", at, Topic.DEBT, name, person=person)
    times = [time for morning in told.value.mornings for time in morning.times]
    return told.value.text, str(times)


async def test_a_time_at_which_only_a_barred_firm_is_free_reads_like_one_that_is_taken(known):
    at = known.chens[1].starts_at
    barred = await refusal(known.mei, at, "陶建国")
    async with transaction():
        await Hold.create(slot=known.chens[1], browser="somebody else", ends_at=at)
    assert await refusal(known.yu, at, "") == barred
    assert barred[0] == "这个时间刚刚被约走了，请另选一个。"


async def test_on_the_page_too_the_two_refusals_are_one(known):
    at = write_time(known.chens[1].starts_at)
    said = []
    for person, name, taken in ((known.mei, "陶建国", False), (known.mei, "", True)):
        if taken:
            async with transaction():
                await Hold.create(slot=known.chens[1], browser="x", ends_at=known.chens[1].starts_at)
        browser = await make.sign_in(Browser(app), person)
        secret = secrecy.token()
        browser.keep("portal_browser", secret)
        await drafts.keep(secrecy.keyed("browser", secret), topic="debt", other_side=name)
        answer = await browser.post("/book/times?topic=debt", {"topic": "debt", "slot": at})
        said.append((answer.status, "".join(node.text_content() for node in answer.all("//main"))))
    assert said[0][0] == 409 and said[0] == said[1]


async def test_ten_different_names_a_day_and_no_more_however_they_are_spelled(known):
    at = known.chens[0].starts_at
    for n in range(10):
        await booking.hold("b", at, Topic.DEBT, f"某人{n}", person=known.yu)
    for same in ("某人3", " 某 人 3 ", "某人9"):
        await booking.hold("b", at, Topic.DEBT, same, person=known.yu)
    for way in (
        booking.hold("b", at, Topic.DEBT, "某人10", person=known.yu),
        booking.join(known.yu, Topic.DEBT, {"other_side": "某人11"}),
        booking.named(known.yu, "", "13900009999"),
    ):
        with pytest.raises(TooMany):
            await way
    await booking.hold("b", at, Topic.DEBT, "", person=known.yu)
    await booking.hold("c", at, Topic.DEBT, "某人10", person=known.mei)
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        await booking.named(known.yu, "某人12", "")
    kept = str(await database.rows("SELECT * FROM tally"))
    assert "某人" not in kept and "13900009999" not in kept


async def test_staff_at_the_desk_write_down_as_many_as_come(known):
    for n in range(25):
        await booking.named(known.fang, f"某人{n}", "")
    assert await Appointment.all().count() == 0 and await queries.walled_off() == []
