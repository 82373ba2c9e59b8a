"""What happens by itself: jobs that are safe to run twice, run side by side, and never needed for a page to be right."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

log = logging.getLogger("portal.work")


class Job(NamedTuple):
    """Something to do every so many seconds. It answers how many things it did."""

    name: str
    every: float
    run: Callable[[], Awaitable[int]]


async def once(jobs: Sequence[Job]) -> dict[str, int]:
    """Run every job one time; what failed is logged and counts as nothing done."""
    done = {}
    for job in jobs:
        try:
            done[job.name] = await job.run()
        except Exception:
            log.exception("job %s failed", job.name)
            done[job.name] = 0
    return done


async def forever(jobs: Sequence[Job]) -> None:
    """Run each job whenever it is due, until cancelled."""
    due = dict.fromkeys(jobs, 0.0)
    while True:
        now = time.monotonic()
        ready = [job for job in jobs if due[job] <= now]
        await once(ready)
        for job in ready:
            due[job] = time.monotonic() + job.every
        await asyncio.sleep(0.5)
