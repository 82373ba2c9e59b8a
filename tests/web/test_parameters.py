"""In an address a number, a day and an id have one spelling; whatever only looks like one is none."""

import ast
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.datastructures import QueryParams

import portal
from app import app
from portal.booking.forms import read_day as booking_day
from portal.web.forms import Form, page_number, read_day, read_key
from tests import make
from tests.forms_browser import Browser

ODD = [
    *("1_0", "٣", "+1", " 1", "1 ", "1e1", "0x1", "１", "①", "1.0", "-1", "--1", "0b1", "0o7", "01", "", "0"),
    *(
        "\t1",
        "1\n",
        "1\x00",
        "\u30001",
        "²",
        "𝟏",
        "१",
        "1,000",
        "1'",
        "1;",
        "Infinity",
        "NaN",
        "9" * 6,
        "9" * 5000,
    ),
]
KEY = "01a2090c-eb02-7590-b501-37a9d69e37a6"
NO_KEYS = [
    *(KEY.upper(), KEY.replace("-", ""), f"{{{KEY}}}", f"urn:uuid:{KEY}", f" {KEY}", f"{KEY}\n", KEY[:-1]),
    *(KEY.replace("0", "０", 1), KEY.replace("1", "١"), "", "None", "0", f"{KEY}0", KEY.replace("-", "_")),
]
NO_DAYS = [
    *(
        "20261215",
        "2026-W50-2",
        "2026-349",
        "2026-12-32",
        "2026-13-01",
        "2026-1-1",
        " 2026-12-15",
        "2026-12-15\n",
    ),
    *("２０２６-12-15", "٢٠٢٦-12-15", "+026-12-15", "2026-12-15T00:00", "0000-01-01", ""),
]


def request(query: dict[str, str]):
    return SimpleNamespace(query_params=QueryParams(query))


@pytest.mark.parametrize("odd", ODD)
def test_what_only_looks_like_a_number_is_none(odd):
    assert page_number(request({"page": odd})) == 1
    form = Form.asked(request({"n": odd}))
    assert form.number("n", 2, 100, required=False) is None


def test_a_number_is_one():
    assert page_number(request({"page": "10"})) == 10 and page_number(request({})) == 1
    assert Form.asked(request({"n": "10"})).number("n", 1, 100) == 10


@pytest.mark.parametrize(
    "odd", [one for one in ODD if one not in (" 1", "1 ", "１", "\t1", "1\n", "\u30001", "01", "0", "")]
)
def test_in_a_form_blanks_and_full_width_digits_are_forgiven_and_nothing_else(odd):
    form = Form({"n": odd})
    assert form.number("n", 1, 100) is None and not form.ok


@pytest.mark.parametrize("typed", [" 1", "1 ", "１", "\u30001"])
def test_what_people_type_is_understood_in_forms(typed):
    assert Form({"n": typed}).number("n", 1, 100) == 1


@pytest.mark.parametrize("odd", NO_KEYS)
def test_an_id_has_one_spelling(odd):
    assert read_key(KEY) is not None and str(read_key(KEY)) == KEY
    assert read_key(odd) is None


@pytest.mark.parametrize("odd", NO_DAYS)
def test_a_day_has_one_spelling(odd):
    other = date(2026, 1, 1)
    assert read_day("2026-12-15") == date(2026, 12, 15) == booking_day("2026-12-15", other)
    assert read_day(odd) is None and booking_day(odd, other) == other
    assert Form.asked(request({"d": odd})).day("d", required=False) is None


async def test_an_odd_address_finds_nothing_and_breaks_nothing(cast):
    browser = await make.sign_in(Browser(app), cast.guo)
    firm = str(cast.hengdao.id)
    assert (await browser.get(f"/firms/{firm}")).status == 200
    for odd in (firm.upper(), firm.replace("-", ""), f"%7B{firm}%7D", firm.replace("-", "%2D") + "0"):
        assert (await browser.get(f"/firms/{odd}")).status == 404, odd
    for odd in ("02026", "+2026", "2_026", "٢٠٢٦", "2026.0", "1e3", "9" * 12, "9" * 5000, "1"):
        assert (await browser.post(f"/days/{odd}/seeding", {})).status == 404, odd


@pytest.mark.parametrize(
    "odd", ["1_0", "٣", "%2B1", "%201", "1e1", "0x1", "１", "99999999999999999999", "-1", "a[]", ""]
)
async def test_every_list_shows_its_first_page_for_an_odd_number(cast, odd):
    browser = await make.sign_in(Browser(app), cast.guo)
    for path in (
        "/consultations",
        "/feedback",
        "/disputes",
        "/lectures",
        "/council",
        "/firms",
        "/days",
        "/people",
    ):
        for name in ("page", "year", "month", "grid", "level", "day", "until"):
            status = (await browser.get(f"{path}?{name}={odd}&{name}[]=2")).status
            assert status in (200, 422), (path, name, status)


# -- nobody reads in another way -----------------------------------------------------------------------------------------

LENIENT = {"UUID", "float", "fromisoformat", "strptime", "Decimal", "eval", "literal_eval"}
CHOSEN = {  # numbers that were first chosen from a list of ours
    "consultations/review_pages.py": 1,
    "disputes/forms.py": 8,
    "disputes/mediation_pages.py": 2,
    "disputes/pages.py": 1,
    "disputes/show_pages.py": 1,
    "roster/day_pages.py": 1,
    "roster/forms.py": 7,
}


def readings(source: str) -> tuple[set[str], int]:
    """The readers that forgive what is called here, and how often int() is."""
    called = [
        ast.unparse(node.func).rpartition(".")[2]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
    ]
    return LENIENT & set(called), called.count("int")


def test_pages_and_forms_of_rooms_read_by_the_strict_readers():
    rooms = [
        file
        for file in Path(portal.__file__).parent.glob("*/*.py")
        if {"pages", "forms"} & set(file.stem.split("_")) and file.parent.name != "web"
    ]
    assert len(rooms) > 30
    for file in rooms:
        place = f"{file.parent.name}/{file.name}"
        lenient, ints = readings(file.read_text("utf-8"))
        assert not lenient, (place, lenient)
        assert ints <= CHOSEN.get(place, 0), f"{place} reads {ints} numbers by int()"


def test_a_lenient_reader_is_found():
    assert readings("UUID(text); date.fromisoformat(x); int(y)") == ({"UUID", "fromisoformat"}, 1)
