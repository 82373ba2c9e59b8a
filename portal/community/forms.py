"""Where is it? Compound, building, unit and room as people type them, found on the map or kept as said."""

from typing import Any, NamedTuple
from uuid import UUID

from portal import languages
from portal.community import queries
from portal.community.models import Building, Household, Unit
from portal.law import places
from portal.web.forms import Form


class Typed(NamedTuple):
    """A place as it was said, and what of it is on the map."""

    said: str
    place: queries.Place

    @property
    def columns(self) -> dict:
        """The columns of a record that lies somewhere."""
        return {
            "place": self.said,
            "grid": self.place.grid,
            "building": self.place.building,
            "unit": self.place.unit,
        }


async def place(form: Form) -> Typed:
    """Read the fields of community/_place.html. Nothing is required: not everything happens at an address."""
    compounds = dict(await queries.places())
    compound = form.choice("compound", compounds, required=False) or ""
    building = form.text("building", most=20, required=False)
    unit = form.text("unit", most=20, required=False)
    room = form.text("room", most=12, required=False)
    found = await queries.find(compound, building, unit)
    with languages.speaking(languages.SOURCE):  # it is kept for everybody, whoever typed it
        if found.unit:
            said = places.say(compounds[compound], found.building.name, found.unit.name, room or None)
        elif found.building:
            said = _joined(places.say(compounds[compound], found.building.name), unit, room)
        else:
            said = _joined(compounds.get(compound, ""), building, unit, room)
    return Typed(said[:80], found)


async def usual(person: Any, unit: str = "", room: str = "") -> dict[str, str]:
    """The fields as they are filled in beforehand: the unit (an id) somebody was sent with, else where they live, else
    the unit or building they mind."""
    where = await _of_unit(unit)
    if where:
        return {**where, "room": room[:12]}
    home = person.household_id and await Household.get(id=person.household_id)
    if home and not person.roles:
        return {**await _of_unit(home.unit_id), "room": home.room}
    for minded in person.minds("unit_head"):
        return await _of_unit(minded)
    for minded in person.minds("building_head"):
        building = await Building.get(id=minded)
        return {"compound": str(building.compound_id), "building": building.name}  # type: ignore[attr-defined]
    return {}


async def _of_unit(key: UUID | str) -> dict[str, str]:
    try:
        found = await Unit.get_or_none(id=UUID(str(key))).select_related("building")
    except ValueError:
        return {}
    if found is None:
        return {}
    return {"compound": str(found.building.compound_id), "building": found.building.name, "unit": found.name}


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
