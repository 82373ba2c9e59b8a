"""The screen on the wall says numbers and surnames and nothing else; whoever stands at the door checks in by themselves."""

from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock
from portal.booking import actions, passes, queries
from portal.booking.models import Appointment, Mode, State
from portal.booking.queries.screen import surname
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Side
from portal.database import transaction
from portal.errors import Refusal, TooMany
from portal.limits import Tally
from portal.people import actions as people
from portal.records import new_id
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio
TODAY = datetime(2026, 11, 23).date()


@pytest.fixture(autouse=True)
def monday_at_nine():
    with clock.standing_at(clock.at(TODAY, 9 * 60)):
        yield


@pytest.fixture
async def morning(cast):
    """Mei at nine, Tao at half past ten, Yu at eleven, all with Chen; the address of the screen, and the door's digits."""
    cast.slots = (await make.duty(cast.chen, TODAY)).made
    cast.nine = await make.appointment(cast.mei, cast.slots[0], needs="听力不好")
    cast.ten = await make.appointment(cast.tao, cast.slots[3])
    cast.eleven = await make.appointment(cast.yu, cast.slots[4])
    cast.here = cast.places.community.id
    cast.screen = f"/screen/{passes.screen_token(cast.here, TODAY)}"
    cast.code = passes.door_code(cast.here, TODAY)
    return cast


async def called(cast, *appointments) -> None:
    for one in appointments:
        await actions.check_in(cast.fang, await Appointment.get(id=one.id))
        await actions.call(cast.chen.person, await Appointment.get(id=one.id))


async def shown(cast):
    page = await Browser(app).get(cast.screen)
    assert page.status == 200
    return page


@pytest.mark.parametrize(
    ("name", "shown"), [("梅秀英", "梅*"), ("于洋", "于*"), ("欧阳明月", "欧阳*"), ("", "")]
)
def test_of_a_name_only_the_surname_is_left_and_not_how_long_it_is(name, shown):
    assert surname(name) == shown


def test_the_digits_of_the_door_may_be_typed_wide_and_with_blanks():
    centre = new_id()
    code = passes.door_code(centre, TODAY)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert passes.is_at_door(f" {wide[:3]} {wide[3:]}", centre, TODAY)
    assert not passes.is_at_door("", centre, TODAY) and not passes.is_at_door(code[:5], centre, TODAY)


async def test_the_screen_says_number_surname_and_desk_and_nothing_else(morning):
    await called(morning, morning.nine)
    await actions.check_in(morning.fang, await Appointment.get(id=morning.eleven.id))
    page = await shown(morning)
    assert page.has("1 号", "梅*", "请到陈律师处", "等候", "2")
    for secret in (
        "梅秀英",
        "梅**",
        "于",
        "陈明理",
        morning.nine.number,
        "债",
        "听力",
        "13800000001",
        "衡道",
    ):
        assert not page.has(secret), secret
    assert not page.all("//a[@href] | //form")


async def test_of_whom_is_protected_the_screen_says_the_number_alone(morning):
    async with transaction():
        protection = await people.protect(morning.mei, "银杏树下三只猫", "none")
        await Appointment.filter(id=morning.nine.id).update(protection_id=protection.id)
    await called(morning, morning.nine)
    page = await shown(morning)
    assert page.has("1 号") and not page.has("梅")


async def test_two_who_must_not_meet_are_never_on_the_screen_together(morning):
    async with transaction():
        matter = new_id()
        await conflicts.meet("dispute", matter, Side.A, "梅秀英")
        await conflicts.meet("dispute", matter, Side.B, "陶建国")
        await Appointment.filter(id=morning.ten.id).update(starts_at=morning.slots[1].starts_at)
    await called(morning, morning.nine, morning.ten)
    screen = await queries.screen(morning.here)
    assert [one.ticket for one in screen.called] == [1] and screen.waiting == []
    await actions.park(morning.fang, await Appointment.get(id=morning.nine.id))
    assert [one.ticket for one in (await queries.screen(morning.here)).called] == [2]
    await actions.come_back(morning.fang, await Appointment.get(id=morning.nine.id))
    screen = await queries.screen(morning.here)
    assert [one.ticket for one in screen.called] == [2] and screen.waiting == []
    async with transaction():
        await Appointment.filter(id=morning.ten.id).update(state=State.CHECKED_IN)
    assert (await queries.screen(morning.here)).waiting == [1]


async def test_the_last_called_stands_first_and_other_centres_and_telephones_are_not_shown(morning):
    await called(morning, morning.nine, morning.ten)
    screen = await queries.screen(morning.here)
    assert [one.ticket for one in screen.called] == [2, 1]
    async with transaction():
        await Appointment.filter(id=morning.ten.id).update(mode=Mode.PHONE)
    assert [one.ticket for one in (await queries.screen(morning.here)).called] == [1]
    assert (await queries.screen(morning.other.places.community.id)).called == []


