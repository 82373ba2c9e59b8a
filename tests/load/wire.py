"""Many browsers at once over real connections, and real servers in processes of their own."""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from portal import settings

BROWSERS = 24  # at once
TICKS = os.sysconf("SC_CLK_TCK")


class Answer(NamedTuple):
    """What came back."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The value of a header, or nothing."""
        for line in self.head.split(b"\r\n")[1:]:
            said, _colon, value = line.partition(b":")
            if said.lower() == name:
                return value.strip()
        return b""


class Line(asyncio.Protocol):
    """One connection that is kept open: one question at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.got, self.waiting = transport, b"", None

    def connection_lost(self, error: Exception | None) -> None:
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(error or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end or self.waiting is None:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at > 0 else 0
        if len(body) >= length and not self.waiting.done():
            self.got = b""
            self.waiting.set_result(Answer(int(head[9:12]), head, body))

    async def ask(self, sent: bytes) -> Answer:
        """Send a request as it stands and wait for the whole answer."""
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(sent)
        return await asyncio.wait_for(self.waiting, 30)


async def line(port: int) -> Line:
    """A new connection to this port."""
    _transport, made = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
    return made


def got(port: int, path: str, cookie: str = "") -> bytes:
    """A page asked for as a browser does."""
    return _head("GET", port, path, cookie) + b"\r\n"


def posted(port: int, path: str, body: bytes, cookie: str = "") -> bytes:
    """A form as a browser sends it."""
    more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return (
        _head("POST", port, path, cookie)
        + b"Sec-Fetch-Site: same-origin\r\n"
        + more.encode()
        + b"\r\n"
        + body
    )


def _head(method: str, port: int, path: str, cookie: str) -> bytes:
    said = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "User-Agent: Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/114.0 Mobile Safari/537.36",
        "Accept: text/html,application/xhtml+xml",
        "Accept-Encoding: gzip, deflate",
        "Accept-Language: zh-CN,zh;q=0.9",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return "\r\n".join(said).encode() + b"\r\n"


class Round(NamedTuple):
    """Some seconds of rush: answers a second, what the server's processes worked for each, and which answers came."""

    rate: float
    cost: float  # seconds of processor time of the server for one answer
    statuses: Counter[int]


async def rush(
    served: "Served",
    request: Callable[[int], bytes],
    seconds: float,
    browsers: int = BROWSERS,
    pace: float = 0,
) -> Round:
    """As many answers as these browsers get in so many seconds, or at most `pace` a second; `request(n)` is the n-th."""
    statuses: Counter[int] = Counter()
    lines = [await line(served.port) for _ in range(browsers)]
    began, number = time.perf_counter(), 0
    until = began + seconds

    async def one(mine: Line) -> None:
        nonlocal number
        while time.perf_counter() < until:
            number += 1
            if pace:
                await asyncio.sleep(began + number / pace - time.perf_counter())
            statuses[(await mine.ask(request(number))).status] += 1

    worked = served.worked()
    await asyncio.gather(*(one(each) for each in lines))
    took, worked = time.perf_counter() - began, served.worked() - worked
    for each in lines:
        each.transport.close()
    count = sum(statuses.values())
    return Round(count / took, worked / max(count, 1), statuses)


async def compare(rounds: int, *sides: Callable[[], Awaitable[Round]]) -> list[list[Round]]:
    """Each side in turn, again and again, so that whatever else this machine does falls on all of them alike."""
    done: list[list[Round]] = [[] for _ in sides]
    for turn in range(rounds):
        for place in range(len(sides)):
            which = (place + turn) % len(sides)
            done[which].append(await sides[which]())
    return done


def median(rounds: list[Round]) -> float:
    """The middle rate."""
    return statistics.median(each.rate for each in rounds)


def row(what: str, ours: list[Round], theirs: list[Round]) -> str:
    """One line of the table: both rates, and the median of the rounds' ratios by time and by work."""
    by_time = statistics.median(a.rate / b.rate for a, b in zip(ours, theirs, strict=True))
    by_work = statistics.median(b.cost / a.cost for a, b in zip(ours, theirs, strict=True))
    return f"{what:<58} {median(ours):8.0f} {median(theirs):8.0f}   {by_time:5.2f}   {by_work:5.2f}"


class Served(NamedTuple):
    """A server that listens, and its process."""

    port: int
    process: subprocess.Popen[bytes]

    def worked(self) -> float:
        """Seconds of processor time that it and its workers have used."""
        ticks = 0
        for pid in (self.process.pid, *_children(self.process.pid)):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def portal(database: str, workers: int = 1, **given: str) -> Iterator[Served]:
    """`portal serve` over this database, with the secrets of this process."""
    now = settings.current()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    values = {
        "secret": now.secret,
        "keys": now.keys,
        "database": database,
        "site": f"http://127.0.0.1:{port}",
        "data": str(now.data),
        "requests_at_once": "400",
        **given,
    }
    named = {f"PORTAL_{name.upper()}": value for name, value in values.items() if value}
    words = ["-m", "portal", "serve", "--port", str(port), "--workers", str(workers)]
    with _running(words, port, named) as served:
        yield served


@contextmanager
def bare(page: Path, workers: int = 1) -> Iterator[Served]:
    """A bare application that sends this file, by as many workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = ["-m", "uvicorn", "tests.load.bare:app", "--port", str(port), "--workers", str(workers)]
    words += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header"]
    with _running(words, port, {"BARE_PAGE": str(page)}) as served:
        yield served


@contextmanager
def _running(words: list[str], port: int, named: dict[str, str]) -> Iterator[Served]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    process = subprocess.Popen(
        [sys.executable, *words],
        env={**kept, **named},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _again in range(400):
            assert process.poll() is None, "the server did not start"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        yield Served(port, process)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
