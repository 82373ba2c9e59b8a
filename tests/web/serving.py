"""The portal as it is really served, in a process of its own, until the block ends."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

SECRET, KEYS = "Nobody else's secret, of these tests: 1", "Nobody else's key of these very tests: 2"


class Served(NamedTuple):
    """Where it listens, and what it has said once it ended."""

    port: int
    said: list[str]

    def connect(self, seconds: float = 20) -> socket.socket:
        """A connection of one's own, to be slow on."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def ask(self, sent: bytes) -> bytes:
        """Send these bytes and read until the server closes."""
        with self.connect() as line:
            line.sendall(sent)
            return rest(line)


def rest(line: socket.socket) -> bytes:
    """Everything until the other side closes."""
    got = b""
    while True:
        try:
            part = line.recv(65536)
        except ConnectionResetError:
            return got
        if not part:
            return got
        got += part


@contextmanager
def serving(database: str, **given: str) -> Iterator[Served]:
    """`portal serve` on a free port with these settings."""
    folder = tempfile.mkdtemp(prefix="portal-")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    values = {
        "secret": SECRET,
        "keys": KEYS,
        "database": database,
        "site": f"http://127.0.0.1:{port}",
        "data": folder,
        **given,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "portal", "serve", "--port", str(port)],
        env={**kept, **{f"PORTAL_{name.upper()}": value for name, value in values.items()}},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    served = Served(port, [])
    try:
        for _again in range(300):
            assert process.poll() is None, process.communicate()[0]
            try:
                served.connect().close()
                break
            except OSError:
                time.sleep(0.05)
        yield served
    finally:
        process.terminate()
        try:
            said, _nothing = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _nothing = process.communicate()
        served.said.extend(said.splitlines())
        shutil.rmtree(folder)
