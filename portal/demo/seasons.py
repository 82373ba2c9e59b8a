"""Three busy years of invented cases, for measuring: the same seed, number and last day give the same rows."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import cycle
from random import Random
from typing import Any

from tortoise.expressions import Q

from portal import clock
from portal.community.models import Building, Community, Compound, Grid, Household, Unit
from portal.demo import firms, people, places
from portal.demo.consulting import ENDS, Desk
from portal.demo.course import moment, weighted
from portal.demo.docket import Docket
from portal.demo.firms import Bar
from portal.demo.history import History
from portal.demo.needs import Register
from portal.demo.people import Cast, Neighbour, Office
from portal.demo.places import Places
from portal.disputes.models import Agreement
from portal.law import days
from portal.people.models import Person, Post, Role
from portal.roster.models import Duty, Firm, Lawyer
from portal.roster.queries import calendar

YEARS = timedelta(days=3 * 365)
CONSULTATIONS, NEEDS = 30, 20  # of a hundred cases; the rest are disputes
FILLED = 5  # of the six times of a morning

Told = Callable[[str, int, int], None]  # what is being done, how much is done, of how much


async def sow(cases: int, seed: int, until: date, accounts: bool, tell: Told) -> int:
    """Write so many cases that ended or stand open on the day `until`; how many rows that made.

    Uses the community, the people and the lawyers that are there; an empty database is given the demonstration's.
    Raises IntegrityError when the same cases are there already.
    """
    history, first = History(Random(f"{seed} {cases}")), until - YEARS
    serials = await _serials()
    with clock.standing_at(clock.at(until)):
        if await Community.exists():
            world, known = await _found(), await calendar(first, until)
            history.community = world[0].community.id
        else:
            world, known = _made(history, first, until, cases, accounts)
        taken = {(lawyer, day) for lawyer, day in await Duty.all().values_list("lawyer_id", "day")}
        _live(history, world, known, taken, serials, cases, (first, until), tell)
    total, written = len(history), 0

    def advance(rows: int) -> None:
        nonlocal written
        written += rows
        tell("writing", written, total)

    await history.write(advance)
    return total


World = tuple[Places, Cast, Bar]


def _made(
    history: History, first: date, until: date, cases: int, accounts: bool
) -> tuple[World, days.Calendar]:
    """The demonstration's community, with more residents the more cases there are."""
    at = clock.at(first, 9 * 60)
    known = firms.calendar(history, first, until)
    land = places.lay_out(history, at)
    offices = people.take_office(history, land, at, accounts)
    residents = min(max(cases // 8, people.NEIGHBOURS), len(land.households) - 12)
    cast = people.assemble(history, land, offices, at, cycle(people.names(history)), residents)
    bar = firms.open_doors(history, {office.person.name: office for office in offices.values()}, first)
    return (land, cast, bar), known


async def _found() -> World:
    """What is there in the first community: places in the order of the map, people and lawyers in the order they came."""
    community = await Community.all().order_by("created_at").first()
    assert community is not None
    land = Places(
        community,
        await Grid.filter(community=community).order_by("ordinal"),
        await Compound.filter(community=community).order_by("ordinal"),
        await Building.filter(compound__community=community).order_by("id"),
        await Unit.filter(building__compound__community=community).order_by("id"),
        await Household.filter(unit__building__compound__community=community).order_by("id"),
    )
    by_id = {home.id: home for home in land.households}
    offices, heads = {}, {}
    minded = Q(community_id__isnull=True) | Q(community=community)
    for post in await Post.filter(minded, ended_on=None).select_related("person").order_by("id"):
        if post.role in (Role.MEDIATOR, Role.DISPATCHER):
            offices.setdefault(post.role, Office(post.role, post.person, post.role))
        heads[post.place_id] = post.person
    living = await Person.filter(community=community).exclude(household_id=None).order_by("id")
    neighbours = [Neighbour(one, by_id[home]) for one in living if (home := one.household_id)]
    bar = Bar(await Firm.all().order_by("id"), await Lawyer.all().order_by("id").select_related("person"))
    bar.people = {lawyer.id: lawyer.person for lawyer in bar.lawyers}
    return land, Cast(offices, heads, neighbours), bar


async def _serials() -> Counter[int]:
    """The last file number of each year."""
    return Counter(
        {
            year: serial
            for year, serial in await Agreement.all().order_by("serial").values_list("year", "serial")
        }
    )


def _live(
    history: History,
    world: World,
    known: days.Calendar,
    taken: set[tuple[Any, date]],
    serials: Counter[int],
    cases: int,
    span: tuple[date, date],
    tell: Told,
) -> None:
    """Everything that happens in these days."""
    (land, cast, bar), names = world, cycle(people.names(history))
    consultations, needs = cases * CONSULTATIONS // 100, cases * NEEDS // 100
    desk, done = Desk(history, bar, names), 0
    for lawyer, slot in _times(history, bar, known, taken, consultations, span):
        who = history.random.choice(cast.neighbours)
        at = slot.starts_at - timedelta(
            days=history.random.randint(1, 9), minutes=history.random.randint(5, 400)
        )
        desk.book(who.person, lawyer, slot, at, weighted(history, ENDS))
        done += 1
        tell("inventing", done, cases)
    docket, register = Docket(history, land, cast, names), Register(history, land, cast, known)
    first, last = clock.at(span[0]), clock.at(span[1] - timedelta(days=1))
    for n in range(cases - consultations):
        who, at = history.random.choice(cast.neighbours), moment(history, first, last)
        (register if n < needs else docket).open(at, who.home, who.person)
        tell("inventing", done + n + 1, cases)
    docket.file(serials)


def _times(
    history: History,
    bar: Bar,
    known: days.Calendar,
    taken: set[tuple[Any, date]],
    wanted: int,
    span: tuple[date, date],
) -> list[tuple[Lawyer, Any]]:
    """As many times as are wanted, on mornings of the span that no lawyer has yet, a few left free in each."""
    working = [day for day in firms.rules.days(span[0], span[1] - timedelta(days=1)) if known.is_workday(day)]
    mornings = -(-wanted // FILLED)
    free = [(day, lawyer) for day in working for lawyer in bar.lawyers if (lawyer.id, day) not in taken]
    chosen = sorted(history.random.sample(range(len(free)), min(mornings, len(free))))
    found: list[tuple[Lawyer, Any]] = []
    for day, lawyer in (free[n] for n in chosen):
        firms.duty(history, bar, lawyer, day)
        found += [(lawyer, slot) for slot in bar.mornings[day][-1][1][:FILLED]]
    return found[:wanted]
