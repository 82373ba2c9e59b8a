"""Where is it? Compound, building, unit and room as people type them, found on the map or kept as said."""

from typing import NamedTuple

from portal.community import queries
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
    if found.unit:
        return Typed(
            places.say(compounds[compound], found.building.name, found.unit.name, room or None), found
        )
    if found.building:
        spoken = [places.say(compounds[compound], found.building.name), unit, room]
    else:
        spoken = [compounds.get(compound, ""), building, unit, room]
    return Typed(" ".join(part for part in spoken if part)[:80], found)
