"""The two engines a test can run on: files copied from a migrated one, and a private PostgreSQL that ends with the run."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import asyncpg

from portal import schema

# Runs the server until we close its standard input, which even a killed test run does; then nothing is left.
WATCH = '"$@" & read -r _; kill -QUIT $!; wait $!; rm -rf "$0"'


Prepare = Callable[[str], Awaitable[None]]


class Engine(Protocol):
    """Makes databases: empty ones, and copies of what was prepared once."""

    def prepared(self, prepare: Prepare) -> str:
        """The address of a copy of one in which this was done, nobody connected."""

    def empty(self) -> str:
        """The address of one without any table."""

    def drop(self, url: str) -> None:
        """Remove one again."""

    def close(self) -> None:
        """Leave nothing behind."""


class Sqlite:
    """Files in memory where there is such a place: a copy takes a millisecond."""

    def __init__(self) -> None:
        self.folder = folder()
        self.numbers = count()
        self.templates: dict[Prepare, Path] = {}

    def empty(self) -> str:
        return f"sqlite://{self.folder}/{next(self.numbers)}.db"

    def prepared(self, prepare: Prepare) -> str:
        if prepare not in self.templates:
            template = self.empty() if prepare is migrated else self.prepared(migrated)
            asyncio.run(prepare(template))
            self.templates[prepare] = Path(urlsplit(template).path)
        url = self.empty()
        shutil.copyfile(self.templates[prepare], urlsplit(url).path)
        return url

    def drop(self, url: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(urlsplit(url).path + end).unlink(missing_ok=True)

    def close(self) -> None:
        shutil.rmtree(self.folder)


class Postgres:
    """A server of our own on a free port of the loopback, or the one PORTAL_TEST_POSTGRES names (its user may create)."""

    def __init__(self) -> None:
        self.server: subprocess.Popen[bytes] | None = None
        self.folder: Path | None = None
        self.names = count()
        self.templates: dict[Prepare, str] = {}
        self.prefix = f"portal_{os.getpid()}"
        self.root = os.environ.get("PORTAL_TEST_POSTGRES") or self.start()

    def start(self) -> str:
        """initdb into a temporary folder and run it; nothing is fsynced, for no test outlives a power cut."""
        self.folder = folder()
        user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        if user:
            shutil.chown(self.folder, user)
        data = self.folder / "data"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": self.folder}
        subprocess.run(
            [program("initdb"), "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True,
            user=user,
            **quiet,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "max_connections": 200,
            "shared_buffers": "64MB",
            "max_wal_size": "256MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [program("postgres"), "-D", data, *options]
        self.server = subprocess.Popen(
            ["sh", "-c", WATCH, self.folder, *command], stdin=subprocess.PIPE, user=user, **quiet
        )
        root = f"postgres://portal@127.0.0.1:{port}/postgres"
        for _ in range(100):
            try:
                asyncio.run(ask(root, "SELECT 1"))
            except (OSError, asyncpg.PostgresError):
                time.sleep(0.1)
            else:
                return root
        self.close()
        raise RuntimeError("the private PostgreSQL did not start within ten seconds")

    def url(self, name: str) -> str:
        return urlsplit(self.root)._replace(path=f"/{name}").geturl()

    def create(self, name: str, template: str) -> str:
        copied = f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        asyncio.run(ask(self.root, copied))
        return self.url(name)

    def empty(self) -> str:
        return self.create(f"{self.prefix}_{next(self.names)}", "template0")

    def prepared(self, prepare: Prepare) -> str:
        if prepare not in self.templates:
            template = self.empty() if prepare is migrated else self.prepared(migrated)
            asyncio.run(prepare(template))
            self.templates[prepare] = urlsplit(template).path.lstrip("/")
        return self.create(f"{self.prefix}_{next(self.names)}", self.templates[prepare])

    def drop(self, url: str) -> None:
        asyncio.run(ask(self.root, f'DROP DATABASE "{urlsplit(url).path.lstrip("/")}" WITH (FORCE)'))

    def close(self) -> None:
        if self.server is None:
            for template in self.templates.values():
                self.drop(self.url(template))
            return
        assert self.server.stdin
        self.server.stdin.close()
        self.server.wait(20)


def folder() -> Path:
    """A temporary one, in memory where there is such a place."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="portal-", dir=memory if os.access(memory, os.W_OK) else None))


async def migrated(url: str) -> None:
    """What most tests want prepared: the tables, and nothing in them."""
    await schema.migrate(url)


def program(name: str) -> str:
    """Where a program of PostgreSQL is; Debian keeps them off the PATH, Homebrew too."""
    places = [Path(found).parent for found in [shutil.which(name)] if found]
    for pattern in (
        "usr/lib/postgresql/*/bin",
        "opt/homebrew/opt/postgresql*/bin",
        "usr/local/opt/postgresql*/bin",
    ):
        places += sorted(Path("/").glob(pattern), reverse=True)
    for place in places:
        if (place / name).exists():
            return str((place / name).resolve())
    sys.exit(
        f"{name} of PostgreSQL is missing: install a server (apt install postgresql), or set PORTAL_TEST_POSTGRES"
    )


async def ask(url: str, sql: str) -> None:
    """One statement on a connection of its own."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
