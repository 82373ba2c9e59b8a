"""The mornings of the demonstration: those that are over, the one that is under way, and those that are booked ahead."""

from collections.abc import Iterator
from datetime import date, timedelta

from portal import clock
from portal.booking.models import Hold, Mode
from portal.demo.consulting import ENDS, Desk
from portal.demo.course import weighted
from portal.fields import Clear
from portal.people.models import Person
from portal.roster.models import Slot


def past(desk: Desk, people: list[Person], count: int, but: Slot) -> None:
    """So many appointments on mornings that are over, spread over the year; one time is spoken for."""
    history, over = desk.history, clock.now() - timedelta(hours=12)
    times = [time for time in desk.bar.times() if time[1].ends_at < over and time[1] is not but]
    for lawyer, slot in sorted(history.random.sample(times, count), key=lambda time: time[1].starts_at):
        at = slot.starts_at - timedelta(days=history.random.randint(1, 9), hours=history.random.randint(0, 5))
        desk.book(history.random.choice(people), lawyer, slot, at, weighted(history, ENDS))


def receive(desk: Desk, people: Iterator[Person], day: date) -> None:
    """A morning of the lawyer who is introduced, as far as it has got: the next has come, one advice is half written,
    one time is free."""
    now, lawyer = clock.now(), desk.bar.lawyers[0]
    slots = next(slots for here, slots in desk.bar.mornings[day] if here is lawyer)
    for n, slot in enumerate(slots[:-1]):
        ends = ""
        if slot.ends_at <= now:
            ends = {2: "missed", 4: "drafted"}.get(n, "advised")
        elif slot.starts_at <= now:
            ends = "drafted"
        elif slot.starts_at - now < timedelta(minutes=40):
            ends = "checked_in"
        desk.book(next(people), lawyer, slot, slot.starts_at - timedelta(days=2, hours=n), ends)


def contest(desk: Desk, who: Person) -> None:
    """The newest time that nobody had: who is introduced is said to have missed it, and says otherwise."""
    used = {row.slot_id for row in desk.history.rows[Hold]}  # type: ignore[attr-defined]
    over = clock.now() - timedelta(hours=3)
    times = [time for time in desk.bar.times() if time[1].ends_at < over and time[1].id not in used]
    lawyer, slot = times[-1]
    appointment = desk.book(who, lawyer, slot, slot.starts_at - timedelta(days=4), "missed")
    at = clock.now() - timedelta(hours=1)
    appointment.mode, said = Mode.DESK, Clear("我提前十分钟就到了，在一楼大厅等，没有听见叫号。")
    desk.history.move(who, appointment, "contest", at, contested=said, contested_at=at)


def ahead(desk: Desk, people: Iterator[Person], first: date, introduced: Person) -> None:
    """A third of the times of the nine mornings after the first are booked, one of the second by who is introduced."""
    coming = [day for day in sorted(desk.bar.mornings) if day > first][:9]
    times = [time for time in desk.bar.times() if clock.day_of(time[1].starts_at) in coming]
    theirs = next(slot for _lawyer, slot in times if clock.day_of(slot.starts_at) == coming[1])
    for lawyer, slot in times:
        if slot is theirs or desk.history.random.randrange(3) == 0:
            at = clock.now() - timedelta(days=desk.history.random.randint(1, 5), minutes=7)
            desk.book(introduced if slot is theirs else next(people), lawyer, slot, at)
