"""Drawing the map: the community and its centre, grids, compounds, and buildings with all their doors."""

from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from portal import journal
from portal.community import rules
from portal.community.models import Building, Community, Compound, Grid, Household, Street, Unit
from portal.database import serialise, transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _


def _judge(actor: Any, community: UUID) -> None:
    if not rules.may_map(actor, community):
        raise Forbidden(_("社区地图由社区负责人或系统管理员来改。"))


async def found(actor: Any, street: str, district: str, **centre: Any) -> Community:
    """Enter a community that this portal serves. `centre` are the columns of Community; a street that is known by this
    name and district is the same one. Raises Forbidden, or Conflict when name or short name are another community's:
    they stand on slips and in the numbers of files."""
    if not rules.may_found(actor):
        raise Forbidden(_("新的社区由系统管理员登记。"))
    async with transaction():
        await serialise("communities")
        if await Community.filter(Q(name=centre["name"]) | Q(short=centre["short"])).exists():
            raise Conflict(_("已经有一个社区叫这个名字，或者用这个简称。"))
        above = await Street.filter(name=street, district=district).first()
        above = above or await Street.create(name=street, district=district)
        made = await Community.create(street=above, **centre)
        await journal.record(actor, "create", made)
    return made


async def describe(actor: Any, community: Community, **centre: Any) -> None:
    """Say anew what the community is called, where its clinic sits, and when and how it is reached."""
    _judge(actor, community.id)
    async with transaction():
        await Community.filter(id=community.id).update(**centre)
        await journal.record(actor, "describe", community)


async def add_grid(actor: Any, community: Community, name: str) -> Grid:
    """A further grid, after the last one. Raises Forbidden, or Conflict when the name is taken."""
    _judge(actor, community.id)
    async with transaction():
        if await Grid.filter(community_id=community.id, name=name).exists():
            raise Conflict(_("已经有这个名字了。"))
        count = await Grid.filter(community_id=community.id).count()
        made = await Grid.create(community=community, name=name, ordinal=count + 1)
        await journal.record(actor, "create", made)
    return made


async def add_compound(actor: Any, community: Community, name: str) -> Compound:
    """A further compound, after the last one. Raises Forbidden, or Conflict when the name is taken."""
    _judge(actor, community.id)
    async with transaction():
        if await Compound.filter(community_id=community.id, name=name).exists():
            raise Conflict(_("已经有这个名字了。"))
        count = await Compound.filter(community_id=community.id).count()
        made = await Compound.create(community=community, name=name, ordinal=count + 1)
        await journal.record(actor, "create", made)
    return made


async def add_building(
    actor: Any, compound: Compound, grid: Grid, name: str, units: int, floors: int, doors: int
) -> Building:
    """A building of so many units, each with so many floors of so many doors, in one stroke. Raises Forbidden, or Conflict
    when the compound has a building of that name."""
    _judge(actor, compound.community_id)
    taken = Conflict(_("这个小区已经有这栋楼了。"))
    try:
        async with transaction():
            if await Building.filter(compound_id=compound.id, name=name).exists():
                raise taken
            count = await Building.filter(compound_id=compound.id).count()
            made = await Building.create(compound=compound, grid=grid, name=name, ordinal=count + 1)
            stairs = [Unit(building=made, name=str(n), ordinal=n) for n in range(1, units + 1)]
            await Unit.bulk_create(stairs)
            homes = [
                Household(unit_id=unit.id, room=room, floor=floor)
                for unit in stairs
                for floor, room in rules.rooms(floors, doors)
            ]
            await Household.bulk_create(homes, batch_size=500)
            await journal.record(actor, "create", made, units=units, households=len(homes))
    except IntegrityError:
        raise taken from None
    return made
