"""Disputes on a real database: reported, passed on, mediated, ended, taken up again, and counted."""

from asyncio import gather
from datetime import date, timedelta

import pytest

from portal import clock, journal, locality
from portal.community.queries import find
from portal.conflicts.models import Party, Side
from portal.database import transaction
from portal.disputes import actions, queries, rules
from portal.disputes.actions import Report
from portal.disputes.actions.reports import Named
from portal.disputes.models import Agreement, Dispute, Hop, Level, Outcome, Sitting, SittingState, State
from portal.errors import Conflict, Forbidden, Refusal, TooMany
from portal.notices import Notice
from portal.people.consents import Purpose

TODAY = date(2026, 11, 3)


@pytest.fixture(autouse=True)
def november():
    with clock.standing_at(clock.at(TODAY, 10 * 60)):
        yield


async def said(cast, building="1", unit="1", **more) -> Report:
    place = await find(cast.places.compound.id, building, unit)
    return Report(
        **{
            "category": "neighbours",
            "words": "楼上装修，晚上还在敲。",
            "place": place,
            "said": "银杏苑1号楼",
            **more,
        }
    )


async def test_nobody_reports_more_than_twenty_a_day(cast):
    for n in range(20):
        await reported(cast, words=f"第 {n} 件事")
    with pytest.raises(TooMany):
        await reported(cast, words="第 21 件事")


async def reported(cast, **more) -> Dispute:
    return await actions.report(cast.mei, await said(cast, **more))


async def again(dispute: Dispute) -> Dispute:
    return await Dispute.get(id=dispute.id)


async def counted(by="month") -> dict:
    rows = await queries.counts([locality.current()], date(2026, 11, 1), date(2026, 12, 1), by)
    return {row["key"]: row for row in rows}


async def test_a_report_stands_where_it_arose_and_names_both_sides(cast):
    parties = [Named(Side.A, "梅秀英", "13800000001", cast.mei), Named(Side.B, "陶建国")]
    dispute = await reported(cast, parties=parties)
    assert (dispute.state, dispute.level, dispute.level_arose) == (State.REPORTED, Level.UNIT, Level.UNIT)
    assert dispute.grid_id == cast.places.grids[0].id and dispute.asked_on == TODAY
    assert await Party.filter(matter=dispute.id).order_by("side").values_list("name", flat=True) == [
        "梅秀英",
        "陶建国",
    ]
    assert [entry["verb"] for entry in await journal.of(dispute)] == ["create"]


async def test_a_form_sent_twice_is_one_dispute_and_after_a_while_it_is_another(cast):
    first, second = await gather(reported(cast), reported(cast))
    assert first.id == second.id
    with clock.standing_at(clock.now() + timedelta(minutes=3)):
        assert (await reported(cast)).id != first.id
    assert (await actions.report(cast.tao, await said(cast))).id != first.id


async def test_a_head_who_cannot_settle_it_passes_it_up_at_once(cast):
    dispute = await actions.report(cast.dou, await said(cast), raised=True)
    assert (dispute.level_arose, dispute.level, dispute.state) == (Level.UNIT, Level.BUILDING, State.REPORTED)
    elsewhere = await actions.report(cast.dou, await said(cast, building="3"), raised=True)
    assert elsewhere.level == Level.UNIT
    by_building = await actions.report(cast.bai, await said(cast, words="楼道灯坏了没人修。"), raised=True)
    assert (by_building.level_arose, by_building.level) == (Level.UNIT, Level.GRID)


async def test_settled_on_the_spot_counts_at_the_heads_own_level(cast):
    at_unit = await actions.log_settled(cast.dou, await said(cast), "以后晚上八点停工。")
    at_building = await actions.log_settled(cast.bai, await said(cast), "以后晚上八点停工。")
    assert (at_unit.level_settled, at_building.level_settled) == (Level.UNIT, Level.BUILDING)
    assert (at_unit.outcome, at_unit.handler_id) == (Outcome.ORAL, cast.dou.id)
    assert at_unit.ended_at and at_unit.accepted_at == at_unit.ended_at
    agreement = await Agreement.get(dispute_id=at_unit.id)
    assert agreement.content == "以后晚上八点停工。"
    with pytest.raises(Forbidden):
        await actions.log_settled(cast.qiu, await said(cast), "不归我管。")


