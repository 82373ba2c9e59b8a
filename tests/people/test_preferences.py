"""How a page is liked goes with the person: from the browser that was asked to every other."""

import pytest

from app import app
from portal.people import actions
from portal.people.models import Person
from tests import make
from tests.forms_browser import Browser, Page


async def come_in(browser: Browser, phone: str) -> Page:
    """Sign in as a resident does."""
    page = await (await browser.get("/sign-in")).press("发验证码", phone=phone)
    return await page.press("登录", code=(await make.last_notice(phone, "people/code")).read_values()["code"])


async def test_the_first_visit_is_asked_once_and_either_answer_is_kept(cast):
    for answer, mode in (("换成长辈版", "elder"), ("不用了", "standard")):
        browser = Browser(app)
        page = await (await browser.get("/lectures")).press(answer)
        assert page.path == "/lectures" and f'data-mode="{mode}"' in page.html
        assert not (await browser.get("/")).has("字太小")


async def test_whoever_works_here_is_not_asked(cast):
    assert not (await (await make.sign_in(Browser(app), cast.fang)).get("/desk")).has("字太小")
    assert (await (await make.sign_in(Browser(app), cast.mei)).get("/desk")).has("字太小")


async def test_what_was_chosen_before_coming_in_is_theirs_on_another_device(cast):
    here, there = Browser(app), Browser(app)
    await here.post("/preferences", {"mode": "elder"})
    await come_in(here, cast.mei.phone)
    assert (await Person.get(id=cast.mei.id)).mode == "elder"
    page = await come_in(there, cast.mei.phone)
    assert 'data-mode="elder"' in page.html and not page.has("字太小")


async def test_a_browser_that_chose_otherwise_stays_as_it_is_and_changes_nothing(cast):
    await actions.prefer(cast.mei, mode="elder")
    browser = Browser(app)
    await browser.post("/preferences", {"mode": "standard"})
    assert 'data-mode="standard"' in (await come_in(browser, cast.mei.phone)).html
    assert (await Person.get(id=cast.mei.id)).mode == "elder"


@pytest.mark.parametrize("mode", ["", "huge", "<b>"])
async def test_a_mode_there_is_not_is_nobodys(cast, mode):
    browser = Browser(app)
    browser.cookies["portal_mode"] = mode
    assert 'data-mode="standard"' in (await come_in(browser, cast.mei.phone)).html
    assert (await Person.get(id=cast.mei.id)).mode == "standard"
