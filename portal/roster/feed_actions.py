"""A lawyer's own calendar address: whoever has it sees their mornings, and nobody's matter. Taken back at once."""

from typing import Any

from portal import journal, secrecy
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.roster.models import Lawyer


def hashed(secret: str) -> str:
    """What is kept of the secret."""
    return secrecy.keyed("feed", secret)


async def give_feed(actor: Any, lawyer: Lawyer) -> str:
    """A new secret for the lawyer's calendar, said once and kept as a keyed hash; an older one ends."""
    if actor.id != lawyer.person_id:
        raise Forbidden
    secret = secrecy.token()
    async with transaction():
        await Lawyer.filter(id=lawyer.id).update(feed=hashed(secret))
        await journal.record(actor, "give_feed", lawyer)
    return secret


async def end_feed(actor: Any, lawyer: Lawyer) -> None:
    """The address answers nobody any more: for the lawyer, or staff where a telephone was lost."""
    if actor.id != lawyer.person_id and not actor.is_staff:
        raise Forbidden
    async with transaction():
        if not await Lawyer.filter(id=lawyer.id).exclude(feed="").update(feed=""):
            raise Conflict
        await journal.record(actor, "end_feed", lawyer)
