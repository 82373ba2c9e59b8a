"""Who sees which record, and which part of it: one table. Queries, pages, `portal routes` and the test of every cell come from it.

A line says: who holds this office and stands in this relation to a record sees that it is there, and these parts of it.
What no line gives, nobody sees; a stranger finds nothing, not a refusal. The relations are spelled out by each record
(`RELATIONS`), the columns of each part too (`PARTS`), and `portal/people/sight.py` puts them together.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

# Offices that are not in Role: everybody, and everybody who showed who they are.
ANYONE, RESIDENT = "anyone", "resident"

# How somebody stands to a record.
PUBLIC = "public"  # it is meant for everybody
OWN = "own"  # it is about them; a protected one only after its passphrase
PROXY = "proxy"  # they hold the resident's grant for this, today (全程代理)
OFFERED = "offered"  # it is to be this lawyer's; they see whom it is about, and say whether anything stands against it
ASSIGNED = "assigned"  # it is this lawyer's now, and their firm stands behind no wall from it
TAKEN = "taken"  # they wrote it down for somebody
HANDLING = "handling"  # it was given to them to settle
STANDS = "stands"  # it stands at their level, in the place they mind
MINDS = "minds"  # it lies in the place they mind
PASSED = "passed"  # it stood at their level, in the place they mind, and went higher
COMMUNITY = "community"  # it belongs to the community they work for
EARLIER = "earlier"  # earlier advice to whom they advise now: their own firm's, or another's that the resident lets them read
ASKED = "asked"  # its resident asked once more, and this lawyer of the same firm is to answer
ASKS_BACK = "asks_back"  # they hold the resident's grant to say how it went
DELIVERS = "delivers"  # its resident asked the community they work for to print it or read it out, and waits for that
REVIEWS = "reviews"  # it was drawn for them to look at without names; neither they nor their firm have met it
STREET = "street"  # it was raised to their street
FIRM = "firm"  # it is their firm's
EVERY = "every"  # every such record of the portal

# What a record shows, beyond its line: number, state, dates, kind.
LINE = "line"
NAME = "name"  # who it is about
CONTACT = "contact"  # how to reach and receive them
PLACE = "place"  # where, as it was said
FACTS = "facts"  # what was confided
ADVICE = "advice"  # what the lawyer wrote
PARTS = frozenset({NAME, CONTACT, PLACE, FACTS, ADVICE})
CONFIDENTIAL = frozenset({FACTS, ADVICE})  # whoever reads these of somebody else is written down


class Sight(NamedTuple):
    """Who holds `role` and stands in `relation` sees the line and these parts."""

    role: str
    relation: str
    parts: frozenset[str]


def _sight(role: str, relation: str, *parts: str) -> Sight:
    return Sight(role, relation, frozenset(parts))


STAFF = frozenset({"dispatcher", "mediator", "lead"})  # work for the community at its service centre
HEADS = frozenset({"unit_head", "building_head", "grid_officer"})  # mind a staircase, a building, a grid


def _staff(relation: str, *parts: str) -> tuple[Sight, ...]:
    return tuple(_sight(role, relation, *parts) for role in STAFF)


def _heads(relation: str, *parts: str) -> tuple[Sight, ...]:
    return tuple(_sight(role, relation, *parts) for role in HEADS)


SIGHT: Mapping[str, tuple[Sight, ...]] = {
    "person": (
        _sight(RESIDENT, OWN, NAME, CONTACT),
        *_staff(COMMUNITY, NAME),
        _sight("administrator", EVERY, NAME),
    ),
    "appointment": (
        _sight(RESIDENT, OWN, NAME, CONTACT, FACTS),
        _sight(RESIDENT, PROXY, NAME),
        _sight("lawyer", OFFERED, NAME),
        _sight("lawyer", ASSIGNED, NAME, CONTACT, FACTS),
        *_staff(COMMUNITY, NAME, CONTACT),
    ),
    "wait": (
        _sight(RESIDENT, OWN, NAME, CONTACT, FACTS),
        _sight(RESIDENT, PROXY, NAME),
        *_staff(COMMUNITY, NAME, CONTACT),
    ),
    "consultation": (
        _sight(RESIDENT, OWN, *PARTS),
        _sight(RESIDENT, PROXY, NAME, ADVICE),
        _sight("lawyer", OFFERED, NAME),
        _sight("lawyer", ASSIGNED, *PARTS),
        *_staff(COMMUNITY, NAME),
        *_staff(TAKEN, NAME, CONTACT, FACTS),
        _sight(RESIDENT, ASKS_BACK, NAME),
    ),
    "prescription": (
        _sight(RESIDENT, OWN, *PARTS),
        _sight(RESIDENT, PROXY, NAME, ADVICE),
        _sight("lawyer", ASSIGNED, *PARTS),
        *_staff(COMMUNITY, NAME),
        _sight("lawyer", EARLIER, NAME, ADVICE),
        _sight("lawyer", ASKED, NAME, ADVICE),
        *_staff(DELIVERS, NAME, ADVICE),
    ),
    "review": (_sight("lawyer", REVIEWS, ADVICE),),
    "dispute": (
        _sight(RESIDENT, OWN, NAME, CONTACT, PLACE, FACTS),
        _sight(RESIDENT, PROXY, NAME, PLACE),
        _sight(RESIDENT, HANDLING, NAME, CONTACT, PLACE, FACTS),
        *_heads(MINDS, PLACE),
        *_heads(STANDS, NAME, PLACE, FACTS),
        *_heads(PASSED),
        *_staff(COMMUNITY, NAME, PLACE, FACTS),
        _sight("street", STREET, NAME, PLACE, FACTS),
    ),
    "feedback": (
        _sight(RESIDENT, OWN, NAME, CONTACT, PLACE, FACTS),
        _sight(RESIDENT, PROXY, NAME),
        _sight(RESIDENT, TAKEN, NAME, PLACE, FACTS),
        *_heads(MINDS, PLACE),
        *_staff(COMMUNITY, NAME, CONTACT, PLACE, FACTS),
    ),
    "lecture": (
        _sight(ANYONE, PUBLIC),
        *_staff(COMMUNITY),
    ),
    "signup": (
        _sight(RESIDENT, OWN, NAME, CONTACT, FACTS),
        *_staff(COMMUNITY, NAME, CONTACT, FACTS),
    ),
    "round": (
        *_heads(MINDS),
        *_staff(COMMUNITY),
    ),
    "visit": (
        *_heads(MINDS, PLACE, FACTS),
        *_staff(COMMUNITY, PLACE, FACTS),
    ),
    "meeting": (_sight(ANYONE, PUBLIC), *_staff(COMMUNITY)),
    "motion": (
        _sight(ANYONE, PUBLIC, FACTS),
        _sight(RESIDENT, OWN, NAME, FACTS),
        *_staff(COMMUNITY, NAME, FACTS),
    ),
    "lawyer": (_sight("lawyer", OWN), *_staff(EVERY)),
    "pattern": (_sight("lawyer", OWN), _sight("firm_coordinator", FIRM), *_staff(EVERY)),
    "leave": (_sight("lawyer", OWN, FACTS), *_staff(EVERY, FACTS)),
    "request": (
        _sight(RESIDENT, OWN, NAME, CONTACT, FACTS),
        _sight("lead", COMMUNITY, NAME, CONTACT, FACTS),
        _sight("auditor", COMMUNITY),
    ),
    "disposal": (_sight("lead", COMMUNITY), _sight("auditor", COMMUNITY)),
    "duty": (_sight("lawyer", OWN), _sight("firm_coordinator", FIRM), *_staff(EVERY)),
    # Whoever could take a morning must see that it is to be taken.
    "swap": (
        _sight("lawyer", OWN, FACTS),
        _sight("lawyer", EVERY),
        _sight("firm_coordinator", FIRM),
        *_staff(EVERY, FACTS),
    ),
}

# What is part of another record is seen as that one is.
UNDER: Mapping[str, str] = {
    "referral": "consultation",
    "hop": "dispute",
    "sitting": "dispute",
    "agreement": "dispute",
    "reply": "feedback",
    "task": "motion",
}

# What of a protected record nobody learns by their office alone: it is a line among others, until a glass is broken.
BY_OFFICE = frozenset({MINDS, STANDS, COMMUNITY, STREET})
UNNAMED = frozenset({NAME, CONTACT, PLACE})

# Which parts a broken glass opens (a reason, sixty minutes, a second person told). Administrators have no glass to break.
GLASS: Mapping[str, frozenset[str]] = {
    "consultation": frozenset({NAME, CONTACT, FACTS, ADVICE}),
    "prescription": frozenset({NAME, FACTS, ADVICE}),
    "appointment": frozenset({NAME, CONTACT, FACTS}),
}


def sights(kind: str, roles: Iterable[str]) -> list[Sight]:
    """The lines of the table for a kind of record and somebody with these offices (RESIDENT and ANYONE among them)."""
    held = frozenset(roles)
    return [sight for sight in SIGHT[UNDER.get(kind, kind)] if sight.role in held]
