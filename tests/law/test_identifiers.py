"""Numbers and names: one spelling inside, any spelling outside, little of them in lists."""

import random
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.law import identifiers
from portal.law.identifiers import (
    Practice,
    credit_code,
    identity,
    licence,
    mask_identity,
    mask_name,
    mask_phone,
    normal_company,
    normal_name,
    phone,
)

MOBILE = [
    "13844441234",
    " 138 4444 1234 ",
    "138-4444-1234",
    "１３８４４４４１２３４",
    "+86 138 4444 1234",
    "+8613844441234",
    "0086-138-4444-1234",
    "8613844441234",
    "（+86）13844441234".replace("（+86）", "+86 "),
    "138\u20134444\u20131234",
    "\u200b13844441234",
    "tel:+86-138-4444-1234",
]
LANDLINE = [
    "0431-88888888",
    "043188888888",
    "0431 8888 8888",
    "(0431)88888888",
    "（０４３１）８８８８８８８８",
    "+86 431 88888888",
    "+86-0431-88888888",
    "0086 431 8888 8888",
    "+86(0)431 8888 8888",
]


@pytest.mark.parametrize("text", MOBILE)
def test_one_mobile_number_in_every_spelling(text):
    assert phone(text) == "13844441234"


@pytest.mark.parametrize("text", LANDLINE)
def test_one_landline_in_every_spelling(text):
    assert phone(text) == "0431-88888888"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("010 6655 4433", "010-66554433"),
        ("02166554433", "021-66554433"),
        ("0434-3222111", "0434-3222111"),
        ("0431-88888888-801", "0431-88888888-801"),
        ("0431-88888888转801", "0431-88888888-801"),
        ("0434-3222111-8", "0434-3222111-8"),
        ("19912345678", "19912345678"),
    ],
)
def test_other_numbers(text, canonical):
    assert phone(text) == canonical
    assert phone(canonical) == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "填写"),
        ("   ", "填写"),
        ("1384444123", "10 位"),
        ("138444412345", "12 位"),
        ("12844441234", "不对"),
        ("88888888", "区号"),
        ("110", "3 位"),
        ("abc", "数字"),
        ("138４４４４12x4", "数字"),
        ("+1 202 555 0123", "大陆"),
        ("+852 2345 6789", "大陆"),
        ("0431-18888888", "不对"),
        ("13844441234\x0013844441234", "22 位"),
        ("\ud80013844441234"[:1], "填写"),
        ("一三八四四四四一二三四", "数字"),
        ("٠١٢٣٤٥٦٧٨٩", "数字"),
        ("9" * 10_000_000, "不对"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(text, reason):
    with pytest.raises(ValueError, match=reason):
        phone(text)


@given(st.integers(3, 9), st.integers(0, 10**9 - 1), st.randoms())
def test_a_mobile_number_survives_any_punctuation(second, rest, chance):
    number = f"1{second}{rest:09d}"
    spaced = "".join(digit + chance.choice(["", " ", "-", "—", "\u3000"]) for digit in number)
    assert phone(chance.choice(["", "+86", "0086 ", "+86-"]) + spaced) == number
    assert phone(number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})) == number


@given(st.text(max_size=40))
def test_any_text_is_a_canonical_number_or_a_refusal(text):
    try:
        number = phone(text)
    except ValueError as refusal:
        assert str(refusal)
        return
    assert phone(number) == number


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13844441234", "138****1234"),
        ("0431-88886666", "0431-****6666"),
        ("010-66554433-801", "010-****4433"),
        ("", "****"),
        ("12345", "****"),
    ],
)
def test_masked_numbers(number, masked):
    assert mask_phone(number) == masked


def test_a_licence_is_read_by_its_parts():
    read = licence(" １１１０２ 2008 10000003 ")
    assert read.number == "11102200810000003"
    assert (read.province, read.city, read.year) == ("11", "02", 2008)
    assert read.practice is Practice.FULL_TIME
    assert not read.is_female
    assert read.serial == "000003"
    assert licence("12201201981123456").practice is Practice.LEGAL_AID
    assert licence("12201201981123456").is_female


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1110220081000000",
        "111022008100000031",
        "21102200810000003",
        "11102180810000003",
        "11102200800000003",
        "11102200812000003",
        "1110220081000000X",
    ],
)
def test_what_is_no_licence(text):
    with pytest.raises(ValueError, match="执业证号"):
        licence(text)


