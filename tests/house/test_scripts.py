"""Scripts are small modules that some page loads, that find what they look for, and that write no markup."""

import re
from pathlib import Path

import pytest

from portal.web import assets

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
MOST_LINES = 120
MARKUP = re.compile(
    r"\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(\"on"
)
SELECTED = re.compile(r"\[data-([a-z-]+)")
READ = re.compile(r"\.dataset\.(\w+)\b(?!\s*=[^=])")
GIVEN = re.compile(r"\.dataset\.(\w+)\s*=[^=]|(?:set|toggle)Attribute\(\"data-([a-z-]+)\"")


def templates() -> str:
    return "\n".join(file.read_text("utf-8") for file in (ROOT / "templates").rglob("*.html"))


def loaded(name: str, pages: str, code: str) -> bool:
    """Does a page load this script, now or later, or a route answer with it?"""
    return f'asset("js/{name}")' in pages or f'load("js/{name}")' in code


def strays(source: str, pages: str) -> set[str]:
    """What a script looks for that neither a template nor the script itself gives."""
    given = {kebab(one) for pair in GIVEN.findall(source) for one in pair if one}
    sought = set(SELECTED.findall(source)) | {kebab(name) for name in READ.findall(source)}
    return {name for name in sought - given if not re.search(rf"\bdata-{name}\b(?!-)", pages)}


def kebab(name: str) -> str:
    """isTyped → is-typed, as the attribute is written."""
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.name)
def test_every_script_is_loaded_and_finds_what_it_looks_for(script):
    source = script.read_text("utf-8")
    code = "\n".join(file.read_text("utf-8") for file in (ROOT / "portal" / "web").glob("*.py"))
    assert loaded(script.name, templates(), code)
    assert strays(source, templates()) == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.name)
def test_every_script_is_short_and_writes_no_markup(script):
    source = script.read_text("utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    assert MARKUP.findall(source) == []
    assert not re.search(r"^(?:window|globalThis|self)\.\w+\s*=", source, re.M), "nothing is left in the open"


def test_a_module_that_imports_another_asks_for_it_under_its_hash():
    shelf = assets.load("js/shelf.js").version
    assert f'from "./shelf.js?v={shelf}"' in assets.load("js/offline.js").body.decode()
    plain = re.compile(r'(?:from|import) "\./[\w-]+\.js"')
    assert [file.name for file in SCRIPTS if plain.search(assets.load(f"js/{file.name}").body.decode())] == []


def test_planted_faults_are_found():
    assert strays(
        'document.querySelector("[data-nowhere]"); one.dataset.isLost; one.dataset.own = 1', ""
    ) == {
        "nowhere",
        "is-lost",
    }
    assert strays('document.querySelector("[data-live]")', '<p data-live-said="">') == {"live"}
    assert not loaded("x.js", "<script src='x.js'>", "")
    assert MARKUP.search("one.innerHTML = text") and MARKUP.search('one.setAttribute("onclick", x)')
