"""Whoever can write the whole database cannot rewrite the journal unseen: the first broken entry is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from portal import anchors, clock, database, journal, settings
from portal.database import change, transaction
from portal.journal import FIRST, Entry
from tests import make

ENTRIES = 8


@pytest.fixture(autouse=True)
def folder(tmp_path):
    before = settings.use(replace(settings.current(), anchors=str(tmp_path / "anchors")))
    yield tmp_path / "anchors"
    settings.use(before)


@pytest.fixture
async def ids(database, folder):
    """Eight entries; the anchor of yesterday saw the first four, today's saw seven."""
    person = await make.person()
    now = clock.now()
    for n in range(ENTRIES):
        with clock.standing_at(now - timedelta(days=1) if n < 4 else now):
            async with transaction():
                await journal.record(person, "note", person, n=n)
            if n in (3, 6):
                assert await anchors.write() == 1
    assert await anchors.faults() == []
    return await Entry.all().order_by("id").values_list("id", flat=True)


async def untriggered(*statements: tuple) -> None:
    """What somebody does who owns the database: the trigger goes, then the truth."""
    async with transaction():
        for verb in ("update", "delete"):
            drop = f"DROP TRIGGER journal_entry_no_{verb}"
            await change(f"{drop} ON journal_entry" if database.engine() == "postgres" else drop)
        for sql, *values in statements:
            await change(sql, *values)


OTHER = {
    "at": ("UPDATE journal_entry SET at = ? WHERE id = ?", clock.now() - timedelta(days=9)),
    "actor": ("UPDATE journal_entry SET actor = NULL, verb = verb || ? WHERE id = ?", ""),
    "verb": ("UPDATE journal_entry SET verb = ? WHERE id = ?", "Note"),
    "kind": ("UPDATE journal_entry SET kind = ? WHERE id = ?", "persom"),
    "subject": ("UPDATE journal_entry SET subject = ? WHERE id = ?", "nobody"),
    "detail": ("UPDATE journal_entry SET detail = ? WHERE id = ?", '{"n": 9}'),
    "previous": ("UPDATE journal_entry SET previous = ? WHERE id = ?", "0" * 63 + "1"),
    "hash": ("UPDATE journal_entry SET hash = ? WHERE id = ?", "0" * 63 + "1"),
}


@pytest.mark.parametrize("column", OTHER)
async def test_a_changed_byte_of_any_column_is_found_at_its_entry(ids, column):
    sql, value = OTHER[column]
    await untriggered((sql, value, ids[2]))
    (said,) = await anchors.faults()
    assert said == f"entry {ids[2]}: does not say what it said when it was written"


async def test_every_column_is_tried():
    assert set(Entry._meta.fields_map) == {*OTHER, "id"}


async def test_an_entry_taken_out_is_found_at_the_next_one(ids):
    await untriggered(("DELETE FROM journal_entry WHERE id = ?", ids[4]))
    (said,) = await anchors.faults()
    assert said.startswith(f"entry {ids[5]}: does not follow the one before it")


async def test_two_entries_that_change_places_are_found(ids):
    moves = ((ids[2], -1), (ids[5], ids[2]), (-1, ids[5]))
    await untriggered(
        *(("UPDATE journal_entry SET id = ? WHERE id = ?", after, before) for before, after in moves)
    )
    (said,) = await anchors.faults()
    assert said.startswith(f"entry {ids[2]}: does not follow the one before it")


async def test_an_entry_put_in_between_is_found(ids):
    second, third = await Entry.get(id=ids[1]), await Entry.get(id=ids[2])
    moved = [("UPDATE journal_entry SET id = -id WHERE id > ?", ids[1])]
    moved += [("UPDATE journal_entry SET id = 1 - id WHERE id < 0",)]
    await untriggered(*moved)
    forged = Entry(
        id=ids[2], at=third.at, verb="note", kind="person", subject="x", detail="{}", previous=third.hash
    )
    forged.previous = f"{second.hash[:-1]}{'0' if second.hash[-1] != '0' else '1'}"
    forged.hash = forged.digest()
    async with transaction():
        await Entry.bulk_create([forged])
    (said,) = await anchors.faults()
    assert said.startswith(f"entry {ids[2]}: does not follow the one before it")


