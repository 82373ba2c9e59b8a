"""The picture of the community: every building, and the disputes that may be told of it to whoever looks."""

from collections import Counter
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count, Max
from tortoise.queryset import QuerySet

from portal import locality
from portal.community.models import Building, Grid, Household, Unit
from portal.disputes.models import OPEN, Dispute, State
from portal.disputes.queries import RESULT, Wanted
from portal.people.models import Person
from portal.reporting import rules
from portal.reporting.rules import Branch

NOWHERE = "nowhere"  # the key of what lies in no grid, or in none that is told
MANY = 3  # so many open disputes and a place asks to be looked at


class Counts(NamedTuple):
    """Disputes of a place; None: not told. `done` are the settled ones to those inside, all with a result to outsiders;
    `other` (failed, handed over, withdrawn) is for those inside."""

    open: int | None = 0
    done: int | None = 0
    other: int = 0

    @property
    def tone(self) -> str:
        """How the place is drawn."""
        if self.open is None or (self.done is None and not self.open):
            return "withheld"
        if self.open:
            return "many" if self.open >= MANY else "few"
        return "done" if self.done or self.other else "none"

    @property
    def is_said(self) -> bool:
        """Is there anything to say: some, or some that are not told?"""
        return any(part != 0 for part in self)

    @property
    def total(self) -> int:
        """All of them, to those inside."""
        return (self.open or 0) + (self.done or 0) + self.other


class Plan(NamedTuple):
    """Places and their counts by key: str(id) of grids, buildings and units, NOWHERE."""

    grids: list[dict[str, Any]]
    counts: dict[str, Counts]
    has_buildings: bool  # are figures told down to a building?
    nowhere: Counts | None  # None: nothing is told of what has no place


# -- who sees which buildings ------------------------------------------------------------------------------------------


def minded(person: Person | None) -> Q:
    """The buildings whose cases somebody may find: all of the community they work for, or those they mind."""
    here = Q(compound__community_id=locality.current())
    if person is None or not rules.is_inside(person):
        return Q(id__in=[])
    if person.is_staff:
        return here
    stairs = Unit.filter(id__in=list(person.minds("unit_head"))).values("building_id")
    return here & Q(
        Q(grid_id__in=list(person.minds("grid_officer"))),
        Q(id__in=list(person.minds("building_head"))),
        Q(id__in=Subquery(stairs)),
        join_type="OR",
    )


def _found(person: Person, wanted: Wanted) -> QuerySet[Dispute]:
    """The cases behind the figures: exactly those a list with the same filters shows to this person."""
    return locality.narrow(Dispute.visible_to(person), person).filter(wanted.condition)


async def _places(condition: Q) -> list[dict[str, Any]]:
    """Grid → compounds → buildings, in the order of the map; each building with its number of units and of floors."""
    rows = await (
        Building.filter(condition)
        .order_by("grid__ordinal", "compound__ordinal", "ordinal")
        .values("id", "name", "grid_id", "grid__name", "compound__name")
    )
    keys = Subquery(Building.filter(condition).values("id"))
    units = await _by(Unit.filter(building_id__in=keys), "building_id", Count("id"))
    floors = await _by(Household.filter(unit__building_id__in=keys), "unit__building_id", Max("floor"))
    grids: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        grid = grids.setdefault(
            row["grid_id"], {"key": str(row["grid_id"]), "name": row["grid__name"], "lots": []}
        )
        if not grid["lots"] or grid["lots"][-1]["name"] != row["compound__name"]:
            grid["lots"].append({"name": row["compound__name"], "blocks": []})
        sizes = {"units": units.get(row["id"]) or 1, "floors": floors.get(row["id"]) or 1}
        grid["lots"][-1]["blocks"].append({"key": str(row["id"]), "name": row["name"], **sizes})
    return list(grids.values())


async def _by(rows: Any, column: str, what: Any) -> dict[UUID, int]:
    return dict(await rows.annotate(value=what).group_by(column).values_list(column, "value"))


# -- counts ------------------------------------------------------------------------------------------------------------


async def _sums(found: QuerySet[Dispute], *columns: str) -> Counter[tuple[Any, ...]]:
    """(each column as text, state) → how many. Where somebody protected lives is in no column."""
    open_ones, kept = found.filter(protection_id=None), found.filter(protection_id__isnull=False)
    counted: Counter[tuple[Any, ...]] = Counter()
    grouped = open_ones.annotate(number_of=Count("id", distinct=True)).group_by(*columns, "state")
    for row in await grouped.values_list(*columns, "state", "number_of"):
        counted[(*(str(key) if key else NOWHERE for key in row[:-2]), row[-2])] += row[-1]
    protected = kept.annotate(number_of=Count("id", distinct=True)).group_by("state")
    for state, number in await protected.values_list("state", "number_of"):
        counted[(*[NOWHERE] * len(columns), state)] += number
    return counted


