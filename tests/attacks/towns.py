"""Two towns in one portal, alike and apart, each with everybody in it."""

from datetime import timedelta
from typing import Any

from portal import clock
from portal.database import transaction
from portal.people.models import Person, Post, Proxy, Role, Scope, Way
from tests import make
from tests.attacks import records
from tests.attacks.world import LONG_AGO, Somebody, Town

OFFICES = {
    "dispatcher": (Role.DISPATCHER, "community"),
    "mediator": (Role.MEDIATOR, "community"),
    "lead": (Role.LEAD, "community"),
    "auditor": (Role.AUDITOR, "community"),
    "street": (Role.STREET, "street"),
    "coordinator": (Role.FIRM_COORDINATOR, "firm"),
    "unit head": (Role.UNIT_HEAD, "unit"),
    "building head": (Role.BUILDING_HEAD, "building"),
    "grid officer": (Role.GRID_OFFICER, "grid"),
    "unit head elsewhere": (Role.UNIT_HEAD, "unit"),
    "building head elsewhere": (Role.BUILDING_HEAD, "building"),
    "grid officer elsewhere": (Role.GRID_OFFICER, "grid"),
    "administrator": (Role.ADMINISTRATOR, ""),
}
PRIVATE = ("owner", "neighbour", "agent", "former agent", "late agent")
LAWYERS = ("lawyer", "colleague", "other lawyer", "walled lawyer")


async def build() -> list[Town]:
    """North and south, alike and apart. The administrator of either is one of the whole portal."""
    return [await _town("north"), await _town("south")]


async def _town(label: str) -> Town:
    places = await make.places()
    firm, other = await make.firm(f"{label}一号律师事务所"), await make.firm(f"{label}二号律师事务所")
    third = await make.firm(f"{label}三号律师事务所")
    people: dict[str, Somebody] = {}

    def known(name: str, person: Any, way: Way = Way.OFFICE, *roles: str) -> Person:
        full = f"{label} {name}"
        people[name] = Somebody(full, person, way, frozenset(roles) if way == Way.OFFICE else frozenset())
        return person

    for name in PRIVATE:
        made = await make.person(
            f"{label}的{name}", community=places.community, household=places.households[0]
        )
        known(name, made, Way.PHONE)
    lawyers = {}
    for name, at in zip(LAWYERS, (firm, firm, other, third), strict=True):
        lawyers[name] = await make.lawyer(f"{label}的{name}", at)
        known(name, lawyers[name].person, Way.OFFICE, Role.LAWYER)
    elsewhere = {"unit": places.units[4], "building": places.buildings[2], "grid": places.grids[1]}
    here = {
        "unit": places.units[0],
        "building": places.buildings[0],
        "grid": places.grids[0],
        "community": places.community,
        "street": places.street,
        "firm": firm,
    }
    for name, (role, column) in OFFICES.items():
        person = await make.person(f"{label}的{name}")
        where = (elsewhere if name.endswith("elsewhere") else here).get(column)
        async with transaction():
            await Post.create(
                person=person, role=role, began_on=LONG_AGO, **({f"{column}_id": where.id} if where else {})
            )
        known(name, await make.reload(person), Way.OFFICE, role)
    # The lead again, but come in by telephone: a resident, no more.
    people["lead by telephone"] = Somebody(
        f"{label} lead by telephone", people["lead"].person, Way.PHONE, frozenset()
    )
    town = Town(label, people, [], places)
    await records.fill(town, lawyers, await _proxies(town))
    return town


async def _proxies(town: Town) -> dict[str, str]:
    """Who may stand in for the owner, and who no longer may; the ids of a grant and of an office that ended."""
    ids = {}
    scopes = [scope.value for scope in Scope]
    today = clock.today()
    async with transaction():
        for name, columns in {
            "agent": {"ends_on": today},
            "former agent": {"ends_on": today + timedelta(days=9), "revoked_at": clock.now()},
            "late agent": {"ends_on": today - timedelta(days=1)},
        }.items():
            made = await Proxy.create(
                resident_id=town.people["owner"].person.id,
                agent_id=town.people[name].person.id,
                scopes=scopes,
                **columns,
            )
            ids.setdefault("proxy", str(made.id))
        post = await Post.create(
            person_id=town.people["owner"].person.id,
            role=Role.UNIT_HEAD,
            unit=town.places.units[4],
            began_on=LONG_AGO,
            ended_on=LONG_AGO + timedelta(days=9),
        )
    return ids | {"post": str(post.id)}
