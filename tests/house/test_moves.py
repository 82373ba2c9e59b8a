"""State machines are whole: every state can be reached, every verb is a word, whoever must act next is named."""

from importlib import import_module
from pathlib import Path

import pytest

from portal import database, states

MACHINES = {
    model
    for name in database.MODELS
    for model in vars(import_module(name)).values()
    if isinstance(model, type) and hasattr(model, "MOVES")
}
NOBODY_STARTS_THERE = {"SignUp"}  # a sign-up is born seated or waiting


def first(machine: type) -> str:
    return str(machine._meta.fields_map["state"].default or "seated")


@pytest.mark.parametrize(
    "machine", sorted(MACHINES, key=lambda model: model.__name__), ids=lambda model: model.__name__
)
def test_a_machine_is_whole(machine):
    known = {str(state) for key in machine.MOVES for state in (key[0], machine.MOVES[key])}
    starts = [first(machine)] if machine.__name__ not in NOBODY_STARTS_THERE else ["seated", "waiting"]
    reached = set().union(
        *({*starts} | (known - states.unreachable(machine.MOVES, start, known)) for start in starts)
    )
    assert known <= reached
    assert set(map(str, machine.AWAITS)) <= known
    for _start, verb in machine.MOVES:
        assert verb.isidentifier() and verb == verb.lower()


def test_a_machine_with_an_island_is_caught():
    moves = {("new", "open"): "open", ("lost", "find"): "found"}
    assert states.unreachable(moves, "new", {"new", "open", "lost", "found"}) == {"lost", "found"}


def test_every_table_with_a_state_has_its_moves_or_is_a_notice():
    for name in database.MODELS:
        for model in vars(import_module(name)).values():
            if (
                isinstance(model, type)
                and hasattr(model, "_meta")
                and "state" in getattr(model._meta, "fields_map", {})
            ):
                assert hasattr(model, "MOVES") or model.__name__ == "Notice", model.__name__


def test_the_tables_stand_in_files_that_are_loaded():
    root = Path(database.__file__).parent
    files = {f"portal.{file.parent.name}.models" for file in root.glob("*/models.py")}
    assert files <= set(database.MODELS)
