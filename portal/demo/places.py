"""The map of the demonstration's community, down to every door."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.community.models import Building, Community, Compound, Grid, Household, Street, Unit
from portal.demo.history import History
from portal.demo.told import told

ALONE = 24  # of how many households one is an elder on their own


@dataclass
class Places:
    """Everything on the map, in its order."""

    community: Community
    grids: list[Grid]
    compounds: list[Compound] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known: dict[Any, Any] = {}

    def of(self, household: Household) -> dict[str, Any]:
        """Unit, building, compound and grid of a household, as records of disputes and feedback point at them."""
        if not self.known:
            self.known = {row.id: row for row in (*self.units, *self.buildings, *self.compounds, *self.grids)}
        unit = self.known[household.unit_id]
        building = self.known[unit.building_id]
        return {
            "unit": unit,
            "building": building,
            "compound": self.known[building.compound_id],
            "grid": self.known[building.grid_id],
        }

    def address(self, household: Household) -> str:
        """春晓苑 3号楼 2单元 501室."""
        at = self.of(household)
        return f"{at['compound'].name} {at['building'].name}号楼 {at['unit'].name}单元 {household.room}室"


def lay_out(history: History, at: datetime) -> Places:
    """Street, community, grids, compounds, buildings, units and households."""
    plan = told("community")
    street = history.add(Street, at, **plan["street"])
    community = history.add(Community, at, street=street, **plan["community"])
    history.community = community.id
    numbers = sorted({built["grid"] for built in plan["built"]})
    places = Places(
        community,
        [history.add(Grid, at, community=community, name=f"第{n}网格", ordinal=n) for n in numbers],
    )
    for ordinal, built in enumerate(plan["built"], 1):
        compound = history.add(Compound, at, community=community, name=built["compound"], ordinal=ordinal)
        places.compounds.append(compound)
        for first, last, units, floors, doors in built["of"]:
            for n in range(first, last + 1):
                grid = places.grids[built["grid"] - 1]
                building = history.add(Building, at, compound=compound, grid=grid, name=str(n), ordinal=n)
                places.buildings.append(building)
                _furnish(history, places, at, building, units, floors, doors)
    return places


def _furnish(
    history: History, places: Places, at: datetime, building: Building, units: int, floors: int, doors: int
) -> None:
    for m in range(1, units + 1):
        unit = history.add(Unit, at, building=building, name=str(m), ordinal=m)
        places.units.append(unit)
        for floor in range(1, floors + 1):
            for door in range(1, doors + 1):
                alone = history.random.randrange(ALONE) == 0
                places.households.append(
                    history.add(
                        Household, at, unit=unit, room=f"{floor}{door:02}", floor=floor, lives_alone=alone
                    )
                )
