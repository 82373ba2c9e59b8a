"""The same numbers make the same past, and it keeps every promise."""

import asyncio
import hashlib
import json

from tortoise import Tortoise

from portal import database
from portal.disputes.models import Dispute
from tests.engines import Sqlite, migrated


async def rows(url: str) -> dict[str, str]:
    """A digest of every table."""
    await database.connect(url)
    try:
        digests = {}
        for name, model in sorted(Tortoise.apps[database.APP].items()):
            found = await model.all().values()  # as read: an envelope is another one each time it is sealed
            lines = sorted(json.dumps(row, default=str, sort_keys=True) for row in found)
            digests[name] = f"{len(lines)} {hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}"
        return digests
    finally:
        await database.close()


def test_the_same_numbers_make_the_same_rows(type_in):
    engine = Sqlite()
    try:
        first, second, other = (engine.prepared(migrated) for _ in range(3))
        words = ("seed", "--cases", "60", "--until", "2026-11-24", "--seed")
        for url, seed in ((first, "5"), (second, "5"), (other, "6")):
            ended = type_in(*words, seed, database=url)
            assert ended.exit_code == 0, ended.output
        made = asyncio.run(rows(first))
        assert made == asyncio.run(rows(second))
        assert made["Dispute"].startswith("30 ") and made["Consultation"].startswith("18 ")
        assert made["Feedback"].startswith("12 ")
        assert made["Dispute"] != asyncio.run(rows(other))["Dispute"]
        assert made["Credential"].startswith("0 ")
    finally:
        engine.close()


def test_a_seeded_past_keeps_every_promise_and_can_be_added_to(type_in, database_url):
    for seed in ("1", "2"):
        ended = type_in("seed", "--cases", "80", "--seed", seed, demo="1")
        assert ended.exit_code == 0, ended.output
        verified = type_in("verify")
        assert verified.exit_code == 0, verified.output

    async def count() -> int:
        await database.connect(database_url)
        try:
            return await Dispute.all().count()
        finally:
            await database.close()

    assert asyncio.run(count()) == 80


def test_nothing_is_invented_among_real_people(type_in):
    type_in("create-staff", "guo", "--name", "郭", "--role", "lead", "--invite")
    ended = type_in("seed", "--cases", "10")
    assert ended.exit_code == 1 and "There are people in this database" in ended.stderr
