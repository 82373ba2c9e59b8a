"""The same matter asked twice: shown to who may see both, joined with both numbers alive, taken apart within a day."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, journal
from portal.consultations.actions import mergers as merger_actions
from portal.consultations.models import Consultation, Note, Outcome, State
from portal.consultations.queries import mergers as merger_queries
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.people.models import Person, Protection
from portal.people.passwords import HASHER
from portal.reporting import queries as reporting
from tests import make
from tests.forms_browser import Browser

WORDS = "第一次问的话"


async def browser_of(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


async def asked(who, days_ago: float, slot=None, **columns) -> Consultation:
    """A question of some days ago."""
    made = await make.consultation(who, slot, **columns)
    at = clock.now() - timedelta(days=days_ago)
    async with transaction():
        await Consultation.filter(id=made.id).update(created_at=at)
    return await Consultation.get(id=made.id)


async def again(made) -> Consultation:
    return await Consultation.get(id=made.id)


async def protect(made) -> None:
    async with transaction():
        protection = await Protection.create(person_id=made.person_id, passphrase=HASHER.hash("银杏叶黄了"))
        await Consultation.filter(id=made.id).update(protection_id=protection.id)


@pytest.fixture
async def twice(cast) -> SimpleNamespace:
    """Mei asked five days ago, and today once more; both wait for a call."""
    return SimpleNamespace(
        earlier=await asked(cast.mei, 5, words=WORDS), later=await asked(cast.mei, 0, words="又来问一次")
    )


async def joined(cast, twice) -> None:
    page = await (await browser_of(cast.fang)).get(f"/consultations/{twice.later.number}")
    page = await page.form("/merger").submit()
    assert page.path == f"/consultations/{twice.earlier.number}" and page.has("合并好了", twice.later.number)


async def test_staff_are_asked_and_join_with_a_confirmation_and_the_later_waits_no_more(cast, twice):
    fang = await browser_of(cast.fang)
    page = await fang.get(f"/consultations/{twice.later.number}")
    assert page.has("同一件事？", twice.earlier.number, "同一位居民")
    assert not (await fang.get(f"/consultations/{twice.earlier.number}")).has("同一件事？")
    await joined(cast, twice)
    later = await again(twice.later)
    assert (later.merged_into_id, later.state, later.outcome) == (
        twice.earlier.id,
        State.CLOSED,
        Outcome.MERGED,
    )
    assert (await again(twice.earlier)).state == State.ASKED
    waiting = await fang.get("/consultations")
    assert waiting.has(twice.earlier.number) and not waiting.has(twice.later.number)


async def test_both_numbers_stay_alive_and_lead_to_the_first(cast, twice):
    await joined(cast, twice)
    for who in (cast.mei, cast.fang):
        browser = await browser_of(who)
        page = await browser.get(f"/consultations/{twice.later.number}")
        assert page.status == 200 and page.has("已经并到先问的那一件", twice.earlier.number)
        looked = await browser.get(f"/lookup?number={twice.later.number}", follow=True)
        assert looked.path == f"/consultations/{twice.earlier.number}"
        assert looked.has(twice.later.number)


async def test_it_is_taken_apart_within_a_day_and_waits_again(cast, twice):
    await joined(cast, twice)
    page = await (await browser_of(cast.he)).get(f"/consultations/{twice.later.number}")
    page = await page.press("不是同一件，分开")
    later = await again(twice.later)
    assert (later.merged_into_id, later.state, later.outcome, later.ended_at) == (None, State.ASKED, "", None)
    verbs = [entry["verb"] for entry in await journal.of(later)]
    assert [verb for verb in verbs if verb in ("merge", "separate")] == ["merge", "separate"]
    await joined(cast, twice)
    with clock.standing_at(clock.now() + timedelta(days=1, seconds=1)):
        fang = await browser_of(cast.fang)
        page = await fang.get(f"/consultations/{twice.later.number}")
        assert not page.has("不是同一件")
        assert (await fang.post(f"/consultations/{twice.later.number}/separation")).status == 403


async def test_what_has_a_time_keeps_it_and_a_question_is_not_over_because_an_old_one_was(cast):
    slot = await make.slot(cast.chen)
    over = await asked(cast.mei, 40, state=State.CLOSED, outcome=Outcome.REFERRED, ended_at=clock.now())
    booked = await asked(cast.mei, 1, slot)
    waiting = await asked(cast.mei, 0)
    before = await again(booked)
    await merger_actions.merge(cast.fang, booked, over)
    with pytest.raises(Conflict):
        await merger_actions.merge(cast.he, before, over)
    await merger_actions.merge(cast.fang, waiting, over)
    assert [(await again(one)).state for one in (booked, waiting)] == [State.ASKED, State.ASKED]
    assert (await again(booked)).appointment_id is not None
    await merger_actions.separate(cast.fang, await again(booked))
    assert (await again(booked)).merged_into_id is None


async def test_notes_are_shown_together_and_each_only_to_its_own(cast, twice):
    async with transaction():
        await Note.create(consultation=twice.later, kind="staff", author=cast.fang, words="画眉备注")
        await Note.create(consultation=twice.later, kind="resident", author=cast.mei, words="山雀备注")
    await joined(cast, twice)
    path = f"/consultations/{twice.earlier.number}"
    fang, mei = await (await browser_of(cast.fang)).get(path), await (await browser_of(cast.mei)).get(path)
    assert fang.has("画眉备注") and not fang.has("山雀备注")
    assert mei.has("山雀备注") and not mei.has("画眉备注")


async def test_a_namesake_of_the_same_building_is_joined_only_with_a_reason(cast):
    here, there = cast.places.households[0], cast.places.households[-1]
    first = await make.person("梅秀英", phone=None, household=here)
    second = await make.person("梅秀英", household=cast.places.households[1])
    stranger = await make.person("梅秀英", household=there)
    earlier, later = await asked(first, 3), await asked(second, 0)
    other = await asked(stranger, 0)
    await asked(await make.person("别的人", household=here), 2)
    assert [one.consultation.id for one in await merger_queries.alike(cast.fang, later)] == [earlier.id]
    await asked(await make.person("何静", household=here), 2)
    async with transaction():
        await Person.filter(id=cast.he.id).update(household_id=here.id)
    await asked(cast.he, 1)
    namesake = await asked(await make.person("何静", household=cast.places.households[1]), 0)
    assert len(await merger_queries.alike(cast.fang, namesake)) == 2
    assert len(await merger_queries.alike(cast.he, namesake)) == 1  # not what is their own
    assert await merger_queries.alike(cast.fang, other) == []
    with pytest.raises(Forbidden):
        await merger_actions.merge(cast.fang, later, earlier)
    page = await (await browser_of(cast.fang)).get(f"/consultations/{later.number}")
    page = await page.form("/merger").submit()
    assert page.status == 422 and page.has("请写明为什么是同一件事", "同名，住同一栋楼")
    page = await page.form("/merger").fill(reason="居民带着身份证来说，上次没留电话。").submit()
    assert page.has("合并好了", "居民带着身份证来说")
    seconds = await (await browser_of(second)).get(f"/consultations/{later.number}")
    assert seconds.has("已经并到先问的那一件") and not seconds.has(earlier.number, "居民带着身份证来说")


async def test_after_ninety_days_and_for_another_person_nothing_is_asked(cast):
    await asked(cast.mei, 91)
    await asked(cast.tao, 2)
    later = await asked(cast.mei, 0)
    assert await merger_queries.alike(cast.fang, later) == []
    fang = await browser_of(cast.fang)
    neighbour = await Consultation.get(person_id=cast.tao.id)
    page = await fang.post(
        f"/consultations/{later.number}/merger", {"into": neighbour.number, "reason": "我猜是一家人"}
    )
    assert page.status == 422 and (await again(later)).merged_into_id is None


async def test_nothing_is_said_beside_what_is_protected_nor_joined_across_it(cast, twice):
    await protect(twice.earlier)
    fang = await browser_of(cast.fang)
    page = await fang.get(f"/consultations/{twice.later.number}")
    assert not page.has("同一件事？") and not page.has(twice.earlier.number)
    with pytest.raises(Conflict):
        await merger_actions.merge(cast.fang, twice.later, twice.earlier)
    await protect(twice.later)
    for one in (twice.earlier, twice.later):
        assert not (await fang.get(f"/consultations/{one.number}")).has("同一件事？")
    with pytest.raises(Forbidden):
        await merger_actions.merge(cast.fang, await again(twice.later), await again(twice.earlier))


async def test_what_is_protected_later_is_no_longer_named_beside_the_other(cast, twice):
    await joined(cast, twice)
    await protect(twice.later)
    for who in (cast.fang, cast.mei):
        browser = await browser_of(who)
        assert not (await browser.get(f"/consultations/{twice.earlier.number}")).has(twice.later.number)
    page = await (await browser_of(cast.fang)).get(f"/consultations/{twice.later.number}")
    assert not page.has(twice.earlier.number) and not page.has("梅秀英")


async def test_the_lawyer_sees_only_what_is_theirs_and_joins_nothing(cast):
    await asked(cast.mei, 9)
    mine = await asked(cast.mei, 5, await make.slot(cast.chen, make.working_day(1)))
    there = {"community": cast.other.places.community}
    await asked(cast.mei, 4, (await make.duty(cast.chen, make.working_day(5), **there)).made[0])
    later = await asked(cast.mei, 0, await make.slot(cast.chen, make.working_day(2)))
    page = await (await browser_of(cast.chen)).get(f"/consultations/{later.number}")
    assert page.has("同一件事？", mine.number) and not page.all("//form[contains(@action, '/merger')]")
    assert len(await merger_queries.alike(cast.chen.person, later)) == 1
    assert len(await merger_queries.alike(cast.fang, later)) == 2
    assert await merger_queries.alike(cast.lin.person, later) == []


async def test_nobody_joins_from_elsewhere_their_own_or_twice(cast, twice):
    path = f"/consultations/{twice.later.number}/merger"
    for who in (cast.mei, cast.yu, cast.chen, cast.other.tang, cast.jiang, cast.kong):
        assert (await (await browser_of(who)).post(path, {"into": twice.earlier.number})).status in (403, 404)
    read_before = await again(twice.later)
    await merger_actions.merge(cast.fang, twice.later, twice.earlier)
    with pytest.raises(Forbidden):
        await merger_actions.merge(cast.he, await again(twice.later), twice.earlier)
    with pytest.raises(Conflict):
        await merger_actions.merge(cast.he, read_before, twice.earlier)
    own = [await asked(cast.fang, days) for days in (3, 0)]
    fang = await browser_of(cast.fang)
    assert (await fang.post(f"/consultations/{own[1].number}/merger", {"into": own[0].number})).status == 403
    assert (await again(own[1])).merged_into_id is None


async def test_a_chain_leads_to_its_beginning(cast):
    chain = [await asked(cast.mei, days) for days in (9, 6, 3)]
    await merger_actions.merge(cast.fang, chain[2], chain[1])
    await merger_actions.merge(cast.fang, chain[1], chain[0])
    last = await merger_queries.first(cast.fang, await again(chain[2]))
    assert last is not None and last.id == chain[0].id
    below = await merger_queries.joined(cast.fang, chain[0])
    assert [one.id for one in below] == [chain[1].id, chain[2].id]
    later = await asked(cast.mei, 0)
    assert [one.consultation.id for one in await merger_queries.alike(cast.fang, later)] == [chain[0].id]


async def test_the_figures_count_visits_and_prescriptions_as_before(cast):
    month = clock.today().strftime("%Y-%m")
    slots = (await make.duty(cast.chen, clock.today())).made
    earlier, later = await asked(cast.mei, 3, slots[0]), await asked(cast.mei, 0, slots[1])
    here = [cast.places.community.id]
    before = (await reporting.clinic(here, [month]), await reporting.topics(here, [month]))
    await merger_actions.merge(cast.fang, later, earlier)
    assert (await reporting.clinic(here, [month]), await reporting.topics(here, [month])) == before
