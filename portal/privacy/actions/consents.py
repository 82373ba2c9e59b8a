"""Consent is taken back: nothing new begins, and whoever is at work on it is told."""

from portal import notices
from portal.database import transaction
from portal.disputes.models import OPEN, Dispute
from portal.people import actions as people
from portal.people.consents import Purpose
from portal.people.models import Person


async def take_back(person: Person, purpose: Purpose) -> bool:
    """Take it back; False when none stood. Nothing is cancelled silently: what is open is the person's to decide.

    Whoever handles a dispute that the person reported hears that no new sitting may be arranged.
    """
    async with transaction():
        stood = await people.withdraw(person, purpose)
        if stood and purpose == Purpose.MEDIATION:
            theirs = Dispute.filter(reporter_id=person.id, state__in=OPEN, handler_id__not_isnull=True)
            for dispute in await theirs.select_related("handler"):
                await notices.owe(dispute.handler, "privacy/withdrawn", number=dispute.number)
    return stood
