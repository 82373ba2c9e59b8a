"""The exclusive claim on a time: one statement on a unique row decides every race, whoever runs it and wherever."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from portal import clock, database, limits, secrecy, settings
from portal.booking import drafts, queries, rules
from portal.booking.models import Hold
from portal.booking.queries import Asker, Morning
from portal.booking.rules import Desk, Ranked
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
OURS = """{row}.ends_at IS NOT NULL AND ({row}.ends_at <= ? OR ({row}.browser <> '' AND {row}.browser = ?)
  OR ({row}.wait_id IS NOT NULL AND {row}.wait_id = ?) OR ({row}.beside_id IS NOT NULL AND {row}.beside_id = ?)
  OR (1 = ? AND {row}.browser = '' AND {row}.wait_id IS NULL AND {row}.beside_id IS NULL))"""
# Choosing again what one has does not keep it longer: only `extend` does, once.
KEPT = "hold.browser <> '' AND hold.browser = excluded.browser AND hold.ends_at > excluded.created_at"
CLAIM = f"""
INSERT INTO hold (id, created_at, slot_id, browser, wait_id, beside_id, ends_at)
SELECT ?, ?, s.id, ?, ?, ?, ? FROM slot s WHERE s.id = ? AND s.withdrawn_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.slot_id = s.id AND NOT ({OURS.format(row="h")}))
ON CONFLICT (slot_id) DO UPDATE
SET created_at = excluded.created_at, browser = excluded.browser, wait_id = excluded.wait_id,
  beside_id = excluded.beside_id, extended_at = CASE WHEN {KEPT} THEN hold.extended_at END,
  ends_at = CASE WHEN {KEPT} THEN hold.ends_at ELSE excluded.ends_at END
WHERE {OURS.format(row="hold")} RETURNING *
"""
LET_GO = "DELETE FROM hold WHERE {whose} = ? AND appointment_id IS NULL AND ends_at > ?"


class TimeTaken(Conflict):
    """The time is not to be had. `nearest` are up to three others that are, in order of time; `mornings` has them all."""

    def __init__(
        self, text: str = "", mornings: Sequence[Morning] = (), nearest: Sequence[datetime] = ()
    ) -> None:
        super().__init__(text, [(_("重新选时间"), "book:topic")])
        self.mornings, self.nearest = mornings, nearest

    def plain(self) -> str:
        return _("这个时间刚刚被约走了，请另选一个。")


async def take(desk: Desk, until: datetime, asker: Asker) -> Hold | None:
    """Take a desk's time, and with it the one after where two are wanted as one: both or neither."""
    if desk.second is None:
        return await claim(desk.slot, until, asker)
    # One at a time takes two: whoever waits for a time with another in hand waits for nobody who does the same.
    await database.serialise("two times as one")
    first = await claim(desk.slot, until, asker)
    if first is None or await claim(desk.second, first.ends_at or until, asker, beside=first.id):
        return first
    await first.delete()
    return None


async def claim(slot: UUID, until: datetime, asker: Asker, beside: UUID | None = None) -> Hold | None:
    """Take a time for this browser or this place on the waitlist; None when somebody else has it or it is withdrawn.
    `beside` is the hold of the time before it, of which it is the second half."""
    now, nobody = clock.now(), UUID(int=0)
    ours = (now, asker.browser, asker.wait or nobody, beside or nobody, int(asker.wait is not None))
    row = (new_id(), now, asker.browser, None if beside else asker.wait, beside, until)
    made = await database.look_up(CLAIM, *row, slot, *ours, *ours)
    return Hold._init_from_db(**made[0]) if made else None


async def extend(browser: str) -> datetime:
    """Keep the time this browser holds for `hold_minutes` more, once; answers until when. Raises TimeTaken when it holds
    none any more, Conflict the second time."""
    now = clock.now()
    async with transaction():
        mine = Hold.filter(browser=browser, appointment_id=None, beside_id=None, ends_at__gt=now)
        held = await mine.order_by("-ends_at").first() if browser else None
        if held is None or held.ends_at is None:
            raise TimeTaken(_("给您留的时间已经到了，不能再延长。您写的内容都还在，请再选一个时间。"))
        until = held.ends_at + timedelta(minutes=settings.current().hold_minutes)
        if not await mine.filter(id=held.id, extended_at=None).update(ends_at=until, extended_at=now):
            raise Conflict(_("已经延长过一次，不能再延长了。请尽快填完。"))
        await Hold.filter(beside_id=held.id, ends_at=held.ends_at).update(ends_at=until)
    return until


async def let_go(asker: Asker, *but: UUID | None) -> None:
    """Give up what the asker holds and has not booked, except these slots."""
    kept = [slot for slot in but if slot]
    whose, key = ("wait_id", asker.wait) if asker.wait else ("browser", asker.browser)
    if key:
        others = f" AND slot_id NOT IN ({', '.join('?' * len(kept))})" if kept else ""
        await database.change(LET_GO.format(whose=whose) + others, key, clock.now(), *kept)


