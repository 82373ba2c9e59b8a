"""A made-up community with a year behind it, to look around in."""

from datetime import timedelta
from random import Random

from portal import clock
from portal.demo import firms, people, places
from portal.demo.history import History
from portal.law import days

YEAR = timedelta(days=365)
AHEAD = timedelta(weeks=8)


async def load(seed: int = 20210101) -> None:
    """Fill an empty, migrated database: the same seed at the same time gives the same community."""
    history, today = History(Random(seed)), clock.today()
    first, last = today - YEAR, today + AHEAD
    before = clock.at(first - timedelta(days=30), 9 * 60)
    known = firms.calendar(history, first, last)
    land = places.lay_out(history, before)
    offices = people.take_office(history, before)
    cast = people.assemble(history, land, offices, before)
    bar = firms.open_doors(history, {office.person.name: office for office in offices.values()}, first)
    firms.sit(history, bar, known, first, last, extra=days.roll(today, known))
    await history.write()
