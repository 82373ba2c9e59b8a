"""How fast people are shown the clinic's times and take one, against what this machine can do at best.

Speed is printed and never judged: only a wrong answer fails. `--long -s` measures (some two minutes an engine); without it
each comparison runs for a moment.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from lxml import html

from portal import clock, secrecy, settings
from portal import database as door
from portal.booking import queries
from portal.booking.forms import write_time
from portal.booking.models import Appointment, Hold
from portal.people.models import Session, Way
from tests import make
from tests.load import wire
from tests.load.raw import Raw
from tests.web.serving import KEYS, SECRET

pytestmark = [pytest.mark.anyio, pytest.mark.load]

LAWYERS, MORNINGS, TIMES = 20, 10, 6
CALENDAR = "/book/times?topic=debt"
RESIDENTS, TAKERS = 400, 300
RUSH = 500  # times taken a second while others look
YES = {"mode": "desk"}
AGREED = b"&consent=sensitive&consent=firm"
HEAD = f"{'':<58} {'ours':>8} {'best':>8}   ratio   by processor time"


class Clinic(NamedTuple):
    """Its times as forms say them, and residents who are signed in, by the cookies of their browsers."""

    times: list[str]
    residents: list[str]


@pytest.fixture
def shape(request: pytest.FixtureRequest) -> tuple[int, float]:
    """Rounds, and seconds of each."""
    return (5, 1.5) if request.config.getoption("long") else (1, 0.3)


@pytest.fixture
async def clinic(database: str, request: pytest.FixtureRequest) -> AsyncIterator[Clinic]:
    """Ten mornings of twenty lawyers with six times each, and people who could book them."""
    before = settings.use(replace(settings.current(), secret=SECRET, keys=KEYS))
    await make.places()
    lawyers = [await make.lawyer() for _ in range(LAWYERS)]
    days = [morning.day for morning in await queries.window(clock.now())]
    assert len(days) == MORNINGS
    made = [await make.duty(lawyer, day) for day in days for lawyer in lawyers]
    slots = [slot for duty in made if duty.day > clock.today() for slot in duty.made]
    residents = []
    for n in range(RESIDENTS if request.config.getoption("long") else 40):
        person, secret = await make.person(), secrecy.token()
        async with door.transaction():
            await Session.create(
                secret=secrecy.keyed("session", secret),
                person=person,
                way=Way.PHONE,
                seen_at=clock.now(),
                confirmed_at=clock.now(),
                ends_at=clock.now() + timedelta(hours=12),
            )
        residents.append(f"portal_session={secret}; portal_browser=r{n}")
    yield Clinic(sorted({write_time(slot.starts_at) for slot in slots}), residents)
    settings.use(before)


def taking(served: wire.Served, clinic: Clinic, number: "itertools.count[int]") -> bytes:
    """Somebody takes a time; three hundred browsers, of which each keeps one at most."""
    n = next(number)
    slot = clinic.times[n % len(clinic.times)]
    return wire.posted(
        served.port, CALENDAR, f"topic=debt&slot={slot}".encode(), f"portal_browser=b{n % TAKERS}"
    )


async def left(line: wire.Line, port: int) -> int:
    """How many desks are free in all, as a stranger's page says."""
    answer = await line.ask(wire.got(port, CALENDAR).replace(b"Accept-Encoding: gzip, deflate\r\n", b""))
    assert answer.status == 200
    page = html.fromstring(answer.body.decode())
    said = page.xpath("//div[@class='times__time']/label/small/text()")
    return sum(int("".join(sign for sign in words if sign.isdigit()) or 0) for words in said)


