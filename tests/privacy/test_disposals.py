"""What has been kept long enough goes, by two people, wholly; what is held, open or was opened again stays."""

from datetime import timedelta

import pytest

from portal import clock, database, invariants, journal, notices
from portal.booking.models import Appointment, Wait, WaitState
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Party, Side
from portal.consultations import rules
from portal.consultations.actions import prescriptions
from portal.consultations.models import Consultation, Deadline, Prescription, Review, State
from portal.database import rows, transaction
from portal.disputes.models import Dispute
from portal.errors import Conflict, Forbidden
from portal.notices import Notice
from portal.people.models import KeptForm, PhoneCode, Role, Session
from portal.privacy import actions, queries
from portal.privacy.actions import erasure
from portal.privacy.models import Disposal, DisposalState, LegalHold
from tests import make

WORDS = "这几句话三年以后不该还在。"
LATER = timedelta(days=4 * 366)


async def told(cast, **columns):
    """A consultation of Mei's with Chen, advised, with names on the other side and a message about it."""
    slot = await make.slot(cast.chen)
    made = await make.consultation(
        cast.mei, slot, WORDS, other_side="赵某某", other_phone="13800000077", state=State.STARTED, **columns
    )
    async with transaction():
        await Consultation.filter(id=made.id).update(community_id=cast.places.community.id)
        booked = await Appointment.get(id=made.appointment_id)
        await Appointment.filter(id=booked.id).update(**booked.sealed(needs="坐轮椅"))
        await conflicts.meet(
            "appointment", made.appointment_id, Side.OTHER, "赵某某", "13800000077", None, None
        )
        await notices.owe(cast.mei, "neutral", key=f"about:{made.appointment_id}")
        await Notice.all().update(state=notices.State.SENT, sent_at=clock.now())
    loaded = await Consultation.get(id=made.id).select_related("person", "appointment__lawyer")
    advice = rules.Advice(facts="居民说借出三万元。", questions="怎么要", steps="先催告", articles=(675,))
    with clock.standing_at(slot.starts_at):
        draft = await prescriptions.save(cast.chen.person, loaded, advice)
        draft = await Prescription.get(id=draft.id).select_related(
            "consultation__person", "consultation__appointment__lawyer"
        )
        await prescriptions.issue(cast.chen.person, draft)
    async with transaction():
        days = dict.fromkeys(("event_on", "last_on", "rolled_on"), clock.today())
        await Deadline.create(consultation=made, period="lim_general", **days)
        await Review.create(prescription=draft)
    return await Consultation.get(id=made.id)


async def proposed(consultation) -> Disposal:
    await actions.propose_due()
    return await Disposal.get(kind="consultation")


async def proposals(kind="consultation") -> int:
    """How many of this kind the portal proposes now."""
    before = await Disposal.filter(kind=kind).count()
    await actions.propose_due()
    return await Disposal.filter(kind=kind).count() - before


async def everything_stored() -> str:
    """All words of these tables as SQL sees them: envelopes show that something is there."""
    found = []
    for table in ("consultation", "prescription", "party"):
        found += [str(row) for row in await rows(f"SELECT * FROM {table}")]
    return "".join(found)


async def test_three_years_later_the_words_go_and_the_line_stays(cast):
    made = await told(cast)
    with clock.standing_at(made.ended_at + LATER):
        disposal = await proposed(made)
        assert disposal.subjects == [str(made.id)] and disposal.proposed_by_id is None
        assert await actions.carry_out() == 0
        await actions.approve(cast.guo, disposal)
        assert await actions.carry_out() == 1
        done = await Disposal.get(id=disposal.id)
        assert (done.state, done.count) == (DisposalState.DONE, 1)
        assert done.backups_until == clock.today() + timedelta(days=90)
    kept = await Consultation.get(id=made.id)
    assert (kept.number, kept.state, kept.topic) == (made.number, made.state, made.topic)
    assert (kept.words, kept.other_side, kept.other_phone) == ("", "", "")
    written = await Prescription.get(consultation_id=made.id)
    assert (written.facts, written.steps, written.articles) == ("", "", []) and written.hash
    assert (await Appointment.get(id=made.appointment_id)).needs == ""
    assert not await Deadline.exists() and not await Review.exists()
    party = await Party.get(matter=made.appointment_id, side=Side.OTHER)
    assert (party.name, party.phone, party.name_mark, party.phone_mark) == ("", "", "", "")
    assert "." + "A" not in await everything_stored()
    assert [each["verb"] for each in await journal.of(kept)][-1] == "dispose"
    assert [each["verb"] for each in await journal.of(written)][-1] == "dispose"
    promises = [
        "Every issued prescription says what it said when it was issued",
        "A side of a matter has a name or a telephone to be known by, until the matter is let go",
        "Everything sealed opens, in its own row",
        "Every record is where the journal says it was left",
    ]
    found = {result.promise: result.broken async for result in invariants.check()}
    assert {promise: found[promise] for promise in promises} == {promise: [] for promise in promises}


