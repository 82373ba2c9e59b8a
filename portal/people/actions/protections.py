"""A passphrase before somebody's records: set with their words, said to see them, gone from sight when they leave."""

import unicodedata
from datetime import timedelta
from uuid import UUID

from portal import clock, journal, limits
from portal.database import transaction
from portal.errors import Refusal
from portal.languages import _
from portal.people import passwords, session_rules
from portal.people.models import ContactBy, Person, Protection, Session

LEAST, MOST = 6, 100  # characters of a passphrase
AT_LEAST = (
    3  # comparisons for each attempt, so that its length tells nobody how many there are, or whether any
)


async def protect(
    person: Person, passphrase: str, contact_by: str, made_by: Person | None = None
) -> Protection:
    """A passphrase of this person's own; what is put behind it (`protection_id`) is found only after it was said.

    `contact_by` is the one way on which anything about it may reach them. Raises Refusal for a poor passphrase.
    """
    plain, chosen = spoken(passphrase), ContactBy(contact_by)
    if wrong := fault(plain, person):
        raise Refusal(wrong)
    kept = await passwords.hashed(plain)
    async with transaction():
        made = await Protection.create(person=person, passphrase=kept, contact_by=chosen, made_by=made_by)
        await journal.record(made_by or person, "protect", made)
    return made


def fault(passphrase: str, person: Person | None = None) -> str:
    """What is wrong with a passphrase, for this person where they are known; empty when nothing is."""
    plain = spoken(passphrase)
    if not LEAST <= len(plain) <= MOST:
        return _("口令要 %(least)s 到 %(most)s 个字。") % {"least": LEAST, "most": MOST}
    known = (person.phone, spoken(person.name), person.number.lower()) if person else ()
    return (
        _("这个口令太容易被猜到，请换一句只有您知道的话。") if len(set(plain)) < 3 or plain in known else ""
    )


async def say(person: Person, session: Session, passphrase: str) -> None:
    """Something was said. If it is one of the person's passphrases, what lies behind it is in sight in this session for
    `session_rules.UNLOCKED`; otherwise nothing is any more. Either way the same is done, takes as long and says nothing.

    Raises TooMany beyond ten times an hour.
    """
    await limits.count(f"say:{person.id}", 10, timedelta(hours=1))
    plain, found = spoken(passphrase[: MOST * 2]), None
    kept = await Protection.filter(person_id=person.id).order_by("id").values_list("id", "passphrase")
    for key, one in [*kept, *[(None, "")] * (AT_LEAST - len(kept))]:
        if await passwords.matches(one, plain):
            found = key
    async with transaction():
        await _see(session, found)
        await journal.record(person, "say", session)


async def leave(session: Session) -> None:
    """Whatever was unlocked in this session is out of sight."""
    async with transaction():
        await _see(session, None)


async def _see(session: Session, protection: UUID | None) -> None:
    until = clock.now() + session_rules.UNLOCKED if protection else None
    await Session.filter(id=session.id).update(protection_id=protection, unlocked_until=until)


def spoken(text: str) -> str:
    """A passphrase in the one spelling that is compared: case, width and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
