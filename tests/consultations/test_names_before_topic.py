"""Before a lawyer has looked at the names, no way tells them what it is about: every page says the same whatever that is."""

import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from starlette.routing import Route

from app import app
from portal import clock
from portal.booking.models import Appointment
from portal.consultations.models import Consultation, Deadline
from portal.database import transaction
from portal.law.topics import Topic
from portal.web.routes import may_enter
from tests import make
from tests.forms_browser import Browser

TODAY = datetime(2026, 11, 23).date()  # a Monday
ROUTES = [route for route in app.routes if isinstance(route, Route) and hasattr(route, "who")]
READ = [route for route in ROUTES if "GET" in (route.methods or ())]
NARROWED = ("state=all&topic=inheritance", "state=all&due=1", "state=all&topic=debt")


@pytest.fixture(autouse=True)
def half_past_eight():
    with clock.standing_at(clock.at(TODAY, 8 * 60 + 30)):
        yield


@pytest.fixture
async def coming(cast) -> SimpleNamespace:
    """Mei comes to Chen this morning and again another day, about a debt; nobody has looked at the names."""
    days = (TODAY, make.working_day(2))
    booked = [
        await make.appointment(cast.mei, await make.slot(cast.chen, day), is_confirmed=False) for day in days
    ]
    asked = [await make.consultation(cast.mei, appointment=one) for one in booked]
    return SimpleNamespace(booked=booked, asked=asked)


async def turn_into_another_matter(coming) -> None:
    """The same people at the same times, about an inheritance whose last day is near, with other needs."""
    async with transaction():
        for booked, asked in zip(coming.booked, coming.asked, strict=True):
            await Appointment.filter(id=booked.id).update(
                topic=Topic.INHERITANCE, **booked.sealed(needs="轮椅")
            )
            await Consultation.filter(id=asked.id).update(topic=Topic.INHERITANCE)
            near = {name: clock.today() + timedelta(days=3) for name in ("last_on", "rolled_on")}
            await Deadline.create(consultation=asked, period="inherit_waive", event_on=clock.today(), **near)


def paths(lawyer, coming) -> list[str]:
    """Every address that a lawyer may read: those that name no record, and of both appointments and what was asked."""
    numbers = [
        {"appointment": booked.number, "consultation": asked.number}
        for booked, asked in zip(coming.booked, coming.asked, strict=True)
    ]
    found = [f"/consultations?{way}" for way in NARROWED]
    found += [f"/{where}?state=all&q=meixiuying" for where in ("consultations", "search", "look-up")]
    found += [f"/queue?day={clock.day_of(one.starts_at)}" for one in coming.booked]
    found.append(f"/queue/{lawyer.person.number}/absence?day={TODAY}")
    for route in READ:
        if not may_enter(route.who, lawyer.person) or route.path.endswith(".pdf"):  # type: ignore[attr-defined]
            continue
        of = getattr(route, "of", "") or ""
        if "{" not in route.path and route.name != "leave":
            found.append(route.path)
        elif of in numbers[0] and route.path.count("{") == 1:
            found += [route.path.replace("{number}", number[of]) for number in numbers]
    return found


async def said(browser: Browser, addresses: list[str]) -> dict[str, str]:
    """What these pages say, but for clocks that run."""
    return {
        path: re.sub(r'data-(stay|until)="[^"]*"', "", (await browser.get(path, follow=True)).html)
        for path in addresses
    }


async def test_no_page_list_calendar_or_search_tells_the_lawyer_what_it_is_about(cast, coming):
    browser = await make.sign_in(Browser(app), cast.chen.person)
    addresses = paths(cast.chen, coming)
    first = await said(browser, addresses)
    lists = [path for path in addresses if path.partition("?")[0] in ("/desk", "/queue", "/consultations")]
    assert any(coming.booked[0].number in first[path] for path in lists)  # the ways lead there
    assert coming.asked[0].number in first["/consultations"]
    for way in NARROWED:
        assert coming.asked[0].number not in first[f"/consultations?{way}"]
    await turn_into_another_matter(coming)
    second = await said(browser, addresses)
    assert [path for path in addresses if first[path] != second[path]] == []


async def test_once_they_have_looked_the_same_pages_tell(cast, coming):
    browser = await make.sign_in(Browser(app), cast.chen.person)
    page = await browser.get(f"/consultations/{coming.asked[0].number}")
    await page.press("没有冲突，打开")
    await turn_into_another_matter(coming)
    booked, asked = coming.booked[0].number, coming.asked[0].number
    for path in ("/desk", "/queue", f"/appointments/{booked}", f"/consultations/{asked}"):
        assert str(Topic.INHERITANCE.label) in (html := (await browser.get(path, follow=True)).html) or (
            str(Topic.INHERITANCE.term) in html
        ), path
    assert asked in (await browser.get(f"/consultations?{NARROWED[0]}")).html
    assert coming.asked[1].number not in (await browser.get(f"/consultations?{NARROWED[0]}")).html
    assert "轮椅" in (await browser.get("/queue")).html


async def test_whoever_came_without_writing_is_written_down_without_it_too(cast, coming):
    async with transaction():
        await Consultation.all().delete()
    browser = await make.sign_in(Browser(app), cast.chen.person)
    path = f"/consultations/of/{coming.booked[0].number}"
    assert str(Topic.DEBT.label) not in (await browser.get(path)).html
    await make.confirm(coming.booked[0])
    assert str(Topic.DEBT.label) in (await browser.get(path)).html


async def test_staff_are_told_as_before(cast, coming):
    browser = await make.sign_in(Browser(app), cast.fang)
    assert coming.asked[0].number in (await browser.get("/consultations?state=all&topic=debt")).html
    assert str(Topic.DEBT.label) in (await browser.get(f"/appointments/{coming.booked[0].number}")).html


async def test_beside_a_matter_they_have_opened_stands_none_of_which_they_have_not(cast, coming):
    browser = await make.sign_in(Browser(app), cast.chen.person)
    later = f"/consultations/{coming.asked[1].number}"
    page = await (await browser.get(later)).press("没有冲突，打开")
    assert coming.asked[0].number not in page.html and not page.has("同一件事？")
    await (await browser.get(f"/consultations/{coming.asked[0].number}")).press("没有冲突，打开")
    assert (await browser.get(later)).has("同一件事？", coming.asked[0].number)
