"""Who may give which office; what logins, passwords and codes are taken."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from zxcvbn.matching import RANKED_DICTIONARIES

from portal.people import rules
from portal.people.models import HEADS, STAFF, Role

HERE, THERE = "here", "there"  # two communities


def holder(*roles: str, id: int = 1, of: str | None = None) -> SimpleNamespace:
    """Somebody who holds these offices in this community, or in the whole portal."""
    return SimpleNamespace(
        id=id,
        roles=frozenset(roles),
        is_staff=bool(set(roles) & STAFF),
        minds=lambda role: [of] if role in roles else [],
    )


def holding(*roles: str, of: str | None = HERE) -> list[rules.Office]:
    return [(role, of) for role in roles]


ALL = set(Role)


def test_what_guessers_try_first_is_no_password():
    """Every one of the 3,000 best-known of at least eight characters that is long enough, and what people make of them."""
    known = sorted((rank, word) for word, rank in RANKED_DICTIONARIES["passwords"].items())[:30_000]
    long_enough = [word for _rank, word in known if len(word) >= rules.PASSWORD_LEAST][:300]
    assert len(long_enough) > 100
    assert [word for word in long_enough if not rules.password_fault(word, "fang.min")] == []


@pytest.mark.parametrize(
    "password",
    [
        "P@ssw0rd2026!",
        "legalclinic2026!",
        "LegalClinicPortal",
        "法律诊所法律诊所一二三",
        "portal-login-2026",
        "qwertyuiop123456",
        "fang.min1234567",
        "fangminfang1",
        "138000000011",
        "199001011990010",
        "1111111111111111",
        "1234567890123456",
    ],
)
def test_what_is_made_of_this_place_of_the_login_or_of_birthdays_is_no_password(password):
    assert rules.password_fault(password, "fang.min")


def test_the_name_of_a_community_is_no_surprise():
    password = "大江东去银杏里社区"
    assert not rules.password_fault(password + "某某", "fang.min")
    assert rules.password_fault(password + "某某", "fang.min", ["银杏里社区"])


@pytest.mark.parametrize(
    "password",
    [
        "three chairs two pots",
        "7401928365018273",
        "大江东去浪淘尽千古风流",
        "x" * 8 + " vellum kite 93 ostrich" * 4,
    ],
)
def test_length_and_surprise_are_enough(password):
    assert rules.password_fault(password, "fang.min") == ""


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


@pytest.mark.parametrize("role", sorted(HEADS))
def test_staff_of_one_community_choose_the_heads_of_that_one_alone(role):
    for giver in sorted(STAFF):
        assert rules.may_grant(holder(giver, of=HERE), role, HERE)
        assert not rules.may_grant(holder(giver, of=HERE), role, THERE)
        assert rules.may_grant(holder(giver), role, THERE)


def test_a_lead_gives_the_offices_of_their_own_community_and_none_beyond_it():
    lead = holder(Role.LEAD, of=HERE)
    for role in (Role.DISPATCHER, Role.MEDIATOR, Role.LEAD, Role.AUDITOR):
        assert rules.may_grant(lead, role, HERE)
        assert not rules.may_grant(lead, role, THERE)
        assert not rules.may_grant(lead, role, None), "an office for the whole portal is more than they hold"
    assert rules.may_grant(lead, Role.LAWYER, rules.ANYWHERE)
    assert rules.may_grant(lead, Role.FIRM_COORDINATOR, rules.ANYWHERE)
    assert not rules.may_grant(lead, Role.STREET, None), "a street sees what several communities raised"
    assert set(rules.grantable(lead)) == ALL - {Role.ADMINISTRATOR, Role.STREET}


def test_whoever_did_not_come_in_by_the_office_door_gives_nothing():
    outside = SimpleNamespace(id=1, roles=frozenset(), is_staff=False, minds=lambda role: [])
    assert rules.grantable(outside) == []


def test_an_invitation_is_given_only_by_who_could_have_given_every_office():
    dispatcher, lead, other = holder(Role.DISPATCHER), holder(Role.LEAD, of=HERE), holder(id=2)
    assert rules.may_invite(dispatcher, other, holding(Role.UNIT_HEAD))
    assert not rules.may_invite(dispatcher, other, holding(Role.UNIT_HEAD, Role.LEAD))
    assert rules.may_invite(lead, other, holding(Role.LEAD))
    assert not rules.may_invite(lead, other, [*holding(Role.LEAD), *holding(Role.MEDIATOR, of=THERE)])
    assert not rules.may_invite(lead, other, holding(Role.ADMINISTRATOR, of=None))
    assert not rules.may_invite(lead, other, []), "a resident needs no account"
    assert not rules.may_invite(lead, lead, holding(Role.LEAD)), "nobody does it for themselves"


def test_a_telephone_is_changed_by_staff_for_those_whose_offices_they_could_give():
    dispatcher, other = holder(Role.DISPATCHER, of=HERE), holder(id=2)
    assert rules.may_change_phone(dispatcher, other, [])
    assert rules.may_change_phone(dispatcher, other, holding(Role.UNIT_HEAD))
    assert not rules.may_change_phone(dispatcher, other, holding(Role.UNIT_HEAD, of=THERE))
    assert not rules.may_change_phone(dispatcher, other, holding(Role.LAWYER, of=rules.ANYWHERE))
    assert not rules.may_change_phone(dispatcher, dispatcher, [])
    assert not rules.may_change_phone(holder(Role.UNIT_HEAD), other, [])


@pytest.mark.parametrize(
    ("minutes", "fresh"), [(0, True), (14, True), (15, False), (60, False), (-1, False), (None, False)]
)
def test_who_showed_who_they_are_a_quarter_of_an_hour_ago_is_asked_again(minutes, fresh):
    now = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    confirmed = None if minutes is None else now - timedelta(minutes=minutes)
    assert rules.is_fresh(SimpleNamespace(confirmed_at=confirmed), now) is fresh
    assert rules.is_fresh(None, now) is False


@pytest.mark.parametrize("typed", [" Zhang.Min ", "ＺＨＡＮＧ．ｍｉｎ", "zhang. min", "ZHANG.MIN"])
def test_every_spelling_of_a_login_is_counted_as_one(typed):
    assert rules.plain_login(typed) == "zhang.min"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("K7F3C-29QXM", "K7F3C-29QXM"),
        ("k7f3c29qxm", "K7F3C-29QXM"),
        (" ｋ７ｆ３ｃ 29qxm ", "K7F3C-29QXM"),
        ("K7F3C-Z9QXM", "K7F3C-29QXM"),
        ("K7F3C-29QX", ""),
        ("K7F3C-29QXMM", ""),
        ("123456", ""),
        ("K7F3C-29QXI", ""),
        ("", ""),
    ],
)
def test_a_recovery_code_is_read_with_forgiveness(typed, code):
    assert rules.recovery_code(typed) == code


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
