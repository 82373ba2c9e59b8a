"""What happens by itself goes on, whatever one job meets."""

import asyncio
import logging

from portal import work
from portal.database import Unavailable


async def test_a_job_that_fails_hinders_no_other(caplog):
    async def fails() -> int:
        raise ValueError("a fault of ours")

    async def away() -> int:
        raise Unavailable("gone for a moment")

    async def works() -> int:
        return 3

    jobs = [work.Job("fails", 1, fails), work.Job("away", 1, away), work.Job("works", 1, works)]
    with caplog.at_level(logging.WARNING, "portal"):
        assert await work.once(jobs) == {"fails": 0, "away": 0, "works": 3}
    told = {record.msg["job"]: record.msg for record in caplog.records if isinstance(record.msg, dict)}
    assert told["fails"]["error"][0]["kind"] == "builtins.ValueError"
    assert "error" not in told["away"], "a database that is away is one line, no traceback"


async def test_a_slow_job_delays_no_other_and_all_end_when_they_are_told():
    ran = 0

    async def hangs() -> int:
        await asyncio.sleep(3600)
        return 0

    async def counts() -> int:
        nonlocal ran
        ran += 1
        return 1

    background = asyncio.create_task(
        work.forever([work.Job("slow", 1, hangs), work.Job("quick", 0.01, counts)])
    )
    await asyncio.sleep(0.2)
    background.cancel()
    await asyncio.wait_for(asyncio.gather(background, return_exceptions=True), 5)
    assert ran > 2 and background.cancelled()
