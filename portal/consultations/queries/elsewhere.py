"""What somebody asked to go on with in another browser, as far as it may be offered there."""

from datetime import date
from typing import NamedTuple

from portal import clock
from portal.booking import drafts
from portal.booking.models import Draft
from portal.consultations import lexicon
from portal.consultations.rules.elsewhere import may_go_elsewhere
from portal.people.models import Person


class Unfinished(NamedTuple):
    """A form that was not handed over, and the day on which somebody last wrote in it or kept it."""

    draft: Draft
    on: date


async def offered(person: Person | None, browser: str) -> Unfinished | None:
    """What this person can take up here: the newest they asked for that lies in another browser. Judged now, by what it says
    now: whoever named a danger since is offered nothing."""
    if person is None:
        return None
    theirs = Draft.filter(person_id=person.id, ends_at__gt=clock.now()).exclude(browser=browser)
    found = await theirs.order_by("-ends_at").first()
    if found is None or not may_go_elsewhere(await lexicon.told(found.typed), person):
        return None
    return _dated(found)


async def set_aside(browser: str) -> Unfinished | None:
    """What was set aside in this browser when something else was taken up."""
    found = await lying(drafts.aside(browser))
    return _dated(found) if found else None


async def lying(browser: str) -> Draft | None:
    """The draft of this browser."""
    return await Draft.filter(browser=browser, ends_at__gt=clock.now()).first()


def _dated(draft: Draft) -> Unfinished:
    return Unfinished(draft, clock.day_of(draft.ends_at - drafts.KEPT))