async def test_a_tail_cut_off_is_found_by_the_anchor_that_saw_it(ids):
    await untriggered(("DELETE FROM journal_entry WHERE id > ?", ids[5]))
    (said,) = await anchors.faults()
    assert said == (
        f"entry {ids[6]}: is missing, though it was anchored on {clock.today()}: the journal ends at entry {ids[5]}"
    )


async def test_a_chain_that_is_gone_altogether_is_found(ids):
    await untriggered(("DELETE FROM journal_entry",))
    (said,) = await anchors.faults()
    assert said.startswith(f"entry {ids[3]}: is missing")


@pytest.mark.parametrize(("first", "told"), [(0, 3), (2, 3), (5, 6)])
async def test_a_chain_written_anew_with_every_hash_right_is_found_by_the_anchors(ids, first, told):
    await untriggered(*[row async for row in anew(ids, first)])
    assert (await journal.follow()).fault is None  # by itself the chain is whole: only the anchors know
    (said,) = await anchors.faults()
    held = 0 if told == 3 else ids[3]
    assert said.startswith(f"entry {ids[told]}: is not the one anchored on ")
    assert said.endswith(f"written anew, from some entry after {held} on")


async def anew(ids, first):
    """Each statement that makes the chain say something else from `first` on, with hashes that fit."""
    entries = await Entry.all().order_by("id")
    previous = FIRST
    for n, entry in enumerate(entries):
        if n == first:
            entry.detail = '{"n": 99}'
        entry.previous = previous
        before, entry.hash = entry.hash, entry.digest()
        previous = entry.hash
        if n >= first:
            yield (
                "UPDATE journal_entry SET detail = ?, previous = ?, hash = ? WHERE hash = ?",
                *(entry.detail, entry.previous, entry.hash, before),
            )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE journal_entry SET verb = 'x'", "DELETE FROM journal_entry", "TRUNCATE journal_entry"],
)
async def test_with_its_triggers_the_journal_takes_no_change(ids, statement):
    with pytest.raises((IntegrityError, OperationalError)):
        async with transaction():
            await change(statement)
    assert await Entry.all().count() == ENTRIES and await anchors.faults() == []


async def test_an_anchor_that_was_changed_forged_or_taken_away_is_named(ids, folder):
    first, second = sorted(folder.iterdir())
    first.chmod(0o600)
    kept = first.read_text()
    first.write_text(kept.replace("entries 4", "entries 3"))
    assert (await anchors.faults())[
        0
    ] == f"anchor {first.stem}: changed, or not written under this PORTAL_SECRET"
    first.unlink()
    assert await anchors.faults() == [f"anchor {second.stem}: the one before it is missing"]
    first.write_text(kept)
    (folder / "2020-01-01.txt").write_text(kept)
    assert "anchor 2020-01-01: changed" in (await anchors.faults())[0]
    (folder / "2020-01-01.txt").unlink()
    before = settings.use(replace(settings.current(), secret="whoever else may have made this one"))
    assert len(await anchors.faults()) == 2
    settings.use(before)
    assert await anchors.faults() == []


async def test_a_day_is_sealed_once_and_a_broken_journal_not_at_all(ids, folder):
    assert await anchors.write() == 0
    tomorrow = clock.now() + timedelta(days=1)
    await untriggered(("UPDATE journal_entry SET verb = 'x' WHERE id = ?", ids[7]))
    with clock.standing_at(tomorrow):
        assert await anchors.write() == 0 and len(list(folder.iterdir())) == 2
    async with transaction():
        await change("UPDATE journal_entry SET verb = 'note' WHERE id = ?", ids[7])
    with clock.standing_at(tomorrow):
        assert [await anchors.write(), await anchors.write()] == [1, 0]
        assert [holds for _anchor, holds in await anchors.newest(9)] == [True, True, True]
    assert await anchors.faults() == []
    assert all(file.stat().st_mode & 0o777 == 0o400 for file in folder.iterdir())


async def test_a_portal_without_entries_can_be_sealed_too(database, folder):
    assert await anchors.write() == 1 and await anchors.faults() == []
    (anchor,) = anchors.read()[0]
    assert (anchor.last, anchor.entries, anchor.hash) == (0, 0, FIRST)
