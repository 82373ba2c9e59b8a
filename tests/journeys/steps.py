"""Steps that many journeys take."""

import re
from datetime import date, timedelta

from app import app
from portal import clock
from tests import make
from tests.forms_browser import Browser, Page


def stranger(language: str = "zh-CN") -> Browser:
    """Somebody with a telephone who was never here."""
    return Browser(app, language=language)


async def code_of(phone: str) -> str:
    """The code on the screen of this telephone: the last that was owed to it."""
    sent = await make.last_notice(phone, "people/code")
    assert sent is not None, f"no code was sent to {phone}"
    return str(sent.read_values()["code"])


async def prove(page: Page, phone: str) -> Page:
    """From the page that asks for a telephone: type it, read the code, type that; answers where it leads."""
    page = await page.form(contains="手机号").fill(phone=phone).submit()
    assert page.status == 200, (page.status, page.errors())
    return await page.form("/sign-in/code").fill(code=await code_of(phone)).submit()


def number_on(page: Page) -> str:
    """The number a record shows."""
    found = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", page.text)
    assert found, page.text
    return found.group()


def next_weekday(weekday: int, after: int = 1) -> date:
    """The next day with this weekday (1 for Monday), at least so many days from today."""
    day = clock.today() + timedelta(days=after)
    while day.isoweekday() != weekday:
        day += timedelta(days=1)
    return day
