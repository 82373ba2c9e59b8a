"""Invitations, passwords, second steps and offices: what each promises, and what each refuses."""

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from anyio import create_task_group
from argon2 import PasswordHasher

from portal import clock, logs
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Missing, Refusal, TooMany
from portal.journal import Entry
from portal.notices import Notice
from portal.people import actions, office_queries, passwords, queries, rules
from portal.people.actions import known_browsers
from portal.people.models import (
    ContactBy,
    Credential,
    Invitation,
    Person,
    Post,
    RecoveryCode,
    Role,
    Session,
    Way,
)
from tests import make

HERE, THERE = "browser one", "browser two"
PASSWORD, OTHER = "three chairs two pots", "five lamps four doors"


async def account(cast, who: Person, login: str = "fang.min") -> Credential:
    return await actions.make_account(cast.xu, who, login, PASSWORD)


def secret_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


async def enrolled(who: Person, here: Session | None = None) -> tuple[str, list[str]]:
    """The secret of a new device, and the codes on paper. The digits of this minute are used up."""
    secret = pyotp.random_base32()
    return secret, await actions.enrol_totp(who, secret, pyotp.TOTP(secret).at(clock.now()), here)


# -- invitations ---------------------------------------------------------------------------------------------------------


async def test_an_invitation_opens_one_account_once(cast):
    link = await actions.invite(cast.guo, cast.fang)
    assert secret_of(link) not in str(await Invitation.all().values())
    credential = await actions.accept(secret_of(link), "Fang.Min", PASSWORD)
    assert (credential.login, credential.person_id) == ("fang.min", cast.fang.id)
    assert (await actions.sign_in("fang.min", PASSWORD)).id == cast.fang.id
    with pytest.raises(Missing, match="用过"):
        await actions.accept(secret_of(link), "fang.min", OTHER)
    said = await Entry.filter(verb__in=["invite", "make_account"]).order_by("id").values_list("verb", "actor")
    assert [tuple(row) for row in said] == [("invite", cast.guo.id), ("make_account", cast.fang.id)]


async def test_of_two_who_use_one_invitation_at_once_one_gets_the_account(cast):
    secret, came = secret_of(await actions.invite(cast.guo, cast.fang)), []

    async def use(login: str) -> None:
        try:
            came.append((await actions.accept(secret, login, PASSWORD)).login)
        except (Conflict, Missing):
            came.append(None)

    async with create_task_group() as group:
        for login in ("fang.one", "fang.two", "fang.three"):
            group.start_soon(use, login)
    assert came.count(None) == 2 and await Credential.all().count() == 1


async def test_an_invitation_is_good_for_three_days_and_only_the_latest_is(cast):
    now = clock.now()
    with clock.standing_at(now):
        old = secret_of(await actions.invite(cast.guo, cast.fang))
        new = secret_of(await actions.invite(cast.guo, cast.fang))
        with pytest.raises(Missing):
            await actions.accept(old, "fang.min", PASSWORD)
    with clock.standing_at(now + timedelta(hours=72, seconds=1)), pytest.raises(Missing):
        await actions.accept(new, "fang.min", PASSWORD)
    with clock.standing_at(now + timedelta(hours=71, minutes=59)):
        assert await actions.accept(new, "fang.min", PASSWORD)


async def test_of_invitations_made_at_once_one_is_good(cast):
    links = []

    async def invite() -> None:
        links.append(await actions.invite(cast.guo, cast.fang))

    async with create_task_group() as group:
        for _n in range(4):
            group.start_soon(invite)
    assert len([link for link in links if await office_queries.invitation(secret_of(link))]) == 1


async def test_an_invitation_resets_an_account_wholly(cast):
    await account(cast, cast.fang)
    await enrolled(cast.fang)
    session = await actions.open_session(cast.fang, 12, Way.OFFICE)
    link = await actions.invite(cast.guo, cast.fang)
    assert await queries.session_of(session), "until the link is used everything is as it was"
    await actions.accept(secret_of(link), "fang.min", OTHER)
    assert await queries.session_of(session) is None
    assert await RecoveryCode.all().count() == 0
    assert (await Credential.get(person_id=cast.fang.id)).totp == ""
    with pytest.raises(Refusal, match="登录名或密码"):
        await actions.sign_in("fang.min", PASSWORD)
    assert await actions.sign_in("fang.min", OTHER)


