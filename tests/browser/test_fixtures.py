"""The Chromium fixtures themselves: what they open, and what they do not let pass."""

import pytest

from tests.browser import look
from tests.browser.cells import Answer, Cell
from tests.browser.peopled import STRANGER

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


async def test_a_look_at_a_page_tells_its_faults_by_kind(serve, chromium, axe):
    address = await serve(app=SAMPLE)
    cell = Cell("faulty", "/faulty", STRANGER, "", "zh", "elder", {})
    answers = [Answer(cell, 200, "", {}), Answer(cell._replace(language="en", mode="standard"), 200, "", {})]
    found = await look.look_at_all(chromium, axe, address, answers, frozenset({"写过的话"}))
    said = {kind: " ".join(lines) for kind, lines in found.items()}
    assert "2 headings" in said["headings"] and "''" in said["title"] and "500" not in said["title"]
    assert "Content Security Policy" in said["console"] and "says zh-CN, elder" in said["language"]
    assert said["sideways"].split()[1] == "px:"
    assert "Save changes in" in said["words"] and "、小 in" not in said["words"]
    assert "<button> 小" in said["targets"] and "16 px <p>" in said["letters"]
    assert "label: Form elements must have labels" in said["axe"]


async def test_words_of_another_language_are_told_from_what_people_wrote():
    written = frozenset({"梅秀英", "银杏苑", "chen"})
    assert look.in_chinese("梅秀英 has booked", written) == look.in_chinese("银杏苑梅秀英", written) == ""
    assert look.in_chinese("预约 for 梅秀英", written).startswith("预约 in")
    assert look.in_latin("登录名 chen，编号 K7F3-29QX", written) == ""
    assert look.in_latin("请按 Save", written).startswith("Save in")


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
