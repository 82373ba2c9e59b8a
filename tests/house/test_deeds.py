"""Every verb and every kind of record the journal can hold has a name that an auditor understands."""

import ast
from collections.abc import Iterator
from pathlib import Path

from portal.demo import load
from portal.journal import Entry
from portal.languages import catalogue
from portal.privacy.deeds import KIND_NAMES, OF_KIND, VERB_NAMES
from tests.house.test_schema import models

PORTAL = Path(__file__).parents[2] / "portal"
DYNAMIC = {"verb"}  # of moves, and of the roster's plan
OF_PLAN = {"withdraw", "restore", "change"}


def recorded() -> Iterator[str]:
    """The verb of each entry that is written anywhere, as it stands in the code."""
    for file in PORTAL.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            is_record = isinstance(node, ast.Call) and ast.unparse(node.func) in ("journal.record", "record")
            if is_record and len(node.args) >= 3:  # type: ignore[attr-defined]
                yield ast.unparse(node.args[1])  # type: ignore[attr-defined]


def test_every_verb_that_is_recorded_has_a_name_and_every_name_a_verb():
    said = {text.strip("'\"") for text in recorded()}
    moved = {verb for model in models() for _state, verb in getattr(model, "MOVES", {})}
    known = (said - DYNAMIC) | {str(verb) for verb in moved} | OF_PLAN
    assert known - VERB_NAMES.keys() == set()
    assert VERB_NAMES.keys() - known == set()
    assert {verb for _kind, verb in OF_KIND} <= known


def test_every_kind_with_a_name_is_a_record_and_every_record_that_moves_has_one():
    kinds = {model.__name__.lower() for model in models()}
    assert KIND_NAMES.keys() - kinds == set()
    assert {
        model.__name__.lower() for model in models() if hasattr(model, "MOVES")
    } - KIND_NAMES.keys() == set()
    assert {kind for kind, _verb in OF_KIND} <= KIND_NAMES.keys()


def test_each_is_said_in_english_too():
    english = catalogue("en")
    names = {one.sentence for table in (VERB_NAMES, OF_KIND, KIND_NAMES) for one in table.values()}
    assert {name for name in names if name not in english} == set()


async def test_whatever_the_demonstration_did_has_a_name(database):
    await load()
    told = set(await Entry.all().values_list("kind", "verb"))
    assert {kind for kind, _verb in told} - KIND_NAMES.keys() == set()
    assert {verb for _kind, verb in told} - VERB_NAMES.keys() == set()