@pytest.mark.parametrize("secret", ["", "nonsense", "a" * 43, "\0", "令"])
async def test_a_made_up_link_opens_nothing(cast, secret):
    with pytest.raises(Missing):
        await actions.accept(secret, "fang.min", PASSWORD)


async def test_an_invitation_of_somebody_whose_office_ended_opens_nothing(cast):
    secret = secret_of(await actions.invite(cast.guo, cast.fang))
    await actions.end_post(cast.guo, await Post.get(person_id=cast.fang.id))
    with pytest.raises(Missing):
        await actions.accept(secret, "fang.min", PASSWORD)


async def test_a_poor_choice_leaves_the_invitation_open(cast):
    await account(cast, cast.he, "he.jing")
    secret = secret_of(await actions.invite(cast.guo, cast.fang))
    for login, password, why in (
        ("方敏", PASSWORD, Refusal),
        ("fang.min", "short", Refusal),
        ("he.jing", PASSWORD, Conflict),
    ):
        with pytest.raises(why):
            await actions.accept(secret, login, password)
    assert await actions.accept(secret, "fang.min", PASSWORD)


async def test_nobody_invites_themselves_a_resident_or_whoever_is_not_theirs(cast):
    for actor, whom in (
        (cast.fang, cast.guo),
        (cast.guo, cast.xu),
        (cast.guo, cast.guo),
        (cast.guo, cast.mei),
        (cast.xu, cast.mei),
        (cast.yu, cast.fang),
    ):
        with pytest.raises(Forbidden):
            await actions.invite(actor, whom)
    assert await Invitation.all().count() == 0


async def test_a_link_is_sent_only_where_nobody_else_reads_it(cast):
    await actions.invite(cast.guo, cast.fang, send=True)
    sent = await Notice.get(kind="people/invitation")
    assert sent.read_values()["link"].startswith("http") and sent.channel == "sms"
    for by, neutral in ((ContactBy.CALL, False), (ContactBy.PAPER, False), (ContactBy.SMS, True)):
        await actions.choose_contact(cast.he, by, neutral)
        await actions.invite(cast.guo, await make.reload(cast.he), send=True)
    assert await Notice.all().count() == 1


# -- by password ---------------------------------------------------------------------------------------------------------


async def test_login_and_password_open_in_any_case_and_nothing_else_does(cast):
    await account(cast, cast.fang)
    assert (await actions.sign_in("Fang.Min", PASSWORD)).roles == {Role.DISPATCHER}
    assert await actions.sign_in(" ｆａｎｇ．ｍｉｎ ", PASSWORD)
    for login, password in (("fang.min", PASSWORD + "!"), ("nobody", PASSWORD), ("fang.min", "")):
        with pytest.raises(Refusal, match="登录名或密码不对"):
            await actions.sign_in(login, password)
    kept = await Credential.get(login="fang.min")
    assert kept.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_an_unknown_login_costs_as_much_as_a_wrong_password(cast, monkeypatch):
    await account(cast, cast.fang)
    compared = []

    def verify(kept: str, password: str) -> bool:
        compared.append(kept)
        return False

    monkeypatch.setattr(passwords, "_verify", verify)
    for login in ("fang.min", "nobody", "登录名", "", "x" * 80):
        with pytest.raises(Refusal, match="登录名或密码不对"):
            await actions.sign_in(login, "guess")
    assert len(compared) == 5 and not passwords.HASHER.check_needs_rehash(passwords.NOBODY)
    assert {kept.rsplit("$", 2)[0] for kept in compared} == {"$argon2id$v=19$m=19456,t=2,p=1"}


async def test_guessing_at_a_login_ends_in_every_spelling_of_it(cast):
    await account(cast, cast.fang)
    spellings = ["fang.min", "FANG.MIN", "Fang.Min", "ｆａｎｇ．ｍｉｎ", " fang.min ", "fang .min"]
    for n in range(10):
        with pytest.raises(Refusal, match="不对"):
            await actions.sign_in(spellings[n % 6], "guess", browser=f"b{n}", address="198.51.100.7")
    for spelling in spellings:
        with pytest.raises(TooMany):
            await actions.sign_in(spelling, PASSWORD, browser="b", address="198.51.100.7")


