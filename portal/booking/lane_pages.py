"""Taking a time by the lane of strangers: what `times_pages.choose` does, where it is as plain as a topic and a time."""

from collections.abc import Sequence
from functools import lru_cache

from starlette.responses import RedirectResponse

from portal import settings
from portal.booking.actions import together
from portal.booking.forms import read_time, write_time
from portal.booking.times_pages import TOPICS
from portal.community import queries as community
from portal.web import express, lane
from portal.web.templating import url

# All that is said, in the form and in its address, by whoever only takes a time.
TAKING, ABOUT = frozenset({"topic", "slot"}), frozenset({"topic"})


def read_taking(posted: lane.Posted) -> together.Ask | None:
    """A stranger who takes a time and wants nothing else: what `choose` reads, where it is as plain as that."""
    is_plain = TAKING.issuperset(posted.form) and ABOUT.issuperset(posted.query)
    about, at = posted.form.get("topic", posted.query.get("topic")), read_time(posted.form.get("slot", ""))
    if not is_plain or about not in TOPICS or at is None:
        return None
    chosen = {"topic": about, "slot": write_time(at), "is_long": None, "lawyer": None}
    return together.Ask(posted.browser, at, about, chosen)


async def take_together(asks: Sequence[together.Ask]) -> list[bool]:
    """Strangers who have not chosen another mean the community that was entered first."""
    here, _choices = await community.standing(None, "")
    return await together.take_together(asks, here.id if here else None)


def on_to_confirm() -> express.Piece:
    """303 to the last step."""
    return _on_to_confirm(settings.current())


@lru_cache(maxsize=1)
def _on_to_confirm(_in_force: settings.Settings) -> express.Piece:
    return express.Piece.of(RedirectResponse(url("book:confirm"), 303))


LANES = [lane.Lane("/book/times", read_taking, take_together, on_to_confirm)]
