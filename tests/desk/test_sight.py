"""A number is found by whoever it belongs to; for everybody else it does not exist, and takes no other questions to say so."""

from datetime import timedelta
from typing import Any

import pytest
from tortoise.queryset import QuerySet

from app import app
from portal import clock
from portal.conflicts.models import Wall
from portal.database import transaction
from portal.desk import lookup, queries
from portal.disputes import actions as disputes
from portal.disputes.actions import Report
from portal.disputes.models import Dispute
from portal.people.models import Protection, Proxy, Scope
from tests import canaries, make
from tests.forms_browser import Browser

NOBODYS = "K7F3-29QX"


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, str]]:
    """Every existence that is asked of the database, as (table, statement without the number)."""
    found: list[tuple[str, str]] = []
    exists = QuerySet.exists

    def noted(self: Any) -> Any:
        found.append((self.model._meta.db_table, self.sql(params_inline=False)))
        return exists(self)

    monkeypatch.setattr(QuerySet, "exists", noted)
    return found


async def test_a_number_that_is_not_yours_is_looked_for_like_one_that_is_none(cast, asked):
    dispute = await disputes.report(cast.mei, Report("neighbours", "木槿花的事"))
    for who in (cast.yu, cast.tao, cast.other.tang, cast.other.an, cast.xu, cast.kong, cast.chen.person):
        asked.clear()
        assert await lookup.find(who, dispute.number) is None, who.name
        theirs = list(asked)
        asked.clear()
        assert await lookup.find(who, NOBODYS) is None
        assert asked == theirs and len(theirs) == len(lookup.KINDS), who.name


async def test_the_answers_are_the_same_page(cast):
    dispute = await disputes.report(cast.mei, Report("neighbours", "木槿花的事"))
    yu = await make.sign_in(Browser(app), cast.yu)
    theirs, nobodys = (
        await yu.get(f"/lookup?number={dispute.number}"),
        await yu.get(f"/lookup?number={NOBODYS}"),
    )
    assert theirs.status == nobodys.status == 404
    assert " ".join(theirs.text.split()) == " ".join(nobodys.text.split())
    stranger = Browser(app)
    there = (await stranger.get(f"/lookup?number={dispute.number}")).location or ""
    nowhere = (await stranger.get(f"/lookup?number={NOBODYS}")).location or ""
    assert there.replace(dispute.number, NOBODYS) == nowhere


async def test_what_is_protected_is_neither_found_nor_listed_without_the_words(cast):
    dispute = await disputes.report(cast.mei, Report("neighbours", "木槿花的事"))
    slot = await make.slot(cast.chen, make.working_day(2))
    booked = await make.appointment(cast.mei, slot)
    async with transaction():
        protection = await Protection.create(person=cast.mei, passphrase="-", contact_by="none")
        await Dispute.filter(id=dispute.id).update(protection_id=protection.id)
        await type(booked).filter(id=booked.id).update(protection_id=protection.id)
        await Proxy.create(
            resident=cast.mei,
            agent=cast.tao,
            scopes=[Scope.BOOK, Scope.MEDIATION],
            ends_on=clock.today() + timedelta(days=9),
        )
    for who in (cast.mei, cast.tao):
        who = await make.reload(who)
        for number in (dispute.number, booked.number):
            assert await lookup.find(who, number) is None
            assert not await canaries.seen(who, ["/desk", "/"], {"number": number}), who.name
    cast.mei.unlocked = protection.id
    assert await lookup.find(cast.mei, dispute.number) == "disputes:show"
    # a lawyer's own list says neither whom they expect nor why
    blocks = {block.title: block.items for block in await queries.blocks(cast.chen.person)}
    assert [item.title for item in blocks.pop("接下来的来访")] == ["受保护居民"]
    assert [item.title for items in blocks.values() for item in items] == ["银杏社区"], "the next duty"


async def test_a_wall_takes_a_visit_off_the_desk_of_the_walled_firm(cast):
    slot = await make.slot(cast.chen, make.working_day(2))
    booked = (await make.consultation(cast.mei, slot)).appointment
    chen = cast.chen.person
    assert await canaries.seen(chen, ["/desk"], {"name": "梅秀英"})
    async with transaction():
        await Wall.create(firm=cast.hengdao, matter_kind="appointment", matter=booked.id)
    assert not await canaries.seen(chen, ["/desk", "/"], {"name": "梅秀英"})


async def test_whoever_administers_or_audits_finds_no_case_on_any_page(cast):
    dispute = await disputes.report(cast.mei, Report("neighbours", "木槿花的事"))
    consultation = await make.consultation(cast.mei, words="木槿借条的事")
    planted = {"words": "木槿", "phone": cast.mei.phone}
    numbers = {"dispute": dispute.number, "consultation": consultation.number}
    lists = ["/desk", "/", "/disputes", "/consultations", "/feedback", "/calls", "/board"]
    cases = [f"/disputes/{dispute.number}", f"/consultations/{consultation.number}"]
    people = ["/people?q=梅秀英", f"/people/{cast.mei.number}"]
    for who in (cast.xu, cast.kong, cast.jiang):
        assert await canaries.seen(who, [*lists, *people, *cases], planted) == set(), who.name
        assert await canaries.seen(who, [*lists, *people], numbers) == set(), who.name
    # an administrator meets the person, whose offices they see to, and no telephone
    assert await canaries.seen(cast.xu, [f"/people/{cast.mei.number}"], {"name": "梅秀英"}) == {"name"}
    xu = await make.sign_in(Browser(app), cast.xu)
    assert (await xu.post(f"/people/{cast.mei.number}/phone/whole")).status == 404


async def test_staff_of_one_community_do_not_find_the_people_of_another(cast):
    an = cast.other.an
    planted = {"number": an.number, "phone": "138****0011"}
    searches = [f"/people?q={an.name}", f"/people?q={an.phone}", "/people?q=0011", "/people?q=安"]
    for who in (cast.fang, cast.he, cast.guo):
        assert await canaries.seen(who, searches, planted) == set(), who.name
        browser = await make.sign_in(Browser(app), who)
        assert (await browser.get(f"/people/{an.number}")).status == 404
        assert (await browser.post(f"/people/{an.number}/phone/whole")).status == 404
    assert await canaries.seen(cast.other.tang, searches, planted) == {"number", "phone"}