async def test_guessing_at_a_login_does_not_lock_its_owner_or_the_building_out(cast):
    await account(cast, cast.fang)
    await account(cast, cast.he, "he.jing")
    for _try in range(10):
        with pytest.raises(Refusal):
            await actions.sign_in("fang.min", "guess", browser="b", address="198.51.100.7")
    assert await actions.sign_in("fang.min", PASSWORD, browser="c", address="203.0.113.1")
    assert await actions.sign_in("he.jing", PASSWORD, browser="d", address="198.51.100.7")


async def test_strangers_lock_nobody_out_of_a_browser_they_came_in_by(cast):
    await account(cast, cast.fang)
    known = actions.introduce("fang.min")
    for n in range(60):
        with pytest.raises(Refusal):
            await actions.sign_in("fang.min", "guess", browser=f"b{n}", address=f"198.51.100.{n // 10}")
    with pytest.raises(TooMany):
        await actions.sign_in("fang.min", PASSWORD, browser="c", address="203.0.113.1")
    assert await actions.sign_in("fang.min", PASSWORD, browser="c", address="203.0.113.1", known=known)
    made_up = ("", "x", known[:-1] + ("0" if known[-1] != "0" else "1"), actions.introduce("he.jing"))
    for other in made_up:
        with pytest.raises(TooMany):
            await actions.sign_in("fang.min", PASSWORD, address="203.0.113.1", known=other)
    with clock.standing_at(clock.now() + timedelta(days=91)):
        assert known_browsers.mark_of(known, "fang.min") == ""


async def test_a_known_browser_may_not_guess_for_ever_either(cast):
    await account(cast, cast.fang)
    known = actions.introduce("fang.min")
    for _try in range(20):
        with pytest.raises(Refusal, match="不对"):
            await actions.sign_in("fang.min", "guess", known=known)
    with pytest.raises(TooMany):
        await actions.sign_in("fang.min", PASSWORD, known=known)


async def test_what_is_longer_than_any_password_opens_nothing(cast):
    long = "vellum kite 93 ostrich, " * 5 + "and 8 on"
    assert len(long) == rules.PASSWORD_MOST
    await actions.make_account(cast.xu, cast.fang, "fang.min", long)
    assert await actions.sign_in("fang.min", long)
    with pytest.raises(Refusal, match="不对"):
        await actions.sign_in("fang.min", long + "!")
    with pytest.raises(actions.WrongPassword):
        await actions.change_password(cast.fang, long + "!", OTHER)


async def test_a_hash_from_cheaper_days_is_made_anew_at_the_next_sign_in(cast):
    credential = await account(cast, cast.fang)
    cheap = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    async with transaction():
        await Credential.filter(id=credential.id).update(password=cheap)
    assert await actions.sign_in("fang.min", PASSWORD)
    kept = (await Credential.get(id=credential.id)).password
    assert kept != cheap and not passwords.is_outdated(kept) and await actions.sign_in("fang.min", PASSWORD)


async def test_a_changed_second_step_ends_every_other_session(cast):
    await account(cast, cast.fang)
    for change in (enrolled, lambda who, here: actions.drop_totp(who, here)):
        mine = await queries.session_of(await actions.open_session(cast.fang, 12, Way.OFFICE))
        other = await actions.open_session(cast.fang, 12, Way.OFFICE)
        await change(cast.fang, mine)
        assert await queries.session_of(other) is None
        assert (await Session.get(id=mine.id)).revoked_at is None


