"""Record numbers: easy to read out, forgiving to type."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.law import numbers

NUMBERS = st.integers().map(lambda seed: numbers.new(random.Random(seed)))


def test_the_alphabet_has_no_two_characters_that_look_alike():
    assert len(set(numbers.ALPHABET)) == len(numbers.ALPHABET) == 28
    assert not set(numbers.ALPHABET) & set("01OILBSZ")


def test_a_number_has_two_groups_of_four():
    number = numbers.new()
    assert len(number) == 9
    assert number[4] == "-"
    assert set(number.replace("-", "")) <= set(numbers.ALPHABET)


def test_the_same_chance_gives_the_same_number():
    assert numbers.new(random.Random(1)) == numbers.new(random.Random(1))
    assert len({numbers.new() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        "K7F3-29QX",
        "k7f329qx",
        " K7F3 29QX ",
        "K7F3—29QX",
        "K7F3－29QX",
        "Ｋ７Ｆ３２９ＱＸ",
        "k-7-f-3 2 9 q x",
        "K7F3_29QX",
        "K7F3\u300029QX",
        "K7F3-Z9QX",
    ],
)
def test_a_number_is_read_however_it_is_typed(text):
    assert numbers.read(text) == "K7F3-29QX"


@pytest.mark.parametrize(
    "text",
    ["", "K7F3-29Q", "K7F3-29QXX", "K7F3-29Q0", "K7F3-29Q!", "张三", "\x00" * 8, "\ud800", "2" * 10_000_000],
)
def test_what_is_no_number_is_none(text):
    assert numbers.read(text) is None


@given(NUMBERS, st.randoms())
def test_a_number_survives_case_width_spaces_and_dashes(number, chance):
    typed = ""
    for sign in number.replace("-", ""):
        sign = chance.choice([sign, sign.lower(), chr(ord(sign) + 0xFEE0)])
        typed += sign + chance.choice(["", "", " ", "-", "—", "\t"])
    assert numbers.read(typed) == number


@given(st.text(max_size=20))
def test_what_is_read_reads_the_same_again(text):
    number = numbers.read(text)
    assert number is None or numbers.read(number) == number
