"""Codes, passwords, sessions, offices: what each promises, and what each refuses."""

from datetime import timedelta

import pyotp
import pytest
from anyio import create_task_group

from portal import clock
from portal.errors import Conflict, Forbidden, Refusal, TooMany
from portal.journal import Entry
from portal.notices import Notice
from portal.people import actions, queries
from portal.people.models import ContactBy, Credential, Person, PhoneCode, Post, Role, Session
from tests import make

PHONE, HERE, THERE = "13911112222", "browser one", "browser two"
PASSWORD = "three chairs two pots"


async def sent(phone: str = PHONE) -> str:
    """The code of the latest message to this number."""
    notice = await make.last_notice(phone, "people/code")
    return notice.read_values()["code"]


async def account(cast, who: Person, login: str = "fang.min") -> Credential:
    return await actions.make_account(cast.xu, who, login, PASSWORD)


# -- by telephone --------------------------------------------------------------------------------------------------------


async def test_a_code_makes_a_new_person_once_and_finds_them_again(database):
    await actions.send_code(HERE, PHONE)
    first = await actions.confirm_code(HERE, await sent())
    assert (first.phone, first.name, first.roles) == (PHONE, "", frozenset())
    await actions.send_code(THERE, PHONE)
    assert (await actions.confirm_code(THERE, await sent())).id == first.id
    assert await Person.all().count() == 1


async def test_a_code_stands_nowhere_in_clear_but_in_its_message(database):
    await actions.send_code(HERE, PHONE)
    row = await PhoneCode.get()
    assert await sent() not in (row.code, row.browser) and len(row.code) == 64


async def test_whether_a_number_is_known_cannot_be_told(cast):
    await actions.send_code(HERE, cast.mei.phone)
    await actions.send_code(THERE, PHONE)
    known, unknown = await Notice.all().order_by("id")
    assert (known.kind, known.channel, known.state) == (unknown.kind, unknown.channel, unknown.state)
    assert known.person_id == unknown.person_id


async def test_a_code_is_of_no_use_in_another_browser(database):
    await actions.send_code(HERE, PHONE)
    with pytest.raises(Refusal, match="过期"):
        await actions.confirm_code(THERE, await sent())
    await actions.send_code(THERE, "13933334444")
    with pytest.raises(Refusal, match="不对"):
        await actions.confirm_code(THERE, await sent())


async def test_a_code_lives_five_minutes_and_opens_once(database):
    now = clock.now()
    with clock.standing_at(now):
        await actions.send_code(HERE, PHONE)
    with clock.standing_at(now + timedelta(minutes=5, seconds=1)), pytest.raises(Refusal, match="过期"):
        await actions.confirm_code(HERE, await sent())
    with clock.standing_at(now + timedelta(minutes=4, seconds=50)):
        await actions.confirm_code(HERE, await sent())
        with pytest.raises(Refusal, match="过期"):
            await actions.confirm_code(HERE, await sent())


async def test_five_wrong_tries_are_all_and_another_code_wins_none_back(database):
    await actions.send_code(HERE, PHONE)
    wrong = "000000" if await sent() != "000000" else "111111"
    for _try in range(4):
        with pytest.raises(Refusal, match="不对"):
            await actions.confirm_code(HERE, wrong)
    await actions.send_code(HERE, PHONE)
    wrong = "000000" if await sent() != "000000" else "111111"
    with pytest.raises(Refusal, match="不对"):
        await actions.confirm_code(HERE, wrong)
    with pytest.raises(TooMany):
        await actions.confirm_code(HERE, await sent())
    with pytest.raises(TooMany):
        await actions.send_code(HERE, PHONE)
    with clock.standing_at(clock.now() + timedelta(minutes=16)):
        await actions.send_code(HERE, PHONE)
        assert (await actions.confirm_code(HERE, await sent())).phone == PHONE


async def test_only_the_latest_code_opens(database):
    await actions.send_code(HERE, PHONE)
    old = await sent()
    await actions.send_code(HERE, PHONE)
    if old != await sent():
        with pytest.raises(Refusal, match="不对"):
            await actions.confirm_code(HERE, old)
    await actions.confirm_code(HERE, await sent())


async def test_a_number_gets_five_codes_in_ten_minutes_whoever_asks(database):
    for n in range(5):
        await actions.send_code(f"browser {n}", PHONE)
    with pytest.raises(TooMany):
        await actions.send_code("browser 5", PHONE)
    await actions.send_code("browser 5", "13933334444")
    assert await Notice.all().count() == 6


async def test_a_browser_gets_fifteen_codes_in_ten_minutes_whatever_the_numbers(database):
    for n in range(15):
        await actions.send_code(HERE, f"139333344{n:02}")
    with pytest.raises(TooMany):
        await actions.send_code(HERE, PHONE)


async def test_a_landline_is_told_that_it_shows_no_messages(database):
    with pytest.raises(Refusal, match="座机"):
        await actions.send_code(HERE, "0431-88888888")
    assert await Notice.all().count() == 0


