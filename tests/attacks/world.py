"""Who is in the world that attackers try themselves on, what lies in it, and who stands how to what.

It is written down by hand (here and in `records`), not asked of the code that is attacked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from app import app
from portal import clock, policy, secrecy
from portal.database import transaction
from portal.people.models import Session, Way
from tests.forms_browser import Browser

LONG_AGO = date(2020, 1, 1)

Relation = tuple[str, str]  # (office, relation), as policy.SIGHT has them


@dataclass
class Somebody:
    """A person as they come to the portal: by which door, with which offices."""

    name: str
    person: Any
    way: Way
    roles: frozenset[str]

    @property
    def known_as(self) -> frozenset[str]:
        """The offices by which the policy knows them."""
        return self.roles | {policy.ANYONE, policy.RESIDENT} if self.person else frozenset({policy.ANYONE})

    async def browser(self) -> Browser:
        """A browser in which they are signed in by their door, shown who they are a moment ago."""
        browser = Browser(app)
        if self.person is not None:
            secret = secrecy.token()
            async with transaction():
                await Session.create(
                    secret=secrecy.keyed("session", secret),
                    person_id=self.person.id,
                    way=self.way,
                    seen_at=clock.now(),
                    confirmed_at=clock.now(),
                    ends_at=clock.now() + timedelta(hours=8),
                )
            browser.keep("portal_session", secret)
            browser.keep("__Host-portal_session", secret)
        return browser


@dataclass
class Thing:
    """A record, what it is called in a test, and who stands how to it."""

    name: str
    kind: str
    record: Any
    stands: dict[str, set[Relation]] = field(default_factory=dict)
    in_path: dict[str, str] = field(default_factory=dict)  # what else its addresses ask for

    def relations(self, who: Somebody) -> set[Relation]:
        """How somebody stands to it, as far as their offices reach through the door they came by."""
        found = self.stands.get(who.name, set()) | self.stands.get("everybody", set())
        return {(role, relation) for role, relation in found if role in who.known_as}

    def parts(self, who: Somebody) -> frozenset[str] | None:
        """What of it they may read; None when they find nothing."""
        held = self.relations(who)
        lines = [line for line in policy.SIGHT[self.kind] if (line.role, line.relation) in held]
        is_hidden = self.name.endswith(" protected")
        kept = [
            line.parts - policy.UNNAMED if is_hidden and line.relation in policy.BY_OFFICE else line.parts
            for line in lines
        ]
        return frozenset().union(*kept) if kept else None


@dataclass
class Town:
    """A community with everybody in it."""

    label: str
    people: dict[str, Somebody]
    things: list[Thing]
    places: SimpleNamespace

    def thing(self, name: str) -> Thing:
        """The record of this name."""
        return next(thing for thing in self.things if thing.name == name)


STAFF = ("dispatcher", "mediator", "lead")


# Who comes from the other town: one of each kind, for none of them is anything to a record of the first.
FROM_ELSEWHERE = {
    *("owner", "agent", "lawyer", "dispatcher", "mediator", "lead", "auditor", "street", "coordinator"),
    *("unit head", "grid officer", "administrator"),
}


def everybody(towns: list[Town]) -> Iterator[Somebody]:
    """Everybody of the first town, one of each kind from the others, and a stranger."""
    yield Somebody("stranger", None, Way.PHONE, frozenset())
    for town in towns:
        yield from (
            somebody for name, somebody in town.people.items() if town is towns[0] or name in FROM_ELSEWHERE
        )


def stands(town: Town, **more: list[Relation]) -> dict[str, set[Relation]]:
    """By whom a record of this town is met, under their full names; `staff` is short for the three of the centre."""
    found: dict[str, set[Relation]] = {}
    for name, relations in more.items():
        for plain in STAFF if name == "staff" else [name.replace("_", " ")]:
            for role, relation in relations:
                key = "everybody" if plain == "everybody" else f"{town.label} {plain}"
                found.setdefault(key, set()).add((plain if name == "staff" else role, relation))
    return found


OWNER: list[Relation] = [(policy.RESIDENT, policy.OWN)]
AGENT: list[Relation] = [(policy.RESIDENT, policy.PROXY)]
ASSIGNED: list[Relation] = [("lawyer", policy.ASSIGNED)]
STAFF_HERE: list[Relation] = [("", policy.COMMUNITY)]


def address(path: str, thing: Thing) -> str:
    """A route's path with what the record puts into it."""
    values = {
        "number": getattr(thing.record, "number", ""),
        "id": str(thing.record.id),
        **thing.in_path,
    }
    if thing.kind == "lawyer":
        values["number"] = thing.record.person.number
    filled = path
    for part in path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}").partition(":")[0]
            filled = filled.replace(part, values.get(name) or str(values["id"]))
    return filled