async def test_every_wrong_try_leaves_a_line_that_names_nobody(cast, monkeypatch):
    said: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(logs, "warn", lambda event, **facts: said.append((event, facts)))
    await account(cast, cast.fang)
    with pytest.raises(Refusal):
        await actions.sign_in("fang.min", "guess", address="198.51.100.7")
    with pytest.raises(actions.WrongPassword):
        await actions.change_password(cast.fang, "guess", OTHER)
    with pytest.raises(Refusal):
        await actions.open_with_card(HERE, "K7F3-29QX", "1234", "198.51.100.7")
    await actions.send_code(HERE, "13800000001")
    with pytest.raises(Refusal):
        await actions.confirm_code(HERE, "abc", "198.51.100.7")
    await enrolled(cast.fang)
    with pytest.raises(Refusal):
        await actions.check_second(await Credential.get(person_id=cast.fang.id), "000000")
    assert [event for event, _facts in said] == [
        *("wrong password", "wrong password", "wrong card", "wrong code", "wrong second step")
    ]
    for _event, facts in said:
        assert facts and all(re.fullmatch(r"[0-9a-f]{16}", value) for value in facts.values())


async def test_one_browser_cannot_try_login_after_login(cast):
    for n in range(30):
        with pytest.raises(Refusal, match="不对"):
            await actions.sign_in(f"someone{n}", "guess", browser="b", address="198.51.100.7")
    with pytest.raises(TooMany):
        await actions.sign_in("someone-else", "guess", browser="b", address="198.51.100.7")


async def test_signing_in_rightly_forgets_the_wrong_tries(cast):
    await account(cast, cast.fang)
    for _round in range(3):
        for _try in range(8):
            with pytest.raises(Refusal):
                await actions.sign_in("fang.min", "guess", address="198.51.100.7")
        await actions.sign_in("fang.min", PASSWORD, address="198.51.100.7")


async def test_an_account_without_an_office_opens_nothing_in_the_same_words(cast):
    await account(cast, cast.fang)
    await actions.end_post(cast.guo, await Post.get(person_id=cast.fang.id))
    with pytest.raises(Refusal, match="登录名或密码不对"):
        await actions.sign_in("fang.min", PASSWORD)


async def test_a_new_password_takes_the_old_one_and_ends_every_other_session(cast):
    await account(cast, cast.fang)
    mine = await queries.session_of(await actions.open_session(cast.fang, 12, Way.OFFICE))
    other = await actions.open_session(cast.fang, 12, Way.OFFICE)
    with pytest.raises(actions.WrongPassword):
        await actions.change_password(cast.fang, "wrong", OTHER, mine)
    with pytest.raises(Refusal, match="太容易"):
        await actions.change_password(cast.fang, PASSWORD, "fang.min1234567", mine)
    await actions.change_password(cast.fang, PASSWORD, OTHER, mine)
    assert await queries.session_of(other) is None
    assert (await Session.get(id=mine.id)).revoked_at is None
    assert await actions.sign_in("fang.min", OTHER)


async def test_a_login_belongs_to_one_person(cast):
    await account(cast, cast.fang)
    with pytest.raises(Conflict):
        await account(cast, cast.he)
    with pytest.raises(Forbidden):
        await actions.make_account(cast.fang, cast.guo, "guo.ling", PASSWORD)
    assert await Credential.all().count() == 1


# -- the second step -----------------------------------------------------------------------------------------------------


async def test_outside_a_demonstration_nobody_comes_in_without_a_second_step(cast, in_service):
    credential = await account(cast, cast.fang)
    with pytest.raises(actions.DeviceWanted):
        await actions.sign_in("fang.min", PASSWORD)
    ticket = actions.ticket(credential, HERE)
    with pytest.raises(actions.DeviceWanted):
        await actions.enter_without(ticket, HERE)
    with pytest.raises(actions.DeviceWanted):
        await actions.sign_in_second(ticket, HERE, "123456")
    secret = pyotp.random_base32()
    with pytest.raises(Refusal, match="重新开始"):
        await actions.enrol_first(ticket, THERE, secret, pyotp.TOTP(secret).at(clock.now()))
    person, codes = await actions.enrol_first(ticket, HERE, secret, pyotp.TOTP(secret).at(clock.now()))
    assert person.roles == {Role.DISPATCHER} and len(set(codes)) == 10
    with pytest.raises(actions.SecondStepWanted):
        await actions.sign_in("fang.min", PASSWORD)
    with pytest.raises(actions.SecondStepWanted):
        await actions.enrol_first(ticket, HERE, secret, "000000")
    with pytest.raises(Forbidden, match="不能关闭"):
        await actions.drop_totp(cast.fang)


