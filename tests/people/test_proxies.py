"""全程代理: granted for some things until a day, seen by the agent, taken back at once, and never more than was granted."""

import asyncio
from datetime import timedelta

import pytest

from app import app
from portal import clock
from portal.database import transaction
from portal.disputes.models import Dispute
from portal.errors import Conflict, Forbidden, Refusal, TooMany
from portal.journal import Entry
from portal.people import actions, proxy_queries, queries, standing_queries
from portal.people.models import Person, Proxy, Scope, Session
from tests import make
from tests.forms_browser import Browser

WORDS = "他半夜砸门，我不敢回家。"


def soon(days: int = 30):
    return clock.today() + timedelta(days=days)


async def agent_of(who: Person) -> Person:
    """The person as their session lets them be."""
    browser = await make.sign_in(Browser(app), who)
    return (await queries.session_of(browser.cookies["portal_session"])).person


async def test_a_resident_grants_two_things_and_takes_them_back(cast):
    slot = await make.slot(cast.chen)
    consultation = await make.consultation(cast.mei, slot, WORDS)
    appointment = await consultation.appointment
    mei, tao = await make.sign_in(Browser(app), cast.mei), await make.sign_in(Browser(app), cast.tao)
    assert not (await tao.get("/desk")).has("我代办的预约")
    page = await (await mei.get("/me")).click("请人代办")
    page = await page.press(
        "请他代办", phone="+86 138 0000 0002", scopes=["book", "advice"], until=soon().isoformat()
    )
    assert page.path == "/me/proxies" and page.has("138****0002", "预约、改期、取消、领取处方")
    assert not page.has(cast.tao.name), "whose number it is, is theirs to tell"
    page = await tao.get("/desk")
    assert page.has("我代办的预约", cast.mei.name) and not page.has(WORDS)
    page = await tao.get(f"/appointments/{appointment.number}")
    assert page.status == 200 and not page.has(WORDS) and cast.mei.phone not in page.html
    page = await (await mei.get("/me/proxies")).press("马上收回")
    assert page.has("收回了")
    assert (await tao.get(f"/appointments/{appointment.number}")).status == 404
    assert not (await tao.get("/desk")).has("我代办的预约")
    verbs = [entry.verb for entry in await Entry.filter(kind="proxy").order_by("id")]
    assert verbs == ["appoint", "dismiss"]


@pytest.mark.parametrize("scope", list(Scope))
async def test_each_scope_opens_its_own_records_and_no_other(cast, scope):
    slot = await make.slot(cast.chen)
    consultation = await make.consultation(cast.mei, slot, WORDS)
    await actions.appoint(cast.mei, cast.tao.phone, [scope], soon())
    tao = await agent_of(cast.tao)
    from portal.booking.models import Appointment
    from portal.consultations.models import Consultation

    assert await Appointment.visible_to(tao).exists() == (scope == Scope.BOOK)
    assert await Consultation.visible_to(tao).exists() == (scope == Scope.ADVICE)
    _relations, parts = await standing_queries.standing_to(tao, consultation)
    assert "facts" not in parts and "contact" not in parts
    assert not await Dispute.visible_to(tao).exists()


async def test_what_stands_behind_a_passphrase_no_agent_ever_sees(cast):
    consultation = await make.consultation(cast.mei, await make.slot(cast.chen), WORDS)
    await actions.appoint(cast.mei, cast.tao.phone, list(Scope), soon())
    browser = await make.sign_in(Browser(app), cast.tao)
    appointment = await consultation.appointment
    assert (await browser.get(f"/appointments/{appointment.number}")).status == 200
    protection = await actions.protect(cast.mei, "石榴树下三块砖", "none")
    async with transaction():
        for record in (consultation, appointment):
            await type(record).filter(id=record.id).update(protection_id=protection.id)
        await Session.filter(person_id=cast.tao.id).update(
            protection_id=protection.id, unlocked_until=clock.now() + timedelta(minutes=15)
        )
    assert (await browser.get(f"/appointments/{appointment.number}")).status == 404
    assert not (await browser.get("/desk")).has("我代办的预约")