def _counts(sums: Counter[tuple[Any, ...]]) -> dict[str, Counts]:
    """Place → counts, a place being any of the columns; NOWHERE is what has no first one."""
    found: dict[str, Counter[str]] = {}
    for (*keys, state), number in sums.items():
        part = "open" if state in OPEN else "done" if state == State.SETTLED else "other"
        named = {keys[0], *(key for key in keys[1:] if key != NOWHERE)}
        for key in named:
            found.setdefault(key, Counter())[part] += number
    return {key: Counts(**parts) for key, parts in found.items()}


async def inside(person: Person, wanted: Wanted) -> Plan:
    """The plan for somebody who may open the cases: what they mind, in whole numbers."""
    grids = await _places(minded(person))
    known = {grid["key"] for grid in grids}
    counts = _counts(await _sums(_found(person, wanted), "grid_id", "building_id"))
    for grid in grids:
        grid["is_whole"] = person.is_staff or UUID(grid["key"]) in person.minds("grid_officer")
        blocks = [counts.get(block["key"], Counts()) for lot in grid["lots"] for block in lot["blocks"]]
        whole = counts.get(grid["key"], Counts())
        grid["apart"] = whole.total - sum(block.total for block in blocks) if grid["is_whole"] else 0
    nowhere = counts.get(NOWHERE, Counts()) if person.is_staff else None
    blocks_known = {block["key"] for grid in grids for lot in grid["lots"] for block in lot["blocks"]}
    shown = {key: one for key, one in counts.items() if key in known | blocks_known}
    return Plan(grids, shown, True, nowhere)


async def outside(wanted: Wanted, *, deep: bool) -> Plan:
    """The plan as outsiders are told it: by grid, and `deep` by building; small numbers, and what would tell them, kept
    back."""
    here = locality.current()
    grids = await _places(Q(compound__community_id=here))
    every = {str(key) for key in await Grid.filter(community_id=here).values_list("id", flat=True)}
    sums = await _sums(Dispute.filter(community_id=here).filter(wanted.condition), "grid_id", "building_id")
    told: list[dict[str, int | None]] = []
    for states in (OPEN, RESULT):
        by_grid: dict[str, Counter[str]] = {key: Counter() for key in (*sorted(every), NOWHERE)}
        for (grid, building, state), number in sums.items():
            if state in states:
                by_grid[grid if grid in every else NOWHERE][building] += number
        told.append(dict(rules.told(_tree(grids, by_grid, deep=deep))))
    opened, ended = told
    counts = {key: Counts(opened[key], ended[key]) for key in opened}
    for grid in grids:
        grid["is_whole"], grid["apart"] = True, 0
    return Plan(grids, counts, deep, counts[NOWHERE])


def _tree(grids: list[dict[str, Any]], by_grid: dict[str, Counter[str]], *, deep: bool) -> Branch:
    """The community with its grids, these with their buildings and with what lies in none of them."""
    drawn = {grid["key"]: [block["key"] for lot in grid["lots"] for block in lot["blocks"]] for grid in grids}
    branches = []
    for key, inside in by_grid.items():
        keys = drawn.get(key, [])
        apart = inside.total() - sum(inside[one] for one in keys)
        parts = [Branch(one, inside[one]) for one in keys] + [Branch(f"{key}:{NOWHERE}", apart)]
        branches.append(Branch(key, inside.total(), tuple(parts) if deep and keys else ()))
    return Branch("all", sum(branch.number for branch in branches), tuple(branches))


class House(NamedTuple):
    """A building for those who mind it, unit by unit."""

    units: list[dict[str, Any]]
    counts: dict[str, Counts]
    whole: Counts
    apart: int  # without a unit


async def house(person: Person, building: Building, wanted: Wanted) -> House:
    """One building: a unit head sees their own unit of it."""
    doors = Unit.filter(building_id=building.id)
    of_all = Building.filter(minded_whole(person), id=building.id)
    if not await of_all.exists():
        doors = doors.filter(id__in=list(person.minds("unit_head")))
    units = await doors.order_by("ordinal").values("id", "name")
    floors = await _by(Household.filter(unit__building_id=building.id), "unit_id", Max("floor"))
    blocks = [
        {"key": str(one["id"]), "name": one["name"], "units": 1, "floors": floors.get(one["id"]) or 1}
        for one in units
    ]
    sums = await _sums(_found(person, wanted).filter(building_id=building.id, protection_id=None), "unit_id")
    counts = _counts(sums)
    shown = {block["key"]: counts.get(block["key"], Counts()) for block in blocks}
    whole = Counts(*(sum(getattr(one, part) for one in counts.values()) for part in Counts._fields))
    return House(blocks, shown, whole, whole.total - sum(one.total for one in shown.values()))


def minded_whole(person: Person) -> Q:
    """Of these buildings every unit is theirs to mind."""
    if person.is_staff:
        return Q(compound__community_id=locality.current())
    return Q(
        Q(grid_id__in=list(person.minds("grid_officer"))),
        Q(id__in=list(person.minds("building_head"))),
        join_type="OR",
    )
