"""Behind a wall there is nothing, on any way: every address a lawyer may open is walked, and each look-up tried."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from starlette.routing import Route

from app import app
from portal import clock
from portal.booking.models import MATTER
from portal.conflicts.models import Party, Side, Wall
from portal.consultations.actions import conflicts
from portal.consultations.models import Consultation, Outcome, Prescription, PrescriptionState, State
from portal.consultations.rules import content_hash
from portal.database import transaction
from portal.web.routes import may_enter
from tests import make
from tests.forms_browser import Browser

TODAY = datetime(2026, 11, 23).date()
ROUTES = [route for route in app.routes if isinstance(route, Route) and hasattr(route, "who")]
READ = [route for route in ROUTES if "GET" in (route.methods or ())]
ENDS = frozenset({"leave"})  # it signs the visitor out
LISTS = ("/consultations", "/appointments", "/look-up", "/queue", "/search")


@pytest.fixture(autouse=True)
def half_past_eight():
    with clock.standing_at(clock.at(TODAY, 8 * 60 + 30)):
        yield


@pytest.fixture
async def matter(cast) -> SimpleNamespace:
    """Mei's consultation with Chen, advised and issued, against Tao; and one that is still to come."""
    days = [make.working_day(0), make.working_day(1)]
    booked = await make.appointment(cast.mei, await make.slot(cast.chen, days[0]))
    ahead = await make.appointment(cast.mei, await make.slot(cast.chen, days[1]), needs="鹦鹉助听器")
    asked = await make.consultation(
        cast.mei, appointment=booked, words="鹦鹉借钱", other_side="鹦鹉对方", other_phone="13700000066"
    )
    coming = await make.consultation(cast.mei, appointment=ahead, words="鹦鹉再借")
    async with transaction():
        advice = Prescription(
            consultation=asked,
            lawyer=cast.chen,
            facts="鹦鹉事实",
            questions="鹦鹉问题",
            steps="鹦鹉做法",
            state=PrescriptionState.ISSUED,
            issued_at=clock.now(),
        )
        advice.hash = content_hash(advice)
        await advice.save(force_create=True)
        await Consultation.filter(id=asked.id).update(
            state=State.ADVISED, outcome=Outcome.ADVISED, ended_at=clock.now()
        )
        for one in (booked, ahead):
            await Party.create(
                matter_kind=MATTER, matter=one.id, side=Side.CLIENT, name="梅秀英", firm_id=one.firm_id
            )
    numbers = {"appointment": ahead.number, "consultation": coming.number, "prescription": advice.number}
    return SimpleNamespace(
        booked=booked, ahead=ahead, asked=asked, coming=coming, advice=advice, numbers=numbers
    )


def canaries(matter) -> list[str]:
    records = (matter.booked, matter.ahead, matter.asked, matter.coming, matter.advice)
    return ["鹦鹉", "梅秀英", "13700000066", *(record.number for record in records)]


async def heard(browser: Browser, person, matter) -> list[str]:
    """Where any of it is said, over every address this person may open that names no record, and every look-up."""
    paths = [
        route.path
        for route in READ
        if "{" not in route.path and may_enter(route.who, person) and route.name not in ENDS  # type: ignore[attr-defined]
    ]
    assert len(paths) > 30
    days = (clock.day_of(matter.booked.starts_at), clock.day_of(matter.ahead.starts_at))
    paths += [f"/queue?day={day}" for day in days]
    found = []
    for path in paths:
        html = (await browser.get(path, follow=True)).html
        found += [f"{path}: {word}" for word in canaries(matter) if word in html]
    for word in ("鹦鹉借", "梅秀英", "meixiuying", "13700000066", "13800000001", matter.advice.number):
        for path in LISTS:
            html = (await browser.get(f"{path}?state=all&q={word}", follow=True)).html
            found += [
                f"{path}?q={word}: {one}"
                for one in canaries(matter)
                if one in html and one not in word and one != "鹦鹉"
            ]
    return found


async def statuses(browser: Browser, matter) -> set[int]:
    """What the addresses of these records answer."""
    found = set()
    for route in READ:
        number = matter.numbers.get(getattr(route, "of", "") or "")
        if number and route.path.count("{") == 1 and "{number}" in route.path:
            found.add((await browser.get(route.path.replace("{number}", number))).status)
    return found


async def test_a_lawyer_finds_their_own_by_these_ways_and_nothing_once_a_wall_stands(cast, matter):
    browser = await make.sign_in(Browser(app), cast.chen.person)
    assert await heard(browser, cast.chen.person, matter)  # the ways lead there
    assert 200 in await statuses(browser, matter)
    feed = await make.sign_in(Browser(app), cast.chen.person)
    async with transaction():
        for one in (matter.booked, matter.ahead):
            await Wall.create(firm_id=cast.hengdao.id, matter_kind=MATTER, matter=one.id)
    for lawyer in (cast.chen, cast.wu):
        browser = await make.sign_in(Browser(app), lawyer.person)
        assert await heard(browser, lawyer.person, matter) == []
        assert await statuses(browser, matter) == {404}
    assert (await feed.get(f"/consultations/{matter.coming.number}")).status == 404


async def test_a_feed_and_a_calendar_say_nothing_of_anybody(cast, matter):
    browser = await make.sign_in(Browser(app), cast.chen.person)
    page = await browser.get("/mornings/calendar")
    made = await page.form().submit() if page.all("//main//form") else page
    address = next((part for part in made.text.split() if "/mornings.ics" in part), "")
    assert address, made.text
    said = (await Browser(app).get("/feeds/" + address.split("/feeds/")[1])).html
    assert "VEVENT" in said and not [word for word in canaries(matter) if word in said]


async def test_declaring_a_conflict_closes_every_way_in_the_same_request(cast, matter):
    case = await Consultation.get(id=matter.coming.id).select_related(
        "person", "appointment__lawyer__person", "appointment__firm"
    )
    await make.slot(cast.lin, clock.day_of(matter.ahead.starts_at))
    browser = await make.sign_in(Browser(app), cast.chen.person)
    await conflicts.decide(cast.chen.person, case, conflicts.Decision.CONFLICT)
    assert await statuses(browser, SimpleNamespace(numbers={**matter.numbers, "prescription": ""})) == {404}
    assert (await browser.get(f"/appointments/{matter.ahead.number}/calendar.ics")).status == 404
