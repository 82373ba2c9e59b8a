"""The README tells the truth about the house: its rooms, its commands, its settings, its words."""

import re
from pathlib import Path

from portal.commands import portal
from portal.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_room_is_named():
    rooms = {folder.name for folder in (ROOT / "portal").iterdir() if (folder / "__init__.py").exists()}
    assert {room for room in rooms if f"`{room}/`" not in README} == set()
    named = set(re.findall(r"`(\w+)/`", README)) - {"templates", "tests"}
    assert {
        name for name in named if not (ROOT / "portal" / name).is_dir() and not (ROOT / name).is_dir()
    } == set()


def test_every_command_is_explained_and_every_explained_command_is_there():
    there = set(portal.commands)
    told = set(re.findall(r"`portal ([a-z-]+)", README))
    assert told == there


def test_the_settings_it_names_exist():
    told = set(re.findall(r"`PORTAL_([A-Z_]+)`", README))
    assert told <= {name.upper() for name in Settings.__annotations__}


def test_its_pictures_are_there():
    for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), path


def test_the_words_of_its_glossary_are_the_words_of_the_code():
    section = README.split("## Glossary")[1].split("\n## ")[0]
    words = {
        word for row in re.findall(r"(?m)^\| ([a-z][^|]+?) \|", section) for word in re.split(r", ", row)
    }
    code = "\n".join(file.read_text("utf-8").lower() for file in (ROOT / "portal").rglob("*.py"))
    for word in words - {"word"}:
        spellings = {
            word,
            word.replace(" ", "_"),
            word.replace("-", "_"),
            word.replace(" ", "").replace("-", ""),
        }
        assert any(spelling in code for spelling in spellings), word
