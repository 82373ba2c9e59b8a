"""Who may give which office; what logins, passwords and codes are taken."""

from types import SimpleNamespace

import pytest

from portal.people import rules
from portal.people.models import HEADS, STAFF, Role


def holder(*roles: str, id: int = 1) -> SimpleNamespace:
    return SimpleNamespace(id=id, roles=frozenset(roles), is_staff=bool(set(roles) & STAFF))


ALL = set(Role)


@pytest.mark.parametrize(
    ("role", "gives"),
    [
        (Role.ADMINISTRATOR, ALL),
        (Role.LEAD, ALL - {Role.ADMINISTRATOR}),
        (Role.DISPATCHER, set(HEADS)),
        (Role.MEDIATOR, set(HEADS)),
        *[(role, set()) for role in sorted(ALL - STAFF - {Role.ADMINISTRATOR})],
    ],
)
def test_each_office_gives_only_the_offices_below_it(role, gives):
    assert set(rules.grantable(holder(role))) == gives


def test_a_resident_gives_no_office():
    assert rules.grantable(holder()) == []


def test_a_password_is_given_only_by_who_could_have_given_every_office():
    dispatcher, lead = holder(Role.DISPATCHER), holder(Role.LEAD)
    assert rules.may_make_account(dispatcher, holder(Role.UNIT_HEAD, id=2))
    assert not rules.may_make_account(dispatcher, holder(Role.UNIT_HEAD, Role.LEAD, id=2))
    assert not rules.may_make_account(lead, holder(Role.ADMINISTRATOR, id=2))
    assert not rules.may_make_account(lead, holder(id=2)), "a resident needs no account"
    assert not rules.may_make_account(lead, holder(Role.LEAD)), "nobody does it for themselves"


def test_a_telephone_is_changed_by_staff_for_those_whose_offices_they_could_give():
    dispatcher = holder(Role.DISPATCHER)
    assert rules.may_change_phone(dispatcher, holder(id=2))
    assert not rules.may_change_phone(dispatcher, holder(Role.LAWYER, id=2))
    assert not rules.may_change_phone(dispatcher, dispatcher)
    assert not rules.may_change_phone(holder(Role.UNIT_HEAD), holder(id=2))


def test_neighbours_who_mind_a_place_may_come_in_by_telephone_and_nobody_else_with_an_office():
    assert {role for role in Role if rules.needs_password(holder(role))} == ALL - HEADS
    assert rules.needs_password(holder(Role.UNIT_HEAD, Role.MEDIATOR))
    assert not rules.needs_password(holder())


@pytest.mark.parametrize(
    ("typed", "login"), [(" Zhang.Min ", "zhang.min"), ("ｗａｎｇ１", "wang1"), ("a-b_c", "a-b_c")]
)
def test_a_login_has_one_spelling(typed, login):
    assert rules.login(typed) == login


@pytest.mark.parametrize("typed", ["", "ab", "1abc", "张敏", "a b c", "a" * 41, "abc\0", "zhang@min"])
def test_a_poor_login_is_refused(typed):
    with pytest.raises(ValueError, match="登录名"):
        rules.login(typed)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "a" * 12,
        "1234567890",
        "13800000000",
        "abcdefghijkl",
        "abababababab",
        "woaini1314",
        "ZHANG.MIN-2026",
        "x" * 129,
    ],
)
def test_a_password_that_is_short_or_easily_guessed_is_refused(password):
    assert rules.password_fault(password, "zhang.min")


@pytest.mark.parametrize("password", ["correct horse battery", "银杏树下三把椅子两壶茶", "k7f3-29qx-mmtp"])
def test_a_long_and_surprising_password_is_taken(password):
    assert rules.password_fault(password, "zhang.min") == ""


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("１２３４５６", "123456"),
        ("12345", ""),
        ("1234567", ""),
        ("12345a", ""),
        ("١٢٣٤٥٦", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_with_forgiveness_for_blanks_and_wide_digits(typed, code):
    assert rules.code(typed) == code
