"""Who may change the map of the community, and how large a building may be."""

from typing import Any
from uuid import UUID

CENTRE = frozenset({"dispatcher", "mediator", "lead", "auditor", "street"})
FLOORS_MOST, DOORS_MOST, UNITS_MOST = 60, 20, 12


def may_map(person: Any, community: UUID) -> bool:
    """May this person enter compounds, buildings and grids of a community (its id), and say where its clinic sits? Its
    lead and administrators."""
    return "administrator" in person.roles or bool({None, community} & {*person.minds("lead")})


def may_found(person: Any) -> bool:
    """May they enter a further community? Administrators, and a lead of the whole portal."""
    return "administrator" in person.roles or None in person.minds("lead")


def may_stand(person: Any, community: Any) -> bool:
    """May somebody look at the portal as in this community? Strangers, administrators and lawyers, who may sit in several,
    in every one; the people of a centre and of a street where they hold the office; everybody else where they belong."""
    if person is None or person.roles & {"administrator", "lawyer", "firm_coordinator"}:
        return True
    held = {role: person.minds(role) for role in person.roles & CENTRE}
    if held:
        return any(
            None in places or {community.id, community.street_id} & {*places} for places in held.values()
        )
    return person.community_id in (None, community.id)


def rooms(floors: int, doors: int) -> list[tuple[int, str]]:
    """(floor, room) of every door on one staircase: two doors on three floors are 101, 102, 201, 202, 301, 302."""
    return [(floor, f"{floor}{door:02}") for floor in range(1, floors + 1) for door in range(1, doors + 1)]
