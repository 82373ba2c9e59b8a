"""Where is it? Compound, building, unit and room as people type them, found on the map or kept as said."""

from typing import Any, NamedTuple
from uuid import UUID

from portal import languages, locality
from portal.community import queries
from portal.community.models import Building, Household, Unit
from portal.languages import _
from portal.law import places
from portal.web.forms import Form, read_key

ELSEWHERE = "elsewhere"
CENTRE = {"name": 40, "short": 12, "address": 120, "desk": 80, "hours": 80}  # columns and their longest


def centre(form: Form) -> dict[str, str]:
    """What a community is called, where its clinic sits, when and how it is reached."""
    said = {name: form.text(name, most=most) for name, most in CENTRE.items()}
    return {**said, "phone": form.phone("phone")}


class Typed(NamedTuple):
    """A place as it was said, and what of it is on the map."""

    said: str
    place: queries.Place

    @property
    def columns(self) -> dict:
        """The columns of a record that lies somewhere."""
        return {
            "place": self.said,
            "community_id": self.place.community or locality.current(),
            "grid": self.place.grid,
            "building": self.place.building,
            "unit": self.place.unit,
        }


async def compounds(*, required: bool = False) -> list[tuple[str, str]]:
    """What the select of compounds offers; where one must be chosen, also none of them."""
    known = await queries.places()
    return [*known, (ELSEWHERE, _("不在这些小区里"))] if required else known


async def place(form: Form, *, required: bool = False) -> Typed:
    """Read the fields of community/_place.html. Only the compound can be required: not every trouble has a door. Elsewhere
    than in the compounds, the place is what was written for the building."""
    names = dict(await queries.places())
    offered = [*names, ELSEWHERE] if required else list(names)
    chosen = form.choice("compound", offered, required=required, missing=_("请选在哪个小区。"))
    is_elsewhere = chosen == ELSEWHERE
    building = form.text("building", most=40, required=is_elsewhere)
    unit = form.text("unit", most=20, required=False)
    room = form.text("room", most=20, required=False)
    found = await queries.find("" if is_elsewhere else chosen, building, unit)
    compound = names.get(chosen or "", "")
    tower, stairs, door = queries.read(building, unit)
    with languages.speaking(languages.SOURCE):  # it is kept for everybody, whoever typed it
        said = places.say(compound, tower, stairs, room or door)
    if not tower and building:
        said = " ".join(part for part in (compound, building, unit, room) if part)
    return Typed(said[:80], found)


async def usual(person: Any, unit: str = "", room: str = "") -> dict[str, str]:
    """The fields as they are filled in beforehand: the unit (an id) somebody was sent with, else where they live, else
    the unit, building or grid they mind."""
    where = await _of_unit(unit)
    if where:
        return {**where, "room": room[:20]}
    home = person.household_id and await Household.get(id=person.household_id)
    if home and not person.roles:
        return {**await _of_unit(home.unit_id), "room": home.room}
    for minded in person.minds("unit_head"):
        return await _of_unit(minded)
    for minded in person.minds("building_head"):
        building = await Building.get(id=minded)
        return {"compound": str(building.compound_id), "building": building.name}
    for minded in person.minds("grid_officer"):
        lying_in = set(await Building.filter(grid_id=minded).values_list("compound_id", flat=True))
        return {"compound": str(lying_in.pop())} if len(lying_in) == 1 else {}
    return {}


async def _of_unit(key: UUID | str) -> dict[str, str]:
    known = read_key(str(key))
    found = await Unit.get_or_none(id=known).select_related("building") if known else None
    if found is None:
        return {}
    return {"compound": str(found.building.compound_id), "building": found.building.name, "unit": found.name}
