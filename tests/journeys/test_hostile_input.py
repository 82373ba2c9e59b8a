"""Whatever is sent to whatever form, by whomever: a clear page, never a broken one, and what was typed is kept."""

import re
from urllib.parse import urlencode, urlsplit

from app import app, routes
from portal import clock
from portal.disputes.models import Dispute
from portal.feedback.models import Feedback
from tests import make
from tests.forms_browser import Browser, Form, Page, kind

HOSTILE = {
    "nothing": "",
    "NUL": "a\0b",
    "half a surrogate": "%ED%A0%80",
    "markup": "<script>alert(1)</script>\"'><img src=x>",
    "quotes": "'; DROP TABLE person; --",
    "a huge number": "1e9",
    "a number with an underscore": "1_0",
    "digits of another script": "٣٣٣",
    "a negative number": "-1",
    "beyond every column": "9" * 40,
    "a rare letter and a flag": "𠮷䶮 བོད 🇨🇳",
    "right to left": "\u202e反向\u202c",
    "long": "长" * 9_000,
    "a path": "../../etc/passwd",
    "a template": "{{ 7*7 }} {% raw %} %(n)s %s",
    "an address elsewhere": "//evil.example/\\x",
}
STAYS = re.compile(r"sign-out|sessions?/")  # whoever is signed out tests nothing further
MOST_PAGES = 60


async def some_matters(cast) -> None:
    """Something of everything, so that pages have forms."""
    await make.consultation(cast.mei, await make.slot(cast.chen))
    await make.slot(cast.lin)
    await make.lecture(cast.lin)
    places = cast.places
    where = {"grid": places.grids[0], "building": places.buildings[0], "unit": places.units[0]}
    async with make.transaction():
        await Dispute.create(
            reporter=cast.mei, category="neighbours", words="楼上漏水", level_arose=1, level=1, **where
        )
        await Feedback.create(person=cast.mei, category="repair", words="下水道堵了", **where)


def addresses() -> list[str]:
    """Every page that needs no parameter."""
    return [route.path for route in routes if "GET" in (route.methods or ()) and "{" not in route.path]


def linked(page: Page) -> set[str]:
    """Pages of the portal that this one leads to."""
    found = {urlsplit(href) for href in page.all("//a/@href")}
    return {
        f"{url.path}?{url.query}" if url.query else url.path for url in found if not url.netloc and url.path
    }


def shape(action: str) -> str:
    """The address of a form with numbers and ids left out: one of a kind is enough."""
    return re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{8}T\d{4}", "*", action)


async def every_form(browser: Browser) -> list[Form]:
    """The forms of every page this person can reach."""
    ahead, seen, forms = addresses(), set(), {}
    while ahead and len(seen) < MOST_PAGES:
        path = ahead.pop(0)
        if shape(path) in seen or path.startswith(("/static", "//")):
            continue
        seen.add(shape(path))
        page = await browser.get(path, follow=True)
        assert page.status < 500, (path, page.status)
        if page.tree is None:
            continue
        for element in page.all("//form"):
            form = Form(page, element)
            if (element.get("method") or "").lower() == "post" and not STAYS.search(form.action):
                forms.setdefault(shape(form.action), form)
        ahead += sorted(linked(page))
    return list(forms.values())


def typed(form: Form, value: str) -> bytes:
    """Every field of the form filled with the same thing, hidden ones kept, as raw bytes."""
    parts = []
    for element in form._fields:
        name = element.get("name")
        if not name:
            continue
        if kind(element) == "hidden":
            parts.append(urlencode({name: element.get("value") or ""}))
        else:
            parts.append(
                f"{urlencode({name: ''})}{value if value.startswith('%ED') else urlencode({'': value})[1:]}"
            )
    return "&".join(parts).encode("utf-8")


async def attack(browser: Browser) -> int:
    """Send every hostile thing through every form; answers how many were sent."""
    sent = 0
    for form in await every_form(browser):
        for name, value in HOSTILE.items():
            page = await browser.post(form.action, typed(form, value))
            sent += 1
            assert page.status in (200, 303, 400, 403, 404, 409, 413, 422, 429), (
                form.action,
                name,
                page.status,
            )
            assert page.status != 422 or page.all("//*[@role='alert']//a"), (form.action, name, "no summary")
            assert "<script>alert" not in page.html, (form.action, name)
            assert not page.location or page.location.startswith(browser.origin), (
                form.action,
                name,
                page.location,
            )
    return sent


async def test_a_stranger_breaks_nothing(cast):
    await some_matters(cast)
    assert await attack(Browser(app)) > 50


async def test_residents_break_nothing(cast):
    await some_matters(cast)
    assert await attack(await make.sign_in(Browser(app), cast.mei)) > 150


async def test_lawyers_break_nothing(cast):
    await some_matters(cast)
    assert await attack(await make.sign_in(Browser(app), cast.chen.person)) > 150


async def test_staff_break_nothing(cast):
    await some_matters(cast)
    assert await attack(await make.sign_in(Browser(app), cast.guo)) > 300


async def test_heads_break_nothing(cast):
    await some_matters(cast)
    assert await attack(await make.sign_in(Browser(app), cast.dou)) > 150


async def test_ten_megabytes_are_turned_away_with_a_sentence(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    page = await browser.post("/feedback", {"category": "repair", "words": "长" * 3_500_000})
    assert page.status == 413
    assert page.has("内容太长", "返回")


async def test_a_number_that_is_no_number_finds_nothing(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    for room in (
        "appointments",
        "consultations",
        "prescriptions",
        "disputes",
        "feedback",
        "lectures",
        "waitlist",
    ):
        for number in ("1", "AAAA-AAAA", "%00", "%ED%A0%80", "x" * 500, "K7F3-29QX'--"):
            page = await browser.get(f"/{room}/{number}")
            assert page.status in (404, 405), (room, number, page.status)


async def test_a_path_or_query_of_nonsense_is_only_not_found(cast):
    browser = Browser(app)
    for path in (
        "/nothing",
        "/%ff",
        "/book/times?topic=%00",
        "/book/times?topic=nonsense",
        "/lookup?number=%ED%A0%80",
    ):
        assert (await browser.get(path)).status in (400, 404, 422), path
    assert clock.now()