async def test_a_prescription_that_was_let_go_and_speaks_again_is_found(cast):
    made = await told(cast)
    with clock.standing_at(made.ended_at + LATER):
        await actions.approve(cast.guo, await proposed(made))
        await actions.carry_out()
    written = await Prescription.get(consultation_id=made.id)
    async with transaction():
        await Prescription.filter(id=written.id).update(**written.sealed(facts="后来写进去的"))
    assert await invariants.prescriptions_unchanged() == [written.number]


async def test_a_month_is_proposed_once_for_each_kind_and_nothing_too_early(cast):
    made = await told(cast)
    with clock.standing_at(made.ended_at + timedelta(days=1000)):
        assert await proposals() == 0
    with clock.standing_at(made.ended_at + LATER):
        assert await proposals() == 1
        assert await proposals() == 0
    with clock.standing_at(made.ended_at + LATER + timedelta(days=40)):
        assert await proposals() == 0


async def test_nobody_lets_anything_go_alone(cast):
    made = await told(cast)
    day = clock.today() + timedelta(days=1)
    disposal = await actions.propose(cast.guo, "consultation", [made.id], day, cast.places.community.id)
    for person in (cast.guo, cast.fang, cast.xu, cast.chen.person, cast.mei):
        with pytest.raises(Forbidden):
            await actions.approve(person, disposal)
    await actions.approve(cast.kong, disposal)
    with pytest.raises(Conflict):
        await actions.approve(cast.kong, await Disposal.get(id=disposal.id))


async def test_a_lead_of_another_community_reviews_nothing_here(cast):
    made = await told(cast)
    elsewhere = (await make.places("槐树")).community
    lead = await make.person("外领", Role.LEAD, community=elsewhere)
    day = clock.today() + timedelta(days=1)
    disposal = await actions.propose(None, "consultation", [made.id], day, cast.places.community.id)
    with pytest.raises(Forbidden):
        await actions.approve(lead, disposal)
    assert not await Disposal.visible_to(lead).exists()


async def test_a_hold_that_comes_after_the_approval_is_in_time(cast):
    made = await told(cast)
    with clock.standing_at(made.ended_at + LATER):
        await actions.approve(cast.kong, await proposed(made))
        held = await actions.hold(cast.guo, "consultation", made, "对方起诉了")
        assert await actions.carry_out() == 0
        assert (await Consultation.get(id=made.id)).words == WORDS
        assert (await Disposal.get(kind="consultation")).count == 0
        assert await proposals() == 0
        await actions.lift(cast.guo, held)
    with clock.standing_at(made.ended_at + LATER + timedelta(days=31)):
        assert await proposals() == 1


async def test_a_hold_on_a_person_holds_all_of_theirs(cast):
    made = await told(cast)
    async with transaction():
        await type(cast.mei).filter(id=cast.mei.id).update(community_id=cast.places.community.id)
    await actions.hold(cast.guo, "person", cast.mei, "信访调查")
    assert await queries.is_held("consultation", made.id)
    with clock.standing_at(made.ended_at + LATER):
        assert await proposals() == 0


async def test_holding_what_is_gone_is_refused_and_so_is_holding_twice(cast):
    made = await told(cast)
    await actions.hold(cast.guo, "consultation", made, "对方起诉了")
    with pytest.raises(Conflict):
        await actions.hold(cast.guo, "consultation", made, "又一次")
    with pytest.raises(Forbidden):
        await actions.hold(cast.fang, "consultation", made, "我也要留")
    await actions.lift(cast.guo, await LegalHold.get())
    with clock.standing_at(made.ended_at + LATER):
        await actions.approve(cast.guo, await proposed(made))
        await actions.carry_out()
    with pytest.raises(Conflict):
        await actions.hold(cast.guo, "consultation", made, "太晚了")


async def test_a_disposal_stopped_in_the_middle_goes_on_where_it_was(cast, monkeypatch):
    first, second = await told(cast), None
    async with transaction():
        second = await Consultation.create(
            person=cast.tao,
            topic="debt",
            words="另一件",
            state=State.CLOSED,
            outcome="withdrawn",
            ended_at=first.ended_at,
            community_id=cast.places.community.id,
        )
    with clock.standing_at(first.ended_at + LATER):
        await actions.approve(cast.kong, await proposed(first))
        seen: list[str] = []

        async def stumble(kind, key):
            seen.append(str(key))
            if len(seen) == 2:
                raise RuntimeError("power cut")

        monkeypatch.setattr(erasure, "DISPOSERS", [stumble])
        with pytest.raises(RuntimeError):
            await actions.carry_out()
        words = {each.words for each in await Consultation.all()}
        assert "" in words and len(words) == 2
        assert (await Disposal.get(kind="consultation")).state == DisposalState.APPROVED
        assert await actions.carry_out() == 1
    assert {each.words for each in await Consultation.all()} == {""}
    assert (await Disposal.get(kind="consultation")).count == 2
    assert sorted(seen[:1] + seen[2:]) == sorted([str(first.id), str(second.id)])
    for one in (first, second):
        assert [each["verb"] for each in await journal.of(one)].count("dispose") == 1


