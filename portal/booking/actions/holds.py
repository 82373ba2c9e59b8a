"""The exclusive claim on a time: one statement on a unique row decides every race, whoever runs it and wherever."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from portal import clock, database, limits, secrecy, settings
from portal.booking import queries, rules
from portal.booking.models import Hold
from portal.booking.queries import Asker, Morning
from portal.booking.rules import Ranked
from portal.conflicts.rules import Names
from portal.database import transaction
from portal.errors import Conflict
from portal.languages import _
from portal.people.models import Person
from portal.records import new_id
from portal.roster.models import Duty, Slot

OTHER_SIDES = 10
COOLING = timedelta(minutes=10)  # that a time which was given back is kept for the waitlist

# May be taken: it has ended, or it is held for the one who asks. Whatever an appointment has is taken for good. Looking
# first spares the row's lock where the answer is known; the conflict clause decides where it is not.
OURS = """{row}.appointment_id IS NULL AND ({row}.ends_at <= ? OR ({row}.browser <> '' AND {row}.browser = ?)
  OR ({row}.wait_id IS NOT NULL AND {row}.wait_id = ?) OR (1 = ? AND {row}.browser = '' AND {row}.wait_id IS NULL))"""
CLAIM = f"""
INSERT INTO hold (id, created_at, slot_id, browser, wait_id, ends_at)
SELECT ?, ?, s.id, ?, ?, ? FROM slot s WHERE s.id = ? AND s.withdrawn_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.slot_id = s.id AND NOT ({OURS.format(row="h")}))
ON CONFLICT (slot_id) DO UPDATE
SET created_at = excluded.created_at, browser = excluded.browser, wait_id = excluded.wait_id, ends_at = excluded.ends_at
WHERE {OURS.format(row="hold")}
"""


class TimeTaken(Conflict):
    """The time is not to be had. `nearest` are up to three others that are, in order of time; `mornings` has them all."""

    def __init__(
        self, text: str = "", mornings: Sequence[Morning] = (), nearest: Sequence[datetime] = ()
    ) -> None:
        super().__init__(text, [(_("重新选时间"), "book:topic")])
        self.mornings, self.nearest = mornings, nearest

    def plain(self) -> str:
        return _("这个时间刚刚被约走了，请另选一个。")


async def claim(slot: UUID, until: datetime, asker: Asker) -> bool:
    """Take a time for this browser or this place on the waitlist; False when somebody else has it or it is withdrawn."""
    now = clock.now()
    ours = (now, asker.browser, asker.wait or UUID(int=0), int(asker.wait is not None))
    row = (new_id(), now, asker.browser, asker.wait, until)
    return bool(await database.change(CLAIM, *row, slot, *ours, *ours))


async def let_go(asker: Asker, but: UUID | None = None) -> None:
    """Give up what the asker holds and has not booked, except one slot."""
    held = Hold.filter(appointment_id=None, ends_at__gt=clock.now())
    mine = held.filter(wait_id=asker.wait) if asker.wait else held.filter(browser=asker.browser)
    if asker.wait or asker.browser:
        await (mine.exclude(slot_id=but) if but else mine).delete()


async def hold(
    browser: str,
    starts_at: datetime,
    topic: str,
    other_side: str = "",
    other_phone: str = "",
    person: Person | None = None,
) -> Hold:
    """Keep a desk at this instant for a browser while its form is filled in: `hold_minutes`, one desk a browser.

    The lawyer is chosen by `rules.rank` among the desks free then. Raises TimeTaken, with the nearest free times, when
    there is none: taken, past, too near, beyond the window, or no time of the clinic at all.
    """
    await named(person, other_side, other_phone)
    now, asker = clock.now(), Asker.of(browser, person, other_side, other_phone)
    ranked = await suitable(now, starts_at, topic, asker)
    until = now + timedelta(minutes=settings.current().hold_minutes)
    async with transaction():
        for one in ranked:
            if await claim(one.desk.slot, until, asker):
                await let_go(asker, but=one.desk.slot)
                return await Hold.get(slot_id=one.desk.slot)
    raise await taken(now, starts_at, asker)


async def named(person: Person | None, other_side: str, other_phone: str) -> None:
    """A resident may name OTHER_SIDES different other sides in a day: enough for every quarrel, too few to find out by
    trying whom the firms have met. Raises TooMany. Outside any transaction, so that a refusal is counted too."""
    said = Names.of([other_side], [other_phone])
    if person is None or person.roles or not said:
        return
    which = secrecy.keyed("other side", json.dumps([sorted(said.keys), sorted(said.phones)]))[:40]
    await limits.distinct(f"other side:{person.id}", which, OTHER_SIDES, timedelta(days=1))


async def suitable(now: datetime, starts_at: datetime, topic: str, asker: Asker) -> list[Ranked]:
    """The desks free at an instant that can be booked now, best first."""
    if not await is_offered(now, starts_at):
        return []
    found = await queries.desks(starts_at, starts_at + timedelta(minutes=1), asker)
    if not any(desk.is_free for desk in found):
        return []
    return rules.rank(found, topic, await queries.in_conflict(found, asker), await queries.loads(now))


async def is_offered(now: datetime, starts_at: datetime) -> bool:
    """Is the instant late enough to come, and within the mornings that can be booked?"""
    if starts_at < queries.earliest(now):
        return False
    return clock.day_of(starts_at) in {morning.day for morning in await queries.window(now)}


async def taken(now: datetime, starts_at: datetime, asker: Asker) -> TimeTaken:
    """The refusal of an instant, with the times that can be had instead. Whether it was booked away or only firms in
    conflict are left then looks and reads the same."""
    mornings = await queries.free_times(now, asker)
    for morning in mornings:
        morning.times = [
            time._replace(left=time.left * (time.starts_at != starts_at)) for time in morning.times
        ]
    times = [time for morning in mornings for time in morning.times]
    free: Iterable[datetime] = (time.starts_at for time in times if time.left)
    if asker.served or asker.others:
        free = [desk.starts_at for desk in await queries.open_desks(now, asker)]
    if starts_at <= now:
        text = _("这个时间已经过去了，请另选一个。")
    elif all(time.starts_at != starts_at for time in times):
        text = _("这个时间不开放预约，请另选一个。")
    else:
        text = ""
    return TimeTaken(text, mornings, queries.nearest(starts_at, free))


async def give_back(slot: Slot) -> None:
    """A booked or offered time is nobody's again: kept for the waitlist when somebody waits, else free for all."""
    now = clock.now()
    is_useful = slot.withdrawn_at is None and slot.starts_at > queries.earliest(now) + rules.LEAST_ANSWER
    duty = await Duty.get(id=slot.duty_id)
    if is_useful and await queries.is_anybody_waiting(duty.community_id):
        until = rules.next_daytime(now.astimezone(clock.CHINA)) + COOLING
        await Hold.filter(slot_id=slot.id).update(
            appointment_id=None, wait_id=None, browser="", ends_at=until
        )
    else:
        await Hold.filter(slot_id=slot.id).delete()


async def tidy() -> int:
    """Delete holds that have ended. Nothing waits for this: an ended hold hinders nobody."""
    async with transaction():
        return await Hold.filter(appointment_id=None, wait_id=None, ends_at__lte=clock.now()).delete()
