"""Addresses inside a compound as residents write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.law.places import Place, floor, parse

ADDRESSES = {
    "3单元201": ("", "3", "201"),
    "3-201": ("", "3", "201"),
    "3－201": ("", "3", "201"),
    "5号楼3单元201室": ("5", "3", "201"),
    "５号楼３单元２０１室": ("5", "3", "201"),
    "5 号楼 3 单元 201 室": ("5", "3", "201"),
    "5栋201": ("5", "", "201"),
    "B座1203": ("B", "", "1203"),
    "b座1203室": ("B", "", "1203"),
    "5-3-201": ("5", "3", "201"),
    "5/3/201": ("5", "3", "201"),
    "5号楼3-201": ("5", "3", "201"),
    "5号楼201": ("5", "", "201"),
    "5幢二单元": ("5", "2", ""),
    "五号楼三单元二〇一室": ("5", "3", "201"),
    "十二栋1单元301": ("12", "1", "301"),
    "幸福小区12栋2单元501": ("12", "2", "501"),
    "人民大街118号": ("", "", ""),
    "人民大街118号5栋2单元": ("5", "2", ""),
    "100弄12号301室": ("12", "", "301"),
    "5#3单元1201": ("5", "3", "1201"),
    "3门201": ("", "3", "201"),
    "东单元302": ("", "东", "302"),
    "A栋B101": ("A", "", "B101"),
    "5号楼": ("5", "", ""),
    "201室": ("", "", "201"),
    "201": ("", "", "201"),
    "": ("", "", ""),
    "锦绣花园": ("", "", ""),
    "13844445555": ("", "", ""),
    "0431-88888888": ("", "", ""),
}


@pytest.mark.parametrize(("text", "parts"), ADDRESSES.items())
def test_addresses_are_read_by_their_parts(text, parts):
    assert parse(text) == Place(*(part or None for part in parts))


@given(
    st.integers(1, 199).map(str) | st.sampled_from("ABCDEF"),
    st.integers(1, 9).map(str),
    st.integers(1, 33),
    st.integers(1, 12),
    st.sampled_from(
        ["{b}号楼{u}单元{r}室", "{b}栋{u}单元{r}", "{b}-{u}-{r}", "和平小区{b}幢 {u}单元 {r}号房"]
    ),
)
def test_a_written_address_reads_back(building, unit, level, door, form):
    room = f"{level}{door:02d}"
    assert parse(form.format(b=building, u=unit, r=room)) == Place(building, unit, room)


@given(st.text(max_size=200))
def test_any_text_gives_a_place(text):
    assert isinstance(parse(text), Place)


def test_ten_megabytes_give_a_place_at_once():
    assert isinstance(parse("5号楼3单元" * 1_000_000), Place)


@pytest.mark.parametrize(
    ("room", "level"),
    [
        ("201", 2),
        ("1203", 12),
        ("0301", 3),
        ("201A", 2),
        ("２０１", 2),
        ("B101", -1),
        ("地下201", -2),
        ("12", None),
        ("甲", None),
    ],
)
def test_the_floor_is_the_room_without_its_last_two_digits(room, level):
    assert floor(room) == level
