"""Everyone in the demonstration: offices with their accounts, the three heads of every place, residents."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, cycle
from typing import Any, NamedTuple

from portal.community.models import Household
from portal.demo.history import History
from portal.demo.places import Places
from portal.demo.told import told
from portal.people.models import Credential, Person, Post, Role
from portal.people.passwords import HASHER

PASSWORD = "lawclinic"  # of every account of the demonstration
NEIGHBOURS = 260  # residents whom the portal has met


class Office(NamedTuple):
    """Somebody who holds an office and can sign in."""

    login: str
    person: Person
    role: str


class Account(NamedTuple):
    """A line of the table that is printed."""

    login: str
    name: str
    said: str


class Neighbour(NamedTuple):
    """A resident with the door they live behind."""

    person: Person
    home: Household


ACCOUNTS = [Account(one["login"], one["name"], one["said"]) for one in told("people")["office"]]
RESIDENTS = [(one["name"], one["phone"]) for one in told("people")["resident"]]


@dataclass
class Cast:
    """Everybody, by what they are for."""

    offices: dict[str, Office]  # by login
    heads: dict[Any, Person]  # of a unit, a building or a grid, by the place's id
    neighbours: list[Neighbour]  # the two who are introduced come first

    def __getitem__(self, login: str) -> Person:
        """Who signs in with this login."""
        return self.offices[login].person


def names(history: History) -> Iterator[str]:
    """Names that do not repeat, in an order that the seed decides."""
    plan = told("people")
    known = {one["name"] for one in (*plan["office"], *plan["resident"], *told("firms")["lawyer"])}
    made = [family + given for family in plan["families"] for given in plan["given"]]
    history.random.shuffle(made)
    return (name for name in made if name not in known)


def person(history: History, at: datetime, name: str, n: int, **columns: Any) -> Person:
    """Somebody with a telephone of the range that is given to nobody."""
    return history.add(Person, at, **{"name": name, "phone": f"138{n:08}", **columns})


def offer(history: History, who: Person, role: str, at: datetime, **place: Any) -> Post:
    """Give somebody an office."""
    return history.create(None, Post, at, person=who, role=role, began_on=at.date(), **place)


def take_office(history: History, land: Places, at: datetime, accounts: bool = True) -> dict[str, Office]:
    """Those who have accounts, unless none are wanted; who minds a place is given it later."""
    kept, made = HASHER.hash(PASSWORD), {}
    for n, one in enumerate(told("people")["office"], 101):
        who = person(history, at, one["name"], n)
        if accounts:
            history.add(Credential, at, person=who, login=one["login"], password=kept)
        if one["role"] == Role.STREET:
            offer(history, who, one["role"], at, street_id=land.community.street_id)
        elif one["role"] == Role.ADMINISTRATOR:
            offer(history, who, one["role"], at)
        elif one["role"] in (Role.DISPATCHER, Role.MEDIATOR, Role.LEAD, Role.AUDITOR):
            offer(history, who, one["role"], at, community=land.community)
        made[one["login"]] = Office(one["login"], who, one["role"])
    return made


def assemble(
    history: History,
    places: Places,
    offices: dict[str, Office],
    at: datetime,
    fresh: Iterator[str],
    neighbours: int = NEIGHBOURS,
) -> Cast:
    """Heads for every grid, building and unit, and the residents who used the clinic."""
    serial = count(1_000)
    heads: dict[Any, Person] = {}
    for role, login, column, minded in (
        (Role.GRID_OFFICER, "grid", "grid", places.grids),
        (Role.BUILDING_HEAD, "building", "building", places.buildings),
        (Role.UNIT_HEAD, "unit", "unit", places.units),
    ):
        for n, place in enumerate(minded):
            who = offices[login].person if n == 0 else person(history, at, next(fresh), next(serial))
            offer(history, who, role, at, **{column: place})
            heads[place.id] = who
    known = []
    for one in told("people")["resident"]:
        home = places.households[one["home"]]
        who = history.create(
            None, Person, at, name=one["name"], phone=one["phone"], mode=one["mode"], household=home
        )
        known.append(Neighbour(who, home))
    for home, ways in zip(
        history.random.sample(places.households[12:], neighbours), cycle(["sms"] * 8 + ["call", "paper"])
    ):
        who = person(history, at, next(fresh), next(serial), household=home, contact_by=ways)
        known.append(Neighbour(who, home))
    return Cast(offices, heads, known)
