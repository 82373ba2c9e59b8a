"""One matter on its way through time: it goes on as far as the present and waits there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from portal import clock
from portal.demo.history import History

K = TypeVar("K", bound=str)

OPENS, CLOSES = 8 * 60 + 30, 17 * 60
WHEN = {"n": range(2, 7), "month": range(1, 13)}


class NotYet(Exception):
    """The next step lies in the future."""


class Course:
    """Where in time a matter is. Steps happen in working hours."""

    def __init__(self, history: History, at: datetime) -> None:
        self.history = history
        self.at = at

    def later(self, least: int, most: int) -> datetime:
        """Go on so many days, or a while when that is today. Raises NotYet past the present."""
        random = self.history.random
        days = random.randint(least, most)
        at = self.at + timedelta(minutes=random.randint(12, 80))
        if days:
            day = clock.day_of(self.at) + timedelta(days=days)
            while day.weekday() > 4:
                day += timedelta(days=1)
            at = max(at, clock.at(day, random.randint(OPENS, CLOSES)))
        if at > clock.now():
            raise NotYet
        self.at = at
        return at


def moment(history: History, first: datetime, last: datetime) -> datetime:
    """Some waking moment between two instants, not in the future."""
    span = (clock.day_of(last) - clock.day_of(first)).days
    day = clock.day_of(first) + timedelta(days=history.random.randint(0, max(span, 0)))
    return min(clock.at(day, history.random.randint(7 * 60, 21 * 60)), last)


def fill(history: History, text: str, money: int = 0) -> str:
    """The text with its figures: {n}, {month} and {money}."""
    drawn = {name: history.random.choice(choices) for name, choices in WHEN.items()}
    return text.format(**drawn, money=money)


def varied(history: History, money: int) -> int:
    """An amount in 元 like this one, rounded as people round."""
    if not money:
        return 0
    step = 10 if money < 1_000 else 100 if money < 10_000 else 1_000
    return max(step, round(money * history.random.uniform(0.6, 1.8) / step) * step)


def weighted(history: History, table: Mapping[K, int]) -> K:
    """A key of the table, as often as its weight says."""
    return history.random.choices(list(table), list(table.values()))[0]
