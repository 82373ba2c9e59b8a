"""Codes, passwords, sessions, offices: what each promises, and what each refuses."""

from datetime import timedelta

import pytest
from anyio import create_task_group

from portal import clock
from portal.errors import Conflict, Forbidden, Refusal, TooMany
from portal.journal import Entry
from portal.notices import Notice
from portal.paging import Leaf
from portal.people import actions, office_queries, queries
from portal.people.models import ContactBy, Credential, Person, PhoneCode, Role, Session
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


async def test_whoever_holds_an_office_comes_in_by_telephone_as_a_resident(cast):
    for who in (cast.chen.person, cast.guo, cast.dou):
        await actions.send_code(HERE, who.phone)
        person = await actions.confirm_code(HERE, await sent(who.phone))
        session = await queries.session_of(await actions.open_session(person, 720))
        assert session.person.id == who.id
        assert (session.person.roles, session.person.is_staff) == (frozenset(), False)


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


# -- oneself -----------------------------------------------------------------------------------------------------------


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


async def searched(who: Person, text: str, role: str = "") -> Leaf:
    return await queries.search(await office_queries.meant(who, text), text, role)


async def test_people_are_found_by_name_number_and_telephone_with_telephones_masked(cast):
    number = cast.mei.number
    for text in ("秀英", "mxy", number, number.lower().replace("-", " "), "138 0000 0001", "0001"):
        found = await searched(cast.fang, text)
        assert [(row["name"], row["phone"]) for row in found.rows] == [("梅**", "138****0001")], text
        assert found.total == 1
    assert (await searched(cast.fang, "001")).total == 0, "three digits would find half the town"
    assert (await searched(cast.yu, "秀英")).total == 0


async def test_without_a_search_those_with_an_office_are_listed(cast):
    found = await searched(cast.fang, "")
    assert found.total == len(found.rows) == 13
    assert cast.mei.number not in {row["number"] for row in found.rows}
    found = await searched(cast.fang, "", Role.LAWYER)
    assert {row["name"] for row in found.rows} == {"陈明理", "吴清和", "林知远"}


async def test_what_is_minded_is_named_from_the_compound_down(cast):
    assert [post["place"] for post in await queries.posts_of(cast.dou)] == ["银杏苑 1号楼 1单元"]
    assert [post["place"] for post in await queries.posts_of(cast.bai)] == ["银杏苑 1号楼"]
    assert [post["place"] for post in await queries.posts_of(cast.sun)] == ["第1网格"]
    assert [post["place"] for post in await queries.posts_of(cast.chen.person)] == ["衡道律师事务所"]
    assert [name for _id, name in await queries.places_for("unit", [cast.places.community.id])][:2] == [
        "银杏苑 1号楼 1单元",
        "银杏苑 1号楼 2单元",
    ]
    here = [cast.places.community.id]
    assert len(await queries.places_for("firm", here)) == 3, "firms work for every community"
    assert len(await queries.places_for("grid", here)) == 2 and len(await queries.places_for("grid")) == 4
