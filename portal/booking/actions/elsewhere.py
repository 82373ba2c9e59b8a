"""What its resident wants to go on with in another browser: theirs by telephone once they asked, moved when they take it up.

Nothing typed is lost: what lay in the browser that takes something up is set aside in that very browser.
"""

from typing import Any

from portal import clock, journal
from portal.attachments import actions as attachments
from portal.attachments.models import Attachment, Place
from portal.booking import drafts
from portal.booking.actions import holds
from portal.booking.models import Draft, Hold
from portal.booking.queries import Asker
from portal.database import transaction
from portal.errors import Conflict, Missing
from portal.languages import _
from portal.people.models import Person
from portal.secrecy import keyed

TOLD = ("words", "other_side", "other_phone", "contact_when", "needs", "name", "guardian", "deadlines")


async def has_something(browser: str, typed: dict[str, Any]) -> bool:
    """Was anything told or handed in here that somebody would miss?"""
    told = any(typed.get(name) for name in TOLD)
    return told or await Attachment.filter(Place.at(browser).where).exists()


async def lend(person: Person, browser: str) -> None:
    """Let this person go on elsewhere with what is typed here, for `drafts.KEPT` from now. One at a time: an earlier one of
    theirs stays where it lies, and is offered nowhere else. Raises Missing where nothing is typed."""
    async with transaction():
        mine = {"person_id": person.id, "ends_at": clock.now() + drafts.KEPT}
        if not await Draft.filter(browser=browser).update(**mine):
            raise Missing
        await Draft.filter(person_id=person.id).exclude(browser=browser).update(person_id=None)
        await journal.record(person, "lend_draft", person)


async def withhold(*browsers: str) -> None:
    """What lies there is offered nowhere else any more; it stays where it is."""
    async with transaction():
        await Draft.filter(browser__in=browsers, person_id__isnull=False).update(person_id=None)


async def take_up(person: Person, browser: str, found: Draft) -> bool:
    """Move what was lent, its papers and the time held for it, to this browser; True when something here was set aside.

    The other browser is left a mark by which its next page says so. Raises Conflict when it was typed on, or taken up,
    since it was `found`; or when something lies aside here already.
    """
    there = found.browser
    async with transaction():
        # Every word typed moves its end: what is not exactly as it was found is looked at anew.
        same = Draft.filter(id=found.id, browser=there, person_id=person.id, ends_at=found.ends_at)
        if not await same.delete():
            raise Conflict(_("刚刚有了变化，请再看一遍。"), [(_("再看一遍"), "book:elsewhere")])
        is_aside = await _set_aside(browser)
        await drafts.keep(browser, **found.typed)
        await Draft.filter(browser=browser).update(person_id=person.id)
        await drafts.keep(there, **{drafts.MOVED: True})
        await attachments.follow(Place.at(there), Place.at(browser), person)
        await Hold.filter(browser=there, appointment_id=None).update(browser=browser)
        await journal.record(person, "take_up_draft", person)
    return is_aside


async def _set_aside(browser: str) -> bool:
    """Make room in this browser; False where nothing is to be missed."""
    typed, aside = await drafts.read(browser), drafts.aside(browser)
    await holds.let_go(Asker.of(browser))
    is_missed = await has_something(browser, typed)
    if is_missed and await Draft.filter(browser=aside, ends_at__gt=clock.now()).exists():
        text = _("这个手机上已经另存着一份没写完的。请先把那一份写完，或者不要它。")
        raise Conflict(text, [(_("去看一看"), "book:elsewhere")])
    await Draft.filter(browser=browser).delete()
    if is_missed:
        await drafts.keep(aside, **typed)
        await attachments.follow(Place.at(browser), Place.at(aside))
    return is_missed


async def change_places(browser: str) -> None:
    """Go on with what was set aside here; what lies here is set aside for it. Raises Missing where nothing is."""
    aside, between = drafts.aside(browser), keyed("between", browser)
    async with transaction():
        if not await Draft.filter(browser=aside, ends_at__gt=clock.now()).exists():
            raise Missing
        here, other = await drafts.read(browser), await drafts.read(aside)
        is_missed = await has_something(browser, here)
        await Draft.filter(browser__in=[browser, aside]).delete()
        await drafts.keep(browser, **other)
        if is_missed:
            await drafts.keep(aside, **here)
        for before, to in ((browser, between), (aside, browser), (between, aside)):
            await attachments.follow(Place.at(before), Place.at(to))
        await holds.let_go(Asker.of(browser))
