"""The face keeps its own promises: a component is one file, one class and one style sheet, and nothing is written inline."""

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from lxml import html

from portal import languages
from portal.web import assets, templating
from portal.web.forms import Form

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
STYLES = ROOT / "static" / "css"
COMPONENTS = sorted(file.stem for file in (TEMPLATES / "components").glob("*.html"))
INLINE = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)", re.I)
SHEETS = ("app", "office")  # what everybody meets, and what only people with an office do
PACKED_BYTES = 10_000  # the compressed style sheet, of the 20 KB that a first view may weigh
OFFICE_BYTES = 4_000
PAGE: dict[str, Any] = {
    "person": None,
    "here": "home",
    "navigation": [("问律师", "/book", True)],
    "demo": True,
    "mode": "standard",
    "asks_mode": True,
    "flash": "已经存好。",
    "path": "/",
    "stay": None,
}


def inline(source: str) -> list[str]:
    """What a strict content policy would refuse in this template."""
    return [found[0] for found in INLINE.finditer(re.sub(r"{#.*?#}", "", source, flags=re.S))]


def imported(sheet: str) -> list[str]:
    """The parts a style sheet is made of, in order."""
    return [f"{layer}:{name}" for name, layer in assets.IMPORT.findall(sheet)]


def unclassed(component: str, page: str, sheet: str) -> list[str]:
    """Where a component is not shown on the page, or not dressed by its own sheet, under the class of its name."""
    shown = {name for names in re.findall(r'class="([^"]*)"', page) for name in names.split()}
    worn = component in shown or any(name.startswith((f"{component}_", f"{component}--")) for name in shown)
    dressed = re.search(rf"\.{component}\b", sheet)
    return [
        what
        for what, holds in (("not on the pattern page", worn), ("no style of its own", dressed))
        if not holds
    ]


def without_lang(source: str) -> bool:
    """Does this page open an <html> whose language is not said?"""
    return any(" lang=" not in tag for tag in re.findall(r"<html[^>]*>?", source))


@pytest.fixture(scope="module")
def face() -> Environment:
    """The portal's own templates, with addresses that need no routes."""
    made = templating.environment.overlay()
    made.globals = {**templating.environment.globals, "url": lambda name, **_: f"/{name}"}
    return made


@pytest.fixture(scope="module")
def patterns(face: Environment) -> str:
    """The pattern page in Chinese."""
    return face.get_template("patterns.html").render(**PAGE)


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_has_its_own_sheet_and_stands_on_the_pattern_page(component: str, patterns: str) -> None:
    assert (
        unclassed(component, patterns, (STYLES / "components" / f"{component}.css").read_text("utf-8")) == []
    )


def uncalled(component: str, callers: str) -> list[str]:
    """The macros of a component that nothing on the pattern page leads to: neither it, nor a macro it calls."""
    bodies = dict(
        re.findall(
            r"{%-? macro (\w+)\((.*?){%-? endmacro",
            (TEMPLATES / "components" / f"{component}.html").read_text(),
            re.S,
        )
    )
    call = r"\b{0}\(|\bonce\({0}\b"
    called = {name for name in bodies if re.search(call.format(name), callers)}
    while more := {
        name
        for name in bodies.keys() - called
        if any(re.search(call.format(name), bodies[caller]) for caller in called)
    }:
        called |= more
    return sorted(bodies.keys() - called)


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_macro_of_a_component_is_drawn_on_the_pattern_page(component: str) -> None:
    assert uncalled(component, (TEMPLATES / "patterns.html").read_text("utf-8")) == []


def test_every_icon_and_every_colour_stands_on_the_pattern_page_by_its_name(patterns: str) -> None:
    page = html.document_fromstring(patterns)
    named = {code.text_content() for code in page.xpath("//code")}
    shapes: Any = templating.environment.get_template("components/icon.html").module.SHAPES  # type: ignore[attr-defined]
    tokens = re.findall(r"(--[\w-]+): #", (STYLES / "tokens.css").read_text("utf-8"))
    assert shapes.keys() | set(tokens) <= named
    for name, path in shapes.items():
        assert re.fullmatch(r"[a-z]+", name) and re.fullmatch(r"[MmLlHhVvCcSsQqAaZz0-9 .,-]+", path), name
    drawn = [int(colour) for colour in re.findall(r"[MLHV]?(\d+)", " ".join(shapes.values()))]
    assert max(drawn) <= 24


def test_a_drawing_is_named_or_hidden_from_who_listens(patterns: str) -> None:
    drawings = html.document_fromstring(patterns).xpath(
        "//*[local-name() = 'svg'][not(ancestor::*[local-name() = 'svg'])]"
    )
    assert [
        one
        for one in drawings
        if one.get("aria-hidden") != "true" and one.get("role") not in ("img", "group")
    ] == []


def test_every_sheet_is_imported_exactly_once_and_belongs_to_a_component_or_a_room() -> None:
    parts = [part for sheet in SHEETS for part in imported((STYLES / f"{sheet}.css").read_text("utf-8"))]
    files = {str(file.relative_to(STYLES)) for file in STYLES.rglob("*.css")}
    assert sorted(part.split(":")[1] for part in parts) == sorted(
        files - {f"{sheet}.css" for sheet in SHEETS}
    )
    assert {f"components:components/{name}.css" for name in COMPONENTS} == {
        part for part in parts if part.startswith("components:")
    }
    assert {part.split(":")[1].split("/")[0] for part in parts if part.startswith("rooms:")} == {"rooms"}


