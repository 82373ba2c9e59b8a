"""How often something may be tried is counted exactly, also when everybody tries at once."""

from asyncio import gather
from datetime import timedelta

import pytest

from portal import clock, limits
from portal.errors import TooMany

HOUR = timedelta(hours=1)


async def test_of_fifty_at_once_exactly_five_get_through(database):
    outcomes = await gather(*(limits.count("door", 5, HOUR) for _ in range(50)), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 5
    assert sum(isinstance(outcome, TooMany) for outcome in outcomes) == 45


async def test_a_new_window_begins_when_the_old_one_is_over(database):
    for _ in range(3):
        await limits.count("door", 3, HOUR)
    with pytest.raises(TooMany):
        await limits.count("door", 3, HOUR)
    with clock.standing_at(clock.now() + HOUR + timedelta(seconds=1)):
        await limits.count("door", 3, HOUR)


async def test_a_neighbour_does_it_twenty_times_a_day_and_staff_as_often_as_needed(cast):
    for _ in range(20):
        await limits.a_day("deed", cast.mei)
    with pytest.raises(TooMany):
        await limits.a_day("deed", cast.mei)
    await limits.a_day("other deed", cast.mei)
    await limits.a_day("deed", cast.tao)
    for _ in range(30):
        await limits.a_day("deed", cast.fang)
    with clock.standing_at(clock.now() + timedelta(days=1, seconds=1)):
        await limits.a_day("deed", cast.mei)


async def test_keys_do_not_share_and_can_be_forgotten(database):
    await limits.count("one", 1, HOUR)
    await limits.count("two", 1, HOUR)
    await limits.forget("one")
    await limits.count("one", 1, HOUR)
    with pytest.raises(TooMany):
        await limits.count("two", 1, HOUR)
