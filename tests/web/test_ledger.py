"""What is logged tells where a fault is, and of people nothing: whole journeys are made and every line is searched."""

import asyncio
import io
import json
import logging
import re
from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError

from app import app
from portal import clock, logs
from portal.feedback import actions
from portal.people import queries
from tests import make
from tests.forms_browser import Browser
from tests.journeys.steps import code_of, number_on, prove
from tests.web.serving import KEYS, SECRET, serving

PHONE, NAME, WORDS = "13987654321", "金丝雀", "我丈夫昨晚又动手了"
IDENTITY = "11010519491231002X"
FACTS = {"event", "level", "timestamp", "request", "method", "route", "status", "ms", "client"}


@pytest.fixture
def logged(monkeypatch):
    """Everything this process logs, as it would stand in the file; every library is made to talk."""
    root, stream = logging.getLogger(), io.StringIO()
    known = {name: logging.getLogger(name) for name in logs.TALKATIVE}
    before = (
        root.handlers[:],
        root.level,
        {name: (one.level, one.handlers[:]) for name, one in known.items()},
    )
    raises = logging.raiseExceptions
    logs.configure(stream)
    for name in (*logs.TALKATIVE, "tortoise.db_client", "asyncpg.pool", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.handlers, _level = before[0], root.setLevel(before[1])
    for name, (level, handlers) in before[2].items():
        known[name].setLevel(level)
        known[name].handlers = handlers
    for name in ("tortoise.db_client", "asyncpg.pool", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    monkeypatch.setattr(logging, "raiseExceptions", raises)


def lines(stream: io.StringIO) -> list[dict]:
    """Each line read as the JSON it is."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def found_in(text: str, *canaries: str) -> list[str]:
    """The canaries that sing, in any spelling in which a log could hold them."""
    spelt = {one: (one, one.encode("unicode_escape").decode(), repr(one.encode())[2:-1]) for one in canaries}
    return [one for one, spellings in spelt.items() if any(spelling in text for spelling in spellings)]


async def test_of_a_whole_journey_nothing_personal_is_logged(cast, logged, monkeypatch):
    browser = Browser(app, address="203.0.113.77")
    page = await browser.get("/feedback/new?from=" + NAME, follow=True)
    page = await prove(page, PHONE)
    code = await code_of(PHONE)
    secrets = [
        value for name, value in browser.cookies.items() if name in ("portal_session", "portal_browser")
    ]
    page = await (await browser.get("/me")).press("改名字", name=NAME)
    form = (await browser.get("/feedback/new")).form("/feedback")
    compound = str(cast.places.compound.id)
    page = await form.fill(category="repair", words=WORDS, compound=compound, building="1").submit()
    assert page.has(WORDS), page
    number = number_on(page)
    await browser.get(f"/lookup?number=K7F3-29QX&q={WORDS}")
    await browser.get("/feedback/K7F3-29QX")
    await browser.get(f"/{NAME}/{PHONE}")
    await browser.request(PHONE, "/", None, {"Sec-Fetch-Site": "same-origin"})
    text = logged.getvalue()
    assert len(secrets) == 2
    assert (
        found_in(
            text, PHONE, NAME, WORDS, code, *secrets, number, "K7F3-29QX", "203.0.113.77", "SELECT", "INSERT"
        )
        == []
    )
    for line in lines(logged):
        assert line["event"] == "request" and line.keys() == FACTS, line
        assert line["route"] is None or line["route"].startswith("/")
    assert "/feedback/{number}" in {line["route"] for line in lines(logged)}
    assert len({line["request"] for line in lines(logged)}) == len(lines(logged))


async def test_a_fault_on_the_way_is_told_by_kind_and_place_alone(cast, logged, monkeypatch):
    async def fails(*_given, **_named):
        try:
            raise KeyError(NAME)
        except KeyError as error:
            detail = f"Key (phone, name)=({PHONE}, {NAME}) already exists: {WORDS} {IDENTITY}"
            raise IntegrityError(detail) from error

    browser = await make.sign_in(Browser(app), await make.person(NAME, phone=PHONE))
    form = (await browser.get("/feedback/new")).form("/feedback").fill(category="repair", words=WORDS)
    monkeypatch.setattr(actions, "raise_", fails)
    page = await form.submit()
    assert page.status == 500 and found_in(page.html, PHONE, WORDS, IDENTITY, "IntegrityError") == []
    assert found_in(logged.getvalue(), NAME, PHONE, WORDS, IDENTITY) == []
    mishap = next(line for line in lines(logged) if line["event"] == "mishap")
    assert [one["kind"] for one in mishap["error"]] == [
        "tortoise.exceptions.IntegrityError",
        "builtins.KeyError",
    ]
    assert any(re.fullmatch(r"portal\.feedback\.pages:\d+ \w+", place) for place in mishap["error"][0]["at"])
    request = next(line for line in lines(logged) if line["event"] == "request" and line["status"] == 500)
    assert request["request"] == mishap["request"] == page.headers["x-request-id"]


async def test_a_fault_at_the_gate_is_told_no_differently(cast, logged, monkeypatch):
    async def fails(secret):
        raise RuntimeError(f"{secret} {NAME}")

    monkeypatch.setattr(queries, "session_of", fails)
    browser = Browser(app)
    browser.keep("portal_session", "s" * 43)
    assert (await browser.get("/me")).status == 500
    assert found_in(logged.getvalue(), "s" * 43, NAME) == [] and "RuntimeError" in logged.getvalue()


async def test_what_libraries_say_is_kept_without_what_they_say_it_of(logged):
    try:
        raise ValueError(f"{NAME} {PHONE}")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    logging.getLogger("tortoise.db_client").debug("INSERT INTO person VALUES (%s)", NAME)
    logging.getLogger("somebody").info("%s rang", PHONE)
    logging.getLogger("somebody").warning("%s rang at %s", PHONE, NAME)
    logging.getLogger("somebody").warning(
        f"phone={PHONE} of '{NAME}' on 139 8765 4321, see K7F3-29QX or a@b.cn {IDENTITY}"
    )
    logging.getLogger("somebody").error(f"Traceback:\n  {NAME}\nasyncpg.UniqueViolationError: ({PHONE})")
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: ValueError('{NAME}')")
    text = logged.getvalue()
    assert found_in(text, NAME, PHONE, IDENTITY, "8765", "K7F3", "a@b.cn", "INSERT") == []
    told = lines(logged)
    assert [line["event"] for line in told[:2]] == ["Exception in ASGI application", "%s rang at %s"]
    assert told[2]["event"].startswith("phone… of … on …")
    assert told[0]["error"][0]["kind"] == "builtins.ValueError"
    assert (
        told[3]["kind"] == "asyncpg.UniqueViolationError"
        and told[4]["event"] == "Task exception was never retrieved"
    )


async def test_several_faults_at_once_are_all_told(logged):
    async def fails(kind):
        raise kind(NAME)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails(ValueError))
            group.create_task(fails(KeyError))
    except ExceptionGroup as error:
        logs.mishap(error)
    kinds = {one["kind"] for one in lines(logged)[0]["error"]}
    assert {"builtins.ExceptionGroup", "builtins.ValueError", "builtins.KeyError"} <= kinds
    assert NAME not in logged.getvalue()


async def test_a_client_is_told_apart_for_a_day_and_never_known(cast, logged):
    async def seen_as(address: str) -> str:
        await Browser(app, address=address).get("/privacy")
        return lines(logged)[-1]["client"]

    first, again, other = (
        await seen_as("203.0.113.1"),
        await seen_as("203.0.113.1"),
        await seen_as("203.0.113.2"),
    )
    with clock.standing_at(clock.now() + timedelta(days=1)):
        tomorrow = await seen_as("203.0.113.1")
    assert first == again and len({first, other, tomorrow}) == 3


@pytest.mark.parametrize("planted", [PHONE, NAME, WORDS])
def test_a_canary_is_heard_in_every_spelling(planted):
    for said in (planted, json.dumps(planted), repr(planted.encode())):
        assert found_in(f"x {said} y", planted) == [planted]


def test_a_server_says_nothing_of_anybody_and_no_secret(database_url):
    with serving(
        database_url, sms_secret="Nobody else's signature: 3", sms_url="http://127.0.0.1:9/?k=hunter2"
    ) as served:
        form = f"phone={PHONE}&back=/{NAME}".encode()
        head = f"POST /sign-in?{NAME.encode().hex()}={PHONE} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n".encode()
        head += (
            b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nCookie: a="
            + PHONE.encode()
        )
        answer = served.ask(head + b"\r\nContent-Length: %d\r\n\r\n" % len(form) + form)
        assert answer.startswith(b"HTTP/1.1 303")
        served.ask(f"GET /{PHONE} HTTP/1.1\r\n{NAME}\r\n\r\n".encode())
        served.ask(
            f"GET /{PHONE} HTTP/1.1\r\nHost: a\r\nUpgrade: {PHONE}\r\nConnection: Upgrade, close\r\n\r\n".encode()[
                :-2
            ]
            + b"\r\n"
        )
    said = "\n".join(served.said)
    assert '"route": "/sign-in"' in said and "Serving http://127.0.0.1" in said
    assert found_in(said, PHONE, NAME, SECRET, KEYS, "Nobody else's", "hunter2") == []
