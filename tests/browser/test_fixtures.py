"""The Chromium fixtures themselves: what they open, and what they do not let pass."""

import pytest

SAMPLE = "tests.browser.sample:app"


async def test_a_page_is_opened_as_wide_in_the_language_and_mode_that_were_asked(serve, open_page):
    page = await open_page(await serve(app=SAMPLE), width=390, language="en", mode="elder")
    said = await page.inner_text("#said")
    assert said.startswith("390 en-GB") and "portal_mode=elder" in said and "portal_language=en" in said


async def test_without_javascript_nothing_runs(serve, open_page):
    page = await open_page(await serve(app=SAMPLE), javascript=False)
    assert await page.inner_text("#said") == "没有脚本"


async def test_axe_sees_what_is_wrong_through_a_strict_content_policy(serve, open_page, axe):
    address = await serve(app=SAMPLE)
    assert await axe(await open_page(address)) == []
    page = await open_page(address, "/bad")
    said = " ".join(await axe(page))
    assert "html-has-lang" in said and "image-alt" in said and "label" in said
    page.problems.clear()


async def test_what_goes_wrong_unseen_is_written_down(serve, open_page):
    page = await open_page(await serve(app=SAMPLE), "/bad")
    said = " ".join(page.problems)
    assert "asks another site: https://elsewhere.test/x.png" in said and "Content Security Policy" in said
    assert await page.title() == "坏"
    page.problems.clear()


async def test_the_same_portal_is_served_once_and_another_beside_it(serve, open_page):
    first, again, filled = (
        await serve(app=SAMPLE),
        await serve(app=SAMPLE),
        await serve(f"{SAMPLE[:-3]}fill", SAMPLE),
    )
    assert first == again != filled
    assert await (await open_page(filled)).inner_text("h1") == "满"


async def test_a_portal_that_does_not_start_says_why(serve):
    with pytest.raises(pytest.fail.Exception, match="no_such_name"):
        await serve(app="tests.browser.sample:no_such_name")
