"""Disputes of the demonstration: who reported what, where it arose, and which way it goes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from portal import clock
from portal.community.models import Household
from portal.conflicts.models import Party, Side
from portal.demo.course import Course, NotYet, fill, varied, weighted
from portal.demo.history import History
from portal.demo.people import Cast
from portal.demo.places import Places
from portal.demo.proceedings import COLUMN, Proceeding
from portal.demo.told import told
from portal.disputes.models import Agreement, Dispute, Level, Source
from portal.people.models import Person

# How disputes go, by how many of a hundred do so.
COURSES = {
    "spot": 22,  # a head settles it on the spot and writes it down
    "head": 25,  # reported, settled by the head it was reported to
    "grid": 17,  # raised to the grid and settled there
    "community": 17,  # raised to the community, mediated, settled
    "withdrawn": 5,
    "failed": 5,
    "court": 4,
    "street": 2,
    "reopened": 3,
}
DANGEROUS = 25  # of how many one is marked as dangerous


class Docket:
    """Writes disputes. Agreements get their file numbers at the end, in the order they were reached."""

    def __init__(self, history: History, places: Places, cast: Cast, names: Iterator[str]) -> None:
        self.history = history
        self.places = places
        self.cast = cast
        self.names = names
        self.cases = told("disputes")["case"]
        self.agreements: list[Agreement] = []

    def open(
        self, at: datetime, home: Household, who: Person, course: str = "", level: Level | None = None
    ) -> Dispute:
        """One dispute, from its report at this moment to its end or to the present."""
        course = course or weighted(self.history, COURSES)
        case = self.history.random.choice(self.cases)
        money, spot = varied(self.history, case.get("money", 0)), course == "spot"
        where = self.places.of(home)
        level = level or Level(self.history.random.choices([1, 2, 3], [6, 2, 3])[0])
        if level > Level.UNIT:
            where["unit"] = None
        if level > Level.BUILDING:
            where["building"] = None
        reporter = self.cast.heads[self.places.of(home)[COLUMN[level]].id] if spot else who
        dangerous = not spot and self.history.random.randrange(DANGEROUS) == 0
        dispute = self.history.add(
            Dispute,
            at,
            reporter=reporter,
            category=case["category"],
            source=Source.OWN if spot else Source.APPLIED,
            channel="head" if spot else self.history.random.choice(["web", "web", "counter", "phone"]),
            words=fill(self.history, case["words"], money),
            place=self.places.address(home),
            people=self.history.random.choice([2, 2, 2, 3, 4]),
            amount=money * 100,
            is_dangerous=dangerous,
            level_arose=int(level),
            level=int(level),
            asked_on=None if spot else clock.day_of(at),
            **where,
        )
        self.history.note(
            reporter,
            "create",
            dispute,
            at,
            level=int(level),
            channel=dispute.channel,
            **({"dangers": ["threat"]} if dangerous else {}),
        )
        for side, name in ((Side.A, who.name), (Side.B, next(self.names))):
            self.history.add(
                Party,
                at,
                matter_kind="dispute",
                matter=dispute.id,
                side=side,
                name=name,
                person=who if side == Side.A else None,
            )
        going = Proceeding(
            self.history, self.cast, self.agreements, dispute, case, money, Course(self.history, at)
        )
        with suppress(NotYet):
            getattr(going, course)()
        return dispute

    def file(self, taken: Counter[int] | None = None) -> None:
        """Number the agreements, one serial a year, after those that are taken."""
        serials = taken or Counter()
        for agreement in sorted(self.agreements, key=lambda one: one.created_at):
            serials[agreement.year] += 1
            agreement.serial = serials[agreement.year]