async def test_the_second_step_is_asked_for_and_each_code_opens_once(cast):
    credential, now, secret = await account(cast, cast.fang), clock.now(), pyotp.random_base32()
    with clock.standing_at(now):
        with pytest.raises(Refusal, match="数字不对"):
            await actions.enrol_totp(cast.fang, secret, "000000")
        assert (await Credential.get(id=credential.id)).totp == ""
        await actions.enrol_totp(cast.fang, secret, pyotp.TOTP(secret).at(clock.now()))
        with pytest.raises(Refusal, match="用过"):
            await actions.sign_in("fang.min", PASSWORD, pyotp.TOTP(secret).at(clock.now()))
    with clock.standing_at(now + timedelta(minutes=3)):
        with pytest.raises(actions.SecondStepWanted):
            await actions.sign_in("fang.min", PASSWORD)
        with pytest.raises(Refusal, match="登录名或密码"):
            await actions.sign_in("fang.min", "wrong", pyotp.TOTP(secret).at(clock.now()))
        code = pyotp.TOTP(secret).at(clock.now())
        assert (await actions.sign_in("fang.min", PASSWORD, code)).id == cast.fang.id
        await actions.drop_totp(cast.fang)
        assert await actions.sign_in("fang.min", PASSWORD)


async def test_a_ticket_for_the_second_step_is_good_in_one_browser_for_a_quarter_of_an_hour(cast):
    credential, now = await account(cast, cast.fang), clock.now()
    secret, _codes = await enrolled(cast.fang)
    credential = await Credential.get(id=credential.id)
    with clock.standing_at(now + timedelta(minutes=10)):
        ticket = actions.ticket(credential, HERE)
        code = pyotp.TOTP(secret).at(clock.now())
        key, until, seal = ticket.split(".")
        forged = (
            f"{key}.{int(until) + 60}.{seal}",
            "",
            "a.b.c",
            f"{key}.9.{seal}",
            f"x.{until}.{seal}",
            "令.1.令",
        )
        for bad, browser in ((ticket, THERE), *[(text, HERE) for text in forged]):
            with pytest.raises(Refusal, match="重新开始"):
                await actions.sign_in_second(bad, browser, code)
        assert (await actions.sign_in_second(ticket, HERE, code)).roles == {Role.DISPATCHER}
    with clock.standing_at(now + timedelta(minutes=25, seconds=1)), pytest.raises(Refusal, match="重新开始"):
        await actions.sign_in_second(ticket, HERE, pyotp.TOTP(secret).at(clock.now()))


async def test_ten_recovery_codes_open_once_each_and_stand_nowhere_in_clear(cast):
    await account(cast, cast.fang)
    _secret, codes = await enrolled(cast.fang)
    kept = str(await RecoveryCode.all().values())
    assert len(set(codes)) == rules.RECOVERY_CODES and not any(code in kept for code in codes)
    for code in codes:
        assert await actions.sign_in("fang.min", PASSWORD, code.lower().replace("-", " "))
        with pytest.raises(Refusal, match="用过"):
            await actions.sign_in("fang.min", PASSWORD, code)
    credential = await Credential.get(person_id=cast.fang.id)
    assert await office_queries.recovery_left(credential) == 0
    assert await Entry.filter(verb="use_recovery_code").count() == 10


async def test_of_two_who_use_one_recovery_code_at_once_one_comes_in(cast):
    await account(cast, cast.fang)
    _secret, codes = await enrolled(cast.fang)
    came = []

    async def use() -> None:
        try:
            came.append(await actions.sign_in("fang.min", PASSWORD, codes[0]))
        except Refusal:
            came.append(None)

    async with create_task_group() as group:
        for _n in range(4):
            group.start_soon(use)
    assert len([who for who in came if who]) == 1


async def test_a_recovery_code_is_of_no_use_to_another_account(cast):
    await account(cast, cast.fang)
    await account(cast, cast.he, "he.jing")
    _secret, codes = await enrolled(cast.fang)
    await enrolled(cast.he)
    with pytest.raises(Refusal, match="备用码不对"):
        await actions.sign_in("he.jing", PASSWORD, codes[0])
    assert await actions.sign_in("fang.min", PASSWORD, codes[0])


