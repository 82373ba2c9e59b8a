"""Keeping a time longer and asking for a longer one, through the real pages."""

from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock, settings
from portal.booking import drafts
from portal.booking.forms import write_time
from portal.booking.models import Appointment, Hold
from tests import make
from tests.forms_browser import Browser, Page

pytestmark = pytest.mark.anyio
KEEP = "/book/hold/extension"


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


async def send(browser: Browser, **typed: str) -> Page:
    """Ask for longer, with what the form holds, and go where that leads."""
    return await (await browser.post(KEEP, typed)).follow()


async def test_on_the_last_page_a_time_is_kept_longer_once_and_what_was_typed_stays(cast):
    await make.duty(cast.chen)
    browser = await make.sign_in(Browser(app), cast.mei)
    await (await browser.get("/book/times?topic=debt")).form("/book/times?topic=debt").submit()
    page = await browser.get("/book/confirm")
    (button,) = page.all(f"//button[@formaction='{KEEP}']")
    assert button.get("form") == page.all("//main//form[@method='post']")[0].get("id")
    before = (await Hold.get()).ends_at
    longer = await send(browser, mode="phone", needs="听力不好", words="他借钱不还")
    assert longer.path == "/book/confirm" and longer.has("给您留到")
    form = longer.form("/book/confirm")
    assert (form["mode"], form["needs"]) == ("phone", "听力不好") and longer.has("他借钱不还")
    assert (await Hold.get()).ends_at == before + timedelta(minutes=settings.current().hold_minutes)
    assert longer.all(f"//button[@formaction='{KEEP}']") == []
    again = await send(browser, mode="phone", needs="", words="他借钱不还")
    assert again.has("不能再延长") and (await Hold.get()).extended_at


async def test_on_the_times_too_and_what_has_ended_is_said_clearly(cast):
    await make.duty(cast.chen)
    browser = Browser(app)
    await (await browser.get("/book/times?topic=debt")).form("/book/times?topic=debt").submit()
    page = await browser.get("/book/times?topic=debt")
    longer = await page.form(KEEP).submit()
    assert longer.path == "/book/times" and longer.has("给您留到")
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        late = await send(browser, back="/book/times?topic=debt")
        assert late.path == "/book/times" and late.has("给您留的时间已经到了", "写的内容都还在")


async def test_nobody_is_sent_elsewhere_by_what_a_form_says(cast):
    away = await Browser(app).post(KEEP, {"back": "https://elsewhere.example/"})
    assert "elsewhere" not in away.location and "elsewhere" not in away.path


async def test_who_needs_longer_books_an_hour_and_everything_says_so(cast):
    duty = await make.duty(cast.chen, times=3)
    browser = await make.sign_in(Browser(app), cast.mei)
    short = await browser.get("/book/times?topic=debt")
    (link,) = [one for one in short.all("//main//a") if "长一点" in one.text_content()]
    page = await browser.get(link.get("href"))
    form = page.form("/book/times?topic=debt&long=1")
    assert form.choices("slot") == [write_time(slot.starts_at) for slot in duty.made[:2]]
    confirm = await form.submit()
    assert confirm.path == "/book/confirm" and confirm.has("一小时左右", "上午9:00–上午10:00")
    done = confirm.form("/book/confirm")
    done.fill(mode="desk", words="他借了钱不还", consent=["sensitive", "firm"])
    shown = await done.submit()
    assert shown.path.startswith("/appointments/"), shown.errors()
    booked = await Appointment.get()
    assert booked.second_slot_id == duty.made[1].id
    assert shown.has("一小时，到上午10:00")
    assert (
        b"DTEND:20261124T020000Z" in (await browser.get(f"/appointments/{booked.number}/calendar.ics")).body
    )
    slip = await browser.get(f"/appointments/{booked.number}/slip")
    assert slip.has("一小时，到上午10:00")


async def test_when_only_half_hours_are_left_the_way_back_is_shown(cast):
    await make.slot(cast.chen)
    browser = Browser(app)
    page = await browser.get("/book/times?topic=debt&long=1")
    assert page.has("没有连着一小时的空位")
    assert [one for one in page.all("//main//a") if one.get("href") == "/book/times?topic=debt"]


async def test_going_back_to_half_an_hour_forgets_that_longer_was_asked(cast):
    await make.duty(cast.chen)
    browser = Browser(app)
    await (await browser.get("/book/times?topic=debt&long=1")).form("/book/times?topic=debt&long=1").submit()
    assert await Hold.all().count() == 2
    await (await browser.get("/book/times?topic=debt")).form("/book/times?topic=debt").submit()
    held = await Hold.get()
    assert "is_long" not in await drafts.read(held.browser)