async def test_speed(
    database: str, clinic: Clinic, shape: tuple[int, float], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    rounds, seconds = shape
    number = itertools.count()
    said = [
        f"\n{door.engine()}, {rounds} rounds of {seconds} s, {wire.BROWSERS} browsers, one worker\n{HEAD}"
    ]
    with wire.portal(database) as ours:
        line = await wire.line(ours.port)
        first = await line.ask(wire.got(ours.port, CALENDAR))
        assert first.status == 200 and first.header(b"content-encoding") == b"gzip"
        (tmp_path / "page").write_bytes(first.body)
        with wire.bare(tmp_path / "page") as best:

            async def page() -> wire.Round:
                return await wire.rush(best, lambda n: wire.got(best.port, "/page"), seconds)

            async def form() -> wire.Round:
                sent = wire.posted(best.port, "/form", f"topic=debt&slot={clinic.times[0]}".encode())
                return await wire.rush(best, lambda n: sent, seconds)

            async def times(cookie: str = "") -> wire.Round:
                return await wire.rush(ours, lambda n: wire.got(ours.port, CALENDAR, cookie), seconds)

            async def take() -> wire.Round:
                return await wire.rush(ours, lambda n: taking(ours, clinic, number), seconds)

            async def while_taken() -> wire.Round:
                busy = asyncio.ensure_future(
                    wire.rush(ours, lambda n: taking(ours, clinic, number), seconds, 8, RUSH)
                )
                shown = await times()
                taken.append((await busy).rate)
                return shown

            taken: list[float] = []
            calendar, bare = await wire.compare(rounds, times, page)
            said.append(wire.row("calendar, a stranger", calendar, bare))
            known, bare = await wire.compare(rounds, lambda: times("portal_browser=b1"), page)
            said.append(wire.row("calendar, a browser that has been here", known, bare))
            mine, bare = await wire.compare(rounds, lambda: times(clinic.residents[0]), page)
            said.append(wire.row("calendar, a resident who is signed in", mine, bare))
            busy, idle = await wire.compare(rounds, while_taken, times)
            rate = statistics.median(taken)
            said.append(wire.row(f"calendar while {rate:.0f} times a second are taken; idle", busy, idle))
            holds, forms = await wire.compare(rounds, take, form)
            said.append(wire.row("POST /book/times, takes a time; bare form", holds, forms))
            for each in (calendar, known, mine, busy, idle):
                assert all(set(round.statuses) == {200} for round in each)
            assert all(set(round.statuses) == {303} for round in holds), [round.statuses for round in holds]
            booked = await bookings(ours, clinic, form, request.config.getoption("long"))
            said.append(booked)
        line.transport.close()
    if door.engine() == "postgres":
        said.append(await against_raw(database, clinic, shape, number))
    print("\n".join(said))
    held = await Hold.filter(appointment_id=None).values_list("browser", "slot_id")
    assert len({browser for browser, _ in held}) == len(held) == len({slot for _, slot in held})


async def bookings(ours: wire.Served, clinic: Clinic, form: object, is_long: bool) -> str:
    """Residents, each with a time kept, say yes: the POST that makes the appointment, its conflict check, journal and
    notices."""
    residents = clinic.residents
    lines = [await wire.line(ours.port) for _ in range(min(wire.BROWSERS, len(residents)))]
    waiting = iter(list(enumerate(residents)))

    async def keep(line: wire.Line) -> None:
        for n, cookie in waiting:
            slot = clinic.times[n % len(clinic.times)]
            answer = await line.ask(
                wire.posted(ours.port, CALENDAR, f"topic=debt&slot={slot}".encode(), cookie)
            )
            assert answer.status == 303

    await asyncio.gather(*(keep(line) for line in lines))
    queue, spent, done = iter(residents), [], 0

    async def book(line: wire.Line) -> None:
        nonlocal done
        for cookie in queue:
            began = time.perf_counter()
            body = (
                urlencode({**YES, "words": "朋友借了三万块钱，一年多了还没有还，怎么办？"}).encode() + AGREED
            )
            answer = await line.ask(wire.posted(ours.port, "/book/confirm", body, cookie))
            spent.append(time.perf_counter() - began)
            assert answer.status == 303, answer.body
            done += answer.header(b"location").startswith(b"/appointments/")

    worked, began = ours.worked(), time.perf_counter()
    await asyncio.gather(*(book(line) for line in lines))
    took = time.perf_counter() - began
    for line in lines:
        line.transport.close()
    assert done == await Appointment.all().count() == len(residents)
    cost = (ours.worked() - worked) / done * 1000
    best = await form()  # type: ignore[operator]
    ratio, by_work = done / took / best.rate, best.cost * 1000 / cost
    what = "POST /book/confirm, makes the appointment; bare form"
    return f"{what:<58} {done / took:8.0f} {best.rate:8.0f}   {ratio:5.3f}   {by_work:5.3f}"


async def against_raw(
    database: str, clinic: Clinic, shape: tuple[int, float], number: "itertools.count[int]"
) -> str:
    """Taking a time by the page, against the same statements through asyncpg and nothing else."""
    rounds, seconds = shape
    async with Raw.over(database, clinic.times) as raw:
        with wire.portal(database) as ours:
            holds, statements = await wire.compare(
                rounds,
                lambda: wire.rush(ours, lambda n: taking(ours, clinic, number), seconds),
                lambda: raw.rush(seconds, wire.BROWSERS),
            )
    ratio = statistics.median(a.rate / b.rate for a, b in zip(holds, statements, strict=True))
    what = "POST /book/times; its statements alone through asyncpg"
    return f"{what:<58} {wire.median(holds):8.0f} {wire.median(statements):8.0f}   {ratio:5.2f}"


@pytest.mark.parametrize("workers", [1, 2])
async def test_no_page_is_older_than_an_answer(database: str, clinic: Clinic, workers: int) -> None:
    """Six people take times as fast as they can; after each answer a stranger, by another connection, finds one desk less."""
    if workers > 1 and door.engine() == "sqlite":
        workers = 1  # it takes one process
    with wire.portal(database, workers) as ours:
        taker = await wire.line(ours.port)
        strangers = [await wire.line(ours.port) for _ in range(6)]
        before = await left(strangers[0], ours.port)
        assert before >= len(clinic.times) * LAWYERS >= (MORNINGS - 1) * TIMES * LAWYERS
        for taken, slot in enumerate(clinic.times[:25], 1):
            body, cookie = f"topic=debt&slot={slot}".encode(), f"portal_browser=stale{taken}"
            noise = asyncio.gather(*(left(stranger, ours.port) for stranger in strangers))
            assert (await taker.ask(wire.posted(ours.port, CALENDAR, body, cookie))).status == 303
            await noise
            seen = await asyncio.gather(*(left(stranger, ours.port) for stranger in strangers))
            assert set(seen) == {before - taken}
        for each in (taker, *strangers):
            each.transport.close()
