"""The portal in a process of its own, on a socket it is handed.

    python -m tests.browser.serving APP SOCKET [PREPARE]

APP and PREPARE are `module:name`; PREPARE is an async function without arguments that fills the database first. The
settings come from the environment, as they do in service.
"""

import asyncio
import socket
import sys
from importlib import import_module
from typing import Any

import uvicorn

from portal import database, settings


def load(said: str) -> Any:
    """What stands under this name in this module."""
    module, _colon, name = said.partition(":")
    return getattr(import_module(module), name)


async def fill(prepare: str) -> None:
    """Let the function fill the database that will be served."""
    await database.connect(settings.current().database_url)
    try:
        await load(prepare)()
    finally:
        await database.close()


def main(app: str, listener: str, prepare: str = "") -> None:
    """Fill the database, then serve until ended."""
    settings.use(settings.read())
    if prepare:
        asyncio.run(fill(prepare))
    config = uvicorn.Config(load(app), log_level="warning", loop="uvloop", http="httptools")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(listener))])


if __name__ == "__main__":
    main(*sys.argv[1:])
