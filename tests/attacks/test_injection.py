"""What people type stays text: in HTML, in CSV, in calendars and in headers, whoever looks at it and wherever it stands."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from lxml import html

from portal.database import transaction
from tests.attacks import canaries, world
from tests.attacks.test_canaries import READING
from tests.attacks.test_matrix import PLAIN, method
from tests.papers import opened

# One of each kind of grammar that a page, a sheet, a calendar or a header could be made to speak.
CORPUS = [
    "<img src=x onerror=zap()>",
    '"><svg onload=zap()>',
    "'><script>zap()</script>",
    "</title><script>zap()</script>",
    "</textarea><script>zap()</script>",
    "<a href=javascript:zap()>x</a>",
    "{{7*7}}{%set x=zap%}${7*7}#{7*7}",
    "<!--<zap-->",
    "&lt;zap&gt;<zap>",
    '=HYPERLINK("http://zap","x")',
    "+zap|' /C calc'!A0",
    "-zap+1",
    "@zap(1)",
    "＝zap()",
    "\tzap\nBEGIN:VEVENT\nSUMMARY:zap",
    "zap;X-ZAP=1:2,3\\n\\;zap",
    "\u202ezap\u2066",
    "zap%0d%0aSet-Cookie:zap=1",
]


async def sow(towns: list[world.Town], turn: int) -> None:
    """Type all of it wherever there is room, and one of them in turn wherever there is little."""
    await canaries.plant(towns)
    count = turn * 6
    async with transaction():
        for town in towns:
            for thing in town.things:
                kind = type(thing.record)
                row = await kind.get(id=thing.record.id)
                columns = [name for name in ("title", "name") if name in kind._meta.fields_map]
                for name in dict.fromkeys([*columns, *canaries.confided_columns(kind)]):
                    column = kind._meta.fields_map[name]
                    most = getattr(column, "max", 0) or getattr(column, "max_length", 0) or 40
                    count += 1
                    wanted = "\n".join(CORPUS) if most >= 1000 else CORPUS[count % len(CORPUS)][:most]
                    setattr(row, name, canaries.put(getattr(row, name), wanted))
                await row.save()


def speaks_html(text: str) -> list[str]:
    """What in a page was typed by somebody and became markup."""
    document = html.document_fromstring(text)
    wrong = []
    for node in document.iter():
        if not isinstance(node.tag, str):
            continue
        if node.tag in ("svg", "img", "script", "a", "zap") or "zap" in node.tag:
            attributes = {str(name): str(value) for name, value in node.attrib.items()}
            is_ours = not any(name.startswith("on") or "zap" in name for name in attributes)
            address = attributes.get("href", "") + attributes.get("src", "")
            if not is_ours or address.lower().strip().startswith(("javascript:", "x")) or node.tag == "zap":
                wrong.append(html.tostring(node, encoding="unicode")[:80])
        if node.tag == "script" and (node.text or "").strip():
            wrong.append("a script with words of its own")
        wrong += [
            f"{node.tag} {name}" for name in node.attrib if str(name).startswith("on") or name == "style"
        ]
    return wrong


def speaks_csv(text: str) -> list[str]:
    """Cells that a spreadsheet would work out."""
    return [
        cell
        for row in csv.reader(io.StringIO(text.lstrip("\ufeff")))
        for cell in row
        if cell[:1] in tuple("=+-@\t\r＝＋－＠") and not cell.lstrip("-").replace(".", "").isdigit()
    ]


def speaks_calendar(text: str) -> list[str]:
    """Properties and events that nobody planned."""
    calendar = Calendar.from_ical(text)
    return [
        name
        for part in calendar.walk()
        for name in part
        if "ZAP" in name.upper() or str(part.get("summary", "")).strip() == "zap"
    ]


# What a PDF could do beyond being read: run something, open something, carry something along.
DEEDS = (
    "/JavaScript",
    "/JS",
    "/OpenAction",
    "/AA",
    "/Launch",
    "/URI",
    "/SubmitForm",
    "/EmbeddedFile",
    "/RichMedia",
)


def speaks_pdf(body: bytes) -> list[str]:
    """What a document does beside being read. What was typed stands in it letter by letter: tests/web/test_papers.py."""
    document = opened(body)
    things = {number: str(document.get_object(number)) for number in range(1, document.trailer["/Size"])}
    return [f"{number} {deed}" for number, thing in things.items() for deed in DEEDS if f"'{deed}'" in thing]


def speaks_script(text: str) -> list[str]:
    """A script is ours from end to end: no word of anybody's stands in it."""
    return ["somebody's words in a script"] if "zap" in text.lower() else []


SPEAKS: dict[str, Callable[[Any], list[str]]] = {
    "text/html": speaks_html,
    "text/csv": speaks_csv,
    "text/calendar": speaks_calendar,
    "text/javascript": speaks_script,
    "application/pdf": speaks_pdf,
}


@pytest.mark.parametrize("turn", range(3))
async def test_what_was_typed_stays_text_in_every_answer(towns, turn):
    towns = towns[:1]
    await sow(towns, turn)
    wrong: list[Any] = []
    met = set()
    for name in ("owner", "lawyer", "lead", "grid officer", "auditor"):
        browser = await towns[0].people[name].browser()
        paths = [
            route.path for route in PLAIN if method(route) == "GET" and not route.path.startswith("/demo")
        ]
        for thing in towns[0].things:
            if thing.parts(towns[0].people[name]) is not None:
                paths += [world.address(route.path, thing) for route in READING if route.of == thing.kind]
        for path in paths:
            page = await browser.get(path)
            kind = page.response.headers.get("content-type", "").partition(";")[0]
            assert page.status < 500, f"{path}: {page.status}"
            assert all(
                "zap" not in f"{key}{value}".lower() for key, value in page.response.headers.items()
            ), path
            if not page.response.content or kind not in SPEAKS:
                assert (
                    kind in ("", "text/plain", "image/svg+xml", "image/jpeg", "application/json")
                    or page.status == 303
                ), f"{path} answers {kind}: say above how it could be made to speak"
                continue
            met.add(kind)
            body = page.response.content if kind == "application/pdf" else page.response.text
            wrong += [(path, each) for each in SPEAKS[kind](body)]
            if page.location:
                assert not urlsplit(page.location).netloc, path
    assert wrong == []
    assert met == set(SPEAKS)
