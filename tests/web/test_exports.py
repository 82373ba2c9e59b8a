"""A file that leaves the portal calculates nothing, breaks no line, and has a plain name."""

import csv
import io
import re
from pathlib import Path

import pytest
from icalendar import Calendar

import portal
from app import app
from portal.database import transaction
from portal.lectures.models import Lecture
from portal.web import exports
from tests import make
from tests.forms_browser import Browser

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u3000=1",
    "\u200b=1",
    "\ufeff=cmd|' /C calc'!A0",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("http://evil.example","点这里")',
    "\x00=1",
    "\x0b\x0c=1",
]
LINES = ["a\r\nb", "a\nb", "a\rb", "a\x0bb", "a\x0cb", "a\x85b", "a\u2028b", "a\u2029b", "a\x00b", "a\x1bb"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text):
    cell = exports.cell(text)
    assert cell.startswith("'") and not set(cell) & set("\t\r\n\x00\x0b\x0c")


@pytest.mark.parametrize("text", LINES)
def test_no_cell_breaks_its_line(text):
    assert exports.cell(text) == "a b"


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (0, "0"), (-3, "-3"), (1.5, "1.5"), ("邻里", "邻里"), ("3-1", "3-1"), (True, "True")],
)
def test_what_is_harmless_stays_as_it_is(value, cell):
    assert exports.cell(value) == cell


def test_a_table_has_one_line_for_each_row():
    titles = ["=名", *LINES]
    body = exports.table("t", titles, [[text, *LINES] for text in FORMULAS]).body
    lines = bytes(body).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(FORMULAS)
    rows = list(csv.reader(io.StringIO("\n".join(lines))))
    assert {len(row) for row in rows} == {len(titles)} and all(row[0].startswith("'") for row in rows)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("disputes-2026-11", "disputes-2026-11.csv"),
        ("纠纷", "file.csv"),
        ('a"; filename="evil.exe', "a-filename-evil.exe.csv"),
        ("a\r\nSet-Cookie: x=1", "a-Set-Cookie-x-1.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        (".htaccess", "htaccess.csv"),
    ],
)
def test_the_name_of_a_file_is_plain(name, told):
    assert exports.table(name, [], []).headers["content-disposition"] == f'attachment; filename="{told}"'


BREAKS = "讲座\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:假的\rX-EVIL:1\nY-EVIL:2\x0bZ\u2028Q"


async def test_no_title_adds_a_line_to_a_calendar(cast):
    lecture = await make.lecture(cast.lin)
    async with transaction():
        await Lecture.filter(id=lecture.id).update(title=BREAKS, venue=BREAKS)
    for path in ("/lectures.ics", f"/lectures/{lecture.number}/calendar.ics"):
        answer = await Browser(app).get(path)
        assert answer.headers["content-type"].startswith("text/calendar")
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n|[\x00-\x08\x0b\x0c\x0e-\x1f]", answer.body)
        assert answer.body.count(b"BEGIN:VEVENT") == 1 + answer.body.count(b"\\nBEGIN:VEVENT")
        lines = answer.body.replace(b"\r\n ", b"").splitlines()
        assert not [
            line for line in lines if line.startswith((b"X-EVIL", b"Y-EVIL", b"SUMMARY:\xe5\x81\x87"))
        ]
        assert len([one for one in Calendar.from_ical(answer.body).walk("VEVENT")]) == 1


async def test_a_table_of_the_board_comes_as_a_file(cast):
    answer = await (await make.sign_in(Browser(app), cast.fang)).get("/board/disputes.csv?by=grid")
    assert answer.headers["content-disposition"].startswith('attachment; filename="disputes-by-grid-')
    assert (
        answer.headers["x-content-type-options"] == "nosniff"
        and answer.headers["cache-control"] == "no-store"
    )


def test_every_file_leaves_by_this_door():
    for file in Path(portal.__file__).parent.rglob("*.py"):
        source = file.read_text("utf-8")
        if file.name != "exports.py":
            assert "content-disposition" not in source.lower() and "FileResponse" not in source, file.name
            assert not re.search(
                r"csv\.(?:writer|DictWriter)|text/calendar|text/csv|application/vnd", source, re.M
            ), file.name
