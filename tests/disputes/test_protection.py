"""A dispute behind a passphrase: chosen by whoever reported it in danger, or set at the desk while they stand there."""

from datetime import date, timedelta

import pytest

from app import app
from portal import clock, journal
from portal.database import transaction
from portal.disputes import actions
from portal.disputes.models import Dispute, Level, Outcome, Sitting, SittingState, State
from portal.errors import Conflict, Forbidden
from portal.notices import NEUTRAL, Notice
from portal.notices import State as NoticeState
from portal.people.models import Protection
from tests import make
from tests.forms_browser import Browser

TODAY = date(2026, 11, 3)
PHRASE = "槐花落了一地"
WORDS = "他昨晚又动手了，我不敢回家。"
OFFER = "怕别人翻您的手机"
CHOSEN = {"passphrase": PHRASE, "protect_by": "paper"}


@pytest.fixture(autouse=True)
def november():
    with clock.standing_at(clock.at(TODAY, 10 * 60)):
        yield


async def at(somebody) -> Browser:
    return await make.sign_in(Browser(app), somebody)


async def told(browser: Browser, cast, **more):
    """The page after a report, which Mei sees."""
    form = (await browser.get("/disputes/new")).form("/disputes/new")
    filled = {
        "category": "marriage_family",
        "words": WORDS,
        "compound": str(cast.places.compound.id),
        "building": "1",
        "unit": "1",
        "danger": ["violence"],
    }
    return await form.fill({**filled, **more}).submit()


async def only() -> Dispute:
    return await Dispute.get()


async def in_the_hands_of(person) -> Dispute:
    dispute = await only()
    await actions.accept(person, dispute)
    return await only()


async def test_whoever_is_in_danger_is_offered_a_passphrase_and_nobody_is_made_to_take_it(cast):
    page = await told(await at(cast.mei), cast)
    assert page.has(OFFER, "110", WORDS)
    assert (await only()).protection_id is None


async def test_without_danger_nothing_is_offered_and_heads_and_staff_choose_for_nobody(cast):
    page = await told(await at(cast.mei), cast, danger=[])
    assert not page.has(OFFER)
    assert (await (await at(cast.mei)).post(f"{page.path}/passphrase", CHOSEN)).status == 403
    for who in (cast.dou, cast.fang):
        page = await told(await at(who), cast, start="raised", words=f"{who.name}听见有人打架。")
        assert not page.has(OFFER)


async def test_she_sees_what_she_wrote_for_a_while_and_whoever_holds_her_telephone_nothing(cast):
    mei = await at(cast.mei)
    page = await (await told(mei, cast)).press("设口令", **CHOSEN)
    assert page.status == 200 and page.has("口令设好了", WORDS) and not page.has(OFFER)
    other = await at(cast.mei)
    for path in (page.path, "/desk", "/", f"/lookup?number={(await only()).number}"):
        seen = await other.get(path, follow=True)
        assert WORDS not in seen.html and f'href="{page.path}"' not in seen.html, path
    with clock.standing_at(clock.now() + timedelta(minutes=16)):
        assert (await mei.get(page.path)).status == 404
        await (await mei.get("/quiet")).form("/quiet").fill(passphrase=PHRASE).submit()
        assert (await mei.get(page.path)).has(WORDS)


async def test_a_poor_passphrase_is_refused_beside_the_field_and_nothing_is_set(cast):
    mei = await at(cast.mei)
    page = await told(mei, cast)
    for wrong in ("", "短", cast.mei.phone):
        refused = await page.press("设口令", passphrase=wrong, protect_by="call")
        assert refused.status == 422 and len(refused.errors()) == 1 and refused.has(WORDS), wrong
    assert (await page.press("设口令", passphrase=PHRASE)).status == 422
    assert (await mei.post(f"{page.path}/passphrase", {**CHOSEN, "protect_by": "sms"})).status == 422
    assert not await Protection.all().exists() and (await only()).protection_id is None


async def test_after_an_hour_or_a_first_passphrase_the_telephone_alone_shuts_nobody_out(cast):
    mei = await at(cast.mei)
    path = (await told(mei, cast)).path
    with clock.standing_at(clock.now() + timedelta(minutes=61)):
        mei = await at(cast.mei)
        assert not (await mei.get(path)).has(OFFER)
        assert (await mei.post(f"{path}/passphrase", CHOSEN)).status == 403
    await mei.post(f"{path}/passphrase", CHOSEN)
    assert (await mei.post(f"{path}/passphrase", {**CHOSEN, "passphrase": "另外的一句话"})).status == 403
    for who in (cast.tao, cast.yu, cast.dou):
        assert (await (await at(who)).post(f"{path}/passphrase", CHOSEN)).status == 404