async def test_staff_who_take_it_up_lift_it_to_the_community_and_a_head_does_not(cast):
    by_head, by_staff = await reported(cast), await reported(cast, words="另一件事，停车占位。")
    await actions.accept(cast.dou, by_head)
    await actions.accept(cast.he, by_staff)
    assert (by_head.level, by_staff.level) == (Level.UNIT, Level.COMMUNITY)
    assert by_head.handler_id == cast.dou.id
    assert await Notice.filter(person_id=cast.mei.id, kind="disputes/progress").count() == 2


async def test_two_who_take_it_up_at_once_do_not_both_have_it(cast):
    dispute = await reported(cast)
    outcomes = await gather(
        actions.accept(cast.dou, await again(dispute)),
        actions.accept(cast.he, await again(dispute)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes].count(Conflict) == 1


async def test_what_was_judged_at_one_level_is_not_written_at_the_next(cast):
    dispute = await reported(cast)
    stale = await again(dispute)
    await actions.raise_(cast.dou, dispute, "谈不拢")
    with pytest.raises(Conflict):
        await actions.agree(cast.dou, stale, form=Outcome.ORAL, content="说好了")
    assert not await Agreement.all().exists()


async def test_passing_it_on_keeps_who_why_and_the_clock(cast):
    dispute = await reported(cast)
    await actions.accept(cast.dou, dispute)
    began = dispute.accepted_at
    with clock.standing_at(clock.now() + timedelta(days=2)):
        await actions.raise_(cast.dou, dispute, "两家都不肯让")
        await actions.raise_(cast.he, dispute, "直接到社区", Level.COMMUNITY)
        await actions.hand_down(cast.he, dispute, "请网格先上门", Level.GRID)
        await actions.accept(cast.sun, dispute)
    kept = await again(dispute)
    assert kept.accepted_at == began and kept.level == Level.GRID and kept.handler_id == cast.sun.id
    hops = await Hop.filter(dispute_id=dispute.id).order_by("created_at").values_list("verb", "was", "now")
    assert hops == [("raise", 1, 2), ("raise", 2, 4), ("hand_down", 4, 3)]


async def test_nobody_raises_past_where_they_may(cast):
    dispute = await reported(cast)
    with pytest.raises(Refusal):
        await actions.raise_(cast.dou, dispute, "越级", Level.STREET)
    with pytest.raises(Forbidden):
        await actions.raise_(cast.qiu, dispute, "不归我管")


async def sat(cast, dispute) -> Sitting:
    return await actions.plan_sitting(
        cast.he,
        dispute,
        mediator=cast.he,
        starts_at=clock.at(TODAY + timedelta(days=1), 14 * 60),
        place="调解室",
        willing=True,
        agreed=[Purpose.MEDIATION],
    )


async def test_a_sitting_is_planned_held_and_told(cast):
    dispute = await reported(cast)
    await actions.accept(cast.he, dispute)
    sitting = await sat(cast, dispute)
    assert dispute.state == State.MEDIATING
    assert await Notice.filter(kind="disputes/sitting", person_id=cast.mei.id).count() == 1
    with clock.standing_at(clock.at(TODAY + timedelta(days=1), 15 * 60)):
        with pytest.raises(Refusal):
            await actions.hold_sitting(cast.he, sitting, attended="双方", minutes="谈了", rights_told=False)
        await actions.hold_sitting(cast.he, sitting, attended="双方", minutes="谈了", rights_told=True)
        with pytest.raises(Conflict):
            await actions.hold_sitting(cast.he, sitting, attended="双方", minutes="又谈", rights_told=True)
    assert sitting.state == SittingState.HELD and sitting.rights_told


@pytest.mark.parametrize(("willing", "safe"), [(False, True), (True, False)])
async def test_nobody_is_brought_to_a_table_against_their_will_or_into_danger(cast, willing, safe):
    dispute = await reported(cast, dangers=["violence"])
    await actions.accept(cast.he, dispute)
    with pytest.raises(Refusal):
        await actions.plan_sitting(
            cast.he,
            dispute,
            mediator=cast.he,
            starts_at=clock.at(TODAY + timedelta(days=1)),
            place="调解室",
            willing=willing,
            safe=safe,
        )
    assert not await Sitting.all().exists()


async def test_a_written_agreement_settles_when_it_is_signed_and_keeps_its_number(cast):
    dispute = await reported(cast)
    await actions.accept(cast.he, dispute)
    draft = await actions.agree(
        cast.he, dispute, form=Outcome.WRITTEN, content="初稿", performance="月底前当面付清"
    )
    rewritten = await actions.agree(
        cast.he, dispute, form=Outcome.WRITTEN, content="定稿", performance="月底前当面付清", amount=350_000
    )
    assert (await again(dispute)).state == State.ACCEPTED
    assert (rewritten.id, rewritten.year, rewritten.serial) == (draft.id, 2026, 1)
    await actions.sign(cast.he, dispute, rewritten)
    ended = await again(dispute)
    assert (ended.state, ended.outcome, ended.level_settled) == (
        State.SETTLED,
        Outcome.WRITTEN,
        Level.COMMUNITY,
    )
    with pytest.raises(Conflict):
        await actions.sign(cast.he, await again(dispute), rewritten)


async def test_of_many_agreements_at_once_no_two_have_the_same_number(cast):
    disputes = [await reported(cast, words=f"第{n}件事，楼道堆物。") for n in range(12)]
    await gather(
        *(actions.agree(cast.he, one, form=Outcome.ORAL, content="说好了，搬走。") for one in disputes)
    )
    serials = await Agreement.filter(year=2026).order_by("serial").values_list("serial", flat=True)
    assert serials == list(range(1, 13))


async def test_a_failure_is_no_end_before_the_other_ways_are_told(cast):
    dispute = await reported(cast)
    await actions.accept(cast.he, dispute)
    await sat(cast, dispute)
    with pytest.raises(Refusal):
        await actions.fail(cast.he, dispute, "差距太大", told=False)
    await actions.fail(cast.he, dispute, "差距太大", told=True)
    ended = await again(dispute)
    assert (ended.state, ended.outcome, ended.level_settled) == (State.FAILED, Outcome.FAILED, None)
    assert await Sitting.filter(state=SittingState.CANCELLED).count() == 1
    assert "told" in (await journal.of(dispute))[-1]["detail"]


async def test_the_reporter_withdraws_and_a_stranger_does_not(cast):
    dispute = await reported(cast)
    with pytest.raises(Forbidden):
        await actions.withdraw(cast.yu, dispute, "与我无关")
    await actions.withdraw(cast.mei, dispute, "和好了")
    assert (await again(dispute)).state == State.WITHDRAWN


async def test_every_move_writes_one_entry(cast):
    dispute = await reported(cast)
    await actions.accept(cast.dou, dispute)
    await actions.agree(cast.dou, dispute, form=Outcome.ORAL, content="说好了")
    await actions.reopen(cast.mei, dispute, "又敲了")
    await actions.raise_(cast.dou, dispute, "说了不算")
    await actions.escalate(cast.he, dispute, "要起诉", Level.COURT)
    verbs = [entry["verb"] for entry in await journal.of(dispute)]
    assert verbs == ["create", "accept", "settle", "reopen", "raise", "escalate"]


async def test_reopened_it_is_subtracted_and_settled_anew_it_counts_where_that_happened(cast):
    dispute = await reported(cast)
    await actions.accept(cast.dou, dispute)
    await actions.agree(cast.dou, dispute, form=Outcome.ORAL, content="说好了")
    assert (await counted())["2026-11"] == {
        "key": "2026-11",
        "label": "2026-11",
        "total": 1,
        "open": 0,
        "settled": 1,
        "failed": 0,
        "escalated": 0,
        "withdrawn": 0,
        "reopened": 0,
        "in_grid": 1,
        "in_community": 1,
    }
    await actions.reopen(cast.mei, dispute, "又敲了")
    undone = (await counted())["2026-11"]
    assert (undone["open"], undone["settled"], undone["in_grid"], undone["in_community"]) == (1, 0, 0, 0)
    kept = await again(dispute)
    assert (kept.level_settled, kept.ended_at, kept.reopened, kept.outcome) == (None, None, 1, "")
    await actions.raise_(cast.dou, dispute, "说了不算", Level.COMMUNITY)
    await actions.accept(cast.he, dispute)
    await actions.agree(cast.he, dispute, form=Outcome.ORAL, content="这回真说好了")
    anew = (await counted())["2026-11"]
    assert (anew["settled"], anew["reopened"], anew["in_grid"], anew["in_community"]) == (1, 1, 0, 1)


async def test_counts_by_month_grid_category_and_level_agree_with_the_cases(cast):
    settled = await actions.log_settled(cast.dou, await said(cast), "说好了")
    failed = await reported(cast, building="3", words="物业费一直谈不拢。", category="property_service")
    await actions.accept(cast.he, failed)
    await actions.fail(cast.he, failed, "谈不拢", told=True)
    withdrawn = await reported(cast, words="楼下车位被占了。")
    await actions.withdraw(cast.mei, withdrawn, "自己解决了")
    await actions.report(cast.tao, Report(category="other", words="路口的摊位吵架。", said="路口"))
    async with transaction():  # one that ended at midnight belongs to the day that begins
        await Dispute.filter(id=settled.id).update(ended_at=clock.at(date(2026, 12, 1)))
    assert set(await counted()) == {"2026-11"}
    december = await queries.counts([locality.current()], date(2026, 12, 1), date(2027, 1, 1), "month")
    assert [(row["key"], row["in_grid"]) for row in december] == [("2026-12", 1)]
    grids = await counted("grid")
    two = grids[str(cast.places.grids[1].id)]
    assert (two["label"], two["failed"], two["in_community"]) == ("第2网格", 1, 0)
    assert grids[queries.NOWHERE]["open"] == 1
    assert (await counted("category"))["property_service"]["label"] == "物业纠纷"
    levels = await counted("level")
    assert levels["4"]["failed"] == 1 and levels["1"]["withdrawn"] == 1
    rates = rules.rates(levels.values())
    assert (rates.in_community, rates.open, rates.withdrawn) == ((0, 1), 1, 1)


async def test_danger_comes_first_in_the_list_while_it_is_open(cast):
    old = await reported(cast, words="动手打人了。", dangers=["violence"])
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        new = await reported(cast, words="楼道里堆东西。")
        leaf = await queries.listing(cast.fang, queries.Wanted())
        assert ([row["number"] for row in leaf.rows], leaf.total) == ([old.number, new.number], 2)
        await actions.withdraw(cast.fang, old, "报警处理了")
        leaf = await queries.listing(cast.fang, queries.Wanted())
        assert [row["number"] for row in leaf.rows] == [new.number, old.number]


async def test_heads_see_what_lies_in_their_place_and_strangers_nothing(cast):
    dispute = await reported(cast)
    for who, sees in [
        (cast.mei, True),
        (cast.dou, True),
        (cast.bai, True),
        (cast.sun, True),
        (cast.fang, True),
        (cast.qiu, False),
        (cast.jiang, False),
        (cast.tao, False),
        (cast.yu, False),
        (cast.xu, False),
        (cast.kong, False),
        (cast.chen.person, False),
    ]:
        assert await Dispute.visible_to(who).filter(id=dispute.id).exists() is sees, who.name
    await actions.raise_(cast.dou, dispute, "谈不拢", Level.GRID)
    for who in (cast.dou, cast.sun):
        assert await Dispute.visible_to(who).filter(id=dispute.id).exists(), who.name
    assert not await Dispute.visible_to(cast.bai).filter(id=dispute.id).exists()
    assert not await Dispute.visible_to(None).exists()
