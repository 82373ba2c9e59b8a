"""Whoever runs the portal lets the first people in."""

import asyncio
import re
from contextlib import asynccontextmanager

import pytest

from portal import database
from portal.errors import Refusal
from portal.journal import Entry
from portal.people import actions, queries
from portal.people.models import Person, Post, Role

PASSWORD = "seven green kites"


@asynccontextmanager
async def opened(url: str):
    await database.connect(url)
    try:
        yield
    finally:
        await database.close()


async def signs_in(url: str, login: str, password: str) -> tuple[str, frozenset[str]]:
    """Whom the password opens for: as far as the second step, without which nobody comes in outside a demonstration."""
    async with opened(url):
        with pytest.raises(actions.DeviceWanted) as wanted:
            await actions.sign_in(login, password)
        person = await queries.with_posts(await wanted.value.credential.person)
        return person.name, person.roles


async def everybody(url: str) -> tuple[int, int]:
    async with opened(url):
        return await Person.all().count(), await Post.all().count()


def test_the_first_administrator_signs_in_with_the_password_that_was_typed_twice(type_in, database_url):
    words = (
        "create-staff",
        "xu.min",
        "--name",
        "许敏",
        "--role",
        "administrator",
        "--phone",
        "138 0000 0001",
    )
    ended = type_in(*words, answers=f"{PASSWORD}\n{PASSWORD}\n")
    assert ended.exit_code == 0, ended.output
    assert PASSWORD not in ended.output
    came = asyncio.run(signs_in(database_url, "xu.min", PASSWORD))
    assert came == ("许敏", frozenset({Role.ADMINISTRATOR}))


def test_without_a_password_a_link_is_printed_that_opens_an_account_once(type_in, database_url):
    async def accepts(link: str, login: str) -> str:
        async with opened(database_url):
            secret = link.rsplit("/", 1)[1]
            return (await actions.accept(secret, login, PASSWORD)).login

    for words, login in ((["fang", "--invite"], "fang.min"), ([], "he.jing")):
        ended = type_in("create-staff", *words, "--name", "方敏", "--role", "dispatcher")
        assert ended.exit_code == 0, ended.output
        (link,) = re.findall(r"^(https?://\S+/invitations/\S+)$", ended.stdout, re.M)
        assert asyncio.run(accepts(link, login)) == login
        assert asyncio.run(signs_in(database_url, login, PASSWORD))[0] == "方敏"
        with pytest.raises(Refusal, match="用过"):
            asyncio.run(accepts(link, "another"))


@pytest.mark.parametrize(
    ("login", "password", "said"),
    [
        ("xu", PASSWORD, "3 to 40"),
        ("fang.min", "short", "at least 10 characters"),
        ("taken", PASSWORD, "login"),
    ],
)
def test_what_is_refused_leaves_nobody_behind(type_in, database_url, login, password, said):
    answers = f"{PASSWORD}\n{PASSWORD}\n"
    assert type_in("create-staff", "taken", "--name", "一", "--role", "lead", answers=answers).exit_code == 0
    before = asyncio.run(everybody(database_url))
    words = ("create-staff", login, "--name", "方敏", "--role", "mediator")
    ended = type_in(*words, answers=f"{password}\n{password}\n")
    assert ended.exit_code == 1 and said in ended.stderr
    assert asyncio.run(everybody(database_url)) == before


def test_heads_and_lawyers_are_not_made_here_for_they_need_a_place(type_in):
    for role in (Role.UNIT_HEAD, Role.LAWYER):
        ended = type_in("create-staff", "dou", "--name", "窦", "--role", role.value, "--invite")
        assert ended.exit_code == 2 and "Invalid value for '--role'" in ended.stderr


def test_a_telephone_that_is_none_is_said_in_english(type_in):
    words = ("create-staff", "dou", "--name", "窦", "--role", "lead", "--invite", "--phone", "138")
    ended = type_in(*words)
    assert ended.exit_code == 2 and "11 digits" in ended.stderr


def test_the_journal_knows_that_nobody_inside_did_it(type_in, database_url):
    async def told() -> list[tuple[str, object]]:
        async with opened(database_url):
            return [tuple(row) for row in await Entry.all().order_by("id").values_list("verb", "actor")]

    type_in("create-staff", "guo", "--name", "郭", "--role", "lead", answers=f"{PASSWORD}\n{PASSWORD}\n")
    assert asyncio.run(told()) == [("grant", None), ("make_account", None)]


def test_another_password_does_not_open(type_in, database_url):
    type_in("create-staff", "guo", "--name", "郭", "--role", "lead", answers=f"{PASSWORD}\n{PASSWORD}\n")

    async def tried() -> None:
        async with opened(database_url):
            await actions.sign_in("guo", "eight green kites")

    with pytest.raises(Refusal, match="登录名或密码"):
        asyncio.run(tried())
