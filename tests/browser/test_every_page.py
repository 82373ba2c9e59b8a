"""Every page there is, for everybody it is for, in both modes and both languages, on the narrowest telephone."""

import pytest

from tests.browser import cells, look, sent_empty
from tests.browser.cells import NO_PAGE, ROUTES, Portal
from tests.browser.peopled import VISITORS

PEOPLED = "tests.browser.peopled:fill"


@pytest.fixture(scope="module")
async def portal(serve):
    """The demonstration, with somebody of every kind signed in."""
    async with Portal(await serve(PEOPLED)) as opened:
        yield opened


@pytest.fixture(scope="module")
async def answers(portal):
    """The pages that are looked at, as they answer over HTTP."""
    return await cells.short(portal)


@pytest.fixture(scope="module")
async def found(chromium, axe, portal, answers):
    """What is wrong with them, by kind."""
    return await look.look_at_all(chromium, axe, portal.address, answers, portal.written)


async def test_every_route_has_somebody_for_whom_it_is_a_page_or_a_file(portal, answers):
    met = {answer.cell.name for answer in answers}
    names = {route.name for route in ROUTES}
    assert not (nobody := sorted(names - NO_PAGE - portal.files - met)), f"no sample answers a page: {nobody}"
    assert names >= NO_PAGE


@pytest.mark.parametrize("kind", look.KINDS)
async def test_on_no_page_is_anything_wrong_with_its(found, kind):
    assert not found[kind], look.summary(found[kind])


async def sound(chromium, axe, portal, answers, **how):
    """Look at these and say everything that is wrong with them; empty where all is well."""
    found = await look.look_at_all(chromium, axe, portal.address, answers, portal.written, **how)
    return "\n".join(f"{kind}: {look.summary(wrong)}" for kind, wrong in found.items() if wrong)


async def test_a_form_that_is_sent_empty_comes_back_sound(chromium, axe, portal, answers):
    refused = await sent_empty.refused(portal, answers)
    assert len(refused) > 40
    assert not (wrong := await sound(chromium, axe, portal, refused, replays=True)), wrong


async def test_before_anything_has_happened_every_page_is_sound(serve, chromium, axe):
    async with Portal(await serve("tests.browser.peopled:bare")) as portal:
        pages = await cells.short(portal, errands=False)
        assert not (wrong := await sound(chromium, axe, portal, pages, inspects=False)), wrong


@pytest.mark.long
async def test_words_without_end_break_no_page(serve, chromium, axe):
    async with Portal(await serve("tests.browser.peopled:stretched")) as portal:
        pages = await cells.short(portal, errands=False)
        assert not (wrong := await sound(chromium, axe, portal, pages, inspects=False)), wrong


async def test_whatever_goes_wrong_is_told_on_a_sound_page(serve, chromium, axe):
    async with Portal(await serve("tests.browser.mishaps:nobody", "tests.browser.mishaps:app")) as portal:
        asked = [
            (status, cells.Cell("mishap", path, cells.STRANGER, "", language, mode, {}))
            for (path, status), (language, mode) in zip(
                MISHAPS.items(), cells.looks("", len(MISHAPS)), strict=True
            )
        ]
        answers = [await portal.ask(cell) for _status, cell in asked]
        assert [answer.status for answer in answers] == [status for status, _cell in asked]
        assert not (wrong := await sound(chromium, axe, portal, answers, replays=True)), wrong


MISHAPS = {
    "/mishap/missing": 404,
    "/mishap/forbidden": 403,
    "/mishap/conflict": 409,
    "/mishap/too-many": 429,
    "/mishap/away": 503,
    "/mishap/tampered": 500,
    "/mishap/broken": 500,
    "/nowhere": 404,
    "/sign-out": 405,
}


@pytest.mark.long
@pytest.mark.parametrize("visitor", sorted(VISITORS))
async def test_each_visitor_finds_every_page_sound_in_every_mode_and_language(portal, chromium, axe, visitor):
    pages = await cells.whole(portal, visitor)
    assert not (wrong := await sound(chromium, axe, portal, pages)), wrong
