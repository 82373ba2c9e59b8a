"""A made-up community with a year behind it, to look around in."""

from datetime import timedelta
from itertools import cycle
from random import Random

from portal import clock
from portal.booking.actions import assignment
from portal.booking.models import Appointment, State, Wait
from portal.database import transaction
from portal.demo import afterwards, beside, firms, gatherings, handed_in, mornings, people, places
from portal.demo.consulting import Desk
from portal.demo.course import moment
from portal.demo.docket import Docket
from portal.demo.history import History
from portal.demo.needs import Register
from portal.disputes.models import Level
from portal.law import days
from portal.law.topics import Topic
from portal.people.models import Person
from portal.roster.rules import AHEAD

YEAR = timedelta(days=365)
DISPUTES, NEEDS, APPOINTMENTS = 150, 120, 92


async def load(seed: int = 20210101) -> None:
    """Fill an empty, migrated database with the community as it stands now. Another seed gives other people."""
    history, now, today = History(Random(seed)), clock.now(), clock.today()
    first, last = today - YEAR, today + AHEAD
    before = clock.at(first - timedelta(days=30), 9 * 60)
    known = firms.calendar(history, first, last)
    shown = [days.roll(today, known)]
    if now > clock.at(shown[0], 11 * 60):  # then the next one is what its lawyer prepares for
        shown.append(days.next_workday(shown[0], known))
    morning = shown[-1]

    land = places.lay_out(history, before)
    offices = people.take_office(history, land, before)
    names = people.names(history)
    cast = people.assemble(history, land, offices, before, names)
    bar = firms.open_doors(history, {office.person.name: office for office in offices.values()}, first)
    away = days.add_workdays(morning, 6, known)
    firms.take_leave(history, bar, bar.lawyers[3], away, away + timedelta(days=6), "外出学习")
    firms.sit(history, bar, known, first, last, extra=shown)

    shen, gao, *others = cast.neighbours
    residents = [neighbour.person for neighbour in others]
    queue = cycle(history.random.sample(residents, len(residents)))
    desk = Desk(history, bar, names)
    lawyer, slot = next(time for time in reversed(bar.times()) if time[1].ends_at < now - timedelta(days=20))
    desk.book(shen.person, lawyer, slot, slot.starts_at - timedelta(days=3), "advised")
    mornings.past(desk, residents, APPOINTMENTS, but=slot)
    for day in shown:
        mornings.receive(desk, queue, day)
    mornings.ahead(desk, queue, morning, shen.person)
    mornings.contest(desk, gao.person)
    beside.grow(history, known, cast["dispatcher"], now, today)
    handed_in.hand_in(history, shen.person)
    afterwards.follow(history, bar.lawyers[0], now)
    afterwards.review(history, bar.lawyers[0], now)
    typed = {"words": "房东不退押金，想问问怎么办。", "mode": "desk"}
    history.create(
        gao.person,
        Wait,
        now - timedelta(hours=1),
        person=gao.person,
        topic=Topic.PROPERTY_HOUSING,
        typed=typed,
    )

    docket, register = Docket(history, land, cast, names), Register(history, land, cast, known)
    for _ in range(DISPUTES):
        who = history.random.choice(others)
        docket.open(moment(history, before + timedelta(days=30), now), who.home, who.person)
    docket.open(now - timedelta(days=9), shen.home, shen.person, "community", Level.UNIT)
    docket.open(now - timedelta(hours=5), gao.home, gao.person, "reported", Level.UNIT)
    for hours, level in ((3, Level.UNIT), (26, Level.BUILDING), (30, Level.GRID), (50, Level.GRID)):
        who = history.random.choice(others)
        docket.open(now - timedelta(hours=hours), land.households[hours], who.person, "reported", level)
    for days_ago, course in ((5, "community"), (8, "community"), (12, "to_street")):
        who = history.random.choice(others)
        docket.open(now - timedelta(days=days_ago), who.home, who.person, course)
    docket.file()
    for _ in range(NEEDS):
        who = history.random.choice(others)
        register.open(moment(history, before + timedelta(days=30), now), who.home, who.person)
    for days_ago in range(1, 11):
        who = history.random.choice(others)
        register.open(now - timedelta(days=days_ago), who.home, who.person)
    for n, who in enumerate([shen, gao, *others[:4]]):
        register.open(now - timedelta(hours=1 + 4 * n), who.home, who.person, waits=n > 0)

    gatherings.lectures(history, bar, cast, known)
    gatherings.rounds(history, land, cast)
    gatherings.council(history, cast)
    await history.write()
    await remind(shen.person)


async def remind(introduced: Person) -> None:
    """Owe the reminders of what is booked ahead, as booking it would have; who is introduced also finds the message with the
    link that opens without signing in."""
    ahead = Appointment.filter(state=State.BOOKED, starts_at__gt=clock.now()).select_related("person")
    async with transaction():
        for appointment in await ahead:
            if appointment.person_id == introduced.id:
                await assignment.tell(None, "booking/booked", appointment, appointment.person)
            else:
                await assignment.remind(appointment, appointment.person)