async def test_the_address_of_the_screen_is_ours_ends_and_opens_one_centre(morning):
    good = passes.screen_token(morning.here, TODAY)
    for wrong in (good[:-1] + "!", good[:32] + "29991231" + good[40:], "x", "０" * 72, good.upper() + "x"):
        assert (await Browser(app).get(f"/screen/{wrong}")).status == 404
    assert passes.read_screen(good, TODAY) == morning.here
    assert passes.read_screen(good, TODAY + timedelta(days=1)) is None


async def test_staff_open_the_screen_and_it_asks_again_only_for_what_changed(morning):
    fang = await make.sign_in(Browser(app), morning.fang)
    page = await fang.get("/screen")
    assert page.has(morning.code)
    (address,) = [one.get("href") for one in page.all("//a[contains(@href, '/screen/')]")]
    first = await Browser(app).get(address)
    version = first.headers["etag"]
    again = await Browser(app).get(address, headers={"If-None-Match": version, "X-Unattended": "1"})
    assert again.status == 304
    await called(morning, morning.nine)
    assert (await Browser(app).get(address, headers={"If-None-Match": version})).status == 200
    for nobody in (morning.mei, morning.chen.person):
        assert (await (await make.sign_in(Browser(app), nobody)).get("/screen")).status == 404


async def test_who_stands_at_the_door_checks_in_by_number_and_the_tail_of_their_telephone(morning):
    page = await Browser(app).get(f"/arrive?code={morning.code}")
    form = page.form("/arrive")
    assert form["code"] == morning.code
    done = await form.fill(number=morning.nine.number, tail="0001").submit()
    assert done.has("您是 1 号", "请坐")
    now = await Appointment.get(id=morning.nine.id)
    assert (now.state, now.ticket) == (State.CHECKED_IN, 1)
    again = await actions.arrive("b", morning.code, morning.nine.number, tail="0001")
    assert again.ticket == 1


async def test_who_is_signed_in_presses_once_and_sees_only_their_own(morning):
    mei = await make.sign_in(Browser(app), morning.mei)
    page = await mei.get("/arrive")
    assert not page.has("最后四位")
    done = await page.form("/arrive").fill(code=morning.code).submit()
    assert done.has("您是 1 号")
    assert (await (await make.sign_in(Browser(app), morning.yu)).get("/arrive")).has("最后四位"), "too early"


async def test_whatever_is_wrong_is_refused_in_the_same_words(morning):
    number, code = morning.nine.number, morning.code
    yesterday = passes.door_code(morning.here, TODAY - timedelta(days=1))
    elsewhere = passes.door_code(morning.other.places.community.id, TODAY)
    tries = [
        (yesterday, number, "0001"),
        (elsewhere, number, "0001"),
        ("", number, "0001"),
        (code, number, "0002"),
        (code, number, ""),
        (code, "AAAA-AAAA", "0001"),
        (code, morning.eleven.number, "0009"),
    ]
    said = set()
    for n, (digits, name, tail) in enumerate(tries):
        with pytest.raises(Refusal) as told:
            await actions.arrive(f"b{n}", digits, name, tail=tail)
        said.add(told.value.text)
    with pytest.raises(Refusal):
        await actions.arrive("yu", code, number, person=morning.yu)
    with clock.standing_at(clock.at(TODAY, 9 * 60 + 31)), pytest.raises(Refusal):
        await actions.arrive("late", code, number, tail="0001")
    assert len(said) == 1 and not await Appointment.filter(state=State.CHECKED_IN).exists()


async def test_tails_are_not_guessed_at_the_door(morning):
    for n in range(15):
        with pytest.raises(Refusal):
            await actions.arrive("b", morning.code, morning.nine.number, tail=f"9{n:03}")
    with pytest.raises(TooMany):
        await actions.arrive("b", morning.code, morning.nine.number, tail="0001")
    here = "192.0.2.7"
    await actions.arrive("c", morning.code, morning.nine.number, tail="0001", address=here)
    async with transaction():
        await Tally.filter(key__startswith="arrive:address").update(count=200)
    with pytest.raises(TooMany):
        await actions.arrive("d", morning.code, morning.ten.number, tail="0002", address=here)


async def test_what_is_protected_is_received_by_people_and_the_second_side_is_sent_to_the_desk(morning):
    async with transaction():
        matter = new_id()
        await conflicts.meet("dispute", matter, Side.A, "梅秀英")
        await conflicts.meet("dispute", matter, Side.B, "陶建国")
        await Appointment.filter(id=morning.ten.id).update(starts_at=morning.slots[1].starts_at)
    assert not await queries.meets_somebody(morning.nine), "nobody is here yet"
    await actions.check_in(morning.fang, await Appointment.get(id=morning.ten.id))
    mei = await make.sign_in(Browser(app), morning.mei)
    done = await (await mei.get("/arrive")).form("/arrive").fill(code=morning.code).submit()
    assert done.has("请先到服务台") and not done.has("陶")
    async with transaction():
        protection = await people.protect(morning.yu, "银杏树下三只猫", "none")
        await Appointment.filter(id=morning.eleven.id).update(
            protection_id=protection.id, starts_at=morning.slots[1].starts_at
        )
    with pytest.raises(Refusal):
        await actions.arrive("b", morning.code, morning.eleven.number, tail="0009")
