"""What is typed is read strictly, refused in plain words, and kept."""

from datetime import date
from enum import StrEnum

import pytest
from starlette.datastructures import FormData, UploadFile

from portal.errors import Missing
from portal.people.models import Person
from portal.web.forms import Form, one


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def form(**typed: str) -> Form:
    return Form(typed)


def test_text_is_trimmed_and_its_line_ends_made_one():
    assert form(words="  一\r\n二 ").text("words") == "一\n二"


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", "请填写"),
        ("   ", "请填写"),
        ("长" * 201, "最多 200 个字，现在是 201 个字"),
        ("a\0b", "无法保存"),
        ("a\ud800b", "无法保存"),
    ],
)
def test_text_that_cannot_be_kept_is_refused_and_still_there(typed, refusal):
    read = form(words=typed)
    assert read.text("words") == ""
    assert refusal in read.errors["words"] and read.values["words"] == typed and not read.ok


def test_text_may_be_left_out_where_it_is_not_required_and_must_not_be_too_short():
    read = form(note="", words="短")
    assert read.text("note", required=False) == "" and read.ok
    read.text("words", least=5)
    assert "至少写 5 个字" in read.errors["words"]


@pytest.mark.parametrize("text", ["𠮷野家", "བོད་ཡིག", "ئۇيغۇرچە", "👨‍👩‍👧", "<b>&\"'"])
def test_every_script_is_kept_as_it_was_typed(text):
    assert form(words=text).text("words") == text


def test_the_first_complaint_about_a_field_stays():
    read = form()
    read.refuse("name", "first")
    read.refuse("name", "second")
    assert read.errors == {"name": "first"}


@pytest.mark.parametrize(("typed", "number"), [("3", 3), (" 10 ", 10), ("０３", 3), ("007", 7)])
def test_a_number_is_plain_digits(typed, number):
    read = form(n=typed)
    assert read.number("n", 1, 10) == number and read.ok


@pytest.mark.parametrize(
    "typed", ["", "0", "11", "-1", "+1", "1e9", "1_0", "1.0", "٣", "³", "x", "9" * 5000, "1 0", "0x1"]
)
def test_nothing_else_is_a_number(typed):
    read = form(n=typed)
    assert read.number("n", 1, 10) is None and "1 到 10" in read.errors["n"]


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("3500", 350000),
        ("3,500.5", 350050),
        ("0.05", 5),
        ("１２．５", 1250),
        ("999999999.99", 99999999999),
        ("", 0),
    ],
)
def test_money_is_read_to_the_fen(typed, fen):
    read = form(sum=typed)
    assert read.amount("sum") == fen and read.ok


@pytest.mark.parametrize("typed", ["-1", "1e5", "1.005", "1.", "三千", ".5", "1000000000", "NaN", "1.2.3"])
def test_other_money_is_refused(typed):
    read = form(sum=typed)
    read.amount("sum")
    assert "sum" in read.errors


def test_a_day_is_a_real_date_within_bounds():
    assert form(on="2026-12-15").day("on") == date(2026, 12, 15)
    assert form(on="２０２６-12-15").day("on") == date(2026, 12, 15)
    assert form(on="").day("on", required=False) is None
    for typed in ("2026-02-30", "20261215", "15.12.2026", "2026-W01-1", "1899-12-31", "9999-12-31", "x" * 10):
        read = form(on=typed)
        assert read.day("on") is None and "on" in read.errors, typed
    read = form(on="2026-12-15")
    assert read.day("on", least=date(2027, 1, 1)) is None and "范围" in read.errors["on"]


def test_a_time_of_day_is_minutes_since_midnight():
    assert [form(at=typed).minute("at") for typed in ("09:30", "9：05", "００:00", "23:59")] == [
        570,
        545,
        0,
        1439,
    ]
    for typed in ("", "24:00", "9:5", "9:60", "930", "-1:00", "٠٩:٣٠", "9:30:00"):
        read = form(at=typed)
        assert read.minute("at") is None and "at" in read.errors, typed


def test_a_choice_is_one_of_those_offered():
    assert form(colour="red").choice("colour", Colour) is Colour.RED
    assert form(colour="b").choice("colour", ["a", "b"]) == "b"
    assert form().choice("colour", Colour, required=False) is None
    for typed in ("", "green", "RED", "red "):
        read = form(colour=typed)
        assert read.choice("colour", Colour) is None and "colour" in read.errors
    many = Form(FormData([("colour", "blue"), ("colour", "red")]))
    assert many.choices("colour", Colour) == [Colour.RED, Colour.BLUE]
    odd = Form(FormData([("colour", "blue"), ("colour", "green")]))
    odd.choices("colour", Colour)
    assert "colour" in odd.errors


def test_a_telephone_has_one_spelling_and_a_wrong_one_is_told_what_is_wrong():
    assert form(phone="+86 138-0000-0000").phone("phone") == "13800000000"
    assert form(phone="").phone("phone", required=False) == ""
    read = form(phone="138000")
    assert read.phone("phone") == "" and "11 位" in read.errors["phone"]


def test_a_flag_is_set_by_what_browsers_send():
    assert form(yes="1").flag("yes") and form(yes="on").flag("yes")
    assert not form(yes="0").flag("yes") and not form().flag("yes")


def test_a_file_where_text_belongs_is_passed_over():
    import io

    read = Form(FormData([("words", UploadFile(io.BytesIO(b"x"), filename="x")), ("name", "梅")]))
    assert read.text("name") == "梅" and read.text("words") == "" and "words" in read.errors


async def test_a_record_that_is_not_the_persons_is_missing(cast):
    assert (await one(Person.visible_to(cast.fang), number=cast.mei.number)).id == cast.mei.id
    for who in (cast.yu, None):
        with pytest.raises(Missing):
            await one(Person.visible_to(who), number=cast.mei.number)
