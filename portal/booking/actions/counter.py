"""Staff book for somebody who stands at the counter, rings or writes: at once, without a hold."""

from collections.abc import Sequence
from datetime import datetime

from portal import clock
from portal.booking import queries
from portal.booking.actions import allowance, assignment, holds
from portal.booking.actions.appointments import refuse_twice
from portal.booking.models import Appointment, Mode
from portal.booking.queries import Asker
from portal.database import transaction
from portal.languages import _
from portal.people.models import Person
from portal.records import new_id


async def seat(
    actor: Person,
    person: Person,
    times: Sequence[datetime],
    *,
    topic: str,
    other_side: str = "",
    other_phone: str = "",
    mode: str = Mode.DESK,
    needs: str = "",
    channel: str = "counter",
    over_limit: str = "",
    is_long: bool = False,
) -> Appointment:
    """An appointment at the first of these times that can be had, the running one too.

    Judged as every booking is: conflicts of interest, the other side in the room, how many somebody may have. Raises
    TimeTaken when none of the times can be had, AlreadyBooked, or BeyondLimit without a reason in `over_limit`.
    """
    now = clock.now()
    asker = Asker.of(f"counter {new_id()}", person, other_side, other_phone, is_long=is_long)
    if mode == Mode.DESK:
        asker = await queries.facing(asker, is_staff=True)
    async with transaction():
        await assignment.alone(person.id)
        refused = holds.TimeTaken(_("今天上午没有合适的空位了，请另选一个时间。"))
        for starts_at in times:
            await refuse_twice(person, starts_at, now)
            beyond = await allowance.within(person, starts_at, now, actor, over_limit)
            try:
                return await assignment.appoint(
                    actor,
                    person,
                    asker,
                    starts_at,
                    prefer=None,
                    topic=topic,
                    other_side=other_side,
                    other_phone=other_phone,
                    mode=mode,
                    needs=needs,
                    channel=channel,
                    over_limit=beyond,
                )
            except holds.TimeTaken as taken:
                refused = taken if len(times) == 1 else refused
        raise refused
