"""A new key: whatever interrupts the change and whoever writes meanwhile, everything stays readable, and nobody is doubled."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from portal import database, index, sealing, secrecy, settings, states
from portal.booking.models import Appointment
from portal.consultations.models import Consultation
from portal.database import rows, transaction
from portal.people import actions as people
from portal.people import queries
from portal.people.models import Person
from tests import cast as everybody
from tests import make
from tests.commands.conftest import KEYS, SECRET

OLD, NEW = KEYS, "the newer key of these tests which is kept apart as well"
BOTH = f"{NEW},{OLD}"
MANY = 600


@asynccontextmanager
async def opened(url: str, keys: str = BOTH):
    before = settings.use(replace(settings.current(), secret=SECRET, keys=keys))
    await database.connect(url)
    try:
        yield
    finally:
        await database.close()
        settings.use(before)


async def confide(url: str) -> None:
    """A full cast and many consultations, all under the old key."""
    async with opened(url, OLD):
        cast = await everybody.assemble()
        async with transaction():
            await Consultation.bulk_create(
                [Consultation(person=cast.mei, topic="debt", words=f"第{n}件事") for n in range(MANY)]
            )
            every = await Consultation.all().values_list("id", flat=True)
            await index.write(index.of(Consultation), list(every))


async def words() -> set[str]:
    """What is confided, read with the keys in force."""
    return {one.words for one in await Consultation.all()}


EVERY = {f"第{n}件事" for n in range(MANY)}

KILLED = """
import asyncio, sys, time
from portal import sealing
from portal.commands import portal
bring, count = sealing._bring, 0
async def slow(*given):
    global count
    count += 1
    if count % 40 == 0:
        print("bringing", flush=True)
        time.sleep(0.03)
    return await bring(*given)
sealing._bring = slow
portal(["rotate"])
"""


def run(url: str, keys: str, kill_after: int | None) -> int:
    """`portal rotate` in a process of its own, killed without a warning after so many steps."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    said = {"PORTAL_DATABASE": url, "PORTAL_SECRET": SECRET, "PORTAL_KEYS": keys}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        env=kept | said,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    steps = 0
    for line in process.stdout:
        steps += line == "bringing\n"
        if steps == kill_after:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.communicate()
    return process.returncode


def test_killed_again_and_again_in_the_middle_it_loses_nothing_and_finishes(database_url):
    asyncio.run(confide(database_url))
    left = []

    async def look() -> None:
        async with opened(database_url):
            assert await words() == EVERY
            assert [one async for one in sealing.broken()] == []
            left.append(await sealing.behind())
            mei = await Person.get(queries.has_phone("13800000001"))
            assert mei.phone == "13800000001"
            async with transaction():
                assert (await people.person_by_phone("13800000001", "别的名字")).id == mei.id
            assert len({person.phone for person in await Person.all()}) == await Person.all().count()

    for kill_after in (1, 6, 9, 4):
        assert run(database_url, BOTH, kill_after) == -signal.SIGKILL
        asyncio.run(look())
    assert left == sorted(left, reverse=True) and 0 < left[-1] < left[0]
    assert run(database_url, BOTH, None) == 0
    asyncio.run(look())
    assert left[-1] == 0

    async def without_the_old_key() -> None:
        async with opened(database_url, NEW):
            assert await words() == EVERY and [one async for one in sealing.broken()] == []
            assert await Person.get(queries.has_phone("13800000002"))

    asyncio.run(without_the_old_key())


@pytest.fixture
def rotate(type_in):
    """Type `portal rotate` under these keys."""
    return lambda keys: type_in("rotate", keys=keys)