async def test_new_codes_and_a_new_device_end_those_from_before(cast):
    await account(cast, cast.fang)
    with pytest.raises(Refusal, match="先开通"):
        await actions.renew_recovery_codes(cast.fang)
    now = clock.now()
    with clock.standing_at(now):
        old_device, old = await enrolled(cast.fang)
        new = await actions.renew_recovery_codes(cast.fang)
    with pytest.raises(Refusal):
        await actions.sign_in("fang.min", PASSWORD, old[0])
    assert await actions.sign_in("fang.min", PASSWORD, new[0])
    with clock.standing_at(now + timedelta(minutes=5)):
        _device, newest = await enrolled(cast.fang)
        for typed in (pyotp.TOTP(old_device).at(clock.now()), new[1]):
            with pytest.raises(Refusal):
                await actions.sign_in("fang.min", PASSWORD, typed)
        assert await actions.sign_in("fang.min", PASSWORD, newest[0])


async def test_guessing_at_the_second_step_ends_after_ten_tries(cast):
    await account(cast, cast.fang)
    _secret, codes = await enrolled(cast.fang)
    for n in range(10):
        with pytest.raises(Refusal):
            await actions.sign_in(
                "fang.min", PASSWORD, "AAAAA-AAAA2" if n % 2 else "000000", address=f"198.51.100.{n}"
            )
    with pytest.raises(TooMany):
        await actions.sign_in("fang.min", PASSWORD, codes[0], address="203.0.113.9")


# -- showing again who one is --------------------------------------------------------------------------------------------


async def test_confirming_gives_the_session_a_new_secret_and_a_fresh_quarter_of_an_hour(cast):
    await account(cast, cast.fang)
    now = clock.now()
    with clock.standing_at(now):
        old = await actions.open_session(cast.fang, 12, Way.OFFICE)
        session = await queries.session_of(old)
        assert rules.is_fresh(session, clock.now())
    with clock.standing_at(now + timedelta(minutes=20)):
        session = await queries.session_of(old)
        assert not rules.is_fresh(session, clock.now())
        with pytest.raises(actions.WrongPassword):
            await actions.confirm_by_password(session, "wrong")
        new = await actions.confirm_by_password(session, PASSWORD)
        assert await queries.session_of(old) is None
        again = await queries.session_of(new)
        assert again.id == session.id and rules.is_fresh(again, clock.now())
        assert again.ends_at == session.ends_at, "confirming wins no time"


async def test_confirming_asks_for_the_second_step_too_where_there_is_one(cast):
    await account(cast, cast.fang)
    _secret, codes = await enrolled(cast.fang)
    session = await queries.session_of(await actions.open_session(cast.fang, 12, Way.OFFICE))
    for second in ("", "000000"):
        with pytest.raises(Refusal, match="数字不对"):
            await actions.confirm_by_password(session, PASSWORD, second)
    assert await actions.confirm_by_password(session, PASSWORD, codes[0])


async def test_a_session_that_is_over_is_not_confirmed_back_to_life(cast):
    await account(cast, cast.fang)
    secret = await actions.open_session(cast.fang, 12, Way.OFFICE)
    session = await queries.session_of(secret)
    await actions.close_session(session)
    with pytest.raises(Conflict):
        await actions.confirm_by_password(session, PASSWORD)
    assert await queries.session_of(secret) is None


async def test_a_code_sent_to_somebody_else_confirms_nobody(cast):
    session = await queries.session_of(await actions.open_session(cast.mei, 720))
    for who, is_theirs in ((cast.tao, False), (cast.mei, True)):
        await actions.send_code(HERE, who.phone)
        code = (await make.last_notice(who.phone, "people/code")).read_values()["code"]
        if is_theirs:
            assert await actions.confirm_by_code(session, HERE, code)
        else:
            with pytest.raises(Refusal, match="不是发到"):
                await actions.confirm_by_code(session, HERE, code)


# -- offices -------------------------------------------------------------------------------------------------------------


