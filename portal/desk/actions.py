"""What is done at the desk itself: messages carried by hand, and telephones seen for it."""

from portal import clock, journal
from portal.database import transaction
from portal.errors import Conflict
from portal.notices import Notice, State
from portal.people.models import Person


async def carry(person: Person, notice: Notice) -> None:
    """Somebody telephoned or handed over the paper: the message counts as sent. Twice is refused."""
    async with transaction():
        waiting = Notice.filter(id=notice.id, state__in=[State.OWED, State.FAILED])
        if not await waiting.update(state=State.SENT, sent_at=clock.now()):
            raise Conflict
        await journal.record(person, "carry", notice, channel=notice.channel, kind=notice.kind)


async def unmask(person: Person, notice: Notice) -> None:
    """Write that somebody asked to see the telephone to which a message goes."""
    async with transaction():
        await journal.record(person, "unmask", notice, kind=notice.kind)