async def test_whatever_else_keeps_something_of_a_record_is_told(cast, monkeypatch):
    made, told_of = await told(cast), []

    async def forget(kind, key):
        told_of.append((kind, key))

    monkeypatch.setattr(erasure, "DISPOSERS", [forget])
    with clock.standing_at(made.ended_at + LATER):
        await actions.approve(cast.kong, await proposed(made))
        await actions.carry_out()
    assert told_of == [("consultation", made.id)]


async def test_a_dispute_opened_again_after_the_approval_stays(cast):
    async with transaction():
        dispute = await Dispute.create(
            category="neighbours",
            words=WORDS,
            place="1-1-101",
            state="settled",
            outcome="oral",
            level=3,
            level_arose=3,
            level_settled=3,
            ended_at=clock.now(),
            reporter=cast.mei,
            community_id=cast.places.community.id,
        )
    with clock.standing_at(clock.now() + timedelta(days=6 * 366)):
        assert await proposals("dispute") == 1
        await actions.approve(cast.kong, await Disposal.get(kind="dispute"))
        async with transaction():
            await Dispute.filter(id=dispute.id).update(state="accepted", ended_at=None, level_settled=None)
        assert await actions.carry_out() == 0
    assert (await Dispute.get(id=dispute.id)).words == WORDS


async def test_what_nobody_needs_goes_by_itself(cast):
    now = clock.now()
    async with transaction():
        await PhoneCode.create(browser="b", phone="13800000001", code="x", ends_at=now)
        await KeptForm.create(browser="b", path="/x", typed=[["a", "b"]], ends_at=now)
        await Session.create(secret="s", person=cast.mei, ends_at=now + timedelta(hours=1))
        old = await Wait.create(person=cast.mei, topic="debt", typed={"words": WORDS}, state=WaitState.BOOKED)
        waiting = await Wait.create(person=cast.tao, topic="debt", typed={"words": WORDS})
        notice = await notices.owe(cast.mei, "neutral")
        owed = await notices.owe(cast.tao, "neutral")
        await Notice.filter(id=notice.id).update(state=notices.State.SENT, **notice.sealed(text="您好"))
    with clock.standing_at(now + timedelta(days=100)):
        assert await actions.clean() == 5
        assert await actions.clean() == 0
    assert not await PhoneCode.exists() and not await KeptForm.exists() and not await Session.exists()
    assert (await Wait.get(id=old.id)).typed == {}
    assert (await Wait.get(id=waiting.id)).typed == {"words": WORDS}
    let_go = await Notice.get(id=notice.id)
    assert (let_go.text, let_go.address, let_go.kind) == ("", "", "neutral")
    assert (await Notice.get(id=owed.id)).address == cast.tao.phone


async def test_a_resident_gone_for_years_loses_name_and_number_but_nobody_in_office_does(cast):
    await told(cast)
    with clock.standing_at(clock.now() + LATER):
        found = await queries.due("person", clock.at(clock.today() - timedelta(days=1095)))
        keys = {key for each in found.values() for key in each}
        assert cast.yu.id in keys and cast.mei.id in keys
        assert not keys & {cast.guo.id, cast.chen.person.id, cast.dou.id}
        day = clock.today() - timedelta(days=1095)
        disposal = await actions.propose(None, "person", [cast.yu.id], day, cast.places.community.id)
        await actions.approve(cast.kong, disposal)
        assert await actions.carry_out() == 1
    gone = await type(cast.yu).get(id=cast.yu.id)
    assert (gone.name, gone.phone, gone.phone_mark, gone.phone_tail) == ("", None, None, None)


async def test_an_appointment_without_a_consultation_goes_with_its_names(cast):
    booked = await make.appointment(
        cast.mei,
        await make.slot(cast.chen),
        state="cancelled",
        needs="坐轮椅",
        community_id=cast.places.community.id,
    )
    async with transaction():
        await conflicts.meet("appointment", booked.id, Side.CLIENT, "梅秀英", "", cast.mei, None)
    with clock.standing_at(booked.starts_at + timedelta(days=500)):
        await actions.propose_due()
        await actions.approve(cast.kong, await Disposal.get(kind="appointment"))
        await actions.carry_out()
    assert (await Appointment.get(id=booked.id)).needs == ""
    assert (await Party.get()).name == ""


async def test_nothing_of_what_was_let_go_stays_in_the_index(cast):
    made = await told(cast)
    (held,) = await rows("SELECT tokens FROM trace WHERE source = ? AND part = 'facts'", made.id)
    with clock.standing_at(made.ended_at + LATER):
        await actions.approve(cast.guo, await proposed(made))
        await actions.carry_out()
    left = [row["tokens"] for row in await rows("SELECT tokens FROM trace")]
    assert not {*held["tokens"].split()} & {*" ".join(left).split()}
    if database.engine() == "sqlite":
        segments = b"".join([row["block"] for row in await rows("SELECT block FROM trace_found_data")])
        # a segment leaves out what a token shares with the one before it: its end is always written
        assert [token for token in held["tokens"].split() if token[3:].encode() in segments] == []
        assert any(token[3:].encode() in segments for token in left[0].split())
