"""Typed addresses are found on the map, and nothing is guessed."""

from uuid import uuid4

import pytest

from portal.community import queries
from portal.languages import speaking
from portal.law import places as addresses


@pytest.mark.parametrize(
    ("building", "unit", "read"),
    [
        ("5", "", ("5", "", "")),
        ("5", "3", ("5", "3", "")),
        ("5号楼", "3单元", ("5", "3", "")),
        ("五号楼", "三单元", ("5", "3", "")),
        ("5号楼3单元201室", "", ("5", "3", "201")),
        ("5-3-201", "", ("5", "3", "201")),
        ("5", "3-201", ("5", "3", "201")),
        ("５号楼", "３单元２０１", ("5", "3", "201")),
        ("b座", "", ("B", "", "")),
        ("12甲", "2", ("12甲", "2", "")),
        ("3单元201", "", ("", "3", "201")),
        ("", "", ("", "", "")),
        ("没有这样的楼没有这样的楼没有", "", ("", "", "")),
    ],
)
def test_two_texts_are_read_as_people_write_them(building, unit, read):
    assert queries.read(building, unit) == read


async def test_an_address_is_found_down_to_the_door(cast):
    found = await queries.find(str(cast.places.compound.id), "3号楼2单元201室")
    assert (found.compound.name, found.building.name, found.unit.name) == ("银杏苑", "3", "2")
    assert found.grid.name == "第2网格"
    assert (found.household.room, found.household.unit_id) == ("201", found.unit.id)
    assert await queries.where(found.household) == "银杏苑 3号楼 2单元 201室"
    assert await queries.where(found.unit) == "银杏苑 3号楼 2单元"
    assert await queries.where(found.building) == "银杏苑 3号楼"


async def test_what_is_not_on_the_map_is_none_and_so_is_all_below(cast):
    home = cast.places.compound
    assert await queries.find(uuid4(), "1", "1") == queries.Place()
    assert await queries.find("no id", "1", "1") == queries.Place()
    assert await queries.find(home, "99", "1") == queries.Place(home)
    found = await queries.find(home, "1", "9")
    assert found.building.name == "1" and found.unit is None and found.grid.name == "第1网格"
    assert await queries.household(cast.places.units[0], "201室") == cast.places.households[2]
    assert await queries.household(cast.places.units[0], "909") is None


async def test_compounds_and_buildings_are_offered_by_name(cast):
    assert await queries.places() == [(str(cast.places.compound.id), "银杏苑")]
    assert [name for _id, name in await queries.buildings()] == [
        "银杏苑 1号楼",
        "银杏苑 2号楼",
        "银杏苑 3号楼",
    ]


def test_an_address_is_said_in_the_language_of_the_reader():
    assert addresses.say("银杏苑", "B", "3", "1203") == "银杏苑 B座 3单元 1203室"
    with speaking("en"):
        assert addresses.say("银杏苑", "5", "3") == "银杏苑 Building 5 Unit 3"