async def test_a_changed_office_ends_the_sessions_of_its_holder(cast):
    secret = await actions.open_session(cast.mei, 720)
    post = await actions.grant(cast.fang, cast.mei, Role.UNIT_HEAD, cast.places.units[1])
    assert await queries.session_of(secret) is None
    assert [who.name for who in await queries.minding(Role.UNIT_HEAD, cast.places.units[1])] == [
        cast.mei.name
    ]
    secret = await actions.open_session(cast.mei, 720)
    await actions.end_post(cast.fang, post)
    assert await queries.session_of(secret) is None
    assert (await make.reload(cast.mei)).roles == frozenset()
    with pytest.raises(Conflict):
        await actions.end_post(cast.fang, post)


async def test_an_office_needs_its_place_and_is_held_once(cast):
    unit = cast.places.units[1]
    with pytest.raises(Refusal, match="地方"):
        await actions.grant(cast.guo, cast.mei, Role.UNIT_HEAD)
    with pytest.raises(Refusal, match="不分地方"):
        await actions.grant(cast.xu, cast.mei, Role.ADMINISTRATOR, unit)
    with pytest.raises(Refusal, match="地方"):
        await actions.grant(cast.guo, cast.mei, Role.MEDIATOR, unit)
    await actions.grant(cast.guo, cast.mei, Role.UNIT_HEAD, unit)
    with pytest.raises(Conflict):
        await actions.grant(cast.guo, cast.mei, Role.UNIT_HEAD, str(unit.id))
    await actions.grant(cast.guo, cast.mei, Role.UNIT_HEAD, cast.places.units[2])
    assert await Post.filter(person_id=cast.mei.id).count() == 2


async def test_nobody_gives_themselves_an_office_or_one_that_is_not_theirs_to_give(cast):
    for actor, whom, role in (
        (cast.fang, cast.mei, Role.DISPATCHER),
        (cast.guo, cast.mei, Role.ADMINISTRATOR),
        (cast.guo, cast.guo, Role.AUDITOR),
        (cast.guo, cast.mei, Role.STREET),
        (cast.yu, cast.mei, Role.MEDIATOR),
    ):
        with pytest.raises(Forbidden):
            await actions.grant(actor, whom, role, cast.places.community)
    with pytest.raises(Forbidden):
        await actions.end_post(cast.fang, await Post.get(person_id=cast.guo.id))


async def test_a_lead_gives_and_ends_offices_of_their_own_community_alone(cast):
    here, there = cast.places, cast.other.places
    for role, place in (
        (Role.MEDIATOR, there.community),
        (Role.MEDIATOR, None),
        (Role.LEAD, there.community),
        (Role.UNIT_HEAD, there.units[0]),
        (Role.BUILDING_HEAD, there.buildings[0]),
        (Role.GRID_OFFICER, there.grids[0]),
    ):
        with pytest.raises(Forbidden):
            await actions.grant(cast.guo, cast.mei, role, place)
    for role, place in (
        (Role.MEDIATOR, here.community),
        (Role.UNIT_HEAD, here.units[2]),
        (Role.BUILDING_HEAD, here.buildings[2]),
        (Role.GRID_OFFICER, here.grids[1]),
        (Role.FIRM_COORDINATOR, cast.hengdao),
    ):
        await actions.end_post(cast.guo, await actions.grant(cast.guo, cast.mei, role, place))
    for role, place in (
        (Role.MEDIATOR, there.community),
        (Role.UNIT_HEAD, there.units[0]),
        (Role.LEAD, None),
    ):
        post = await actions.grant(None, cast.mei, role, place)
        with pytest.raises(Forbidden):
            await actions.end_post(cast.guo, post)
        with pytest.raises(Forbidden):
            await actions.invite(cast.guo, await make.reload(cast.mei))
        with pytest.raises(Forbidden):
            await actions.change_phone(cast.guo, await make.reload(cast.mei), "13911112222")
        await actions.end_post(cast.xu, post)


async def test_the_last_administrator_stays(cast):
    post = await Post.get(person_id=cast.xu.id)
    with pytest.raises(Refusal, match="最后一位"):
        await actions.end_post(cast.xu, post)
    await actions.grant(cast.xu, cast.guo, Role.ADMINISTRATOR)
    await actions.end_post(cast.xu, post)
    held = await Post.filter(role=Role.ADMINISTRATOR, ended_on=None).values_list("person_id", flat=True)
    assert held == [cast.guo.id]
