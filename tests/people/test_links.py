"""Links in messages, attacked: guessed, sent again, carried to another browser, kept too long."""

import asyncio
from datetime import timedelta

import pytest

from app import app
from portal import clock
from portal.database import transaction
from portal.delivery import deliver
from portal.errors import Refusal, TooMany
from portal.journal import Entry
from portal.limits import Tally
from portal.notices import Notice, owe
from portal.people import actions
from portal.people.actions import links
from portal.people.models import Link, Person
from portal.records import new_id
from portal.web import gate
from tests import make
from tests.forms_browser import Browser

HERE = "a" * 64


async def given(person, kind="prescription", record=None) -> str:
    """The secret of a new link."""
    async with transaction():
        address = await actions.give_link(None, person, kind, record or new_id())
    return address.rsplit("/", 1)[1]


async def tries_of(secret: str) -> int:
    return (await Link.all().order_by("-created_at").first()).tries


async def test_the_last_digits_open_it_and_the_journal_says_so(cast):
    secret = await given(cast.mei)
    link, _ticket = await actions.enter_link(HERE, secret, "０００ 1")
    assert link.person.id == cast.mei.id and not link.person.roles
    assert (await Link.get(id=link.id)).opened_at and await tries_of(secret) == 0
    assert await Entry.filter(kind="link", verb="enter_link", subject=str(link.id)).count() == 1


async def test_five_wrong_tries_stop_it_one_after_another_or_all_at_once(cast):
    secret = await given(cast.mei)
    wrong = await asyncio.gather(
        *[actions.enter_link(f"{n:064}", secret, "9999") for n in range(9)], return_exceptions=True
    )
    assert all(isinstance(one, Refusal) for one in wrong)
    with pytest.raises(Refusal, match="打不开"):
        await actions.enter_link(HERE, secret, "0001")


async def test_sending_it_again_gives_no_try_back_and_ends_the_address_before(cast):
    record = new_id()
    first = await given(cast.mei, record=record)
    for _n in range(4):
        with pytest.raises(Refusal):
            await actions.enter_link(HERE, first, "9999")
    second = await given(cast.mei, record=record)
    with pytest.raises(Refusal, match="打不开"):
        await actions.enter_link(HERE, first, "0001")
    with pytest.raises(Refusal, match="打不开"):
        await actions.enter_link(HERE, second, "9999")
    async with transaction():
        assert await actions.give_link(None, cast.mei, "prescription", record) is None


async def test_it_is_over_after_seven_days_when_ended_and_with_another_telephone(cast):
    record = new_id()
    secret = await given(cast.mei, record=record)
    with clock.standing_at(clock.now() + timedelta(days=7, seconds=1)), pytest.raises(Refusal):
        await actions.enter_link(HERE, secret, "0001")
    async with transaction():
        assert await actions.end_links("prescription", record) == 1
    with pytest.raises(Refusal):
        await actions.enter_link(HERE, secret, "0001")
    secret = await given(cast.mei)
    await actions.change_phone(cast.guo, await make.reload(cast.mei), "13812345678")
    for digits in ("0001", "5678"):
        with pytest.raises(Refusal):
            await actions.enter_link(HERE, secret, digits)


async def test_nobody_without_a_telephone_or_frozen_is_given_one(cast):
    async with transaction():
        nobody = await Person.create(name="无机", phone=None)
        assert await actions.give_link(None, nobody, "prescription", new_id()) is None
        cast.mei.frozen_at = clock.now()
        assert await actions.give_link(None, cast.mei, "prescription", new_id()) is None


async def test_the_page_asks_and_the_secret_leaves_the_address(cast):
    secret = await given(cast.mei)
    browser = Browser(app)
    page = await browser.get(f"/l/{secret}", follow=True)
    assert page.path == "/link" and page.headers["cache-control"] == "no-store"
    assert "法律" not in page.title and "处方" not in page.title
    page = await page.form("/link").fill(digits="12").submit()
    assert page.status == 422 and page.errors() and not page.form("/link")["digits"]
    page = await (await browser.get("/link")).form("/link").fill(digits="0001").submit()
    assert page.path == "/link/prescription" and page.status == 404, "there is no such record"
    assert (await browser.get("/link")).status == 303
    await browser.post("/link/end")
    assert (await browser.get("/link")).status == 404


async def test_a_secret_that_is_none_and_another_browser_open_nothing(cast):
    assert (await Browser(app).get("/link")).status == 404
    page = await Browser(app).get("/l/nothing", follow=True)
    assert page.status == 404 and page.has("打不开")
    secret = await given(cast.mei)
    one = Browser(app)
    page = await one.get(f"/l/{secret}", follow=True)
    await page.form("/link").fill(digits="0001").submit()
    other = Browser(app)
    for name in map(gate.named, ("portal_link", "portal_linked")):
        other.keep(name, one.cookies[name])
    assert (await other.get("/link")).status == 200, "asked again"


async def test_digits_are_not_tried_without_end_from_one_browser_or_address(cast):
    secret, here = await given(cast.mei), "192.0.2.7"
    await actions.enter_link(HERE, secret, "0001", here)
    for key, most in (("link:browser", 15), ("link:address", 100)):
        async with transaction():
            await Tally.filter(key__startswith=key).update(count=most)
        with pytest.raises(TooMany):
            await actions.enter_link(HERE, secret, "0001", here)
        async with transaction():
            await Tally.all().update(count=1)


async def test_a_new_address_ends_what_the_old_one_opened_and_a_stopped_link_asks_nothing(cast):
    record = new_id()
    link, ticket = await actions.enter_link(HERE, await given(cast.mei, record=record), "0001")
    assert links.holds_ticket(link, HERE, ticket)
    secret = await given(cast.mei, record=record)
    assert not links.holds_ticket(await Link.get(id=link.id), HERE, ticket)
    browser = Browser(app)
    assert (await browser.get(f"/l/{secret}", follow=True)).status == 200
    async with transaction():
        await Link.all().update(tries=5)
    assert (await browser.get("/link")).status == 404


async def test_a_ticket_lasts_half_an_hour(cast):
    browser = Browser(app)
    page = await browser.get(f"/l/{await given(cast.mei)}", follow=True)
    await page.form("/link").fill(digits="0001").submit()
    with clock.standing_at(clock.now() + timedelta(minutes=30, seconds=1)):
        assert (await browser.get("/link")).status == 200


async def test_a_message_with_a_link_is_worded_neutrally_and_forgotten_once_sent(cast):
    async with transaction():
        await Person.filter(id=cast.mei.id).update(is_neutral=True)
        mei = await make.reload(cast.mei)
        address = await actions.give_link(None, mei, "prescription", new_id())
        notice = await owe(mei, "people/link", address=mei.phone, link=address)
    sent = []

    async def gateway(one, text):
        sent.append(text)
        return "1"

    await deliver(gateway)
    assert address in sent[0] and not {"法律", "律师", "处方", "诊所"} & set(sent[0].split())
    assert not any(word in sent[0] for word in ("法律", "律师", "处方", "诊所"))
    kept = await Notice.get(id=notice.id)
    assert kept.values == "{}" and kept.text == sent[0].replace(address, "…")