async def test_a_grant_ends_with_its_day_and_when_the_residents_data_are_frozen(cast):
    await actions.appoint(cast.mei, cast.tao.phone, [Scope.BOOK], clock.today())
    assert (await agent_of(cast.tao)).acts_for
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert not (await agent_of(cast.tao)).acts_for
    async with transaction():
        await Person.filter(id=cast.mei.id).update(frozen_at=clock.now())
    assert not (await agent_of(cast.tao)).acts_for


async def test_nobody_is_appointed_for_nothing_for_ever_or_by_themselves(cast):
    for phone, scopes, until in (
        (cast.tao.phone, [], soon()),
        (cast.tao.phone, [Scope.BOOK], soon(366)),
        (cast.tao.phone, [Scope.BOOK], soon(-1)),
        (cast.mei.phone, [Scope.BOOK], soon()),
    ):
        with pytest.raises(Refusal):
            await actions.appoint(cast.mei, phone, scopes, until)
    with pytest.raises(Forbidden):
        await actions.appoint(cast.mei, cast.tao.phone, [Scope.BOOK], soon(), made_by=cast.sun)
    for n in range(10):
        await actions.appoint(cast.mei, f"1391111000{n}", [Scope.BOOK], soon())
    with pytest.raises(TooMany):
        await actions.appoint(cast.mei, "13911119999", [Scope.BOOK], soon())


async def test_a_new_grant_takes_the_place_of_the_one_before_also_at_once(cast):
    await asyncio.gather(*[actions.appoint(cast.mei, cast.tao.phone, [scope], soon()) for scope in Scope])
    assert await Proxy.filter(revoked_at=None).count() == 1


async def test_only_the_two_it_is_between_and_staff_end_a_grant(cast):
    grant = await actions.appoint(cast.mei, cast.tao.phone, [Scope.BOOK], soon())
    for nobody in (cast.yu, cast.sun, cast.chen.person):
        with pytest.raises(Forbidden):
            await actions.dismiss(nobody, grant)
    stranger = await make.sign_in(Browser(app), cast.yu)
    assert (await stranger.post(f"/me/proxies/{grant.id}/revocation")).status == 404
    agent = await make.sign_in(Browser(app), cast.tao)
    page = await (await agent.get("/me/proxies")).press("不再代办")
    assert page.has("收回了")
    with pytest.raises(Conflict):
        await actions.dismiss(cast.mei, grant)


async def test_the_answer_is_the_same_whether_the_number_is_known(cast):
    browser, pages = await make.sign_in(Browser(app), cast.mei), []
    for phone in ("13911112222", cast.tao.phone):
        page = await browser.get("/me/proxies")
        page = await page.press("请他代办", phone=phone, scopes=["book"], until=soon().isoformat())
        pages.append(page.text.replace("139****2222", "N").replace("138****0002", "N"))
        await page.press("马上收回")
    assert pages[0] == pages[1]


async def test_staff_write_a_grant_down_for_somebody_who_stands_there_and_print_it(cast):
    staff = await make.sign_in(Browser(app), cast.fang)
    page = await (await staff.get(f"/people/{cast.mei.number}")).click("码卡、代办、退出登录")
    filled = {"phone": cast.tao.phone, "scopes": ["mediation"], "until": soon().isoformat()}
    page = await page.press("请他代办", **filled)
    assert page.status == 422 and "本人在场" in page.errors()[0] and not await Proxy.exists()
    page = await page.press("请他代办", **filled, is_present=True)
    assert page.has("请打印出来")
    page = await page.click("打印")
    assert page.has("参加调解", "本人签字：", cast.mei.name, "138****0002")
    (entry,) = await Entry.filter(verb="appoint")
    assert entry.actor == cast.fang.id and str(cast.mei.id) in entry.detail
    page = await (await staff.get(f"/people/{cast.mei.number}/at-desk")).press("马上收回")
    assert page.has("收回了") and not await proxy_queries.proxies_by(cast.mei)
