"""Who may change the map of the community, and how large a building may be."""

from typing import Any

FLOORS_MOST, DOORS_MOST, UNITS_MOST = 60, 20, 12


def may_map(person: Any) -> bool:
    """May this person enter compounds, buildings and grids, and say where the clinic sits? The lead and administrators."""
    return bool(person.roles & {"lead", "administrator"})


def rooms(floors: int, doors: int) -> list[tuple[int, str]]:
    """(floor, room) of every door on one staircase: two doors on three floors are 101, 102, 201, 202, 301, 302."""
    return [(floor, f"{floor}{door:02}") for floor in range(1, floors + 1) for door in range(1, doors + 1)]
