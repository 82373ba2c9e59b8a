"""Every file goes through a process of its own (cleaning.py) before anything of it is kept."""

import subprocess
import sys
from pathlib import Path

import anyio
from anyio.lowlevel import RunVar

from portal.attachments import cleaning
from portal.attachments.cleaning import Refused
from portal.attachments.models import Kind

PROGRAM = (sys.executable, "-I", str(Path(cleaning.__file__).resolve()))
PATIENCE = cleaning.SECONDS + 10  # seconds on the clock; computing is bounded in the process itself
AT_ONCE = 2  # processes; whoever comes then waits

_places: RunVar[anyio.Semaphore] = RunVar("places for inspecting")


async def inspect(content: bytes) -> tuple[Kind, bytes]:
    """(kind, the file as it is kept). Raises Refused with one of the reasons of `cleaning`."""
    try:
        places = _places.get()
    except LookupError:
        _places.set(places := anyio.Semaphore(AT_ONCE))
    async with places:
        said = await _asked(content)
    if not said.startswith(b"+"):
        raise Refused(said[1:].decode() or cleaning.BROKEN)
    kind, _line, kept = said[1:].partition(b"\n")
    return Kind(kind.decode()), kept


async def _asked(content: bytes) -> bytes:
    """What the process said; nothing when it came to grief, or took too long and was ended."""
    with anyio.move_on_after(PATIENCE):
        # An environment without a word of ours: it is to know no key and no address.
        done = await anyio.run_process(
            PROGRAM, input=content, check=False, env={"LC_ALL": "C"}, stderr=subprocess.DEVNULL
        )
        return done.stdout
    return b""
