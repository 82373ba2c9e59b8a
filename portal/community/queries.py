"""Where is that? Compounds for a select, a typed address found on the map."""

import unicodedata
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Count

from portal import clock, locality, publishing
from portal.community import rules
from portal.community.models import Building, Community, Compound, Grid, Household, Unit
from portal.law import places as addresses


class Place(NamedTuple):
    """What of an address is on the map, from the largest down; None from where it is not."""

    compound: Compound | None = None
    building: Building | None = None
    unit: Unit | None = None
    grid: Grid | None = None
    household: Household | None = None

    @property
    def community(self) -> UUID | None:
        """The id of the community it lies in; None for what is not on the map."""
        return self.compound.community_id if self.compound else self.grid.community_id if self.grid else None


async def community(key: UUID | None = None) -> Community | None:
    """The community of this id, or the one that is meant, with its street. None before any was entered."""
    meant = key or locality.current()
    return await Community.get_or_none(id=meant).select_related("street") if meant else None


class Entered(NamedTuple):
    """Every community, in the order in which they were entered."""

    communities: list[Community]
    since: datetime
    until: datetime


async def standing(
    person: Any, chosen: str, seen: publishing.Editions | None = None
) -> tuple[Community | None, list[Community]]:
    """(the community that is meant, those this person may choose among): the one they chose, else their own, else the
    first that was entered. By the editions that were `seen`, or as they are now."""
    seen, now = seen or await publishing.look(), clock.now()

    async def ask() -> Entered:
        return Entered(await Community.all().order_by("created_at", "id"), now, now + timedelta(days=1))

    entered = await publishing.copy("communities", (seen.get("communities", 0),), now, ask)
    known = [one for one in entered.communities if rules.may_stand(person, one)]
    wanted = (chosen, str(person.community_id) if person else "")
    meant = [one for key in wanted for one in known if str(one.id) == key] + known
    return (meant[0] if meant else None), known


async def places() -> list[tuple[str, str]]:
    """(id, name) of every compound here, in the order of the map, for a select."""
    here = Compound.filter(community_id=locality.current())
    return [(str(key), name) for key, name in await here.order_by("ordinal").values_list("id", "name")]


async def buildings() -> list[tuple[str, str]]:
    """(id, name) of every building here, in the order of the map, for a select."""
    found = (
        await Building.filter(compound__community_id=locality.current())
        .order_by("compound__ordinal", "ordinal")
        .values_list("id", "compound__name", "name")
    )
    return [(str(key), addresses.say(compound, building)) for key, compound, building in found]


async def find(compound: Any, building: str = "", unit: str = "") -> Place:
    """The place meant by a compound (its id, or itself) and what was typed for building and unit.

    Either text may be a bare name (5, B, 12甲) or an address with more in it (5号楼3单元201室, 5-3-201); what the second
    text says wins. Nothing is guessed: whatever is not on the map is None, and so is all below it.
    """
    estate = await Compound.get_or_none(id=key) if (key := _key(compound)) else None
    if estate is None:
        return Place()
    wanted, stairs, room = read(building, unit)
    tower = (
        await Building.filter(compound_id=estate.id, name=wanted).select_related("grid").first()
        if wanted
        else None
    )
    if tower is None:
        return Place(estate)
    tower.compound = estate
    stair = await Unit.get_or_none(building_id=tower.id, name=stairs) if stairs else None
    if stair is None:
        return Place(estate, tower, None, tower.grid)
    stair.building = tower
    return Place(estate, tower, stair, tower.grid, await household(stair, room) if room else None)


def read(building: str, unit: str = "") -> tuple[str, str, str]:
    """Building, unit and room in two typed texts, each empty where they do not say."""
    first, second = addresses.parse(building), addresses.parse(unit)
    tower = second.building or first.building or ("" if first.unit else building_name(building))
    stairs = second.unit or first.unit or _name(unit, "单元", "门")
    return (
        tower,
        stairs,
        (second.unit and second.room) or (first.room if first.building or first.unit else "") or "",
    )


async def household(unit: Any, room: str) -> Household | None:
    """The household behind this door of a unit (its id, or itself); None when it is not on the map."""
    said = addresses.parse(room).room or _name(room, "室", "户", "号")
    return await Household.get_or_none(unit_id=_key(unit), room=said) if said and _key(unit) else None


async def where(place: Unit | Building | Household | None) -> str:
    """How a unit, a building or a household is said: 银杏苑 5号楼 3单元. Reads what is not loaded; empty for None."""
    if place is None:
        return ""
    if isinstance(place, Building):
        names = await Building.filter(id=place.id).values_list("compound__name", "name")
    elif isinstance(place, Unit):
        names = await Unit.filter(id=place.id).values_list(
            "building__compound__name", "building__name", "name"
        )
    else:
        names = await Household.filter(id=place.id).values_list(
            "unit__building__compound__name", "unit__building__name", "unit__name", "room"
        )
    return addresses.say(*names[0]) if names else ""


