"""What happens by itself: jobs that are safe to run twice, run side by side, and never needed for a page to be right."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from portal import logs
from portal.database import Unavailable


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
        except Unavailable:
            logs.warn("job waits for the database", job=job.name)
            done[job.name] = 0
        except Exception as error:
            logs.mishap(error, "job failed", job=job.name)
            done[job.name] = 0
    return done


async def forever(jobs: Sequence[Job]) -> None:
    """Run each job again and again at its own pace, until cancelled: a slow gateway delays no offer of a time."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(_again(job))


async def _again(job: Job) -> None:
    while True:
        await once([job])
        await asyncio.sleep(job.every)