async def test_a_lawyer_is_not_let_in_by_telephone_but_a_unit_head_is(cast):
    for who, is_let_in in ((cast.chen.person, False), (cast.guo, False), (cast.dou, True)):
        await actions.send_code(HERE, who.phone)
        if is_let_in:
            assert (await actions.confirm_code(HERE, await sent(who.phone))).roles == {Role.UNIT_HEAD}
        else:
            with pytest.raises(Refusal, match="登录名和密码"):
                await actions.confirm_code(HERE, await sent(who.phone))


async def test_two_who_name_one_new_number_at_once_get_one_person(database):
    found = []

    async def ask(name: str) -> None:
        found.append(await actions.person_by_phone(PHONE, name))

    async with create_task_group() as group:
        for n in range(5):
            group.start_soon(ask, f"张{n}")
    assert len({person.id for person in found}) == 1
    assert await Entry.filter(verb="create").count() == 1


async def test_a_name_fills_a_gap_and_never_replaces_one(cast):
    assert (await actions.person_by_phone(PHONE)).name == ""
    assert (await actions.person_by_phone(PHONE, " 张  敏 ")).name == "张 敏"
    assert (await actions.person_by_phone(PHONE, "李四")).name == "张 敏"
    assert (await actions.person_by_phone(cast.mei.phone, "李四")).name == cast.mei.name


async def test_somebody_without_a_telephone_is_reached_on_paper(cast):
    made = await actions.register(cast.fang, "石奶奶")
    assert (made.phone, made.contact_by) == (None, ContactBy.PAPER)


# -- by password ---------------------------------------------------------------------------------------------------------


async def test_login_and_password_open_in_any_case_and_nothing_else_does(cast):
    await account(cast, cast.fang)
    assert (await actions.sign_in("Fang.Min", PASSWORD)).roles == {Role.DISPATCHER}
    for login, password in (("fang.min", PASSWORD + "!"), ("nobody", PASSWORD), ("fang.min", "")):
        with pytest.raises(Refusal, match="登录名或密码不对"):
            await actions.sign_in(login, password)
    kept = await Credential.get(login="fang.min")
    assert kept.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_guessing_at_a_login_ends_without_locking_its_owner_or_the_building_out(cast):
    await account(cast, cast.fang)
    await account(cast, cast.he, "he.jing")
    for _try in range(10):
        with pytest.raises(Refusal):
            await actions.sign_in("fang.min", "guess", browser="b", address="198.51.100.7")
    with pytest.raises(TooMany):
        await actions.sign_in("fang.min", PASSWORD, browser="b", address="198.51.100.7")
    assert await actions.sign_in("fang.min", PASSWORD, browser="c", address="203.0.113.1")
    assert await actions.sign_in("he.jing", PASSWORD, browser="d", address="198.51.100.7")


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
        with pytest.raises(actions.TotpWanted):
            await actions.sign_in("fang.min", PASSWORD)
        with pytest.raises(Refusal, match="登录名或密码"):
            await actions.sign_in("fang.min", "wrong", pyotp.TOTP(secret).at(clock.now()))
        code = pyotp.TOTP(secret).at(clock.now())
        assert (await actions.sign_in("fang.min", PASSWORD, code)).id == cast.fang.id
        with pytest.raises(actions.WrongPassword):
            await actions.drop_totp(cast.fang, "wrong")
        await actions.drop_totp(cast.fang, PASSWORD)
        assert await actions.sign_in("fang.min", PASSWORD)


async def test_a_ticket_for_the_second_step_is_good_in_one_browser_for_five_minutes(cast):
    credential, now, secret = await account(cast, cast.fang), clock.now(), pyotp.random_base32()
    await actions.enrol_totp(cast.fang, secret, pyotp.TOTP(secret).at(clock.now()))
    credential = await Credential.get(id=credential.id)
    with clock.standing_at(now + timedelta(minutes=10)):
        ticket = actions.ticket(credential, HERE)
        code = pyotp.TOTP(secret).at(clock.now())
        key, until, seal = ticket.split(".")
        forged = (f"{key}.{int(until) + 60}.{seal}", "", "a.b.c", f"{key}.9.{seal}", f"x.{until}.{seal}")
        for bad, browser in ((ticket, THERE), *[(text, HERE) for text in forged]):
            with pytest.raises(Refusal, match="重新开始"):
                await actions.sign_in_second(bad, browser, code)
        assert (await actions.sign_in_second(ticket, HERE, code)).roles == {Role.DISPATCHER}
    with clock.standing_at(now + timedelta(minutes=15, seconds=1)), pytest.raises(Refusal, match="重新开始"):
        await actions.sign_in_second(ticket, HERE, pyotp.TOTP(secret).at(clock.now()))


