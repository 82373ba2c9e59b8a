"""Requests cut off in the middle leave nothing behind: no lock, no connection, no open transaction, no half a booking."""

import asyncio
import random
from collections import Counter

import pytest

from app import app
from portal import clock, database, invariants, journal
from portal.booking.models import Hold
from portal.database import transaction
from portal.people.models import Person
from tests import make

pytestmark = pytest.mark.load

REQUESTS = 10_000
AT_ONCE = 40


async def send(method: str, path: str, body: bytes = b"", cookie: str = "") -> int:
    """One request straight to the application, as its server would hand it over."""
    status = 0
    path, _question, query = path.partition("?")
    headers = [(b"host", b"portal.localhost"), (b"sec-fetch-site", b"same-origin")]
    if body:
        headers.append((b"content-type", b"application/x-www-form-urlencoded"))
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("192.0.2.1", 1),
        "server": ("portal.localhost", 80),
    }
    told = False

    async def receive():
        nonlocal told
        if told:
            await asyncio.sleep(3600)
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def answer(message):
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(scope, receive, answer)
    return status


async def test_ten_thousand_requests_cut_off_leave_nothing_behind(cast):
    duty = await make.duty(cast.chen, times=6)
    slots = [f"{slot.starts_at.astimezone(clock.CHINA):%Y%m%dT%H%M}" for slot in duty.made]
    dice, ends = random.Random(7), Counter()

    async def one(n: int) -> None:
        writes = n % 2
        cookie = f"portal_browser=browser-{n % 60}"
        if writes:
            body = f"topic=debt&slot={slots[n % len(slots)]}".encode()
            request = asyncio.ensure_future(send("POST", "/book/times?topic=debt", body, cookie))
        else:
            request = asyncio.ensure_future(send("GET", "/healthz" if n % 4 else "/book/times?topic=debt"))
        # Some are cut off at once, some while the database works, some just before the answer.
        for _step in range(dice.choice((0, 1, 2, 3, 5, 8, 13, 21))):
            await asyncio.sleep(0)
        if dice.random() < 0.5:
            await asyncio.sleep(dice.random() / 200)
        request.cancel()
        try:
            ends[await request] += 1
        except asyncio.CancelledError:
            ends["cut off"] += 1

    for start in range(0, REQUESTS, AT_ONCE):
        await asyncio.wait_for(asyncio.gather(*(one(n) for n in range(start, start + AT_ONCE))), 60)
    assert ends["cut off"] > REQUESTS // 3, ends
    assert not any(isinstance(end, int) and end >= 500 for end in ends), ends

    assert not database.in_transaction()
    assert await asyncio.wait_for(database.healthy(), 5)

    async def write(n: int) -> None:  # more at once than any pool has connections
        async with transaction():
            await journal.record(None, "create", await Person.create(name=f"{n}"))

    await asyncio.wait_for(asyncio.gather(*(write(n) for n in range(50))), 20)
    assert await Person.filter(name__in=[str(n) for n in range(50)]).count() == 50
    browsers = await Hold.filter(appointment_id=None).values_list("browser", flat=True)
    assert len(browsers) == len(set(browsers)) <= 6, "a browser keeps one time at most"
    assert [result async for result in invariants.check() if result.broken] == []