async def hold(
    browser: str,
    starts_at: datetime,
    topic: str,
    other_side: str = "",
    other_phone: str = "",
    person: Person | None = None,
    is_long: bool = False,
    lawyer: UUID | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Hold:
    """Keep a desk at this instant for a browser while its form is filled in: `hold_minutes`, one desk a browser; two times
    as one for who needs long; only with this `lawyer`, where one is named. What was `typed` is kept with it, or not at all.

    The lawyer is chosen by `rules.rank` among the desks free then. Raises TimeTaken, with the nearest free times, when
    there is none: taken, past, too near, beyond the window, or no time of the clinic at all.
    """
    await named(person, other_side, other_phone)
    now = clock.now()
    asker = Asker.of(browser, person, other_side, other_phone, is_long=is_long)
    asker = await queries.facing(asker._replace(lawyer=lawyer))
    until = now + timedelta(minutes=settings.current().hold_minutes)
    # By the calendar and the roster as they were read last, so asked out here; what has changed since is seen inside.
    board = await queries.board(now, asker.community)
    is_offered_now = starts_at >= queries.earliest(now) and clock.day_of(starts_at) in board.days
    try:
        async with transaction():
            if typed:
                await drafts.keep(browser, **typed)
            for one in await suitable(now, starts_at, topic, asker, board) if is_offered_now else ():
                if held := await take(one.desk, until, asker):
                    await let_go(asker, one.desk.slot, one.desk.second)
                    return held
            raise Conflict  # whatever half was taken goes back, and what this browser had before stays
    except Conflict:
        raise await taken(now, starts_at, asker) from None


async def named(person: Person | None, other_side: str, other_phone: str) -> None:
    """A resident may name OTHER_SIDES different other sides in a day: enough for every quarrel, too few to find out by
    trying whom the firms have met. Raises TooMany. Outside any transaction, so that a refusal is counted too."""
    said = Names.of([other_side], [other_phone])
    if person is None or person.roles or not said:
        return
    which = secrecy.keyed("other side", json.dumps([sorted(said.keys), sorted(said.phones)]))[:40]
    await limits.distinct(f"other side:{person.id}", which, OTHER_SIDES, timedelta(days=1))


async def suitable(
    now: datetime, starts_at: datetime, topic: str, asker: Asker, board: queries.Board
) -> list[Ranked]:
    """The desks free at an instant that is offered, best first."""
    if not await queries.is_apart(asker, starts_at):
        return []
    found = await queries.desks_at(starts_at, asker, board)
    if not any(desk.is_free for desk in found):
        return []
    return rules.rank(found, topic, await queries.in_conflict(found, asker), await queries.loads(now))


async def is_offered(now: datetime, starts_at: datetime) -> bool:
    """Is the instant late enough to come, and within the mornings that can be booked?"""
    if starts_at < queries.earliest(now):
        return False
    return clock.day_of(starts_at) in {morning.day for morning in await queries.window(now)}


async def taken(now: datetime, starts_at: datetime, asker: Asker) -> TimeTaken:
    """The refusal of an instant, with the times that can be had instead. Whether it was booked away, only firms in conflict
    are left then, or the other side comes about then looks and reads the same; staff are told that it does not suit."""
    mornings = await queries.shown(now, asker)
    for morning in mornings:
        morning.times = [
            time._replace(left=time.left * (time.starts_at != starts_at)) for time in morning.times
        ]
    times = [time for morning in mornings for time in morning.times]
    free: Iterable[datetime] = (time.starts_at for time in times if time.left)
    if asker.served or asker.others or asker.against:
        open_to = [desk.starts_at for desk in await queries.open_desks(now, asker)]
        free = await queries.keeps_apart(asker, open_to)
    if starts_at <= now:
        text = _("这个时间已经过去了，请另选一个。")
    elif asker.is_staff and not await queries.is_apart(asker, starts_at):
        text = _("这个时间不合适，请另选一个。")
    elif all(time.starts_at != starts_at for time in times):
        text = _("这个时间不开放预约，请另选一个。")
    else:
        text = ""
    return TimeTaken(text, mornings, queries.nearest(starts_at, free))


async def loosen(slot: Slot) -> None:
    """What an appointment of two times has may be taken anew within this transaction: its next unit may overlap it."""
    await Hold.filter(beside__slot_id=slot.id, ends_at=None).update(ends_at=clock.now())
    await Hold.filter(slot_id=slot.id).update(appointment_id=None, ends_at=clock.now())


async def give_back(slot: Slot, *but: UUID | None) -> None:
    """A booked or offered time is nobody's again, and so is what was taken with it: kept for the waitlist when somebody
    waits, else free for all. The slots of `but` belong to somebody again already."""
    now = clock.now()
    is_useful = slot.withdrawn_at is None and slot.starts_at > queries.earliest(now) + rules.LEAST_ANSWER
    duty = await Duty.get(id=slot.duty_id)
    whole = Hold.filter(Q(slot_id=slot.id) | Q(beside__slot_id=slot.id))
    keys = await whole.exclude(slot_id__in=[one for one in but if one]).values_list("id", flat=True)
    if is_useful and await queries.is_anybody_waiting(duty.community_id):
        until = rules.next_daytime(now.astimezone(clock.CHINA)) + COOLING
        given = {"appointment_id": None, "wait_id": None, "beside_id": None, "extended_at": None}
        await Hold.filter(id__in=keys).update(**given, browser="", ends_at=until)
    else:
        await Hold.filter(id__in=keys).delete()


async def tidy() -> int:
    """Delete holds that have ended. Nothing waits for this: an ended hold hinders nobody."""
    async with transaction():
        return await Hold.filter(appointment_id=None, wait_id=None, ends_at__lte=clock.now()).delete()
