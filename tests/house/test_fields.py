"""Columns that hold the same on both engines."""

import random
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from tortoise.exceptions import OperationalError, ValidationError

from portal.database import rows, transaction
from portal.fields import Words, instant
from tests.house.tables import Book, Shelf

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 1, 5, 12, tzinfo=SHANGHAI)


async def add(**values: object) -> Book:
    async with transaction():
        shelf, _ = await Shelf.get_or_create(name="a")
        return await Book.create(id=uuid4(), shelf=shelf, place=await Book.all().count(), **values)


async def test_an_instant_comes_back_in_utc_whatever_zone_it_was_given_in(tables):
    for given in (NOON, NOON.astimezone(UTC), NOON.astimezone(timezone(timedelta(hours=-7)))):
        book = await add(bought_at=given)
        found = await Book.get(id=book.id)
        assert found.bought_at == NOON
        assert found.bought_at.tzinfo is UTC
        assert (await Book.filter(id=book.id).values_list("bought_at", flat=True))[0].tzinfo is UTC
        assert book.bought_at.tzinfo is UTC


async def test_every_way_to_compare_instants_agrees_with_time(tables):
    dice = random.Random(1)
    moments = [NOON, NOON + timedelta(microseconds=1), NOON + timedelta(seconds=1)]
    moments += [NOON + timedelta(microseconds=dice.randrange(3_000_000)) for _ in range(40)]
    zones = [UTC, SHANGHAI, ZoneInfo("America/St_Johns")]
    for moment in moments:
        await add(bought_at=moment.astimezone(dice.choice(zones)))
    inside = [moment for moment in moments if moment >= NOON + timedelta(seconds=1)]
    for zone in zones:
        edge = (NOON + timedelta(seconds=1)).astimezone(zone)
        assert await Book.filter(bought_at__gte=edge).count() == len(inside)
        assert await Book.filter(bought_at=edge).count() == moments.count(edge)
        assert await Book.filter(bought_at__in=[edge]).count() == moments.count(edge)
        assert len(await rows("SELECT id FROM book WHERE bought_at >= ?", edge)) == len(inside)
    ordered = await Book.all().order_by("bought_at").values_list("bought_at", flat=True)
    assert list(ordered) == sorted(moments)
    (last,) = await rows("SELECT MAX(bought_at) AS at FROM book")
    assert instant(last["at"]) == max(moments)
    async with transaction():
        await Book.all().update(bought_at=NOON)
    assert await Book.filter(bought_at=NOON.astimezone(UTC)).count() == len(moments)


async def test_an_instant_without_a_zone_is_refused_everywhere(tables):
    naive = datetime(2026, 1, 5, 12)
    for use in (
        lambda: add(bought_at=naive),
        lambda: add(bought_at="2026-01-05 12:00"),
        lambda: add(bought_at="at noon"),
        lambda: Book.filter(bought_at__lt=naive).count(),
    ):
        with pytest.raises(ValidationError):
            await use()
    with pytest.raises(OperationalError):
        await rows("SELECT id FROM book WHERE bought_at < ?", naive)
    assert instant(None) is None


@pytest.mark.parametrize(
    "text", ["𠮷野家 䶮 བོད་སྐད ئۇيغۇرچە 👩‍⚖️", "'; DROP TABLE book; --", "a\r\n\tb", "字" * 100]
)
async def test_words_come_back_as_they_were_written(tables, text):
    book = await add(title=text)
    assert (await Book.get(id=book.id)).title == text
    assert await Book.filter(title=text).count() == 1


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "字" * 101], ids=["NUL", "half a surrogate", "too long"])
async def test_words_that_cannot_be_kept_are_refused(tables, text):
    with pytest.raises(ValidationError):
        await add(title=text)
    assert await Book.all().count() == 0


def test_words_know_their_limit():
    assert Words(30).max == 30
