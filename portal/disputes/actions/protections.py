"""A dispute is put behind a passphrase: by whoever reported it in danger, or at the desk while they stand there."""

from portal import clock, journal
from portal.database import transaction
from portal.disputes import rules
from portal.disputes.actions.moves import claim, pass_on
from portal.disputes.models import OPEN, Dispute, Level
from portal.errors import Conflict, Forbidden
from portal.notices import Notice
from portal.notices import State as NoticeState
from portal.people import actions as people
from portal.people.models import Person


async def protect(person: Person, dispute: Dispute, passphrase: str, contact_by: str) -> None:
    """From now on its reporter finds it only after this passphrase, in the place of an earlier one, and hears of it only by
    `contact_by`: what was still to be sent is withheld. An open one goes to the community, whose staff alone settle what
    is protected: heads are neighbours.

    Raises Forbidden, Refusal for a poor passphrase, Conflict when it was changed meanwhile.
    """
    is_own = rules.may_protect_own(person, dispute, clock.now())
    if not is_own and not rules.may_protect(person, dispute):
        raise Forbidden
    reporter = await Person.get(id=dispute.reporter_id)
    async with transaction():
        await claim(dispute)
        made_by = None if is_own else person
        protection = await people.protect(reporter, passphrase, contact_by, made_by=made_by)
        same = Dispute.filter(id=dispute.id, protection_id=dispute.protection_id)
        if not await same.update(protection_id=protection.id):
            raise Conflict
        dispute.protection_id = protection.id
        await journal.record(person, "protect", dispute)
        unsent = Notice.filter(person_id=reporter.id, key__contains=f":{dispute.id}:", state=NoticeState.OWED)
        await unsent.update(state=NoticeState.WITHHELD)
        if dispute.state in OPEN and dispute.level < Level.COMMUNITY:
            await pass_on(person, dispute, "raise", Level.COMMUNITY, "")