async def test_heads_lose_it_and_the_community_settles_it(cast):
    mei = await at(cast.mei)
    page = await told(mei, cast)
    await in_the_hands_of(cast.dou)
    async with transaction():
        starts_at = clock.now() + timedelta(days=1)
        await Sitting.create(
            dispute=await only(), mediator=cast.dou, starts_at=starts_at, place="楼道", minutes=""
        )
    dou = await at(cast.dou)
    assert (await dou.get(page.path)).has(WORDS)
    await page.press("设口令", **CHOSEN)
    dispute = await only()
    assert (dispute.level, dispute.state, dispute.handler_id) == (Level.COMMUNITY, State.REPORTED, None)
    assert (await Sitting.get()).state == SittingState.CANCELLED
    assert (await dou.get(page.path)).status == 404
    fang = await at(cast.fang)
    assert (await fang.get("/disputes")).has(dispute.number, "受保护居民")
    page = await fang.get(page.path)
    assert page.has("上报：单元 → 社区") and not page.has(cast.mei.name) and not page.has("银杏苑")
    page = await page.press("受理")
    assert (await fang.get(page.path)).has("银杏苑")


async def test_an_ended_one_stays_where_it_was_settled_and_its_head_sees_it_no_more(cast):
    path = (await told(await at(cast.mei), cast)).path
    await in_the_hands_of(cast.dou)
    await actions.agree(cast.dou, await only(), **spoken())
    await (await at(cast.fang)).post(f"{path}/protection", {**CHOSEN, "present": "1"})
    dispute = await only()
    assert (dispute.state, dispute.level_settled, dispute.level) == (State.SETTLED, Level.UNIT, Level.UNIT)
    assert dispute.protection_id and (await (await at(cast.dou)).get(path)).status == 404


async def test_at_the_desk_it_is_set_with_the_resident_there_by_staff_of_its_community(cast):
    path = (await told(await at(cast.mei), cast)).path
    fang = await at(cast.fang)
    page = await (await fang.get(path)).click("设口令")
    assert page.has("给梅秀英设口令")
    page = await page.press("设口令", **CHOSEN)
    assert page.status == 422 and page.has("本人在场")
    page = await page.press("设口令", present=True)
    assert page.status == 200 and page.has("口令设好了")
    dispute = await only()
    protection = await Protection.get(id=dispute.protection_id)
    assert (protection.person_id, protection.made_by_id) == (cast.mei.id, cast.fang.id)
    entries = [(entry["verb"], entry["actor"]) for entry in await journal.of(dispute)]
    assert ("protect", cast.fang.id) in entries
    assert (await (await at(cast.mei)).get(path)).status == 404
    assert not (await fang.get(f"{path}/protection")).has(cast.mei.name)
    await fang.post(
        f"{path}/protection", {"passphrase": "另外的一句话", "protect_by": "none", "present": "1"}
    )
    assert (await only()).protection_id != protection.id


async def test_nobody_else_sets_one_at_the_desk(cast):
    path = (await told(await at(cast.mei), cast)).path
    async with transaction():
        await Dispute.all().update(channel="desk")
    for who in (cast.mei, cast.tao, cast.yu, cast.dou, cast.sun, cast.jiang, cast.kong, cast.other.tang):
        browser = await at(who)
        assert (await browser.get(f"{path}/protection")).status == 404, who.name
        assert (await browser.post(f"{path}/protection", {**CHOSEN, "present": "1"})).status == 404, who.name
        with pytest.raises(Forbidden):
            await actions.protect(who, await only(), PHRASE, "none")
    path = (await told(await at(cast.fang), cast, words="别处的事。")).path
    assert (await (await at(cast.fang)).get(f"{path}/protection")).status == 404
    assert not await Protection.all().exists()


async def test_from_then_on_she_hears_of_it_only_as_she_chose_and_in_words_that_say_nothing(cast):
    page = await told(await at(cast.mei), cast)
    await in_the_hands_of(cast.fang)
    assert await Notice.filter(person_id=cast.mei.id, state=NoticeState.OWED).count() == 1
    await page.press("设口令", **CHOSEN)
    assert not await Notice.filter(person_id=cast.mei.id, state=NoticeState.OWED).exists()
    dispute = await only()
    assert dispute.handler_id == cast.fang.id, "what stands at the community stays in its hands"
    await actions.fail(cast.fang, dispute, "谈不成", told=True)
    owed = await Notice.filter(person_id=cast.mei.id, state=NoticeState.OWED)
    assert [(one.kind, one.channel, one.read_values()) for one in owed] == [(NEUTRAL, "paper", {})]


async def test_of_two_passphrases_at_once_the_second_is_told_to_look_again(cast):
    await told(await at(cast.mei), cast)
    first, second = await in_the_hands_of(cast.fang), await only()
    await actions.protect(cast.mei, first, PHRASE, "none")
    with pytest.raises(Conflict):
        await actions.protect(cast.mei, second, "另外的一句话", "none")
    assert await Protection.all().count() == 1


def spoken() -> dict:
    """An agreement by word of mouth."""
    return {
        "form": Outcome.ORAL,
        "content": "说好了，不再动手。",
        "performance": "",
        "amount": 0,
        "perform_by": None,
    }
