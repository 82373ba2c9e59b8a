"""Nobody holds the server by being slow, by sending without end, or by coming with many connections."""

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.engines import migrated
from tests.web.serving import Served, rest, serving

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/x-www-form-urlencoded\r\n"
AT_ONCE = 4


@pytest.fixture(scope="module")
def served(engine) -> Iterator[Served]:
    database = engine.prepared(migrated)
    with serving(database, header_seconds="1", body_seconds="1", requests_at_once=str(AT_ONCE)) as made:
        yield made
    engine.drop(database)


def head(served: Served) -> bytes:
    return HEAD % served.port


def took(since: float, least: float, most: float) -> bool:
    return least <= time.monotonic() - since <= most


def drip(line, sent: bytes, pause: float = 0.2, most: float = 15) -> bytes:
    """Send byte after byte until the server has had enough; answers what it said."""
    line.settimeout(pause)
    until = time.monotonic() + most
    for byte in sent * 1000:
        if time.monotonic() > until:
            raise AssertionError("the server listens for ever")
        with suppress(TimeoutError):
            try:
                line.sendall(bytes([byte]))
                if got := line.recv(65536):
                    line.settimeout(5)
                    return got + rest(line)
                return b""
            except (ConnectionResetError, BrokenPipeError):
                return b""
    return b""


def test_a_request_in_good_time_is_answered(served):
    answer = served.ask(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200") and b"server:" not in answer.lower()


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX-A: "])
def test_a_head_that_does_not_come_is_not_waited_for(served, sent):
    began = time.monotonic()
    answer = served.ask(sent)
    assert answer.startswith(b"HTTP/1.1 408") and b"no-store" in answer and took(began, 0.5, 4)


@pytest.mark.parametrize("dripped", [b"X-A: b\r\n", b"\r\n"])
def test_a_head_that_drips_is_not_waited_for(served, dripped):
    began = time.monotonic()
    with served.connect() as line:
        if dripped != b"\r\n":
            line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        answer = drip(line, dripped)
    assert answer[:12] in (b"HTTP/1.1 408", b"") and took(began, 0.5, 5)


def test_a_body_that_drips_is_answered_kindly_and_ended(served):
    began = time.monotonic()
    with served.connect() as line:
        line.sendall(head(served) + b"Content-Length: 100\r\n\r\n")
        answer = drip(line, b"a")
    assert answer.startswith(b"HTTP/1.1 408") and "等得太久了".encode() in answer and took(began, 0.5, 5)
    assert b"content-security-policy: default-src 'none'" in answer


def test_a_body_nobody_asked_for_holds_nothing_either(served):
    began = time.monotonic()
    with served.connect() as line:
        line.sendall(
            b"POST /nothing HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 100\r\n\r\n" % served.port
        )
        line.settimeout(5)
        assert line.recv(65536).startswith(b"HTTP/1.1 404")
        line.settimeout(0.2)
        with suppress(ConnectionResetError, BrokenPipeError):
            while time.monotonic() - began < 15:
                with suppress(TimeoutError):
                    line.sendall(b"a")
                    if not line.recv(100):
                        break
    assert took(began, 0.5, 12)


def test_a_head_without_end_is_refused_before_it_fills_the_memory(served):
    with served.connect() as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ")
        sent = 0
        with suppress(ConnectionResetError, BrokenPipeError):
            while sent < 50_000_000:
                line.sendall(b"a" * 65536)
                sent += 65536
        assert sent < 20_000_000


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        (b"GET /?" + b"a" * 9000, b"", b"414"),
        (b"GET /" + b"a" * 9000, b"", b"414"),
        (b"GET /", b"".join(b"X-%d: %s\r\n" % (n, b"a" * 100) for n in range(400)), b"431"),
        (b"GET /", b"Cookie: a=" + b"b" * 40_000 + b"\r\n", b"431"),
        (b"GET /", b"Host: evil.example\r\n", b"421"),
        (b"GET http://evil.example/", b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"400"),
        (b"GET /", b"X-A : b\r\n", b"400"),
        (b"GET / / /", b"", b"400"),
    ],
)
def test_heads_that_are_too_long_or_wrong_are_refused(served, request_line, headers, status):
    host = b"Host: 127.0.0.1:%d\r\n" % served.port
    answer = served.ask(request_line + b" HTTP/1.1\r\n" + host + headers + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status), answer[:100]
    said = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"content-security-policy: default-src 'none'" in said and b"nosniff" in said, said


def test_who_comes_with_too_many_connections_is_asked_to_come_again(served):
    lines = [served.connect() for _n in range(5 * AT_ONCE)]
    try:
        time.sleep(0.2)
        answer = served.ask(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503") and b"retry-after: 10" in answer
    finally:
        for line in lines:
            line.close()
    time.sleep(0.2)
    again = served.ask(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert again.startswith(b"HTTP/1.1 200"), "and is answered when the others have gone"


def test_a_connection_that_is_used_again_starts_its_time_anew(served):
    with served.connect() as line:
        for _n in range(3):
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            got = b""
            while not got.endswith(b"ok"):
                got += line.recv(65536)
            time.sleep(0.7)