async def test_a_new_password_takes_the_old_one_and_ends_every_other_session(cast):
    await account(cast, cast.fang)
    mine = await queries.session_of(await actions.open_session(cast.fang, 12))
    other = await actions.open_session(cast.fang, 12)
    with pytest.raises(actions.WrongPassword):
        await actions.change_password(cast.fang, "wrong", "five lamps four doors", mine)
    with pytest.raises(Refusal, match="太容易"):
        await actions.change_password(cast.fang, PASSWORD, "fang.min1234567", mine)
    await actions.change_password(cast.fang, PASSWORD, "five lamps four doors", mine)
    assert await queries.session_of(other) is None
    assert (await Session.get(id=mine.id)).revoked_at is None
    assert await actions.sign_in("fang.min", "five lamps four doors")


async def test_a_login_belongs_to_one_person(cast):
    await account(cast, cast.fang)
    with pytest.raises(Conflict):
        await account(cast, cast.he)
    with pytest.raises(Forbidden):
        await actions.make_account(cast.fang, cast.guo, "guo.ling", PASSWORD)
    assert await Credential.all().count() == 1


# -- sessions ------------------------------------------------------------------------------------------------------------


async def test_a_session_ends_with_its_time_and_at_once_when_it_is_revoked(cast):
    now = clock.now()
    with clock.standing_at(now):
        secret = await actions.open_session(cast.mei, 720)
        assert (await queries.session_of(secret)).person.id == cast.mei.id
    with clock.standing_at(now + timedelta(days=30, seconds=1)):
        assert await queries.session_of(secret) is None
    session = await queries.session_of(secret)
    assert not await actions.revoke(cast.tao, session.id), "nobody ends a session of somebody else"
    assert await queries.session_of(secret)
    assert await actions.revoke(cast.mei, session.id)
    assert await queries.session_of(secret) is None
    assert secret not in str(await Session.all().values())


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
        (cast.guo, cast.guo, Role.STREET),
        (cast.yu, cast.mei, Role.MEDIATOR),
    ):
        with pytest.raises(Forbidden):
            await actions.grant(actor, whom, role)
    with pytest.raises(Forbidden):
        await actions.end_post(cast.fang, await Post.get(person_id=cast.guo.id))


async def test_the_last_administrator_stays(cast):
    post = await Post.get(person_id=cast.xu.id)
    with pytest.raises(Refusal, match="最后一位"):
        await actions.end_post(cast.xu, post)
    await actions.grant(cast.xu, cast.guo, Role.ADMINISTRATOR)
    await actions.end_post(cast.xu, post)
    assert [who.id for who in await queries.holders(Role.ADMINISTRATOR)] == [cast.guo.id]


async def test_a_changed_telephone_closes_the_door_of_the_old_one(cast):
    secret = await actions.open_session(cast.mei, 720)
    with pytest.raises(Conflict):
        await actions.change_phone(cast.fang, cast.mei, cast.tao.phone)
    with pytest.raises(Forbidden):
        await actions.change_phone(cast.fang, cast.guo, PHONE)
    await actions.change_phone(cast.fang, cast.mei, PHONE)
    assert await queries.session_of(secret) is None
    assert (await actions.person_by_phone(PHONE)).id == cast.mei.id


async def test_every_choice_about_contact_holds_at_once(cast):
    await actions.choose_contact(cast.mei, "none", True, "从不")
    kept = await Person.get(id=cast.mei.id)
    assert (kept.contact_by, kept.is_neutral, kept.contact_when) == (ContactBy.NONE, True, "从不")


# -- finding -------------------------------------------------------------------------------------------------------------


async def test_people_are_found_by_name_number_and_telephone_with_telephones_masked(cast):
    seen = Person.visible_to(cast.fang)
    for text in ("秀英", cast.mei.number, cast.mei.number.lower().replace("-", " "), "138 0000 0001", "0001"):
        found, count = await queries.search(seen, text)
        assert [(row["name"], row["phone"]) for row in found] == [("梅秀英", "138****0001")], text
        assert count == 1
    assert (await queries.search(seen, "001"))[1] == 0, "three digits would find half the town"
    assert (await queries.search(Person.visible_to(cast.yu), "秀英"))[1] == 0


async def test_without_a_search_those_with_an_office_are_listed(cast):
    found, count = await queries.search(Person.visible_to(cast.fang), "")
    assert count == len(found) == 13 and cast.mei.number not in {row["number"] for row in found}
    found, _count = await queries.search(Person.visible_to(cast.fang), "", Role.LAWYER)
    assert {row["name"] for row in found} == {"陈明理", "吴清和", "林知远"}


async def test_what_is_minded_is_named_from_the_compound_down(cast):
    assert [post["place"] for post in await queries.posts_of(cast.dou)] == ["银杏苑 1号楼 1单元"]
    assert [post["place"] for post in await queries.posts_of(cast.bai)] == ["银杏苑 1号楼"]
    assert [post["place"] for post in await queries.posts_of(cast.sun)] == ["第1网格"]
    assert [post["place"] for post in await queries.posts_of(cast.chen.person)] == ["衡道律师事务所"]
    assert [name for _id, name in await queries.places_for("unit")][:2] == [
        "银杏苑 1号楼 1单元",
        "银杏苑 1号楼 2单元",
    ]
    assert len(await queries.places_for("firm")) == 2 and len(await queries.places_for("grid")) == 2
