"""What many tests begin with is made once a day; each gets a copy of its own, of the rows and of what stands for them."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

from portal import clock, database, locality

Make = Callable[[], Awaitable[Any]]


class Prepared:
    """Something made in a database of its own, of which tests/engines.py makes copies."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.made: Any = None
        self.here: locality.Known | None = None

    async def __call__(self, url: str) -> None:
        await database.connect(url)
        try:
            with locality.standing(None):
                self.made = await self.make()
                if community := locality.current():
                    self.here = locality.Known(community, locality.name())
        finally:
            await database.close()

    def enter(self) -> Any:
        """It, as it stands in a copy. The community that was meant when it was made is meant from here on."""
        locality.stand(self.here)
        return deepcopy(self.made)


@cache
def _of(make: Make, day: date) -> Prepared:
    return Prepared(make)


def prepared(make: Make) -> Prepared:
    """What this makes today: whoever works past midnight starts anew."""
    return _of(make, clock.today())