def test_it_says_when_the_old_key_can_be_taken_out_and_not_before(rotate, type_in, database_url):
    asyncio.run(confide(database_url))
    new, old = (secrecy._key(key.encode()).name for key in (NEW, OLD))
    only_new = rotate(NEW)
    assert only_new.exit_code == 1 and "can be taken out" not in only_new.output
    assert f"sealed with key {old}, which is not in PORTAL_KEYS" in only_new.output
    assert f"still need another key than {new}: leave every key in PORTAL_KEYS" in only_new.stderr
    verified = type_in("verify", keys=NEW)
    assert (
        verified.exit_code == 1 and f"sealed with key {old}, which is not in PORTAL_KEYS" in verified.stdout
    )
    done = rotate(BOTH)
    assert done.exit_code == 0, done.output
    assert f"consultation.words: {MANY}" in done.stdout
    assert f"index of consultation: {MANY}" in done.stdout
    assert f"{old} can be taken out of PORTAL_KEYS" in done.stdout
    again = rotate(BOTH)
    assert again.exit_code == 0 and "consultation.words: 0" in again.stdout
    assert rotate(NEW).exit_code == 0 and type_in("verify", keys=NEW).exit_code == 0


def test_what_does_not_open_is_named_and_hinders_nothing_else(rotate, database_url):
    asyncio.run(confide(database_url))

    async def spoil() -> str:
        async with opened(database_url, OLD), transaction():
            (first, second) = await rows("SELECT id, words FROM consultation ORDER BY id LIMIT 2")
            await database.change(
                "UPDATE consultation SET words = ? WHERE id = ?", second["words"], database.key(first["id"])
            )
            return str(first["id"])

    spoilt = asyncio.run(spoil())
    ended = rotate(BOTH)
    assert (
        ended.exit_code == 1
        and f"consultation.words of {spoilt}: the envelope of another row" in ended.stdout
    )
    assert (
        "1 values still need another key" in ended.stderr
        and f"consultation.words: {MANY - 1}" in ended.stdout
    )


async def test_two_people_with_one_telephone_are_named_instead_of_stopping_it(database):
    async with marked_with(OLD):
        first = await make.person(phone="13800001111")
    async with marked_with(NEW):  # a process that does not know the older key yet
        await make.person(phone="13800001111")
    async with marked_with(BOTH):
        stuck = [said async for turn in sealing.rotate() for said in turn.stuck]
    assert len(stuck) == 1 and stuck[0].startswith(f"person.phone of {first.id}: says the same as row ")


@asynccontextmanager
async def marked_with(keys: str):
    before = settings.use(replace(settings.current(), keys=keys))
    try:
        yield
    finally:
        settings.use(before)


async def test_those_who_write_while_it_runs_lose_nothing(database):
    async with marked_with(OLD):
        cast = await everybody.assemble()
        cases = [await make.consultation(cast.mei, words=f"原来{n}") for n in range(120)]
        booked = [await make.appointment(cast.tao, slot) for slot in (await make.duty(cast.chen)).made]
    async with marked_with(BOTH):

        async def rewrite(n: int) -> None:
            async with transaction():
                case = await Consultation.get(id=cases[n].id)
                await Consultation.filter(id=case.id).update(**case.sealed(words=f"后来{n}"))

        async def arrive(n: int) -> None:
            phone = f"1391111{n % 20:04}"
            async with transaction():
                found = await people.person_by_phone(phone, f"新来{n}")
            assert found.phone == phone

        async def cancel(one: Appointment) -> None:
            async with transaction():
                await states.move(cast.tao, one, "cancel", reason="不来了")

        async def turn() -> None:
            async for _turn in sealing.rotate():
                await asyncio.sleep(0)

        await asyncio.gather(
            turn(),
            *[rewrite(n) for n in range(0, 120, 3)],
            *[arrive(n) for n in range(40)],
            *[cancel(one) for one in booked],
            *[look_up(cast) for _ in range(20)],
        )
        async for _turn in sealing.rotate():
            pass
        assert await sealing.behind() == 0 and [one async for one in sealing.broken()] == []
    async with marked_with(NEW):
        told = {one.words for one in await Consultation.all()}
        assert told == {f"后来{n}" if n % 3 == 0 else f"原来{n}" for n in range(120)}
        assert {one.reason for one in await Appointment.all()} == {"不来了"}
        phones = [one.phone for one in await Person.all() if one.phone]
        assert len(phones) == len(set(phones)) and len([p for p in phones if p.startswith("1391111")]) == 20


async def look_up(cast) -> None:
    assert (await Person.get(queries.has_phone("13800000001"))).id == cast.mei.id