def building_name(text: str) -> str:
    """The bare name of a building as the map spells it: 5 for 5号楼, B for b座."""
    return addresses.parse(text).building or _name(text, "号楼", "栋", "幢", "座", "楼")


def _name(text: str, *ends: str) -> str:
    """A bare name as the map spells it: half-width, upper case, without what it is the name of."""
    plain = "".join(unicodedata.normalize("NFKC", text[:40]).upper().split())
    for end in ends:
        plain = plain.removesuffix(end)
    return plain if len(plain) <= 12 else ""


def _key(given: Any) -> UUID | None:
    """The id of a record, or an id as typed; None for what is no id."""
    text = str(getattr(given, "id", given))
    try:
        key = UUID(text)
    except ValueError:
        return None
    return key if str(key) == text else None


# -- the map as a whole --------------------------------------------------------------------------------------------------


async def grids() -> list[dict[str, Any]]:
    """Every grid here: id, name, its officers, how many buildings and households, and how many of these hold an elder who
    lives alone."""
    here = locality.current()
    within, homes = Grid.filter(community_id=here), Household.filter(unit__building__grid__community_id=here)
    found = await within.order_by("ordinal").values("id", "name")
    buildings = await _counts(Building.filter(grid__community_id=here), "grid_id")
    households = await _counts(homes, "unit__building__grid_id")
    alone = await _counts(homes.filter(lives_alone=True), "unit__building__grid_id")
    officers = await _heads(within, "grid_officer")
    for grid in found:
        key = grid["id"]
        grid["heads"] = officers.get(key, [])
        grid["buildings"], grid["households"] = buildings.get(key, 0), households.get(key, 0)
        grid["alone"] = alone.get(key, 0)
    return found


async def compounds() -> list[dict[str, Any]]:
    """Every compound here: id, name, how many buildings, units and households, and how many units have a head."""
    here = locality.current()
    found = await Compound.filter(community_id=here).order_by("ordinal").values("id", "name")
    stairs = Unit.filter(building__compound__community_id=here)
    doors = Household.filter(unit__building__compound__community_id=here)
    buildings = await _counts(Building.filter(compound__community_id=here), "compound_id")
    units = await _counts(stairs, "building__compound_id")
    households = await _counts(doors, "unit__building__compound_id")
    headed = await _heads(stairs, "unit_head")
    homes = dict(await Unit.filter(id__in=list(headed)).values_list("id", "building__compound_id"))
    minded = Counter(homes.values())
    for compound in found:
        key = compound["id"]
        compound["buildings"], compound["units"] = buildings.get(key, 0), units.get(key, 0)
        compound["households"], compound["minded"] = households.get(key, 0), minded[key]
    return found


async def inside(compound: Compound) -> list[dict[str, Any]]:
    """The buildings of a compound in order: name, grid, heads, and `units`, each with name, households and heads."""
    towers = await (
        Building.filter(compound_id=compound.id).order_by("ordinal").values("id", "name", "grid__name")
    )
    stairs = Unit.filter(building__compound_id=compound.id)
    tower_heads = await _heads(Building.filter(compound_id=compound.id), "building_head")
    stair_heads = await _heads(stairs, "unit_head")
    households = await _counts(Household.filter(unit__building__compound_id=compound.id), "unit_id")
    units: dict[UUID, list[dict[str, Any]]] = {}
    for unit in await stairs.order_by("ordinal").values("id", "name", "building_id"):
        unit["households"], unit["heads"] = households.get(unit["id"], 0), stair_heads.get(unit["id"], [])
        units.setdefault(unit["building_id"], []).append(unit)
    for tower in towers:
        tower["heads"], tower["units"] = tower_heads.get(tower["id"], []), units.get(tower["id"], [])
    return towers


async def _counts(of: Any, by: str) -> dict[UUID, int]:
    """How many rows there are for each value of a column."""
    return dict(await of.annotate(number_of=Count("id")).group_by(by).values_list(by, "number_of"))


async def _heads(places: Any, role: str) -> dict[UUID, list[tuple[str, str]]]:
    """(name, number) of everybody who minds each of these places in this office today."""
    today = clock.today()
    held = places.filter(
        Q(posts__ended_on__isnull=True) | Q(posts__ended_on__gt=today),
        posts__role=role,
        posts__began_on__lte=today,
    )
    found: dict[UUID, list[tuple[str, str]]] = {}
    rows = held.order_by("posts__person__name").values_list(
        "id", "posts__person__name", "posts__person__number"
    )
    for key, name, number in await rows:
        found.setdefault(key, []).append((name, number))
    return found
