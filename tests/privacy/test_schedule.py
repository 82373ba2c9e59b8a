"""Nothing is kept without a time, and nobody's copy forgets a table: conventions that fail when a table is added."""

import pytest
from tortoise import Tortoise
from tortoise.fields.relational import ForeignKeyFieldInstance

from portal.fields import Sealed, SealedBytes
from portal.people.models import Person
from portal.privacy import queries
from portal.privacy.actions import erasure
from portal.privacy.queries import copies
from portal.privacy.schedule import CASES, SCHEDULE, Hand


def covered() -> dict[str, set[str]]:
    """Every column the schedule lets go, by table; a table whose rows go is covered whole."""
    found: dict[str, set[str]] = {}
    for keeping in SCHEDULE.values():
        for table, columns in keeping.columns.items():
            known = Tortoise.apps["portal"][table]._meta.fields_map
            assert set(columns) <= set(known), table
            found.setdefault(table, set()).update(columns or known)
    return found


async def test_every_sealed_column_has_its_time(database):
    let_go = covered()
    assert len(erasure.sealed_columns()) > 40
    forgotten = [
        f"{table}.{column}"
        for table, column in erasure.sealed_columns()
        if column not in let_go.get(table, ())
    ]
    assert forgotten == [], "say in portal/privacy/schedule.py how long it is kept"


async def test_what_goes_by_itself_is_looked_for_every_day(database):
    from portal import clock

    looked_for = {(kind, found.model.__name__) for kind, found in erasure._over(clock.now())}
    promised = {
        (kind, table)
        for kind, keeping in SCHEDULE.items()
        if keeping.hand == Hand.PORTAL
        for table in keeping.columns
    }
    assert looked_for == promised


async def test_what_two_let_go_has_a_table_an_owner_and_a_way_to_end(database):
    from portal import clock

    assert set(CASES) == set(queries.KINDS)
    for kind in CASES:
        assert await queries.ended(kind, clock.now()).count() == 0
        assert queries.owner_of(kind) or kind == "visit"


async def test_every_column_that_leads_to_a_person_is_in_their_copy_or_left_out_with_a_reason(database):
    there = {
        f"{model.__name__}.{name}"
        for model in Tortoise.apps["portal"].values()
        for name, field in model._meta.fields_map.items()
        if isinstance(field, ForeignKeyFieldInstance) and field.related_model is Person
    }
    exported = {
        f"{model.__name__}.{path.removesuffix('_id')}" for model, path in copies.ways() if "__" not in path
    }
    assert exported | set(copies.LEFT_OUT) == there
    assert exported & set(copies.LEFT_OUT) == set()
    odd = {
        name for name in exported if name.partition(".")[2] not in ("person", "reporter", "resident", "agent")
    }
    assert odd == set(), (
        "whom is it about? say so in copies.LEFT_OUT, or let it be exported under a plain name"
    )


async def test_every_sealed_table_is_in_somebodys_copy_or_left_out_with_a_reason(database):
    sealed = {
        model.__name__
        for model in Tortoise.apps["portal"].values()
        if any(isinstance(field, Sealed | SealedBytes) for field in model._meta.fields_map.values())
    }
    told = {model.__name__ for model, _path in copies.ways()} | {"Person"}
    assert sealed - told - set(copies.NOBODYS) == set()


@pytest.mark.parametrize("kind", CASES)
async def test_blanking_leaves_nothing_in_a_column_nor_in_its_mark(kind, database):
    for table, columns in SCHEDULE[kind].columns.items():
        made = erasure.blanks(Tortoise.apps["portal"][table])
        assert set(columns) <= set(made)
        assert not any(made.values())