@pytest.mark.parametrize(
    "text", ["91350100M000100Y43", "91110000600037341L", "31220102MD0000000T", "9111 0000 6000 37341l"]
)
def test_valid_credit_codes(text):
    assert credit_code(text) == text.replace(" ", "").upper()


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "31220102MD0000000T"])
def test_one_wrong_character_in_a_credit_code_is_always_found(code):
    for place in range(18):
        for sign in identifiers._CREDIT:
            if sign != code[place]:
                with pytest.raises(ValueError):
                    credit_code(code[:place] + sign + code[place + 1 :])


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "18 位"), ("9135", "4 位"), ("91350100I000100Y43", "I"), ("9135010ZM000100Y43", "Z")],
)
def test_what_is_wrong_with_a_credit_code_is_said(text, reason):
    with pytest.raises(ValueError, match=reason):
        credit_code(text)


def test_identity_numbers_are_read_by_their_parts():
    read = identity("11010519491231002x")
    assert read.number == "11010519491231002X"
    assert (read.area, read.born, read.is_female) == ("110105", date(1949, 12, 31), True)
    old = identity("440524188001010014")
    assert old.born == date(1880, 1, 1)
    assert not old.is_female


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "18 位"),
        ("110105194912310021", "最后一位"),
        ("11010519490231002X", "不存在"),
        ("11010519491331002X", "不存在"),
        ("1101051949123100X2", "18 位"),
        ("110105491231002", "18 位"),
    ],
)
def test_what_is_wrong_with_an_identity_number_is_said(text, reason):
    with pytest.raises(ValueError, match=reason):
        identity(text)


def test_nobody_is_born_tomorrow():
    assert identity("11010519491231002X", today=date(1949, 12, 31))
    with pytest.raises(ValueError, match="出生日期"):
        identity("11010519491231002X", today=date(1949, 12, 30))


def test_one_wrong_digit_in_an_identity_number_is_always_found():
    number = "11010519491231002X"
    for place in range(17):
        for sign in "0123456789":
            if sign != number[place]:
                with pytest.raises(ValueError):
                    identity(number[:place] + sign + number[place + 1 :])


@given(st.integers(0, 999), st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_of_eleven_check_characters_only_the_one_that_makes_the_sum_one_is_taken(serial, born):
    body = f"220102{born:%Y%m%d}{serial:03d}"
    taken = []
    for check in "0123456789X":
        try:
            taken.append(identity(body + check).number[-1])
        except ValueError:
            continue
    worth = 10 if taken == ["X"] else int(taken[0])
    assert len(taken) == 1
    # ISO 7064 MOD 11-2: the weighted sum of all eighteen leaves one.
    assert (sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body)) + worth) % 11 == 1


def test_a_masked_identity_number_tells_neither_place_nor_birth():
    assert mask_identity("11010519491231002X") == "1****************X"
    assert mask_identity("1101") == "****"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳修", "欧阳*"),
        ("司马相如", "司马**"),
        ("诸葛亮", "诸葛*"),
        ("上官婉儿", "上官**"),
        ("欧阳", "欧*"),
        ("张", "张*"),
        ("阿依古丽·买买提", "阿**"),
        ("John Smith", "J**"),
        ("𠮷田", "𠮷*"),
        ("", ""),
    ],
)
def test_masked_names_keep_the_surname(name, masked):
    assert mask_name(name) == masked


def test_every_compound_surname_has_two_characters():
    assert {len(name) for name in identifiers._COMPOUND} == {2}
    assert len(identifiers._COMPOUND) == 61


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("阿依古丽・买买提", "阿依古丽 买买提"),
        ("阿依古丽.买买提", "阿依古丽‧买买提"),
        ("JOHN smith", "Ｊｏｈｎ Ｓｍｉｔｈ"),
        ("张三\u200b", "张三"),
    ],
)
def test_one_name_in_two_spellings(left, right):
    assert normal_name(left) == normal_name(right)


@given(st.text(max_size=30))
@example("A\u00af")
def test_normal_names_are_normal(text):
    assert normal_name(normal_name(text)) == normal_name(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("长春市安居物业服务有限公司", "长春市安居物业服务有限责任公司"),
        ("安居物业（长春）有限公司", "安居物业(长春)有限公司"),
        ("安居物业服务有限公司", "安居物业服务有限公司长春第一分公司"),
        ("安居 物业", "安居物业公司"),
        ("ABC Co., Ltd.", "ａｂｃ co ltd"),
        ("大地集团股份有限公司", "大地集团"),
    ],
)
def test_one_company_in_two_spellings(left, right):
    assert normal_company(left) == normal_company(right)


def test_different_companies_stay_different():
    names = ["安居物业有限公司", "安家物业有限公司", "安居物业（长春）有限公司", "公司", "集团"]
    assert len({normal_company(name) for name in names}) == len(names)
    assert normal_company("公司") == "公司"


def test_a_random_digit_string_is_seldom_an_identity():
    chance = random.Random(7)
    good = 0
    for _ in range(500):
        try:
            identity("".join(chance.choices("0123456789", k=18)))
            good += 1
        except ValueError:
            pass
    assert good < 10