def test_the_layers_are_named_in_order_before_anything_else() -> None:
    sheet = assets.load("css/app.css").body.decode()
    assert sheet.startswith("@layer reset,tokens,base,components,rooms,utilities;")
    assert "@import" not in sheet


def test_a_page_that_draws_what_only_the_office_sheet_dresses_links_it() -> None:
    """The layout links it for people with an office; a page of another room has to ask for it."""
    office = {Path(part).stem for part in imported((STYLES / "office.css").read_text("utf-8"))}
    names = "|".join(office & set(COMPONENTS))
    drawn = re.compile(rf'"components/({names})\.html"')
    strays = [
        file.relative_to(TEMPLATES)
        for file in TEMPLATES.rglob("*.html")
        if file.parent.name not in office | {"components"}
        and drawn.search(text := file.read_text("utf-8"))
        and 'asset("css/office.css")' not in text
    ]
    assert strays == []


def test_the_style_sheets_stay_light() -> None:
    assert len(assets.load("css/app.css").packed) < PACKED_BYTES
    assert len(assets.load("css/office.css").packed) < OFFICE_BYTES


def colours(sheet: str) -> list[str]:
    """Colours that are written out instead of named, in a style sheet."""
    return re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(|:\s*(?:white|black)\b", sheet, re.I)


def test_every_colour_is_a_token() -> None:
    sheets = [file for file in STYLES.rglob("*.css") if file.name != "tokens.css"]
    strays = {file.name: colours(file.read_text("utf-8")) for file in sheets}
    assert {name: found for name, found in strays.items() if found} == {}


def test_no_template_writes_styles_or_scripts_inline() -> None:
    found = {
        str(file.relative_to(TEMPLATES)): inline(file.read_text("utf-8"))
        for file in TEMPLATES.rglob("*.html")
    }
    assert {name: what for name, what in found.items() if what} == {}


def test_every_page_says_its_language(face: Environment) -> None:
    assert [file.name for file in TEMPLATES.rglob("*.html") if without_lang(file.read_text("utf-8"))] == []
    for language, tag in (("zh", "zh-CN"), ("en", "en"), ("bo", "zh-CN")):
        with languages.speaking(language):
            page = html.document_fromstring(face.get_template("patterns.html").render(**PAGE))
        assert (page.get("lang"), page.get("dir")) == (tag, "ltr")


def test_every_page_template_stands_on_the_layout() -> None:
    pages = [
        file
        for file in TEMPLATES.rglob("*.html")
        if not file.name.startswith("_") and file.parent.name != "components" and file.name != "layout.html"
    ]
    assert [file.name for file in pages if not file.read_text("utf-8").startswith("{% extends")] == []


def test_an_id_stands_once_on_the_pattern_page_and_every_label_reaches_its_field(patterns: str) -> None:
    page = html.document_fromstring(patterns)
    ids = page.xpath("//@id")
    assert sorted(ids) == sorted(set(ids))
    assert set(page.xpath("//label/@for")) <= set(ids)
    described = {
        part for value in page.xpath("//@aria-describedby | //@aria-labelledby") for part in value.split()
    }
    assert described <= set(ids)
    assert {href[1:] for href in page.xpath("//*[@class='errors']//a/@href")} <= set(ids)


def test_the_first_free_time_is_chosen_beforehand_and_a_lost_one_is_not(face: Environment) -> None:
    times: Any = face.get_template("components/times.html").module.times  # type: ignore[attr-defined]
    mornings = [
        {
            "label": "12月15日 周二",
            "provisional": False,
            "note": "",
            "times": [
                {
                    "value": number,
                    "label": f"上午9:{number}0",
                    "left": 0 if number == 1 else 1,
                    "taken": number == 1,
                }
                for number in (1, 2, 3)
            ],
        }
    ]

    lost = Form({"slot": "1"})
    lost.refuse("slot", "这个时间刚刚被约走了。")
    for form in (None, lost):
        drawn = html.fragment_fromstring(str(times(form, mornings)))
        assert drawn.xpath("//input[@checked]/@value") == ["2"]
        assert drawn.xpath("//input[@disabled]/@value") == ["1"]
        assert drawn.xpath("//input[@checked]/@id") == ["field-slot"]
    kept = html.fragment_fromstring(str(times(Form({"slot": "3"}), mornings)))
    assert kept.xpath("//input[@checked]/@value") == ["3"]


def test_what_a_person_typed_is_shown_as_words_and_never_as_markup(face: Environment) -> None:
    field: Any = face.get_template("components/field.html").module
    form = Form({"words": "</textarea><script>alert(1)</script>", "name": '"><b>'})
    form.refuse("name", "<i>")
    drawn = str(field.area(form, "words", "说说")) + str(field.text(form, "name", "称呼"))
    assert "<script>" not in drawn and "<b>" not in drawn and "<i>" not in drawn
    area = html.fragment_fromstring(f"<div>{drawn}</div>").xpath("string(//textarea)")
    assert area.strip() == form.values["words"]


def test_these_checks_find_planted_faults() -> None:
    for fault in (
        '<p style="x">',
        "<style>",
        '<a onclick="x">',
        "<script>x</script>",
        '<a href="javascript:x">',
    ):
        assert inline(fault), fault
    assert inline('<script type="module" src="/static/js/app.js"></script>{# style="x" #}') == []
    assert unclassed("slip", '<p class="slips">', ".slips {}") == [
        "not on the pattern page",
        "no style of its own",
    ]
    assert uncalled("button", "{{ button(1) }}") == ["link"]
    assert len(colours("a { color: #fff; background: white; box-shadow: 0 0 rgb(0 0 0 / 1%) }")) == 3
    assert without_lang("<html>") and not without_lang('<html lang="zh-CN">')
