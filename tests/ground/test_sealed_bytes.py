"""A file stands nowhere in clear either, and opens only whole, in its own row."""

import secrets
from dataclasses import replace
from uuid import UUID

import pytest

from portal import database, invariants, sealing, secrecy, settings
from portal.attachments.models import Attachment, Content, Kind, digest
from portal.database import change, rows, transaction
from portal.records import new_id
from portal.secrecy import Tampered, UnknownKey

PLACE = "attachment_content.body"
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40
TAMPERINGS = ["flipped", "cut", "row", "column", "clear"]


@pytest.fixture
def other_keys():
    """Put other keys in force inside the test."""
    before = settings.current()
    yield lambda *keys: settings.use(replace(before, keys=",".join(keys)))
    settings.use(before)


async def kept(content: bytes = PHOTO) -> Content:
    """A file with its row, as the room keeps it."""
    async with transaction():
        key = new_id()
        await Attachment.create(id=key, name="借条", kind=Kind.JPEG, size=len(content), browser="b")
        return await Content.create(id=key, body=content)


async def raw(row: object) -> bytes:
    """What the database itself holds."""
    (found,) = await rows("SELECT body FROM attachment_content WHERE id = ?", database.key(str(row)))
    return bytes(found["body"])


async def write_raw(row: object, value: bytes) -> None:
    async with transaction():
        await change("UPDATE attachment_content SET body = ? WHERE id = ?", value, database.key(str(row)))


async def test_a_file_comes_back_as_it_was_and_is_nowhere_in_clear(database):
    made = await kept()
    assert made.body == PHOTO and (await Content.get(id=made.id)).body == PHOTO
    assert await Content.filter(id=made.id).values_list("body", flat=True) == [PHOTO]
    stored = await raw(made.id)
    assert PHOTO[:64] not in stored and bytes(range(256)) not in stored
    assert stored[:4].hex() == secrecy.ring()[0].name and secrecy.row_of(stored) == made.id
    again = secrecy.seal(PHOTO, PLACE, made.id)
    assert again != stored and secrecy.open_sealed(again, PLACE) == PHOTO


@pytest.mark.parametrize("size", [1, 15, 16, 17, 1_000_000])
def test_bytes_of_any_length_survive_sealing(size):
    row, content = UUID(int=secrets.randbits(128)), secrets.token_bytes(size)
    assert secrecy.open_sealed(secrecy.seal(content, PLACE, row), PLACE) == content
    assert secrecy.seal(b"", PLACE, row) == b""


@pytest.mark.parametrize("how", TAMPERINGS)
async def test_a_file_that_was_touched_does_not_open_and_is_named(database, how):
    mine, theirs = await kept(), await kept(PHOTO[::-1])
    sealed = await raw(mine.id)
    middle = len(sealed) // 2
    value = {
        "flipped": sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :],
        "cut": sealed[:40],
        "row": await raw(theirs.id),
        "column": secrecy.seal(PHOTO, "attachment.name", mine.id),
        "clear": PHOTO,
    }[how]
    await write_raw(mine.id, value)
    with pytest.raises(Tampered):
        await Content.get(id=mine.id)
    found = [result async for result in invariants.check() if result.broken]
    assert [result.promise for result in found] == ["Everything sealed opens, in its own row"]
    assert found[0].broken[0].startswith(f"{PLACE} of {mine.id}: ")


async def test_a_new_key_takes_files_along_and_the_old_one_can_go(database, other_keys):
    old, new = "old " * 10, "new " * 10
    other_keys(old)
    several = [await kept(PHOTO + bytes([n])) for n in range(sealing.FILES * 2 + 1)]
    other_keys(new, old)
    assert await sealing.behind() >= len(several)
    turns = [turn async for turn in sealing.rotate()]
    assert [turn.brought for turn in turns if turn.column.place == PLACE] == [len(several)]
    assert not [turn.stuck for turn in turns if turn.stuck] and await sealing.behind() == 0
    other_keys(new)
    for n, one in enumerate(several):
        assert (await Content.get(id=one.id)).body == PHOTO + bytes([n])
    assert not [result.broken async for result in invariants.check() if result.broken]
    other_keys(old)
    with pytest.raises(UnknownKey):
        await Content.get(id=several[0].id)


async def test_an_update_goes_through_the_row_and_takes_the_digest_along(database):
    made = await kept()
    with pytest.raises(TypeError):
        async with transaction():
            await Content.filter(id=made.id).update(body=b"x")
    before = (await Content.get(id=made.id)).digest
    async with transaction():
        await Content.filter(id=made.id).update(**made.sealed(body=b"another"))
    found = await Content.get(id=made.id)
    assert found.body == b"another" and found.digest != before
    assert found.digest in secrecy.marks("paper", digest(b"another"))
